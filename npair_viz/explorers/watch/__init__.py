"""A monitor beside any training loop: numbers, alerts and a living picture."""
