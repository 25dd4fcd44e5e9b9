"""`gather=True`: the loss of the batch that all ranks hold together; each rank computes an equal part of the pairs.

    embeddings and labels of rank r ─ gather ─> those of all ranks ─ select ─> the pairs, the same on every rank
    extra negatives of rank r, any number ─ gather ─> those of all ranks, candidates of every anchor
    the loss, the same on every rank <─ sum ─ part r of the loss <─ kernel ─ part r of the anchors, all candidates

Backward: each part of the loss has gradients for rows of all ranks, and each rank receives their sum for its own rows.

Summed over the ranks, the gradients are the gradient of the loss. A row is on one rank, which gets its whole gradient.
What the ranks share is on each of them: an encoder's weights get the part of their gradient that comes through the
rank's own rows, and a learned tao gets an equal part on every rank. A wrapper that averages gradients over the ranks,
such as DistributedDataParallel, therefore leaves 1/ranks of it: multiply the loss by the number of ranks.

Every rank must call the loss with the same settings and call backward alike; settings that differ are refused on every
rank, second derivatives are not supported.
The order of the collectives depends on settings alone, never on the values of rows and labels. Each call waits once
for the batches' sizes, with `max_pairs` too.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Generator, Tensor
from torch import distributed as dist
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from npair_viz.linalg import in_working_precision, moved
from npair_viz.losses.agreement import Settings, check_alike
from npair_viz.losses.extra import Extra
from npair_viz.sampling.pairs import PairSelection
from npair_viz.validation import FLOATS

if TYPE_CHECKING:
    from torch.distributed import ProcessGroup

MIXER = 0x5851F42D4C957F2D  # odd, so that no product with it loses a bit


class Ranks:
    """The ranks of `group`, or of the default group, and this one's part of the pairs that all of them hold."""

    def __init__(self, group: "ProcessGroup | None") -> None:
        if not (dist.is_available() and dist.is_initialized()):
            raise RuntimeError(
                "gather=True must find a process group, got none: call torch.distributed.init_process_group first, "
                "or leave gather out where one process has the whole batch"
            )
        self.group, self.rank, self.count = group, dist.get_rank(group), dist.get_world_size(group)
        if self.rank < 0:
            raise ValueError(f"group must hold every rank that calls the loss, got one without rank {dist.get_rank()}")

    def part(self, anchors: Tensor, positives: Tensor) -> tuple[int, Tensor, Tensor]:
        """The number of this rank's first pair, and its anchors and positives; the last ranks may have fewer."""
        n, most = len(anchors), -(-len(anchors) // self.count)
        first = min(self.rank * most, n)
        own = slice(first, min(first + most, n))
        return first, anchors[own], positives[own]

    def total(self, part: Tensor) -> Tensor:
        """The sum of all ranks' parts."""
        found: Tensor = _Total.apply(part, self.group)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return found


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch to choose pairs from, with what their choice and their loss depend on.

    Attributes:
        embeddings: (b, d).
        labels: (b,).
        tao: The temperature.
        generator: Draws random pairs.
        extra: Negatives beside the batch.
        ranks: The ranks that hold this batch together, None for a single process.
    """

    embeddings: Tensor
    labels: Tensor
    tao: float | Tensor
    generator: Generator | None
    extra: Extra | None = None
    ranks: Ranks | None = None


def gather(batch: Batch, settings: Settings, pairs: PairSelection | None, ranks: Ranks) -> Batch:
    """The batch of all ranks, rank 0's rows first; "random" takes the seed of its choice from rank 0's generator."""
    embeddings, tao, extra, group = batch.embeddings, batch.tao, batch.extra, ranks.group
    learned = tao if isinstance(tao, Tensor) and tao.requires_grad and torch.is_grad_enabled() else None
    seed = _drawn(batch.generator) if settings.policy == "random" else 0
    kind = _kind_of(extra)
    alike = [int(learned is not None), *kind, *settings.as_numbers()]
    sizes, numbers, seed = _agree(batch, seed, alike, [_tao_bits(tao), _key(pairs)], group)
    labels = _gathered(moved(batch.labels, embeddings.device, torch.int64), sizes, group)
    asking = extra.rows if extra is not None and kind.learns else None
    rows, shared, found = _Gathered.apply(embeddings, learned, asking, sizes, numbers, group)  # type: ignore[no-untyped-call]  # as above
    if extra is not None:
        theirs = extra.labels
        theirs = None if theirs is None else _gathered(moved(theirs, embeddings.device, torch.int64), numbers, group)
        extra = Extra(in_working_precision(_gathered(extra.rows, numbers, group)) if found is None else found, theirs)
    return Batch(rows, labels, tao if shared is None else shared, Generator().manual_seed(seed), extra, ranks)


class _Gathered(Function):
    """Rows of all ranks in working precision, and where learned tao and negatives; backward sums over the ranks.

    One node serves all: autograd could run several in another order on another rank, and mix up their collectives.
    """

    @staticmethod
    def forward(
        ctx: Any,
        rows: Tensor,
        tao: Tensor | None,
        more: Tensor | None,
        sizes: list[int],
        numbers: list[int],
        group: "ProcessGroup | None",
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        ctx.sizes, ctx.numbers, ctx.group = sizes, numbers, group
        found = in_working_precision(_gathered(rows, sizes, group))
        beside = None if more is None else in_working_precision(_gathered(more, numbers, group))
        return found, None if tao is None else tao.clone(), beside

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, on_rows: Tensor, on_tao: Tensor | None, on_more: Tensor | None) -> tuple[Tensor | None, ...]:
        asks_rows, asks_tao, asks_more, *_ = ctx.needs_input_grad
        on_own = _scattered(on_rows, ctx.sizes, ctx.group) if asks_rows else None
        # Each rank knows only its own pairs' part. Equal parts keep a tao that no wrapper averages equal on all ranks.
        equal = _summed(on_tao, ctx.group) / len(ctx.sizes) if asks_tao and on_tao is not None else None
        beside = _scattered(on_more, ctx.numbers, ctx.group) if asks_more and on_more is not None else None
        return on_own, equal, beside, None, None, None


class _Total(Function):
    """The sum of all ranks' parts.

    Backward is the identity: each rank differentiates its own part alone, and `_Gathered` sums the ranks' gradients.
    A sum here as well would count each of them once a rank.
    """

    @staticmethod
    def forward(ctx: Any, part: Tensor, group: "ProcessGroup | None") -> Tensor:
        return _summed(part, group)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None]:
        return upstream, None


def _agree(
    batch: Batch, seed: int, alike: list[int], computed: list[Tensor], group: "ProcessGroup | None"
) -> tuple[list[int], list[int], int]:
    """All batches' sizes, the numbers of their extra negatives, and rank 0's seed.

    Raises, on every rank, where the ranks differ in what they must share.
    """
    embeddings, extra = batch.embeddings, batch.extra
    learns = embeddings.requires_grad and torch.is_grad_enabled()
    kind = [embeddings.shape[1], FLOATS.index(embeddings.dtype), int(learns), *alike]
    counts = [len(embeddings), 0 if extra is None else len(extra.rows)]
    known = torch.tensor([*counts, seed, *kind], device=embeddings.device)
    mine = torch.cat([known, *(moved(one.reshape(1), embeddings.device) for one in computed)]).unsqueeze(0)
    sizes, numbers, seeds, *kinds = _gathered(mine, [1] * dist.get_world_size(group), group).T.tolist()
    check_alike(kinds)
    return sizes, numbers, seeds[0]


class _Kind(NamedTuple):
    """Whether there are extra negatives, whether they are learned, and whether they have labels, in ALIKE's order."""

    is_given: int
    learns: int
    has_labels: int


def _kind_of(extra: Extra | None) -> _Kind:
    if extra is None:
        return _Kind(0, 0, 0)
    return _Kind(1, int(extra.rows.requires_grad and torch.is_grad_enabled()), int(extra.labels is not None))


def _tao_bits(tao: float | Tensor) -> Tensor:
    """The temperature's bits, where it lies: to read it on a device would wait."""
    return torch.as_tensor(tao, dtype=torch.float64).detach().reshape(1).view(torch.int64)


def _key(pairs: PairSelection | None) -> Tensor:
    """A number that other pairs, or the same in another order, hardly share; 0 for none. Computed where they lie."""
    if pairs is None:
        return torch.zeros(1, dtype=torch.int64)
    key = torch.arange(len(pairs.anchors), device=pairs.anchors.device)
    for part in (pairs.anchors, pairs.positives, pairs.valid):
        key = (key + part) * MIXER
        key = key ^ (key >> 29)
    return key.sum() * MIXER + 2 * pairs.pairs_per_class + (pairs.max_pairs is None)


def _drawn(generator: Generator | None) -> int:
    """A seed. Every rank draws one, so that all generators advance alike, but all ranks use that of rank 0."""
    device = None if generator is None else generator.device
    return int(torch.randint(2**63 - 1, (), generator=generator, device=device))


def _gathered(rows: Tensor, sizes: list[int], group: "ProcessGroup | None") -> Tensor:
    """Rows of all ranks, sizes[r] of rank r. They are padded to be sent: not every backend takes unequal sizes."""
    mine = _padded(rows, max(sizes))
    blocks = mine.new_empty(len(sizes), *mine.shape)
    dist.all_gather(list(blocks), mine, group=group)  # the form with a single output has another name in each torch
    return torch.cat([block[:size] for block, size in zip(blocks, sizes, strict=True)])


def _scattered(rows: Tensor, sizes: list[int], group: "ProcessGroup | None") -> Tensor:
    """The reverse of `_gathered`: this rank's rows of the sum over the ranks."""
    blocks = [_padded(block, max(sizes)) for block in torch.split(rows, sizes)]
    own = torch.empty_like(blocks[0])
    dist.reduce_scatter(own, blocks, group=group)
    return own[: sizes[dist.get_rank(group)]]


def _summed(part: Tensor, group: "ProcessGroup | None") -> Tensor:
    total = part.clone()
    dist.all_reduce(total, group=group)
    return total


def _padded(rows: Tensor, size: int) -> Tensor:
    return torch.cat([rows, rows.new_zeros(size - len(rows), *rows.shape[1:])])
