"""Whom the benchmarks compare on batches with labels: the whole module on few pairs, and the selection alone."""

import numpy
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.contenders import TAO, Contender, CrossEntropy, Loss, pairs
from npair_viz import NPairLoss, npair_loss, select_pairs

L2_REG = 0.02
EMBEDDED = 128  # numbers a row, where a selection looks at embeddings

# --- few pairs: what the penalty costs, and what the module costs around the loss


class WithPenalty(Loss):
    name = "npair_viz, with l2_reg"

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        return npair_loss(anchors, positives, tao=TAO, l2_reg=L2_REG)


class CrossEntropyWithPenalty(CrossEntropy):
    name = f"{CrossEntropy.name} + penalty"

    def loss(self, anchors: Tensor, positives: Tensor) -> Tensor:
        penalty = (anchors.square().sum(dim=1) + positives.square().sum(dim=1)).mean()
        return super().loss(anchors, positives) + L2_REG * penalty


class Batch(Loss):
    """A batch (2n, d) with two rows in each of n classes: NPairLoss selects, normalizes and computes."""

    name = "batch: NPairLoss"
    policy = "random"
    given = False

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        rows = torch.cat(pairs(n, d, device, dtype))
        self.own = torch.arange(n, device=device)
        self.labels = self.own.repeat(2)
        self.leaves = (rows.requires_grad_(),)
        self.module = NPairLoss(l2_reg=0.0, tao=TAO, policy=self.policy)
        self.chosen = select_pairs(self.labels, policy="first")

    def loss(self, rows: Tensor) -> Tensor:
        return self.module(rows, self.labels, pairs=self.chosen if self.given else None)

    def gradients(self) -> tuple[Tensor, Tensor]:
        anchors, positives = self.leaves[0].grad.chunk(2)
        return anchors, positives


class BatchOfGivenPairs(Batch):
    name = "batch: NPairLoss, pairs given"
    given = True


class PaddedBatch(Batch):
    """Room for twice the pairs that there are: what the form costs that never waits for the device."""

    name = "batch: NPairLoss, padded to 2n"

    def prepare(self, n: int, d: int, device: str, dtype: torch.dtype) -> None:
        super().prepare(n, d, device, dtype)
        self.module.max_pairs = 2 * n


class BatchByHand(Batch):
    name = "batch: index, normalize, cross-entropy"

    def loss(self, rows: Tensor) -> Tensor:
        anchors = functional.normalize(rows[self.chosen.anchors], dim=1)
        positives = functional.normalize(rows[self.chosen.positives], dim=1)
        return functional.cross_entropy(anchors @ positives.T / TAO, self.own)


# --- selection: a size is rows in the batch and classes among them


class Selection(Contender):
    """One who chooses a pair of rows from every class."""

    modes = ("forward",)
    time = staticmethod(lambda rows, classes: rows)
    memory = staticmethod(lambda rows, classes: rows)

    def prepare(self, rows: int, classes: int, device: str, dtype: torch.dtype) -> None:
        order = torch.randperm(rows, generator=torch.Generator().manual_seed(rows))
        self.labels = (order % classes).to(device)


class SelectPairs(Selection):
    policy = "random"
    embeddings: Tensor | None = None

    def forward(self) -> tuple[Tensor, Tensor]:
        chosen = select_pairs(self.labels, policy=self.policy, embeddings=self.embeddings)
        return chosen.anchors, chosen.positives


class SelectRandom(SelectPairs):
    name = "select_pairs, random"


class SelectFirst(SelectPairs):
    name, policy = "select_pairs, first", "first"


class SelectHardest(SelectPairs):
    """It looks at the embeddings, which nobody else here does."""

    name, policy = "select_pairs, hardest", "hardest"
    time = staticmethod(lambda rows, classes: rows * (rows / classes + 64))

    def prepare(self, rows: int, classes: int, device: str, dtype: torch.dtype) -> None:
        super().prepare(rows, classes, device, dtype)
        generator = torch.Generator().manual_seed(rows)
        self.embeddings = torch.randn(rows, EMBEDDED, generator=generator).to(device, dtype)


class AllPairs(Selection):
    """What its NPairsLoss does first: it lists all pairs of rows, and takes the first of each class."""

    name = "pytorch-metric-learning"
    package = "pytorch_metric_learning"
    time = memory = staticmethod(lambda rows, classes: rows * rows)

    def prepare(self, rows: int, classes: int, device: str, dtype: torch.dtype) -> None:
        from pytorch_metric_learning.utils import loss_and_miner_utils

        super().prepare(rows, classes, device, dtype)
        self.compute = loss_and_miner_utils.convert_to_pos_pairs_with_unique_labels

    def forward(self) -> tuple[Tensor, Tensor]:
        anchors, positives = self.compute(None, self.labels)
        return anchors, positives


class PythonLoop(Selection):
    """The form of the class that NPairLoss replaces: a loop over the labels, and each pair's negatives listed."""

    name = "Python loop, negatives listed"
    time = staticmethod(lambda rows, classes: rows * classes)
    memory = staticmethod(lambda rows, classes: classes * classes)

    def forward(self) -> tuple[Tensor, Tensor]:
        labels, found = self.labels.cpu().numpy(), []
        for label in set(labels.tolist()):
            (members,) = numpy.where(labels == label)
            if len(members) > 1:
                found.append(numpy.random.choice(members, 2, replace=False))
        anchors, positives = numpy.array(found).T
        self.negatives = numpy.array([numpy.delete(positives, i) for i in range(len(positives))])
        return torch.from_numpy(anchors), torch.from_numpy(positives)


class Sort(Selection):
    """No selection, but what one can't do without: the labels in order."""

    name = "torch.sort of the labels"

    def forward(self) -> object:
        return self.labels.sort()
