"""The N-pair loss as a module, of a batch with labels."""

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from npair_viz.linalg import moved, unit_rows
from npair_viz.losses import distributed, static_forms
from npair_viz.losses.agreement import Settings
from npair_viz.losses.checks import (
    check_batch,
    check_draws_once,
    check_is_no_batch,
    check_selection,
    is_of_batch,
    lacks_negatives,
    too_few_pairs,
)
from npair_viz.losses.extra import checked_extra
from npair_viz.losses.kernels import KERNELS
from npair_viz.losses.npair import REDUCTIONS, NPairWarning, loss_of_pairs
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.losses.temperature import (
    TAO_RANGE,
    check_gives_value,
    check_in_range,
    check_tao_range,
    first_log_tao,
    held,
    is_stepped,
    learned,
)
from npair_viz.losses.watching import Watcher, hand_over
from npair_viz.sampling.pairs import POLICIES, PairSelection, select_pairs
from npair_viz.validation import (
    check_choice,
    check_count,
    check_flag,
    check_l2_reg,
    check_tao,
)

if TYPE_CHECKING:
    from torch.distributed import ProcessGroup

N_PAIR = "n-pair"
"""The name of this loss, for settings that choose among losses.

>>> {N_PAIR: NPairLoss}["n-pair"].__name__
'NPairLoss'
"""


