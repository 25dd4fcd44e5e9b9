"""The training lab: an encoder learns before your eyes."""
