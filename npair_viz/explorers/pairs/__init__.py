"""The explorer of pairs: up to 64 pairs, each seen as a mark."""
