"""Whom the benchmarks compare: each prepares n pairs of d numbers, then computes forward, or forward and backward.

What a contender imports beyond torch and npair_viz, it imports where it is used: nobody has to have everything.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.util import find_spec

import torch
from torch import Tensor
from torch.nn import functional

from npair_viz import npair_loss
from npair_viz.losses.kernels import choose

TAO = 0.1
CHUNK = 256  # rows of logits that the chunked cross-entropy makes at a time
TILE_ENTRIES = 2**22  # similarities that the tiled products hold at a time
MODES = ("forward", "forward_backward")

Law = Callable[[int, int], float]


class Contender(ABC):
    """One who computes. `time` and `memory` say how both grow with a size's two numbers, up to a factor."""

    name: str
    package: str | None = None  # what it imports
    note = ""  # what it took for the problem at hand, such as a kernel
    modes: tuple[str, ...] = MODES
    time: Law = staticmethod(lambda n, d: n * n * d)
    memory: Law = staticmethod(lambda n, d: n * n)

    def available(self, device: str = "cpu", dtype: torch.dtype = torch.float32) -> str | None:
        """Why it can't take part here, or None."""
        if self.package is not None and find_spec(self.package) is None:
            return f"{self.package} is not installed"
        return None

    @abstractmethod
    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        """Make what `forward` takes, of a size's two numbers."""

    @abstractmethod
    def forward(self) -> object:
        """Compute, without a way back."""


# --- losses of n pairs


def pairs(n: int, d: int, device: str, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Anchors and positives (n, d): random unit rows, the same in every process."""
    rows = torch.randn(2, n, d, generator=torch.Generator().manual_seed(n + d))
    anchors, positives = functional.normalize(rows, dim=2).to(device, dtype)
    return anchors.clone(), positives.clone()


class Loss(Contender):
    """A loss of paired rows, with torch's own way back."""

    leaves: tuple[Tensor, ...]

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        self.leaves = tuple(rows.requires_grad_() for rows in pairs(n, d, device, dtype))
        self.own = torch.arange(n, device=device)

    @abstractmethod
    def loss(self, *leaves: Tensor) -> Tensor:
        """The loss of the leaves: anchors and positives (n, d) each, or a whole batch (2n, d)."""

    def forward(self) -> Tensor:
        with torch.no_grad():
            return self.loss(*self.leaves)

    def forward_backward(self) -> Tensor:
        for leaf in self.leaves:
            leaf.grad = None
        loss = self.loss(*self.leaves)
        loss.backward()
        return loss.detach()

    def gradients(self) -> tuple[Tensor, Tensor]:
        """What the last way back gave for anchors and positives."""
        anchors, positives = (leaf.grad for leaf in self.leaves)
        return anchors, positives


class GatheredNegatives(Loss):
    """The form of the class that NPairLoss replaces: every anchor's negatives are gathered, exponentials are summed."""

    name = "gathered negatives"
    memory = staticmethod(lambda n, d: n * n * d)

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        super().prepare(n, d, device, dtype)
        others = torch.arange(n - 1, device=device).expand(n, -1)
        self.others = others + (others >= self.own.unsqueeze(1))  # (n, n-1): every number but the row's own

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        negatives = positives[self.others]
        to_negatives = (negatives @ anchors.unsqueeze(2)).squeeze(2)
        to_positive = (anchors * positives).sum(dim=1, keepdim=True)
        return torch.log(1 + torch.exp((to_negatives - to_positive) / TAO).sum(dim=1)).mean()


class MetricLearning(Loss):
    """NPairsLoss on a batch with two rows a class. It has no temperature: the rows bring it along."""

    name = "pytorch-metric-learning"
    package = "pytorch_metric_learning"

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        from pytorch_metric_learning.distances import DotProductSimilarity
        from pytorch_metric_learning.losses import NPairsLoss

        rows = torch.cat(pairs(n, d, device, dtype)) / TAO**0.5
        self.leaves = (rows.requires_grad_(),)
        self.labels = torch.arange(n, device=device).repeat(2)
        self.compute = NPairsLoss(distance=DotProductSimilarity(normalize_embeddings=False))

    def loss(self, rows: Tensor) -> Tensor:
        return self.compute(rows, self.labels)

    def gradients(self) -> tuple[Tensor, Tensor]:
        anchors, positives = (self.leaves[0].grad / TAO**0.5).chunk(2)
        return anchors, positives


class CrossEntropy(Loss):
    """What most people write."""

    name = "F.cross_entropy(A Pᵀ / tao)"

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        return functional.cross_entropy(anchors @ positives.T / TAO, self.own)


class CrossEntropyOfRows(Loss):
    """The same with one matrix less: n·d numbers are divided by tao, not n·n."""

    name = "F.cross_entropy((A / tao) Pᵀ)"

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        return functional.cross_entropy((anchors / TAO) @ positives.T, self.own)


class LinearCrossEntropy(Loss):
    """torch's own cross-entropy in chunks, new in torch 2.13."""

    name = f"F.linear_cross_entropy, chunks of {CHUNK}"
    memory = staticmethod(lambda n, d: n * (CHUNK + d))

    def available(self, device: str = "cpu", dtype: torch.dtype = torch.float32) -> str | None:
        there = hasattr(functional, "linear_cross_entropy") and hasattr(torch.nn, "LinearCrossEntropyOptions")
        return None if there else f"torch {torch.__version__} has no chunked F.linear_cross_entropy"

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        options = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=CHUNK)
        return functional.linear_cross_entropy(anchors / TAO, positives, self.own, options=options)


