"""Training runs that are watched: healthy ones, and others in which one fault is planted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from npair_viz import Monitor, NPairLoss, watch


@dataclass(frozen=True)
class Run:
    """How a run goes: its data, encoder, loss and schedules."""

    n: int = 32  # classes of a batch, two rows each
    classes: int = 200
    settings: dict[str, Any] = field(default_factory=dict)
    lr: float = 1e-3
    optimizer: str = "Adam"
    noise: float = 0.5
    latent: int = 16  # dimensions in which the classes differ
    warm_up: int = 0
    tao_to: float = 0.0  # where a schedule of tao ends
    towers: bool = False
    fine_tune: bool = False
    bias: float = 0.0  # of the last layer, a common direction at the start
    spoil: Callable[[int, "State"], None] = lambda step, state: None
    own_rows: bool = False  # whether rows of unseen classes are watched
    steps: int = 1000
    every: int = 10
    dimension: int = 32
    seed: int = 1


class State:
    """What a spoiler may touch."""

    def __init__(self, run: Run) -> None:
        generator = torch.Generator().manual_seed(run.seed)
        self.run, self.generator = run, generator
        self.centres = torch.randn(run.classes + 60, run.latent, generator=generator)
        self.mixing = torch.randn(2, run.latent, 48, generator=generator) / run.latent**0.5
        torch.manual_seed(run.seed)
        self.encoders = nn.ModuleList(self.encoder() for _ in range(2 if run.towers else 1))
        self.loss = NPairLoss(**({"l2_reg": 0.0, "tao": 0.1} | run.settings))
        kind = {"Adam": torch.optim.Adam, "SGD": torch.optim.SGD}[run.optimizer]
        learned = [*self.encoders.parameters(), *self.loss.parameters()]
        self.optimizer = kind(learned, lr=run.lr, **({"momentum": 0.9} if run.optimizer == "SGD" else {}))
        self.after: Callable[[Tensor, int], Tensor] = lambda rows, side: rows

    def encoder(self) -> nn.Module:
        layers = nn.Sequential(nn.Linear(48, 64), nn.ReLU(), nn.Linear(64, self.run.dimension))
        if self.run.bias:
            nn.init.constant_(layers[2].bias, self.run.bias)
        return layers

    def inputs(self, classes: Tensor, side: int = 0) -> Tensor:
        latent = self.centres[classes]
        latent = latent + self.run.noise * torch.randn(latent.shape, generator=self.generator)
        return functional.gelu(latent @ self.mixing[side if self.run.towers else 0]) * 2

    def step(self, step: int, monitor: Monitor) -> Tensor:
        run = self.run
        if run.warm_up:
            for group in self.optimizer.param_groups:
                group["lr"] = run.lr * min(1.0, step / run.warm_up)
        if run.tao_to:
            first = run.settings.get("tao", 0.1)
            self.loss.tao = first + (run.tao_to - first) * step / run.steps
        run.spoil(step, self)
        classes = torch.randperm(run.classes, generator=self.generator)[: run.n]
        sides = [self.after(self.encoders[k if run.towers else 0](self.inputs(classes, k)), k) for k in range(2)]
        self.optimizer.zero_grad()
        if run.towers:  # pairs that no labels could tell apart
            anchors, positives = (functional.normalize(side, dim=1) for side in sides)
            tao = self.loss.tao
            found = functional.cross_entropy(anchors @ positives.T / tao, torch.arange(run.n))
            monitor(anchors, positives, tao=tao)
        else:
            target = classes.repeat(2)
            found = self.loss(torch.cat(sides), target)
        found.backward()
        self.optimizer.step()
        return found.detach()


def watched(run: Run) -> Monitor:
    """The run, and what the monitor says of it."""
    state = State(run)
    if run.fine_tune:  # a good encoder goes on, by a new optimizer
        good = State(Run(n=64, classes=run.classes, settings={"tao": 0.2}))
        for step in range(400):
            good.step(step, watch())
        state.encoders.load_state_dict(good.encoders.state_dict())
    sample = {}
    if run.own_rows:
        unseen = torch.arange(run.classes, run.classes + 60).repeat(4)
        sample = {"encoder": state.encoders[0], "sample": (state.inputs(unseen), unseen)}
    monitor = watch(None if run.towers else state.loss, every=run.every, **sample)
    for step in range(run.steps):
        state.step(step, monitor)
    if monitor.error:
        raise monitor.error
    return monitor


HEALTHY = {
    "tao .05": Run(settings={"tao": 0.05}),
    "tao .1": Run(),
    "tao .5": Run(settings={"tao": 0.5}),
    "tao 1": Run(settings={"tao": 1.0}),
    "tao .02": Run(settings={"tao": 0.02}),
    "raw with l2_reg": Run(settings={"normalize": False, "tao": 1.0, "l2_reg": 0.02}),
    "raw, little l2_reg": Run(settings={"normalize": False, "tao": 0.5, "l2_reg": 0.002}),
    "raw, free": Run(settings={"normalize": False, "tao": 1.0}),
    "learned tao": Run(settings={"tao": 0.5, "learn_tao": True}),
    "learned tao, quickly": Run(settings={"tao": 0.2, "learn_tao": True}, lr=3e-3, noise=1.5),
    "ovo": Run(settings={"objective": "ovo"}),
    "ovo raw": Run(settings={"objective": "ovo", "normalize": False, "tao": 1.0, "l2_reg": 0.05}),
    "8 pairs": Run(n=8),
    "8 pairs, tao .05": Run(n=8, settings={"tao": 0.05}),
    "3 pairs": Run(n=3),
    "10 classes": Run(n=10, classes=10),
    "256 pairs": Run(n=256, classes=400),
    "two pairs a class": Run(settings={"pairs_per_class": 2}),
    "padded": Run(settings={"max_pairs": 40}),
    "hardest": Run(settings={"policy": "hardest"}),
    "two towers": Run(towers=True),
    "two towers, tao .05": Run(towers=True, settings={"tao": 0.05}),
    "two towers, tao .5": Run(towers=True, settings={"tao": 0.5}),
    "two towers, 8 pairs": Run(towers=True, n=8),
    "two towers in a cone": Run(towers=True, bias=1.0),
    "a cone at the start": Run(bias=3.0),
    "a narrow cone at the start": Run(bias=10.0, lr=3e-3),
    "warm-up": Run(warm_up=300),
    "long warm-up, tao .02": Run(warm_up=800, settings={"tao": 0.02}),
    "tao falls": Run(settings={"tao": 0.5}, tao_to=0.05),
    "tao rises": Run(settings={"tao": 0.05}, tao_to=0.5),
    "fine-tuning": Run(fine_tune=True, lr=1e-4),
    "fine-tuning at tao .05": Run(fine_tune=True, lr=1e-4, settings={"tao": 0.05}),
    "SGD": Run(optimizer="SGD", lr=0.1),
    "SGD, slow": Run(optimizer="SGD", lr=0.003),
    "hard data": Run(noise=2.0),
    "few dimensions": Run(dimension=3),
    "few latents": Run(latent=3),
    "easy data": Run(noise=0.05),
    "unseen rows": Run(own_rows=True),
    "unseen rows, easy, 40 classes": Run(own_rows=True, classes=40, noise=0.3),
    "every 50": Run(every=50),
    "a high rate": Run(lr=1e-2),
    "every step": Run(every=1),
    "every step, 8 pairs": Run(every=1, n=8),
    "every step, two towers": Run(every=1, n=16, towers=True),
    "every step, raw": Run(every=1, n=16, settings={"normalize": False, "tao": 1.0, "l2_reg": 0.02}),
}


def biased(step: int, state: State) -> None:
    """From step 200 a bias grows that all rows share."""
    if step >= 200:
        state.after = lambda rows, side: rows + 4.0 * (step - 199)


def drifting(step: int, state: State) -> None:
    """From step 200 the towers drift apart."""
    if step >= 200:
        shift = torch.zeros(state.run.dimension)
        shift[0] = 0.2 * (step - 199)
        state.after = lambda rows, side: rows + (shift if side else -shift)


def broken(step: int, state: State) -> None:
    if step == 205:
        with torch.no_grad():
            state.encoders[0][0].weight[3, 4] = torch.nan


def narrowed(step: int, state: State) -> None:
    if step >= 200:
        state.after = lambda rows, side: rows * (torch.arange(state.run.dimension) < 6)


def frozen_tao(step: int, state: State) -> None:
    if step == 0:
        state.optimizer = torch.optim.Adam(state.encoders.parameters(), lr=1e-3)


def forward_only(step: int, state: State) -> None:
    if step == 0:
        state.optimizer.param_groups[0]["lr"] = 0.0


PLANTED = {
    "collapse": [Run(spoil=biased, steps=300), Run(settings={"normalize": False, "tao": 1.0, "l2_reg": 1.0}, lr=1e-2)],
    "gap": [Run(spoil=drifting, towers=True, steps=300)],
    "nan": [Run(spoil=broken, steps=300)],
    "rank": [Run(spoil=narrowed, steps=300)],
    "tao stands still": [Run(settings={"learn_tao": True}, spoil=frozen_tao, steps=300)],
    "tao at its bound": [
        Run(settings={"learn_tao": True, "tao": 0.05, "tao_range": (0.049, 1.0)}, noise=0.1, steps=200)
    ],
    "stands still": [Run(spoil=forward_only, own_rows=True, steps=300)],
    "at chance": [Run(noise=10.0)],
    "above chance": [Run(spoil=forward_only, settings={"tao": 0.02}, noise=3.0)],
    "one negative": [Run(settings={"tao": 0.0005}, steps=100, lr=1e-5, noise=2.0)],
}
