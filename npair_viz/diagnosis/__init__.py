"""The doctor: what is wrong with embeddings, labels and settings, in words."""
