"""What an interactive picture can show: the ranges of its settings, the most points and the largest coordinate."""

TAO_RANGE, L2_REG_RANGE = (0.01, 100.0), (0.0, 10.0)
MOST_PAIRS = 64  # more marks can't be told apart
FARTHEST = 1e4  # beyond this the loss is inexact, and coordinates may be infinite in float16
RESTING_L2_REG = 0.02  # the default of NPairLoss: raw vectors settle at finite lengths
LEAST_L2_REG = 1e-9  # below it the computed lengths at the optimum are inexact
LARGEST_SEED = 10**6
SEARCHED_DIMENSIONS = 3  # a picture of more dimensions waits for no search: a lower bound stands for the best
