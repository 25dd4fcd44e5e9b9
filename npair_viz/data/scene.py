"""A scene: rows to explore, with their classes and a question about them."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from npair_viz.data.as_tensors import as_texts
from npair_viz.linalg import unit_rows
from npair_viz.sampling.pairs import POLICIES, select_pairs
from npair_viz.validation import check_choice, check_count

LONGEST_NAME = 16  # letters of a class name that fit beside a bar


@dataclass(frozen=True, eq=False)
class Scene:
    """Rows with their classes and a question about them; a paired scene holds n anchors, then their n positives.

    Attributes:
        name: What `named` calls it; "yours" for a person's own data.
        question: What one may ask of the picture.
        embeddings: (b, d) floating point.
        labels: (b,) int64.
        images: (b, h, w), grey, from 0 to 1; None where the rows are no pictures.
        rows: (2n,), which rows of the data a paired scene holds; None for a scene that is not paired.
        is_paired: Whether row i < n is an anchor and row n + i its positive.
        class_names: The word for label i is the i-th; None where the data number their classes.
        is_raw: Whether the lengths of its rows count, so that it opens without normalizing.
        texts: One text a row; None where there are none.

    >>> rows = Scene("mine", "Who is close to whom?", torch.eye(4), torch.tensor([3, 3, 8, 8]))
    >>> pairs = rows.paired()
    >>> pairs.n, pairs.classes, pairs.anchors.shape
    (2, (3, 8), torch.Size([2, 4]))
    """

    name: str
    question: str
    embeddings: Tensor
    labels: Tensor
    images: Tensor | None = None
    rows: Tensor | None = None
    is_paired: bool = False
    class_names: tuple[str, ...] | None = None
    is_raw: bool = False
    texts: tuple[str, ...] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.texts is not None:
            object.__setattr__(self, "texts", as_texts("texts", self.texts, len(self.labels)))

    @property
    def n(self) -> int:
        """The number of pairs of a paired scene."""
        return len(self.labels) // 2

    @property
    def dimension(self) -> int:
        """The length d of a row."""
        return self.embeddings.shape[1]

    @property
    def anchors(self) -> Tensor:
        """The first half of a paired scene, (n, d)."""
        return self.embeddings[: self.n]

    @property
    def positives(self) -> Tensor:
        """The second half of a paired scene, (n, d)."""
        return self.embeddings[self.n :]

    @property
    def classes(self) -> tuple[int, ...]:
        """The label of each pair of a paired scene."""
        return tuple(self.labels[: self.n].tolist())

    @cached_property
    def n_classes(self) -> int:
        """The number of classes with the two rows that a pair needs."""
        counts = torch.unique(self.labels, return_counts=True)[1]
        return int((counts > 1).sum())

    def class_name(self, label: int) -> str:
        """The name of a class on screen: its word, shortened, where the data have words, else its number."""
        return class_name(self.class_names, label)

    def partner(self, row: int) -> int:
        """The row on the other side that a row of a pair belongs to.

        >>> Scene("mine", "Who?", torch.eye(4), torch.tensor([0, 1, 0, 1]), is_paired=True).partner(3)
        1
        """
        return (row + self.n) % len(self.labels)

    def row_name(self, row: int) -> str:
        """What a row is called on screen: of pairs by its side and the number of its pair.

        >>> Scene("mine", "Who?", torch.eye(4), torch.tensor([0, 1, 0, 1]), is_paired=True).row_name(3)
        'positive 1'
        """
        return f"{('anchor', 'positive')[row // self.n]} {row % self.n}" if self.is_paired else f"row {row}"

    @cached_property
    def are_pairs_classes(self) -> bool:
        """Whether each pair is a class of its own, called by the number of the pair."""
        return self.is_paired and self.labels[: self.n].tolist() == [*range(self.n)] and self.class_names is None

    def facing(self, row: int) -> str:
        """How many rows there are that a row is compared with, and what they are: all, or of pairs the other side."""
        if not self.is_paired:
            return f"all {len(self.labels):,} rows"
        return f"the {self.n:,} {'positives' if row < self.n else 'anchors'}"

    def moved(self, anchors: Tensor, positives: Tensor) -> "Scene":
        """The same paired scene with its points elsewhere, (n, d) each.

        >>> from npair_viz.data.scenes import named
        >>> pairs = named("line-up")
        >>> pairs.moved(pairs.anchors, pairs.anchors).positives.equal(pairs.anchors)
        True
        """
        return replace(self, embeddings=torch.cat([anchors, positives]))

    def paired(self, *, policy: str = "first", n_classes: int | None = None, seed: int = 0) -> "Scene":
        """One pair of each of at most `n_classes` classes; a paired scene keeps its pairs.

        Args:
            policy: How the pairs are chosen, as in `select_pairs`; "hardest" compares unit rows.
            n_classes: At most so many classes, None for all: the first ones, under "random" some drawn at random.
            seed: What "random" draws from.

        Returns:
            A paired scene, classes in the order of the data; rows that had to be paired are float64.

        Raises:
            ValueError: policy is unknown, n_classes is below 1, or seed is negative.
            TypeError: n_classes or seed is no int.

        >>> rows = Scene("mine", "Who is close to whom?", torch.eye(4), torch.tensor([3, 3, 8, 8]))
        >>> rows.paired(n_classes=1).rows.tolist()
        [0, 1]
        """
        check_choice("policy", policy, POLICIES)
        generator = seeded_generator(seed)
        if n_classes is not None:
            check_count("n_classes", n_classes)
        if self.is_paired:
            kept = torch.arange(self.n, device="cpu")[:n_classes]
            return self if len(kept) == self.n else self._take(torch.cat([kept, kept + self.n]))
        compared = unit_rows(self.embeddings) if policy == "hardest" else None
        pairs = select_pairs(self.labels, policy=policy, embeddings=compared, generator=generator)
        kept = torch.arange(pairs.n_pairs, device="cpu")
        if policy == "random":
            kept = torch.randperm(pairs.n_pairs, generator=generator, device="cpu")
        kept = kept[:n_classes].sort().values
        paired = self._take(torch.cat([pairs.anchors[kept], pairs.positives[kept]]))
        return replace(paired, embeddings=paired.embeddings.double())  # data may be float32, to save memory

    def _take(self, rows: Tensor) -> "Scene":
        return replace(
            self,
            embeddings=self.embeddings[rows],
            labels=self.labels[rows],
            images=None if self.images is None else self.images[rows],
            texts=None if self.texts is None else tuple(self.texts[row] for row in rows.tolist()),
            rows=rows if self.rows is None else self.rows[rows],
            is_paired=True,
        )


def class_name(names: tuple[str, ...] | None, label: int) -> str:
    """The name of a class on screen: its word, shortened, else its number.

    >>> class_name(None, 3), class_name(("a class of many words",), 0)
    ('3', 'a class of many…')
    """
    if names is None:
        return str(label)
    word = names[label]
    return word if len(word) <= LONGEST_NAME else word[: LONGEST_NAME - 1] + "…"


def seeded_generator(seed: int) -> torch.Generator:
    """A generator of random numbers on the CPU.

    Errors: ValueError or TypeError for a seed that is no whole number from 0.
    """
    return torch.Generator("cpu").manual_seed(check_count("seed", seed, least=0))
