"""A state's points and what the loss makes of them, worked out once more by plain formulas in float64."""

import math
from functools import lru_cache

import torch

from npair_viz import scenes
from npair_viz.geometry.projection import anchor_plane, principal_plane, whole_space
from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.npair import npair_loss
from npair_viz.theory import phase as phases
from npair_viz.theory import ruler

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7")
GREY = "rgb(140, 140, 140)"

named = lru_cache(scenes.named)
loss_ruler, phase = lru_cache(ruler.loss_ruler), lru_cache(phases.phase)  # some have to be searched for


class World:
    """A state's points and what the loss makes of them, in float64."""

    def __init__(self, state, data):
        self.state = state
        if state.scene != "yours":
            data = named(state.scene, n_classes=state.n_classes, seed=state.seed)
        self.scene = data.paired(policy=state.policy, n_classes=state.n_classes or 10, seed=state.seed)
        rows = self.scene.embeddings.double()
        if state.points is not None:
            rows = torch.tensor(state.points, dtype=torch.float64)
        felt = (unit(rows) if state.normalize else rows).to(getattr(torch, state.dtype)).double()
        rows = unit(felt) if state.normalize else felt
        self.felt, self.n, self.d = felt, len(rows) // 2, rows.shape[1]
        self.a, self.p = rows[: self.n], rows[self.n :]
        self.i, self.names = state.selected, [str(one) for one in self.scene.classes]
        merged = [state.same[0] if one in state.same else one for one in self.scene.classes]
        self.labels = torch.tensor(merged)
        self.is_negative = self.labels.unsqueeze(1) != self.labels
        self.whole = int(self.is_negative.sum()) == self.n * (self.n - 1)
        self.settings = {"tao": state.tao, "l2_reg": state.l2_reg, "objective": state.objective}
        self.forces = npair_gradients(
            felt[: self.n], felt[self.n :], normalize=state.normalize, labels=self.labels, **self.settings
        )
        self.shape = {"objective": state.objective, "dimension": self.d}
        self.similarities = self.a @ self.p.T
        self.shares = self.forces.weights[self.i].tolist()
        self.loss = self.loss_at(state.tao)
        negatives = [j for j in range(self.n) if self.is_negative[self.i, j]]
        self.negatives = sorted(negatives, key=lambda j: -self.similarities[self.i, j].item())
        self.hardest = self.negatives[0] if self.negatives else None
        self.penalty = 2 * state.l2_reg
        self.plane = self.plane_of()
        self.flat = len(self.plane.axes) == 2
        by_hand = self.d == 2 or (self.d == 3 and state.normalize)
        self.staged = by_hand and self.n <= 64 and state.dtype == "float64"

    def plane_of(self):
        if self.d <= 3:
            return whole_space(self.a)
        halves = self.felt[: self.n], self.felt[self.n :]
        if self.state.view == "principal axes":
            return principal_plane(*halves)
        return anchor_plane(*halves, self.i, self.hardest)

    def loss_at(self, tao):
        return npair_loss(self.a, self.p, **{**self.settings, "tao": tao}, labels=self.labels).item()

    def seen(self, rows):
        return (rows @ self.plane.axes.T).T

    def colours(self):
        if self.n <= 5:
            return list(COLOURS[: self.n])
        return [{self.i: COLOURS[0], self.hardest: COLOURS[1]}.get(j, GREY) for j in range(self.n)]


def unit(rows):
    lengths = rows.norm(dim=1, keepdim=True)
    return rows / lengths.where(lengths > 0, 1)


def ends_of_ruler(world, tao=None):
    state, n, tao = world.state, world.n, float(tao or world.state.tao)
    if world.whole and state.normalize:
        ruler = loss_ruler(n, tao, **world.shape)
        return ruler.floor + world.penalty, ruler.chance + world.penalty, ruler.ceiling + world.penalty
    counts = world.is_negative.sum(dim=1).tolist()
    each = [math.log(1 + count) if state.objective == "mc" else count * math.log(2) for count in counts]
    chance = sum(each) / n
    best = phase(n, tao, state.l2_reg, **world.shape).optimal_loss if world.whole else 0.0
    return best, chance, 2 * chance


def frame(world):
    """The ends of the two axes of the flat picture."""
    if world.d > 3:
        places = world.seen(torch.cat([world.a, world.p]))
        low, high = places.min(dim=1).values, places.max(dim=1).values
        reach = 0.7 * max((high - low).max().item(), 0.1)
        x, y = ((low + high) / 2).tolist()
        y += 0.1 * reach
        return (x - reach, x + reach), (y - reach, y + reach)
    reach = 1.3
    farthest = max(world.a.abs().max().item(), world.p.abs().max().item())
    while not world.state.normalize and reach < 1.4 * farthest * (1 - 1e-12):
        reach *= 1.25
    return (-reach, reach), (-reach, reach)
