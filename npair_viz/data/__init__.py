"""What a person holds, or a named scene, as tensors with labels."""
