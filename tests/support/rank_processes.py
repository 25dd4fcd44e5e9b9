"""What one process of several does: it plays every case of `CASES` and every act of `ACTS`, and keeps what came out."""

import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, multiprocessing, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from npair_viz.explorers.watch.watch import watch
from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.npair_module import NPairLoss

D = 4
TAO = 0.6
PATIENCE = 60  # seconds that a rank waits for the others, and that the tests wait for the ranks


@dataclass(frozen=True)
class Case:
    """Labels of three ranks' batches, of which two ranks take the first two, and the settings of the loss."""

    labels: tuple[tuple[int, ...], ...]
    settings: dict[str, Any] = field(default_factory=lambda: {"policy": "first", "l2_reg": 0.3, "normalize": False})
    dtype: torch.dtype = torch.float64
    learns_tao: bool = False
    autocast: bool = False
    spoilt: bool = False
    queue: tuple[tuple[int, ...], ...] | None = None  # labels of each rank's extra negatives
    queue_has_labels: bool = True
    learns_queue: bool = True

    def rows(self, rank: int) -> Tensor:
        generator = torch.Generator().manual_seed(rank)
        rows = torch.randn(len(self.labels[rank]), D, generator=generator, dtype=torch.float64).to(self.dtype)
        if self.spoilt and rank == 0:
            rows[0] = torch.nan
        return rows

    def extra(self, rank: int) -> Tensor | None:
        """The rank's extra negatives."""
        if self.queue is None:
            return None
        generator = torch.Generator().manual_seed(50 + rank)
        rows = torch.randn(len(self.queue[rank]), D, generator=generator, dtype=torch.float64).to(self.dtype)
        return rows.requires_grad_(self.learns_queue)

    def extra_labels(self, rank: int) -> Tensor | None:
        """Their labels."""
        has_labels = self.queue is not None and self.queue_has_labels
        return torch.tensor(self.queue[rank], dtype=torch.int64) if has_labels else None

    def target(self, rank: int) -> Tensor:
        return torch.tensor(self.labels[rank], dtype=torch.int64)

    def tao(self) -> Tensor:
        return torch.tensor(TAO, dtype=torch.float64, requires_grad=self.learns_tao)

    def precision(self) -> AbstractContextManager[object]:
        return torch.autocast("cpu", dtype=torch.bfloat16) if self.autocast else nullcontext()

    def but(self, **settings: Any) -> "Case":
        return replace(self, settings=self.settings | settings)


