"""Mining of hard classes: which classes are easily confused, and so belong in one batch."""

import torch
from torch import Generator, Tensor
from torch.nn import functional

from npair_viz.linalg import product
from npair_viz.sampling.classes import classes_of
from npair_viz.sampling.pairs import rows_of, shuffled
from npair_viz.validation import check_count, check_labels


def mine_hard_classes(
    embeddings: Tensor, labels: Tensor, n_classes: int, *, first: int | None = None, generator: Generator | None = None
) -> Tensor:
    """Choose classes that are easily confused: c₁ = first, cₖ = argmax over c of max over i < k of m(cᵢ)·m(c).

    m(c) is the mean of the rows of class c, put on the unit sphere. The triplet of an anchor and a positive at m(cᵢ)
    and a negative at m(c) is violated by m(cᵢ)·m(c) − 1, so each step adds the class that violates the constraint
    most. Ties, to rounding, are broken at random. Classes of one row are left out: they cannot give a pair. Every step
    waits for the device.

    Args:
        embeddings: (b, d), compared as they are: subtract their mean first where all rows point one way, as pixels do.
        labels: (b,) integers.
        n_classes: How many classes to choose.
        first: The label to start from; None draws one at random.
        generator: Where randomness comes from; None means torch's global generator.

    Returns:
        (n_classes,) labels in the order in which they were chosen, in the dtype of `labels`.

    Raises:
        ValueError: Fewer than n_classes classes have two rows, `first` is none of those, or rows are not finite.

    Source: Sohn (2016), section 3.2, step 2; the mean in place of one or two random rows is ours, checked by tests.

    >>> rows = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.8, 0.6], [0.8, 0.6], [-1.0, 0.0], [-1.0, 0.0]])
    >>> mine_hard_classes(rows, torch.tensor([4, 4, 7, 7, 9, 9]), 2, first=4)
    tensor([4, 7])
    """
    check_labels("labels", labels)
    check_count("n_classes", n_classes)
    rows = rows_of(labels, embeddings)
    finite = rows.isfinite().all(dim=1)
    if not finite.all():
        row = int(finite.int().argmin())
        raise ValueError(f"embeddings must be finite, got NaN or infinity in row {row}: leave such rows out")
    keys, member, sizes = classes_of(labels)
    sums = rows.new_zeros(len(keys), rows.shape[1]).index_add(0, member, rows)  # normalized, they equal the means
    usable = (sizes >= 2).nonzero().squeeze(1)
    if n_classes > len(usable):
        raise ValueError(f"n_classes must be at most {len(usable)}, the classes with two rows or more, got {n_classes}")
    pool = usable[shuffled(len(usable), labels.device, generator)]
    classes = keys[pool].to(labels.dtype)
    names = classes.tolist()
    if first is not None and first not in names:
        raise ValueError(f"first must be the label of a class with two rows or more, got {first}: try {names[0]}")
    start = 0 if first is None else names.index(first)
    return classes[_greedy(functional.normalize(sums[pool]), start, n_classes)]


def _greedy(directions: Tensor, start: int, n_classes: int) -> list[int]:
    chosen = [start]
    nearest = product(directions, directions[[start]].mT).squeeze(1)
    while len(chosen) < n_classes:
        nearest[chosen] = -torch.inf
        tied = nearest >= nearest.max() - 100 * torch.finfo(nearest.dtype).eps
        chosen.append(int(tied.int().argmax()))  # the classes were shuffled, so the first tied one is a random one
        nearest = nearest.maximum(product(directions, directions[chosen[-1:]].mT).squeeze(1))
    return chosen
