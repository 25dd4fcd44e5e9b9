"""A small encoder that learns with the loss, and how well its embeddings serve."""
