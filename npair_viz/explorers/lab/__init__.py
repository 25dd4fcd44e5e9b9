"""The training lab: an encoder in training, shown step by step."""
