"""How the loss is computed: every kernel gives the same as `plain`, and `choose` picks the fastest."""

from collections.abc import Callable

from torch import Tensor

from npair_viz.linalg import HALVES, is_traced, is_transformed
from npair_viz.losses.kernels import dense, plain, streaming
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.objectives import Objective
from npair_viz.optional_imports import needed_for

Kernel = Callable[..., Tensor]
TORCH_ALONE: dict[str, Kernel] = {"plain": plain.losses, "dense": dense.losses, "streaming": streaming.losses}
KERNELS = ("auto", *TORCH_ALONE, "triton")
FEW = 384  # pairs; above this, blocks are faster than the whole matrix


def choose(n: int) -> str:
    """Which kernel `kernel="auto"` takes for n pairs.

    "plain" under torch.compile, which makes its own kernels from it, torch.func and forward mode; else "dense" for few
    pairs, "streaming" for many.
    "triton" is not chosen before its tests have passed on a GPU: ask for it with `kernel="triton"`.

    >>> choose(64), choose(8192)
    ('dense', 'streaming')
    """
    if is_traced():
        return "plain"
    return "dense" if n <= FEW else "streaming"


def losses(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: Objective,
    scale: float | None = None,
    kernel: str = "auto",
) -> Tensor:
    """Loss of each anchor (m,) of `anchors` (m, d) against `positives` (n, d), or scale · Σ_i loss_i, in float32."""
    n = len(positives)
    if n == 0 or anchors.shape[0] == 0:  # plain's empty sum is 0 and keeps the graph
        kernel = "plain"
    elif kernel == "auto":
        kernel = choose(n)
    elif kernel != "plain" and is_transformed():
        raise ValueError(f'kernel must be "auto" or "plain" under torch.func and forward mode, got {kernel!r}')
    if kernel == "triton":  # it takes half precision and accumulates in float32
        with needed_for('kernel="triton"', extra="triton"):
            from npair_viz.losses.kernels import triton_fused
        return triton_fused.losses(anchors, positives, tao, negatives, objective, scale)
    if positives.dtype in HALVES:
        anchors, positives = anchors.float(), positives.float()
    return TORCH_ALONE[kernel](anchors, positives, tao, negatives, objective, scale)


def losses_both_ways(
    pairs: slice,
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: Objective,
    scale: float | None,
    kernel: str,
) -> Tensor:
    """The mean of both directions' `losses`, of some of the n pairs of `anchors` (n, d) and `positives` (k, d)."""
    own, n = anchors[pairs], len(anchors)
    chosen = choose(len(positives)) if kernel == "auto" else kernel
    if len(own) == n and _shares(chosen, n, len(positives)):
        both = Negatives(negatives.labels, negatives.valid, negatives.first, negatives.fixed, both=True)
        return losses(anchors, positives, tao, both, objective, scale, kernel)
    there = losses(own, positives, tao, negatives, objective, scale, kernel)
    back = losses(positives[pairs], anchors, tao, negatives.back(n), objective, scale, kernel)
    return (there + back) / 2


def _shares(kernel: str, n: int, candidates: int) -> bool:
    """Whether one matrix for both directions of n pairs is less work than one for each."""
    if kernel == "streaming":  # makes all blocks twice, those of extra negatives, too
        return candidates <= 3 * n
    return kernel != "triton"
