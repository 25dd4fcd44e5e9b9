"""Predict, then reveal: a question that shows its answer once a guess is committed."""