UNEQUAL = Case(((5, 3, 3, 8, 5), (8, 3), (1, 9, 1, 5)))
WIDE = Case(((5, 3, 3, 8, 5, 7), (8, 3, 6, 6), (7, 9, 1, 5, 5, 1, 9)))
BY_DATA = {
    "unequal sizes": UNEQUAL,
    "a class on two ranks": Case(((4, 6, 2), (6, 4), (2,))),
    "two rows of a class on each": Case(((4, 4, 6), (6, 4, 4), (6, 6, 9))),
    "a rank without a pair": Case(((4, 4, 6, 6), (8,), (9, 2))),
    "a rank without a row": Case(((), (4, 4, 6, 6, 2), (2, 6))),
    "no row at all": Case(((), (), ())),
    "no pair at all": Case(((1, 2), (3,), (4, 5))),
    "fewer pairs than ranks": Case(((4,), (4,), ())),
    "an empty part": Case(((1, 2, 3, 4), (4, 3, 2, 1), ())),
}
QUEUE = replace(WIDE, queue=((5, 4, 7, 7), (2,), (3, 6, 9, 9, 1, 2, 2)))
QUEUES = {
    "learned": QUEUE,
    "learned, without labels, ovo": replace(QUEUE.but(kernel="streaming", objective="ovo"), queue_has_labels=False),
    "fixed": replace(QUEUE, learns_queue=False),
    "fixed, both ways, plain": replace(QUEUE.but(kernel="plain", symmetric=True), learns_queue=False),
    "learned, both ways, streaming": QUEUE.but(kernel="streaming", symmetric=True),
    "fixed, without labels, both ways, ovo": replace(QUEUE.but(symmetric=True, objective="ovo"),
                                                     learns_queue=False, queue_has_labels=False),
}  # fmt: skip
CASES = BY_DATA | {
    **{f"a queue, {kind}": case for kind, case in QUEUES.items()},
    "a queue on one rank": replace(WIDE.but(symmetric=True), queue=((), (1, 2, 3), ())),
    "a queue on no rank": replace(WIDE, queue=((), (), ())),
    "a queue beside padded pairs": replace(QUEUE.but(max_pairs=11, symmetric=True, normalize=True), learns_tao=True),
    "a queue in half precision": replace(QUEUE, dtype=torch.bfloat16),
    "both directions": WIDE.but(symmetric=True),
    "both directions, unequal sizes": UNEQUAL.but(symmetric=True),
    "both directions, the sum": WIDE.but(symmetric=True, reduction="sum"),
    "both directions, two pairs a class": BY_DATA["two rows of a class on each"].but(pairs_per_class=2, symmetric=True),
    "both directions, an empty part": BY_DATA["an empty part"].but(symmetric=True),
    "random": WIDE.but(policy="random"),
    "hardest": WIDE.but(policy="hardest"),
    "hardest of unit rows": WIDE.but(policy="hardest", normalize=True),
    "unit rows": WIDE.but(normalize=True),
    "two pairs a class": BY_DATA["two rows of a class on each"].but(pairs_per_class=2),
    "the sum": WIDE.but(reduction="sum"),
    "padded with room": WIDE.but(max_pairs=11),
    "padded with room, the sum": WIDE.but(max_pairs=11, reduction="sum"),
    "padded and cut": WIDE.but(max_pairs=2, policy="random"),
    "padded with what is not a number": replace(BY_DATA["two rows of a class on each"].but(max_pairs=5),
                                                labels=((1, 4), (4, 7), (7, 4)), spoilt=True),
    "padded without a pair": BY_DATA["no pair at all"].but(max_pairs=5),
    "learned tao": replace(WIDE, learns_tao=True),
    "learned tao without a pair": replace(BY_DATA["no pair at all"], learns_tao=True),
    "half precision": replace(WIDE, dtype=torch.bfloat16),
    "autocast": replace(WIDE.but(normalize=True), dtype=torch.float32, autocast=True),
    **{f"{kernel} {objective}": WIDE.but(kernel=kernel, objective=objective)
       for kernel in ("plain", "dense", "streaming") for objective in ("mc", "ovo")},
    **{f"an empty part, {kernel}": BY_DATA["an empty part"].but(kernel=kernel)
       for kernel in ("plain", "dense", "streaming")},
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What one rank saw: its loss and gradients, its warnings, its collectives in turn, and what pairs it chose."""

    loss: Tensor
    on_rows: Tensor
    on_tao: Tensor | None
    on_extra: Tensor | None
    warned: list[str]
    collectives: list[str]
    anchors: Tensor | None = None  # where the policy is not "first"
    positives: Tensor | None = None


class Collectives(TorchDispatchMode):
    """Note the collectives that are called, those of backward included."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.namespace == "c10d":
            self.seen.append(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def play(case: Case, rank: int) -> Outcome:
    rows, tao, extra = case.rows(rank).requires_grad_(), case.tao(), case.extra(rank)
    # Each rank's generator is in another state: only rank 0's may count.
    loss = NPairLoss(tao=tao, generator=torch.Generator().manual_seed(7 + rank), gather=True, **case.settings)
    chosen = {}
    if case.settings["policy"] != "first":
        pairs = loss.select(rows, case.target(rank))
        chosen = {"anchors": pairs.anchors, "positives": pairs.positives}
        loss.generator.manual_seed(7 + rank)
    with warnings.catch_warnings(record=True) as caught, Collectives() as collectives:
        warnings.simplefilter("always")
        with case.precision():
            found = loss(rows, case.target(rank), negatives=extra, negative_labels=case.extra_labels(rank))
        found.backward()
    warned = [str(one.message) for one in caught if one.category is NPairWarning]
    assert len(warned) == len(caught)
    on_extra = None if extra is None else extra.grad
    return Outcome(found.detach(), rows.grad, tao.grad, on_extra, warned, collectives.seen, **chosen)


class Model(nn.Module):
    """An encoder and a temperature, both learned."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.encoder = nn.Linear(D, 3, dtype=torch.float64)
        for weights in self.encoder.parameters():
            nn.init.normal_(weights, generator=generator)
        self.log_tao = nn.Parameter(torch.tensor(0.2, dtype=torch.float64))

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        return self.encoder(rows), self.log_tao.exp()

    def gradients(self) -> dict[str, Tensor]:
        return {name: weights.grad for name, weights in self.named_parameters()}


def wrapped(rank: int, world: int) -> dict[str, Tensor]:
    """Gradients of a model in DistributedDataParallel, of the loss times the number of ranks."""
    model = Model()
    wrapper = DistributedDataParallel(model)
    embeddings, tao = wrapper(UNEQUAL.rows(rank))
    loss = NPairLoss(l2_reg=0.0, tao=tao, policy="first", gather=True)
    (world * loss(embeddings, UNEQUAL.target(rank))).backward()
    return model.gradients()


def wrapped_but_tao(rank: int, world: int) -> Tensor:
    """The gradient of a temperature beside the wrapped encoder, of the loss times the number of ranks."""
    model = Model()
    encoder = DistributedDataParallel(model.encoder)
    loss = NPairLoss(l2_reg=0.0, tao=model.log_tao.exp(), policy="first", gather=True)
    (world * loss(encoder(UNEQUAL.rows(rank)), UNEQUAL.target(rank))).backward()
    return model.log_tao.grad


class Learner(nn.Module):
    """An encoder, and a loss that learns its tao; `frozen`: the encoder learns nothing."""

    def __init__(self, tao_range: tuple[float, float], *, frozen: bool, gather: bool) -> None:
        super().__init__()
        self.encoder = Model().encoder.requires_grad_(not frozen)
        tao = torch.tensor(TAO, dtype=torch.float64)
        self.loss = NPairLoss(0.0, tao, policy="first", learn_tao=True, tao_range=tao_range, gather=gather)

    def forward(self, rows: Tensor, target: Tensor) -> Tensor:
        return self.loss(self.encoder(rows), target)

    def taught(self, rows: Tensor, target: Tensor, *, factor: int = 1, wrapped: bool = False) -> Tensor:
        """Tao after each step of gradient descent on `factor` times the loss: five down, thirteen up, five down."""
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.5)
        forward, taos = DistributedDataParallel(self) if wrapped else self, []
        for step in range(23):
            optimizer.zero_grad()
            (factor * (-1 if 5 <= step < 18 else 1) * forward(rows, target)).backward()
            optimizer.step()
            taos.append(self.loss.tao.detach())
        return torch.stack(taos)


RANGES = {"free": (0.01, 100.0), "at its least": (TAO, 100.0), "at its most": (0.01, TAO)}


def learned(name: str, wrapped: bool) -> Callable[[int, int], Tensor]:
    """Tao step by step, learned with an encoder in DistributedDataParallel, or alone and unwrapped."""

    def act(rank: int, world: int) -> Tensor:
        learner = Learner(RANGES[name], frozen=not wrapped, gather=True)
        return learner.taught(UNEQUAL.rows(rank), UNEQUAL.target(rank), factor=world, wrapped=wrapped)

    return act


def learned_apart(wrapped: bool) -> Callable[[int, int], Tensor]:
    """Tao step by step without gather: each rank has the loss of its own batch."""

    def act(rank: int, world: int) -> Tensor:
        rows = torch.randn(6, D, generator=torch.Generator().manual_seed(rank), dtype=torch.float64)
        learner = Learner(RANGES["free"], frozen=not wrapped, gather=False)
        return learner.taught(rows, torch.arange(3).repeat(2), wrapped=wrapped)

    return act


def counted(rank: int, world: int) -> int:
    """Floating-point operations of the matrix products of this rank, forward and backward."""
    rows = WIDE.rows(rank).requires_grad_()
    loss = NPairLoss(policy="first", kernel="dense", gather=True)
    with FlopCounterMode(display=False) as flops:
        loss(rows, WIDE.target(rank)).backward()
    return flops.get_total_flops()


def without_gradients(rank: int, world: int) -> tuple[Tensor, bool, list[str]]:
    rows = UNEQUAL.rows(rank).requires_grad_()
    with torch.no_grad(), Collectives() as collectives:
        found = NPairLoss(tao=TAO, gather=True, **UNEQUAL.settings)(rows, UNEQUAL.target(rank))
    return found, found.requires_grad, collectives.seen


def frozen_rows(rank: int, world: int) -> tuple[Tensor, list[str]]:
    """The gradient of tao, times the number of ranks, where the encoder is not learned."""
    tao = replace(UNEQUAL, learns_tao=True).tao()
    with Collectives() as collectives:
        NPairLoss(tao=tao, gather=True, **UNEQUAL.settings)(UNEQUAL.rows(rank), UNEQUAL.target(rank)).backward()
    return world * tao.grad, collectives.seen


def own_pairs(rank: int, world: int) -> Tensor:
    """The loss of pairs that the caller chose, among them a row of another rank."""
    whole = NPairLoss(policy="hardest", gather=True)
    pairs = whole.select(WIDE.rows(rank), WIDE.target(rank))
    return NPairLoss(tao=TAO, l2_reg=0.0, policy="first", gather=True)(WIDE.rows(rank), WIDE.target(rank), pairs)


def drawn_twice(rank: int, world: int) -> list[list[int]]:
    """Anchors of two choices after one another, from torch's global generator in another state on each rank."""
    torch.manual_seed(rank)
    loss = NPairLoss(gather=True)
    labels = torch.zeros(40, dtype=torch.int64)
    return [torch.stack([chosen.anchors, chosen.positives]).flatten().tolist()
            for chosen in (loss.select(torch.ones(40, 2), labels) for _ in range(2))]  # fmt: skip


def in_a_group(rank: int, world: int) -> tuple[float, Tensor] | str:
    """The loss of the first rank and the last."""
    group = dist.new_group([0, world - 1])
    rows = UNEQUAL.rows(rank).requires_grad_()
    loss = NPairLoss(tao=TAO, gather=True, group=group, **UNEQUAL.settings)

    def attempt() -> tuple[float, Tensor]:
        found = loss(rows, UNEQUAL.target(rank))
        found.backward()
        return found.item(), rows.grad

    return attempt() if rank in (0, world - 1) else refusal(attempt)


def twice_derived(rank: int, world: int) -> str:
    rows = UNEQUAL.rows(rank).requires_grad_()
    found = NPairLoss(tao=TAO, gather=True, **UNEQUAL.settings)(rows, UNEQUAL.target(rank))
    (gradient,) = torch.autograd.grad(found, rows, create_graph=True)
    return refusal(lambda: gradient.sum().backward())


def wrong_tao(rank: int, world: int) -> str:
    loss = NPairLoss(gather=True)
    loss.tao = 0.0
    return refusal(lambda: loss(UNEQUAL.rows(rank), UNEQUAL.target(rank)))


def differing(what: str) -> Callable[[int, int], str]:
    """A batch that differs on the last rank from those of the others."""

    def act(rank: int, world: int) -> str:
        odd = rank == world - 1
        torch.set_grad_enabled(not (odd and what == "grad mode"))
        rows = UNEQUAL.rows(rank)[:, : D - 1 if odd and what == "width" else D]
        rows = rows.float() if odd and what == "dtype" else rows
        rows.requires_grad_(not (odd and what == "requires_grad"))
        tao = torch.tensor(TAO, requires_grad=odd and what == "tao.requires_grad")
        told = refusal(lambda: NPairLoss(tao=tao, policy="first", gather=True)(rows, UNEQUAL.target(rank)))
        torch.set_grad_enabled(True)
        return told

    return act


ODD: dict[str, object] = {
    "objective": "ovo",
    "reduction": "sum",
    "policy": "hardest",
    "normalize": False,
    "symmetric": True,
    "l2_reg": 0.03,
    "pairs_per_class": 2,
    "max_pairs": 9,
    "tao": 0.7,
}


def with_another(setting: str) -> Callable[[int, int], str]:
    """The last rank has another setting than the others."""

    def act(rank: int, world: int) -> str:
        settings = {"policy": "first", "tao": TAO, "l2_reg": 0.02} | (
            {setting: ODD[setting]} if rank == world - 1 else {}
        )
        loss = NPairLoss(gather=True, **settings)
        return refusal(lambda: loss(UNEQUAL.rows(rank), UNEQUAL.target(rank)))

    return act


OTHER_QUEUES = ("negatives", "negatives.requires_grad", "negative_labels")


def with_another_queue(what: str) -> Callable[[int, int], str]:
    """The last rank has no extra negatives, or others than learned ones with labels."""

    def act(rank: int, world: int) -> str:
        odd = rank == world - 1
        extra, theirs = QUEUE.extra(rank), QUEUE.extra_labels(rank)
        if odd and what == "negatives":
            extra, theirs = None, None
        elif odd and what == "negatives.requires_grad":
            extra = extra.detach()
        elif odd:
            theirs = None
        loss, rows = NPairLoss(gather=True, policy="first"), QUEUE.rows(rank)
        return refusal(lambda: loss(rows, QUEUE.target(rank), negatives=extra, negative_labels=theirs))

    return act


OTHER_PAIRS = ("none", "swapped", "in another order", "fewer")


def with_other_pairs(which: str) -> Callable[[int, int], str]:
    """The last rank gives other pairs than the others."""

    def act(rank: int, world: int) -> str:
        loss = NPairLoss(gather=True, policy="first")
        rows, target = UNEQUAL.rows(rank), UNEQUAL.target(rank)
        pairs = loss.select(rows, target)
        if rank == world - 1:
            anchors, positives = pairs.anchors, pairs.positives
            others = {
                "none": None,
                "swapped": replace(pairs, anchors=positives, positives=anchors),
                "in another order": replace(pairs, anchors=anchors.flip(0), positives=positives.flip(0)),
                "fewer": replace(pairs, anchors=anchors[1:], positives=positives[1:], valid=pairs.valid[1:]),
            }
            pairs = others[which]
        return refusal(lambda: loss(rows, target, pairs))

    return act


def almost_one_tao(rank: int, world: int) -> str:
    loss = NPairLoss(gather=True, policy="first", tao=torch.tensor(TAO).mul(1 + rank * 1e-7))
    return refusal(lambda: loss(UNEQUAL.rows(rank), UNEQUAL.target(rank)))


def watched(rank: int, world: int) -> dict[str, Any]:
    """What a rank keeps of a gathered loss, and what it calls; the last rank is not watched, the first has a sample."""
    rows = WIDE.rows(rank).requires_grad_()
    loss = NPairLoss(tao=TAO, gather=True, **WIDE.settings)
    with_statistics = nn.Sequential(Model().encoder, nn.BatchNorm1d(3, dtype=torch.float64))
    wrapper = DistributedDataParallel(with_statistics)  # whose forward call would broadcast them
    sample = {"encoder": wrapper, "sample": (WIDE.rows(0), WIDE.target(0))} if rank == 0 else {}
    monitor = watch(None if rank == world - 1 else loss, every=1, **sample)
    with Collectives() as collectives:
        found = loss(rows, WIDE.target(rank))
        found.backward()
    return {"rows": monitor.rows, "loss": found.detach(), "on_rows": rows.grad, "collectives": collectives.seen}


def refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except (ValueError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing was refused"


ACTS: dict[str, Callable[[int, int], Any]] = {
    "wrapped": wrapped,
    "wrapped but tao": wrapped_but_tao,
    **{f"learned {name}, wrapped {wrapped}": learned(name, wrapped) for name in RANGES for wrapped in (True, False)},
    "learned apart, wrapped": learned_apart(wrapped=True),
    "learned apart": learned_apart(wrapped=False),
    "counted": counted,
    "without gradients": without_gradients,
    "frozen rows": frozen_rows,
    "own pairs": own_pairs,
    "drawn twice": drawn_twice,
    "in a group": in_a_group,
    "twice derived": twice_derived,
    "wrong tao": wrong_tao,
    **{
        f"differing {what}": differing(what)
        for what in ("width", "dtype", "requires_grad", "grad mode", "tao.requires_grad")
    },
    **{f"with another {setting}": with_another(setting) for setting in ODD},
    **{f"with another queue, {what}": with_another_queue(what) for what in OTHER_QUEUES},
    **{f"with other pairs, {which}": with_other_pairs(which) for which in OTHER_PAIRS},
    "almost one tao": almost_one_tao,
    "watched": watched,
}


def one_rank(rank: int, world: int, folder: Path) -> None:
    warnings.simplefilter("error")
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", f"file://{folder / 'store'}", timedelta(seconds=PATIENCE), rank=rank, world_size=world
    )
    outcomes = {name: play(case, rank) for name, case in CASES.items()}
    outcomes |= {name: act(rank, world) for name, act in ACTS.items()}
    torch.save(outcomes, folder / f"{rank}.pt")
    dist.destroy_process_group()


def all_ranks(world: int, folder: Path) -> list[dict[str, Any]]:
    """Outcomes of every rank, by the name of the case or act; a rank that fails or hangs ends them all."""
    multiprocessing.set_forkserver_preload(["npair_viz.losses.npair_module"])  # torch is loaded once for all of them
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    running = multiprocessing.start_processes(one_rank, (world, folder), world, join=False, start_method=method)
    deadline = time.monotonic() + 2 * PATIENCE
    while not running.join(timeout=max(0.0, deadline - time.monotonic())):
        if time.monotonic() > deadline:
            for process in running.processes:
                process.kill()
            raise TimeoutError(f"{world} ranks took more than {2 * PATIENCE} seconds")
    return [torch.load(folder / f"{rank}.pt", weights_only=False) for rank in range(world)]
