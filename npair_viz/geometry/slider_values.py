"""The values of the sliders."""

import math
from collections.abc import Sequence

from npair_viz.geometry.limits import L2_REG_RANGE, TAO_RANGE

ROUND_TAOS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
# Fifty steps a decade; the step next to a round number is replaced by it.
TAOS = tuple(
    next((tao for tao in ROUND_TAOS if abs(math.log10(tao) - k / 50) < 0.01), float(f"{10 ** (k / 50):.3g}"))
    for k in range(*(round(50 * math.log10(end)) + past for past, end in enumerate(TAO_RANGE)))
)
NICE = (1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8)  # Renard's ten steps a decade
L2_REGS = (0.0, *(round(10.0**power * nice, 10) for power in range(-4, 1) for nice in NICE), L2_REG_RANGE[1])


def nearest(values: Sequence[float], value: float) -> float:
    """The slider value nearest to `value` by ratio; 0 for 0 alone."""
    return min(values, key=lambda one: abs(math.log((one + 1e-12) / (value + 1e-12))))
