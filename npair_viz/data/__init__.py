"""Embeddings with labels as tensors: from arrays and lists, from files, and the named scenes."""
