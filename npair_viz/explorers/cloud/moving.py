"""A cloud of two embeddings of the same rows: where its rows were before, and the table of what changed."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from npair_viz.diagnosis.comparison import Comparison
from npair_viz.explorers.cloud.tables import frame_of
from npair_viz.linalg import unit_rows

if TYPE_CHECKING:
    from pandas import DataFrame

UNKNOWN = "not compared"


class Moving:
    """The rows of a comparison before and after.

    Attributes:
        comparison: What `compare` found.
        scene: The rows after, which the cloud is of.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._former, self.scene = comparison.scenes
        self._rows = lru_cache(maxsize=1)(self._seen)

    def places(self, rows: Tensor, axes: Tensor, normalize: bool) -> Tensor:
        """Where rows (m,) were before, turned onto where they are, in the plane of two axes (2, d): (m, 2)."""
        rotation = self.comparison.rotation
        wide = pad(axes.to(rotation.dtype), (0, len(rotation) - axes.shape[1]))
        turned = (rotation @ wide.T)[: self._former.dimension]
        seen = self._rows(rows, normalize)
        return seen @ turned.to(seen.dtype)

    def columns(self) -> dict[str, list[Any]]:
        """What changed, by name, one entry a row to colour by."""
        held = self.comparison
        count, looked = len(self.scene.labels), held.looked.tolist()
        second = held.total if held.are_pairs else 0  # from a pair's anchor to its positive

        def spread(values: list[Any], missing: object) -> list[Any]:
            column = [missing] * count
            for row, value in zip(looked, values, strict=True):
                column[row] = column[row + second] = value
            return column

        numbers = {"move": held.move, "kept": held.kept}
        return {
            **{name: spread(values.tolist(), None) for name, values in numbers.items()},
            "change": spread(held.change, UNKNOWN),
        }

    def table(self) -> "DataFrame":
        """The rows that were compared, those that moved farthest first; of pairs the anchors' rows."""
        held = self.comparison
        order = held.move.argsort(descending=True, stable=True)
        found = held.rows.iloc[order.tolist()]
        more = {name: found[name].tolist() for name in found.columns if name != "row"}
        table = frame_of(self.scene, held.looked[order].tolist(), **more)
        table.attrs["looked at"] = held.sample
        return table

    def _seen(self, rows: Tensor, normalize: bool) -> Tensor:
        found = self._former.embeddings[rows]
        return unit_rows(found) if normalize else found


def between(before: Tensor, after: Tensor, moment: float) -> Tensor:
    """Places on the straight way from before (moment 0) to after (moment 1).

    >>> between(torch.zeros(1, 2), torch.ones(1, 2), 0.25).tolist()
    [[0.25, 0.25]]
    """
    return torch.lerp(before.to(after.dtype), after, moment)