class NPairLoss(nn.Module):
    """N-pair loss of a batch with labels: selects pairs, normalizes them, and calls `npair_loss`.

        L = mean_i log(1 + Σ_{j≠i} exp((a_i·p_j − a_i·p_i) / tao)) + l2_reg · mean_i(‖a_i‖² + ‖p_i‖²)

    With `symmetric` it is the mean of both directions; a call may bring extra negatives of every anchor.
    The first two arguments are easily swapped, so pass them by name. A batch without a negative, of no pair or of pairs
    of one class, gives an NPairWarning (with `max_pairs` nobody looks) and no gradient but the penalty's; backward
    still works.

    Args:
        l2_reg: The weight of the penalty. With `normalize=True` every norm is 1: the penalty is the constant 2·l2_reg
            and has no gradient. In the paper vectors are raw and l2_reg bounds their norms: `normalize=False`.
        tao: The temperature, a number or a 0-dim tensor. To learn it: `learn_tao=True`, or with a log_tao of one's own
            `loss.tao = log_tao.exp()` before each call; a copy of the module then keeps its value alone.
        normalize: Whether rows are divided by their lengths first.
        objective: "mc", the loss above, or "ovo", see `npair_loss`.
        policy: How a class's pair is chosen: "random", "first", or "hardest", its two rows of smallest similarity.
            "random" draws anew at every call, after `.eval()` too: the same rows gave from 2.17 to 4.42. A
            validation loss that can be compared takes policy="first", or the same pairs each time:
            `pairs = loss.select(...)` once.
        pairs_per_class: The most pairs of a class; pairs of one class are not each other's negatives.
        max_pairs: None takes the pairs there are and waits for the device once; a number pads to that many without
            waiting. Padding is computed like any row: padding to twice the pairs took 1.2 to 1.6 times as long at 8 to
            64 pairs (`make bench`), and takes up to four times as long at thousands.
        reduction: "mean", "sum" or "none", see `npair_loss`.
        symmetric: Whether each positive is compared with all anchors, too, see `npair_loss`.
        generator: Makes "random" repeatable; None means torch's global generator, the one that activation checkpointing
            can put back: within a checkpointed function an own one is refused.
        gather: Whether the loss is that of the batch that all ranks of `group` hold together; each returns the same
            number. Their gradients sum to its gradient. DistributedDataParallel averages: multiply the loss by the
            number of ranks. Row numbers, in `pairs` too, count through all ranks, rank 0 first; see
            `npair_viz.losses.distributed`.
        group: The process group for `gather`; None means the default group.
        kernel: How the loss is computed, one of `npair_viz.losses.kernels.KERNELS`; all give the same number.
        learn_tao: Whether the module learns its tao, as its parameter log_tao: `loss.tao` reads exp(log_tao), held in
            `tao_range`, and `loss.tao = 0.1` sets it. Give loss.parameters() to the optimizer, without weight decay,
            which draws tao to 1. Half precision rounds small steps away: keep the module in float32. Several ranks
            learn one tao with `gather` or in DistributedDataParallel, otherwise each learns its own. FSDP's fully_shard
            takes no scalar: pass ignored_params={loss.log_tao}, and learn with `gather`.
        tao_range: The smallest and the largest tao that is learned, by `learn_tao` or as an nn.Parameter passed as tao.
            At a bound only a gradient that leads back inside acts.

    Raises:
        ValueError: A setting is wrong.
        TypeError: A setting is of the wrong type.

    Source: Sohn (2016), section 3; the argument order l2_reg, tao is that of the class this one replaces.

    >>> embeddings, labels = torch.eye(4), torch.tensor([0, 0, 1, 1])
    >>> round(NPairLoss(l2_reg=0.0, tao=0.5)(embeddings, labels).item(), 4)
    0.6931
    >>> loss = NPairLoss(l2_reg=0.0, tao=0.5, policy="first", learn_tao=True)
    >>> optimizer = torch.optim.SGD(loss.parameters(), lr=0.1)
    >>> loss(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [0.0, 1.0]]), labels).backward()
    >>> optimizer.step()
    >>> loss.tao < 0.5
    tensor(True)
    """

    tao_range, _learns_tao, symmetric = TAO_RANGE, False, False  # of modules that an earlier version pickled whole
    _watcher: Watcher | None = None  # of `watch`

    def __init__(
        self,
        l2_reg: float = 0.02,
        tao: float | Tensor = 1.0,
        *,
        normalize: bool = True,
        objective: Objective = "mc",
        policy: str = "random",
        pairs_per_class: int = 1,
        max_pairs: int | None = None,
        reduction: str = "mean",
        symmetric: bool = False,
        generator: torch.Generator | None = None,
        gather: bool = False,
        group: "ProcessGroup | None" = None,
        kernel: str = "auto",
        learn_tao: bool = False,
        tao_range: Sequence[float] = TAO_RANGE,
    ) -> None:
        super().__init__()
        check_is_no_batch(l2_reg)
        check_objective(objective)
        check_choice("policy", policy, POLICIES)
        check_choice("reduction", reduction, REDUCTIONS)
        check_choice("kernel", kernel, KERNELS)
        if gather and reduction == "none":
            raise ValueError("reduction must be 'mean' or 'sum' with gather=True, got 'none': no rank has all losses")
        self.l2_reg = check_l2_reg(l2_reg)
        self.tao_range = check_tao_range(tao_range)
        if check_flag("learn_tao", learn_tao):
            self.log_tao = nn.Parameter(first_log_tao(tao, self.tao_range))
            self._learns_tao = True
        else:
            self.tao = check_tao(tao)
        self.normalize = check_flag("normalize", normalize)
        self.objective = objective
        self.policy = policy
        self.pairs_per_class = check_count("pairs_per_class", pairs_per_class)
        self.max_pairs = None if max_pairs is None else check_count("max_pairs", max_pairs)
        self.reduction = reduction
        self.symmetric = check_flag("symmetric", symmetric)
        self.generator = generator
        self.gather = check_flag("gather", gather)
        self.group = group
        self.kernel = kernel

    @property
    def learn_tao(self) -> bool:
        """Whether the module learns its tao."""
        return self._learns_tao

    def __getattr__(self, name: str) -> Any:
        if name == "tao" and self._learns_tao:
            return learned(self.log_tao, self.tao_range)
        return super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "tao" and self._learns_tao:
            check_gives_value(value)
            with torch.no_grad():
                self.log_tao.fill_(math.log(check_in_range(value, self.tao_range)))
            return
        if name == "tao" and is_stepped(value) and value is not getattr(self, "tao", None):
            check_in_range(value, self.tao_range)
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: of a tao that is computed, such as log_tao.exp(), its value; and no watcher."""
        tao = self.__dict__.get("tao")
        state = {name: value for name, value in self.__dict__.items() if name != "_watcher"}
        return state | ({"tao": tao.detach()} if isinstance(tao, Tensor) and not tao.is_leaf else {})

    def extra_repr(self) -> str:
        """Name the settings, so that `print(loss)` shows a swapped pair of arguments."""
        names = "l2_reg tao normalize objective policy pairs_per_class max_pairs reduction symmetric gather kernel"
        names += " learn_tao tao_range" if self.learn_tao else ""
        return ", ".join(f"{name}={_plain(getattr(self, name))!r}" for name in names.split())

    def forward(
        self,
        embeddings: Tensor,
        target: Tensor,
        pairs: PairSelection | None = None,
        *,
        negatives: Tensor | None = None,
        negative_labels: Tensor | None = None,
    ) -> Tensor:
        """The loss of a batch.

        Args:
            embeddings: (b, d).
            target: (b,) integer labels.
            pairs: Replaces the module's own selection of pairs: of `select`, `PairSelection.of` or `from_miner`, with
                the same labels. With others it raises, or gives NaN on a device, for which to raise would wait.
            negatives: (m, d), more rows that every anchor is compared with, such as a queue of earlier ones; they are
                normalized like all. With `gather` each rank gives rows of its own, any number, to all.
            negative_labels: (m,) integers; a row of an anchor's class is no negative of it. None: all are of every one.

        Returns:
            A scalar, or with reduction "none" one value a pair.

        Raises:
            ValueError: A shape is wrong, or `pairs` are of another batch.
            TypeError: A dtype is wrong, or `pairs` is no PairSelection.
        """
        check_selection(pairs)
        batch = self._batch(embeddings, target, pairs, negatives, negative_labels)
        is_of_it = None
        if pairs is None:
            pairs = self._choose(batch)
        else:
            is_of_it = is_of_batch(pairs, batch.labels)
        if pairs.max_pairs is None and lacks_negatives(pairs, batch.extra):
            warnings.warn(too_few_pairs(batch.labels, pairs), NPairWarning, stacklevel=4)
        numbers = moved(torch.cat([pairs.anchors, pairs.positives]), batch.embeddings.device)
        raw = batch.embeddings.index_select(0, numbers)  # anchors and positives at once: half the operations
        rows, extra = raw, batch.extra
        if self.normalize:
            rows = unit_rows(raw, fused=self.kernel != "plain")
            extra = None if extra is None else extra.units(fused=self.kernel != "plain")
        anchors, positives = rows.chunk(2)
        all_differ = pairs.pairs_per_class == 1 and (extra is None or extra.labels is None)
        labels = None if all_differ else pairs.labels
        valid = None if pairs.max_pairs is None else pairs.valid
        chosen = self.l2_reg, self.objective, self.reduction, labels, valid, self.kernel
        found = loss_of_pairs(anchors, positives, batch.tao, *chosen, extra, self.symmetric, batch.ranks)
        found = found if is_of_it is None else found.where(is_of_it, torch.nan)
        if self._watcher is not None:
            hand_over(self, raw, anchors, positives, batch.tao, found, pairs, extra)
        return found

    def select(self, embeddings: Tensor, target: Tensor) -> PairSelection:
        """Choose pairs by the module's policy: `embeddings` (b, d) with classes `target` (b,) to a PairSelection.

        >>> embeddings, labels = torch.eye(4), torch.tensor([0, 0, 1, 1])
        >>> NPairLoss(l2_reg=0.0, tao=0.5, policy="first").select(embeddings, labels).anchors.tolist()
        [0, 2]
        """
        return self._choose(self._batch(embeddings, target))

    def _batch(
        self,
        embeddings: Tensor,
        target: Tensor,
        pairs: PairSelection | None = None,
        negatives: Tensor | None = None,
        negative_labels: Tensor | None = None,
    ) -> distributed.Batch:
        check_batch(embeddings, target)
        extra = checked_extra(negatives, negative_labels, ("embeddings", embeddings))
        batch = distributed.Batch(embeddings, target, self._used_tao(), self.generator, extra)
        ranks = distributed.Ranks(self.group) if self.gather else None
        if ranks is None or ranks.count == 1:
            return batch
        choice = self.policy, self.normalize, self.symmetric, self.l2_reg, self.pairs_per_class, self.max_pairs
        return distributed.gather(batch, Settings(self.objective, self.reduction, *choice), pairs, ranks)

    def _used_tao(self) -> float | Tensor:
        tao: float | Tensor = self.tao
        if self.learn_tao:
            return tao
        return held(tao, self.tao_range) if is_stepped(tao) else check_tao(tao)

    def _choose(self, batch: distributed.Batch) -> PairSelection:
        rows = None
        if self.policy == "random" and self.generator is not None:
            check_draws_once()
        if self.policy == "hardest":
            rows = batch.embeddings.detach()
            rows = unit_rows(rows) if self.normalize else rows
        return select_pairs(
            moved(batch.labels, batch.embeddings.device),
            policy=self.policy,
            pairs_per_class=self.pairs_per_class,
            embeddings=rows,
            generator=batch.generator,
            max_pairs=self.max_pairs,
        )

    get_n_pairs = staticmethod(static_forms.get_n_pairs)
    n_pair_loss = staticmethod(static_forms.n_pair_loss)
    l2_loss = staticmethod(static_forms.l2_loss)


def _plain(value: object) -> object:
    return float(f"{value.item():.6g}") if isinstance(value, Tensor) and not value.is_meta else value
