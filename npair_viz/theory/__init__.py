"""What the loss can reach: its range, the lengths at which raw vectors settle, the best arrangements of pairs."""
