"""Training of a small encoder with this loss, split by class, as a sequence of snapshots."""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Generator, Tensor, nn

from npair_viz.losses.npair_module import NPairLoss
from npair_viz.losses.objectives import MC, OBJECTIVES, Objective
from npair_viz.sampling.hard_classes import mine_hard_classes
from npair_viz.theory.effective_negatives import effective_negatives
from npair_viz.training.datasets import World
from npair_viz.training.snapshot import Snapshot, embed, floor_and_chance, loss_inputs, plane_of, unseen_metrics
from npair_viz.training.threads import one_thread
from npair_viz.validation import check_choice, check_count, check_l2_reg, check_tao

HIDDEN = 128
MOST_CLASSES = 32  # in a batch, if n_classes is None
POOL = 4  # hard classes are mined among so many times the classes of a batch
OPTIMISERS = {"Adam": torch.optim.Adam, "SGD": torch.optim.SGD}
Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Settings:
    """How to train; tao, l2_reg, normalize and objective as in `NPairLoss`.

    Attributes:
        tao: The temperature.
        l2_reg: The penalty's weight.
        normalize: Whether rows are put on the unit sphere first.
        objective: "mc" or "ovo".
        n_classes: Of a batch, two random rows of each; None for all seen classes, at most 32.
        groups: Independent batches a step, whose losses are averaged: so runs that differ in n_classes can use equally
            many rows a step.
        mining: Whether a batch's classes are those that are easily confused, found by `mine_hard_classes` among four
            times as many.
        dimension: Of the embedding; with 2 the picture is exact.
        optimiser: "Adam" or "SGD", of torch.optim.
        lr: The learning rate.
        seed: What is random is drawn from it.
        device: "cpu" or "cuda".
    """

    tao: float = 0.1
    l2_reg: float = 0.0
    normalize: bool = True
    objective: Objective = MC
    n_classes: int | None = None
    groups: int = 1
    mining: bool = False
    dimension: int = 64
    optimiser: str = "Adam"
    lr: float = 1e-3
    seed: int = 0
    device: str = "cpu"


NAMES = tuple(field.name for field in fields(Settings))


def train(
    world: World, *, steps: int = 300, every: int = 10, loss: Loss | None = None, **settings: Any
) -> Iterator[Snapshot]:
    """Train an encoder on the seen classes; yield a snapshot before the first step, every few steps, and at the end.

    The encoder is a perceptron with one hidden layer of 128. It is never given a row of an unseen class. A run is the
    same each time: what is random is drawn from the seed, nothing from torch's global generator. Training goes on only
    while the next snapshot is waited for, so a caller that asks for none pauses it.

    Args:
        world: What to train on.
        steps: How many steps to train.
        every: How many steps between two snapshots.
        loss: Another loss to compare with, a function of embeddings (2n, d) and labels (2n,).
        settings: Those of `Settings`, by name: tao, l2_reg, normalize, objective, n_classes, groups, mining,
            dimension, optimiser, lr, seed, device.

    Yields:
        A `Snapshot`: step, loss, floor, chance, recall, picture and more.

    Raises:
        ValueError: A setting is out of range, at once; the loss is no longer finite, while training.
        TypeError: A setting is unknown or has a wrong type, at once.

    Source: Sohn (2016), sections 3.2 and 4; the encoder is ours.

    >>> from npair_viz.training.datasets import blends
    >>> run = list(train(blends(n_classes=16), steps=20, tao=0.5))
    >>> [snapshot.step for snapshot in run], run[-1].loss < run[0].loss
    ([0, 10, 20], True)
    """
    chosen = settings_of(world, **settings)
    check_count("steps", steps, least=0)
    check_count("every", every)
    return _snapshots(_run(world, chosen, loss), steps, every)


def settings_of(world: World, **settings: Any) -> Settings:
    """Check settings for training on a world.

    Args:
        world: What to train on.
        **settings: Those of `Settings`, by name.

    Returns:
        The settings, defaults included.

    Raises:
        ValueError: A setting is out of range; the message names it.
        TypeError: A setting is unknown or has a wrong type.
    """
    if unknown := sorted(set(settings) - set(NAMES)):
        raise TypeError(f"a setting must be one of {', '.join(NAMES)}, got {', '.join(unknown)}")
    chosen = Settings(**settings)
    check_tao(chosen.tao)
    check_l2_reg(chosen.l2_reg)
    for name, choices in CHOICES.items():
        check_choice(name, getattr(chosen, name), choices)
    for name, least in {"groups": 1, "dimension": 2, "seed": 0}.items():
        check_count(name, getattr(chosen, name), least=least)
    if isinstance(chosen.lr, bool) or not isinstance(chosen.lr, int | float) or not 0 < chosen.lr < float("inf"):
        raise ValueError(f"lr must be a positive finite number, got {chosen.lr!r}: try 0.001 with Adam")
    if chosen.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device must be 'cpu', got 'cuda': torch sees no CUDA device here")
    if chosen.n_classes is not None and check_count("n_classes", chosen.n_classes, least=2) > len(world.seen):
        raise ValueError(
            f"n_classes must be at most {len(world.seen)}, got {chosen.n_classes}: "
            f"so many classes of {world.name} are trained on"
        )
    return chosen


