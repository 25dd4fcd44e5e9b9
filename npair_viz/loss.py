"""Where `NPairLoss` was until version 0.1: modules that were pickled whole name this place."""

from npair_viz.losses.npair_module import NPairLoss as NPairLoss
