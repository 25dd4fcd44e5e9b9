"""Pairs to the loss: its values, its gradients, its kernels, and the batch that several ranks hold together."""
