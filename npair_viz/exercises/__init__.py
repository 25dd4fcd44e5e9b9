"""Exercises and questions of the lessons: each checks itself and knows the usual slips."""
