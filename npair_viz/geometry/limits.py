"""What a living picture can show: the ranges of its settings, and how many and how far points may be."""

TAO_RANGE, L2_REG_RANGE = (0.01, 100.0), (0.0, 10.0)
MOST_PAIRS = 64  # more marks can't be told apart
FARTHEST = 1e4  # coordinates beyond this lose the loss's last digits, and are infinite in float16
RESTING_L2_REG = 0.02  # the class's own: with it the first plane has a rest state
LEAST_L2_REG = 1e-9  # below it the lengths at rest lose their digits
LARGEST_SEED = 10**6
