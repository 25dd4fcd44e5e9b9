"""What the loss can reach: its ruler, where raw vectors come to rest, the shapes that are best."""
