"""Measures of embeddings: retrieval, clustering, and how rows of a class and all rows spread."""

import warnings

import torch
from torch import Tensor

from npair_viz.data.as_tensors import as_rows, check_finite, named_classes
from npair_viz.data.contents import contents_of
from npair_viz.linalg import unit_rows
from npair_viz.optional_imports import needed_for
from npair_viz.sampling.classes import classes_of
from npair_viz.validation import check_count, check_labels, check_rows

BLOCK_ENTRIES = 2**24  # most similarities in memory at a time


def recall_at_k(embeddings: object, labels: object = None, k: int = 1) -> float:
    """The share of rows that have a row of their own class among their k nearest by cosine: Recall@k, 0 to 1.

        mean_i [any of the k largest e_i·e_j / (‖e_i‖ ‖e_j‖), j ≠ i, has label_j = label_i]

    Rows are compared in blocks, so that no b × b matrix is in memory.

    Args:
        embeddings: (b, d), in any form that `explore` takes; a tensor stays on its device.
        labels: (b,) whole numbers or words; by default those of a scene or of a data frame.
        k: How many nearest rows are looked at.

    Returns:
        The share, 0 to 1.

    Raises:
        ValueError: Rows are not finite, there are not more than k, k is below 1, or labels are not one a row.
        TypeError: embeddings are no real numbers, labels are missing, or k is no int.

    Source: the measure of Sohn (2016), section 4.3; tests compare with a loop.

    >>> recall_at_k(torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), torch.tensor([3, 3, 8]))
    0.6666666666666666
    """
    rows, labels = _rows_and_labels(embeddings, labels)
    if len(rows) <= check_count("k", k):
        raise ValueError(f"k must be smaller than the number of rows, {len(rows)}, got {k}")
    rows = unit_rows(rows)
    numbers = torch.arange(len(rows), device=rows.device)
    hits = []
    for block in torch.split(numbers, max(1, BLOCK_ENTRIES // len(rows))):
        similarities = rows[block] @ rows.T
        similarities[numbers[: len(block)], block] = -torch.inf  # no row is its own neighbour
        nearest = similarities.topk(k, dim=1).indices
        hits.append((labels[nearest] == labels[block].unsqueeze(1)).any(dim=1))
    return torch.cat(hits).double().mean().item()


def nmi(embeddings: object, labels: object = None, *, seed: int = 0) -> float:
    """How well k-means finds the classes again: normalized mutual information of clusters and labels, 0 to 1.

        2 I(clusters; labels) / (H(clusters) + H(labels)), as many clusters as classes, of u = e / ‖e‖

    Args:
        embeddings: (b, d), in any form that `explore` takes; a tensor stays on its device.
        labels: (b,) whole numbers or words; by default those of a scene or of a data frame.
        seed: What the one start of k-means++ is drawn from: the same seed gives the same number.

    Returns:
        The normalized mutual information, 0 to 1.

    Raises:
        ValueError: Rows are not finite, labels are not one a row, or seed is negative.
        TypeError: embeddings are no real numbers, labels are missing, or seed is no int.
        ModuleNotFoundError: scikit-learn is not installed; the message says how to install it.

    Source: the measure of Sohn (2016), section 4.3; k-means and the measure are scikit-learn's.

    >>> nmi(torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]]), torch.tensor([3, 3, 8, 8]))
    1.0
    """
    with needed_for("nmi"):
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.metrics import normalized_mutual_info_score
    rows, member, sizes = _classes(embeddings, labels)
    with warnings.catch_warnings():  # k-means warns of fewer distinct points than classes, but the number shows that
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = KMeans(len(sizes), n_init=1, random_state=check_count("seed", seed, 0)).fit(rows.cpu().numpy())
    return float(normalized_mutual_info_score(member.cpu().numpy(), found.labels_))


def alignment(embeddings: object, labels: object = None) -> float:
    """How far apart rows of one class are, 0 to 4: the smaller, the closer.

        mean over all pairs i ≠ j of one class of ‖u_i − u_j‖², u = e / ‖e‖

    Memory is linear in b: the sum over a class of m rows is 2m Σ_i ‖u_i − mean u‖².

    Args:
        embeddings: (b, d), in any form that `explore` takes; a tensor stays on its device.
        labels: (b,) whole numbers or words; by default those of a scene or of a data frame.

    Returns:
        The mean squared distance, 0 to 4.

    Raises:
        ValueError: Rows are not finite, no class has two, or labels are not one a row.
        TypeError: embeddings are no real numbers, or labels are missing.

    Source: Wang and Isola (2020), their alignment with α = 2, pairs of one class for its positive pairs; tests compare
    with a loop.

    >>> round(alignment(torch.tensor([[1.0, 0.0], [0.0, 2.0], [0.0, -1.0]]), torch.tensor([3, 3, 8])), 6)
    2.0
    """
    rows, member, sizes = _classes(embeddings, labels)
    apart = rows - (_sums(rows, member, len(sizes)) / sizes.unsqueeze(1))[member]
    return _over_pairs(2 * (sizes[member] * apart.square().sum(dim=1)).sum(), sizes)


def uniformity(embeddings: object) -> float:
    """How evenly rows spread over the sphere, −8 to 0: the smaller, the more evenly; 0 when all are in one place.

        log of the mean over all pairs i ≠ j of exp(−2 ‖u_i − u_j‖²), u = e / ‖e‖

    Rows are compared in blocks, so that no b × b matrix is in memory.

    Args:
        embeddings: (b, d), in any form that `explore` takes; a tensor stays on its device.

    Returns:
        The logarithm, −8 to 0.

    Raises:
        ValueError: Rows are not finite, or there are fewer than two.
        TypeError: embeddings are no real numbers.

    Source: Wang and Isola (2020), their uniformity with t = 2; tests compare with a loop.

    >>> round(uniformity(torch.tensor([[1.0, 0.0], [-3.0, 0.0]])), 6)
    -8.0
    """
    rows = _finite_rows(contents_of(embeddings).rows)
    b = len(rows)
    if b < 2:
        raise ValueError(f"embeddings must have two rows or more, got {b}: uniformity compares rows with each other")
    rows = unit_rows(rows)
    squares, total = rows.square().sum(dim=1), torch.zeros((), dtype=torch.float64, device=rows.device)
    for block in torch.split(torch.arange(b, device=rows.device), max(1, BLOCK_ENTRIES // b)):
        apart = (squares[block].unsqueeze(1) + squares - 2 * rows[block] @ rows.T).clamp_min_(0)
        apart[torch.arange(len(block), device=rows.device), block] = torch.inf
        total += apart.mul_(-2).exp_().sum(dtype=torch.float64)
    return (total / (b * (b - 1))).log().item()


def tolerance(embeddings: object, labels: object = None) -> float:
    """How alike the rows of one class are, −1 to 1: the similarity that a loss tolerates although it pushes rows apart.

        mean over all pairs i ≠ j of one class of u_i·u_j, u = e / ‖e‖; without zero rows 1 − alignment / 2

    Args:
        embeddings: (b, d), in any form that `explore` takes; a tensor stays on its device.
        labels: (b,) whole numbers or words; by default those of a scene or of a data frame.

    Returns:
        The mean cosine, −1 to 1.

    Raises:
        ValueError: Rows are not finite, no class has two, or labels are not one a row.
        TypeError: embeddings are no real numbers, or labels are missing.

    Source: Wang and Liu (2021), who define it as the mean similarity within a class; tests compare with a loop.

    >>> round(tolerance(torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), torch.tensor([3, 3, 8])), 4)
    0.7071
    """
    rows, member, sizes = _classes(embeddings, labels)
    together = _sums(rows, member, len(sizes)).square().sum() - rows.square().sum()
    return _over_pairs(together, sizes)


def _classes(embeddings: object, labels: object) -> tuple[Tensor, Tensor, Tensor]:
    """Unit rows (b, d) in float64, the index of each row's class (b,), and the classes' sizes, on their device."""
    rows, classes = _rows_and_labels(embeddings, labels)
    _, member, sizes = classes_of(classes)
    return unit_rows(rows.double()), member, sizes


def _rows_and_labels(embeddings: object, labels: object) -> tuple[Tensor, Tensor]:
    """Finite rows (b, d) on their device, and their labels (b,) there."""
    held = contents_of(embeddings, labels)
    if held.is_paired:
        raise TypeError("embeddings must be rows with labels, got pairs: doctor(pairs) measures both directions")
    held.check_labels(call="recall_at_k")
    rows = _finite_rows(held.rows)
    is_plain = isinstance(held.labels, Tensor) and not held.labels.is_floating_point()
    classes = held.labels if is_plain else named_classes("labels", held.labels)[0]
    return rows, check_labels("labels", classes, len(rows)).to(rows.device)


def _finite_rows(embeddings: object) -> Tensor:
    if not isinstance(embeddings, Tensor) or not embeddings.is_floating_point():
        return as_rows("embeddings", embeddings)
    check_rows("embeddings", embeddings)
    return check_finite("embeddings", embeddings.detach())


def _sums(rows: Tensor, member: Tensor, classes: int) -> Tensor:
    """The sum of the rows of each class, (classes, d)."""
    return rows.new_zeros(classes, rows.shape[1]).index_add_(0, member, rows)


def _over_pairs(total: Tensor, sizes: Tensor) -> float:
    """The mean over ordered pairs of one class, from their sum; raise ValueError if there is no pair."""
    pairs = int((sizes * (sizes - 1)).sum())
    if not pairs:
        raise ValueError(f"labels must put two rows in one class, got {len(sizes)} classes of one row each")
    return (total / pairs).item()
