"""Pairs of two towers: row i of the anchors is the partner of row i of the positives."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.data.as_tensors import as_rows, as_texts, named_classes


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs that come from two encoders or two fields, such as image and text, query and document.

    Rows and labels may be given in every form that `explore` takes; held are tensors on the CPU.

    Attributes:
        anchors: (n, d), float32 if they were floats of at most 32 bits, else float64.
        positives: (n, d) in the same dtype, row i is the partner of row i of the anchors.
        labels: (n,) int64, the class of each pair; None where each pair is a class of its own.
        texts: The texts of the anchors and those of the positives, n each; None where there are none.
        class_names: The word for label i is the i-th; None where the labels are numbers.

    Raises:
        ValueError: Shapes are wrong or do not fit, rows are not finite, or there are fewer than two pairs.
        TypeError: Rows are no real numbers, labels no whole numbers or words, or texts no words.

    >>> pairs = Pairs([[1, 0], [0, 1]], [[1, 1], [0, 2]], labels=["dog", "cat"])
    >>> pairs.n, pairs.labels.tolist(), pairs.class_names
    (2, [1, 0], ('cat', 'dog'))
    """

    anchors: Tensor
    positives: Tensor
    labels: Tensor | None = None
    texts: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    class_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        anchors, positives = as_rows("anchors", self.anchors), as_rows("positives", self.positives)
        if anchors.shape != positives.shape:
            raise ValueError(
                f"positives must have anchors' shape {tuple(anchors.shape)}, got {tuple(positives.shape)}: "
                "row i of positives pairs with row i of anchors"
            )
        if len(anchors) < 2:
            raise ValueError("pairs must be two or more, got 1: the other pairs are the negatives")
        wide = torch.promote_types(anchors.dtype, positives.dtype)
        object.__setattr__(self, "anchors", anchors.to(wide))
        object.__setattr__(self, "positives", positives.to(wide))
        self._check_labels()
        self._check_texts()

    @property
    def n(self) -> int:
        """The number of pairs."""
        return len(self.anchors)

    @property
    def dimension(self) -> int:
        """The length d of a row."""
        return self.anchors.shape[1]

    def _check_labels(self) -> None:
        if self.labels is None:
            return
        labels, names = named_classes("labels", self.labels)
        if len(labels) != self.n:
            raise ValueError(f"labels must have one entry a pair, {self.n} in all, got {len(labels)}")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "class_names", names or self.class_names)

    def _check_texts(self) -> None:
        if self.texts is None:
            return
        if not isinstance(self.texts, Sequence) or isinstance(self.texts, str) or len(self.texts) != 2:
            raise ValueError("texts must be two lists, those of the anchors and those of the positives")
        sides = zip(("anchors", "positives"), self.texts, strict=True)
        object.__setattr__(self, "texts", tuple(as_texts(f"texts of {side}", one, self.n) for side, one in sides))