class Ours(Loss):
    """npair_loss with the kernel that it chooses by itself."""

    name = "npair_viz"
    memory = staticmethod(lambda n, d: n * d)

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        super().prepare(n, d, device, dtype)
        self.note = choose(n)

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        return npair_loss(anchors, positives, tao=TAO)


class WholeProducts(Contender):
    """No loss, but the products that one can't do without: A Pᵀ forward, two more with the similarities backward."""

    name = "bare products, whole"

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        self.anchors, self.positives = pairs(n, d, device, dtype)

    def forward(self) -> object:
        return self.anchors @ self.positives.T

    def forward_backward(self) -> object:
        similarities = self.anchors @ self.positives.T
        return similarities @ self.positives, similarities.T @ self.anchors


class TiledProducts(WholeProducts):
    """The same products a block of rows at a time: the matrix stays near the processor and is never whole."""

    name = "bare products, tiled"
    memory = staticmethod(lambda n, d: n * d)

    def _tiles(self):
        n = len(self.anchors)
        step = max(1, min(n, TILE_ENTRIES // n))
        room = self.anchors.new_empty(step, n)
        for rows in map(slice, range(0, n, step), range(step, n + step, step)):
            tile = self.anchors[rows]
            yield rows, torch.mm(tile, self.positives.T, out=room[: len(tile)])

    def forward(self) -> object:
        for _ in self._tiles():
            pass
        return None

    def forward_backward(self) -> object:
        on_anchors, on_positives = torch.empty_like(self.anchors), torch.zeros_like(self.positives)
        for rows, tile in self._tiles():
            torch.mm(tile, self.positives, out=on_anchors[rows])
            on_positives.addmm_(tile.T, self.anchors[rows])
        return on_anchors, on_positives


class OnCuda(Loss):
    """Whoever has kernels for CUDA alone. Written from the packages' sources: nobody has run these three here yet."""

    memory = staticmethod(lambda n, d: n * d)

    def available(self, device: str = "cpu", dtype: torch.dtype = torch.float32) -> str | None:
        if not torch.cuda.is_available():
            return "no CUDA device"
        return super().available(device, dtype) if device == "cuda" else "it needs --device cuda"


class Liger(OnCuda):
    name = "Liger"
    package = "liger_kernel"

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss

        super().prepare(n, d, device, dtype)
        self.compute = LigerFusedLinearCrossEntropyLoss()

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        return self.compute(positives, anchors / TAO, self.own)


class CutCrossEntropy(OnCuda):
    name = "cut-cross-entropy"
    package = "cut_cross_entropy"

    def available(self, device: str = "cpu", dtype: torch.dtype = torch.float32) -> str | None:
        halves = dtype in (torch.bfloat16, torch.float16)
        return super().available(device, dtype) or (None if halves else "it needs --dtype bfloat16 or float16")

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        from cut_cross_entropy import linear_cross_entropy

        return linear_cross_entropy(anchors / TAO, positives, self.own)


class InfCL(OnCuda):
    name = "Inf-CL"
    package = "inf_cl"

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        from inf_cl import cal_flash_loss

        return cal_flash_loss(anchors, positives, scale=1 / TAO, head_dim=min(anchors.shape[1], 256)).mean()
