"""Predict, then reveal: a question that holds its answer back until a guess is committed."""
