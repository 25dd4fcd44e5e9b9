"""The colours of rows that are not coloured by their part in the line-up."""

from dataclasses import dataclass

from torch import Tensor

from npair_viz.geometry.look import CLASS_COLOURS, SCALE_COLOURS


@dataclass(frozen=True, eq=False)
class Colouring:
    """By what rows are coloured.

    Attributes:
        title: By what, in words.
        values: (m,) a number for each drawn row; NaN for one that stays grey. Of groups, the group's number.
        groups: The names of the groups, at most as many as there are CLASS_COLOURS; None where the values are numbers.
    """

    title: str
    values: Tensor
    groups: tuple[str, ...] | None = None

    @property
    def range(self) -> tuple[float, float]:
        """The ends of the scale."""
        if self.groups is not None:
            return 0.0, float(len(CLASS_COLOURS))
        known = self.values[~self.values.isnan()]
        if not len(known):
            return 0.0, 1.0
        least, most = known.min().item(), known.max().item()
        return least, most if most > least else least + 1.0

    @property
    def scale(self) -> list[tuple[float, str]]:
        """The colours as plotly's scale: in steps for groups."""
        if self.groups is None:
            return [(k / (len(SCALE_COLOURS) - 1), colour) for k, colour in enumerate(SCALE_COLOURS)]
        n = len(CLASS_COLOURS)
        return [(end / n, colour) for k, colour in enumerate(CLASS_COLOURS) for end in (k, k + 1)]