CHOICES: dict[str, tuple[object, ...]] = {
    "objective": OBJECTIVES,
    "optimiser": tuple(OPTIMISERS),
    "normalize": (True, False),
    "mining": (True, False),
    "device": ("cpu", "cuda"),
}


def batch_classes(world: World, settings: Settings) -> int:
    """The number of classes of a batch."""
    return settings.n_classes or min(len(world.seen), MOST_CLASSES)


def encoder(inputs: int, settings: Settings) -> nn.Sequential:
    """An untrained perceptron, inputs -> 128 -> dimension, drawn from the seed; float32."""
    with torch.random.fork_rng(devices=[]), torch.device("cpu"):
        torch.manual_seed(settings.seed)
        first = nn.Linear(inputs, HIDDEN, dtype=torch.float32)
        net = nn.Sequential(first, nn.ReLU(), nn.Linear(HIDDEN, settings.dimension, dtype=torch.float32))
    return net.to(settings.device)


def draw_batch(world: World, settings: Settings, net: nn.Module, generator: Generator) -> Tensor:
    """Row numbers (2n,) of a batch from the seen classes: two adjacent ones of each class."""
    n, number = batch_classes(world, settings), len(world.seen)
    drawn = [world.seen[i] for i in torch.randperm(number, generator=generator, device="cpu").tolist()]
    if not settings.mining or n == number:
        return _two_rows_each(world, drawn[:n], generator)
    rows = _two_rows_each(world, drawn[: POOL * n], generator)
    embeddings = loss_inputs(embed(world, net, rows, settings.device), settings.normalize)
    hard = mine_hard_classes(embeddings, world.labels[rows], n, generator=generator)
    return _two_rows_each(world, hard.tolist(), generator)


def _two_rows_each(world: World, classes: list[int], generator: Generator) -> Tensor:
    members = [world.members[one] for one in classes]
    return torch.cat([one[torch.randperm(len(one), generator=generator, device="cpu")[:2]] for one in members])


@dataclass(frozen=True, eq=False)
class _Run:
    """What a run needs at each step; only the weights and the generator's state change."""

    world: World
    settings: Settings
    net: nn.Module
    generator: Generator
    loss: Loss
    floor: float
    chance: float


def _run(world: World, settings: Settings, other: Loss | None) -> _Run:
    net = encoder(world.inputs.shape[1], settings)
    generator = Generator("cpu").manual_seed(settings.seed)
    if other is not None:
        return _Run(world, settings, net, generator, other, float("nan"), float("nan"))
    shared = {name: getattr(settings, name) for name in ("tao", "l2_reg", "normalize", "objective")}
    ends = floor_and_chance(batch_classes(world, settings), settings.dimension, **shared)
    return _Run(world, settings, net, generator, NPairLoss(**shared, policy="first"), *ends)


def _snapshots(run: _Run, steps: int, every: int) -> Iterator[Snapshot]:
    optimiser = OPTIMISERS[run.settings.optimiser](run.net.parameters(), lr=run.settings.lr)
    places: Tensor | None = None
    for start in range(1 - every, steps + 1, every):
        last = min(start + every - 1, steps)
        with one_thread():
            losses = []
            for step in range(max(start, 0), last + 1):
                if step:
                    optimiser.step()
                optimiser.zero_grad()
                batch, loss = _backward(run)
                if not math.isfinite(loss):
                    raise ValueError(f"the loss is {loss} at step {step}: a smaller lr than {run.settings.lr:g} may do")
                losses.append(loss)
            snapshot = _snapshot(run, last, batch, sum(losses) / len(losses), places)
        places = snapshot.picture
        yield snapshot


def _backward(run: _Run) -> tuple[Tensor, float]:
    """Compute the gradients of the mean loss of a step's batches; return the last one's embeddings, and that mean."""
    values = []
    for _ in range(run.settings.groups):
        rows = draw_batch(run.world, run.settings, run.net, run.generator)
        batch = run.net(run.world.inputs[rows].to(run.settings.device))
        value = run.loss(batch, run.world.labels[rows].to(run.settings.device)) / run.settings.groups
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        values.append(value.item())
    return batch.detach(), sum(values)


def _snapshot(run: _Run, step: int, batch: Tensor, loss: float, places: Tensor | None) -> Snapshot:
    world, settings = run.world, run.settings
    rows = loss_inputs(batch, settings.normalize)
    effective = effective_negatives(rows[::2] @ rows[1::2].T, settings.tao, objective=settings.objective)
    gradients = [torch.linalg.vector_norm(weights.grad) for weights in run.net.parameters() if weights.grad is not None]
    shown = loss_inputs(embed(world, run.net, world.shown, settings.device), settings.normalize)
    plane = plane_of(shown, places)
    return Snapshot(
        step=step,
        loss=loss,
        floor=run.floor,
        chance=run.chance,
        gradient_norm=torch.stack(gradients).norm().item(),
        mean_norm=torch.linalg.vector_norm(batch, dim=1).mean().item(),
        effective_negatives=effective.mean().item(),
        picture=plane.project(shown),
        held=plane.held,
        **asdict(unseen_metrics(world, run.net, settings.device)),
    )
