"""Lesson 05: what l2_reg does, and what it can't do."""

import math

import torch

from npair_viz.exercises.exercise import Exercise, Slip, listed
from npair_viz.exercises.variants import drawn

LESSON = "05_hold_the_norms"
TAOS = (0.5, 0.4, 0.8, 1.0, 0.25)
L2_REG = 0.02


def length_one(alias: str = "") -> Exercise:
    """The l2_reg that gives length 1, and the one that collapses all."""
    tao = drawn(alias, TAOS)
    ring = 1 / (tao * (1 + math.exp(1 / tao)))
    mass = 3 / (math.exp(4 / (3 * tao)) + 3)
    simplex = mass * 4 / (3 * 2 * tao)
    largest = 1 / (2 * tao)
    return Exercise(
        15,
        LESSON,
        f"The line-up in the plane, lengths free, tao {tao}. Two numbers: the l2_reg at which the lengths settle at 1, "
        "and the l2_reg from which on all shrinks to the centre.",
        [ring, largest],
        "from npair_viz import phase\n"
        "low, high = 0.0, 1.0\n"
        "for _ in range(60):\n"
        "    middle = (low + high) / 2\n"
        f"    length = phase(4, tao={tao}, l2_reg=middle, dimension=2).optimal_norm\n"
        "    low, high = (middle, high) if length > 1 else (low, middle)\n"
        f"mine = [low, 1 / (2 * {tao})]",
        ("Ask the phase law for the length at an l2_reg, and search.", "Only 2 * l2_reg * tao counts; it kills at 1."),
        (
            Slip([simplex, largest], "that is the simplex, which needs three dimensions; you are in the plane"),
            Slip(
                lambda mine: listed(mine)[1:] in ([1.0], [2.0]) and listed(mine)[1:] != [largest],
                "the rule is 2 * l2_reg * tao = 1",
            ),
        ),
        tolerance=6e-3,
    )


def dead_knob() -> Exercise:
    """A penalty on normalised rows has no gradient."""
    raw = torch.tensor([[0.6, 0.8], [2.0, 0.0], [0.0, 0.5]], dtype=torch.float64)
    listed = [[round(x, 1) for x in row] for row in raw.tolist()]
    return Exercise(
        16,
        LESSON,
        f"Rows e = {listed} are normalised first; then the penalty is {L2_REG} * mean(|a|²). Its gradient on e?",
        torch.zeros(3, 2),
        "import torch\n"
        f"e = torch.tensor({listed}, requires_grad=True)\n"
        "a = torch.nn.functional.normalize(e, dim=1)\n"
        f"mine, = torch.autograd.grad({L2_REG} * a.square().sum(1).mean(), e)",
        ("How long is a row after it is normalised?", "The penalty is a constant."),
        (Slip(2 * L2_REG * raw / 3, "go through e / |e|: a row of length 1 has no slope left"),),
        read=_rounded,
    )


def _rounded(mine: object) -> torch.Tensor:
    """A gradient (3, 2) without autograd's rounding errors of some 1e-9; a single number stands for all entries."""
    value = torch.as_tensor(mine, dtype=torch.float64).detach()
    value = value.expand(3, 2) if value.ndim == 0 else value
    return value.where(value.abs() > 1e-7, 0.0)


EXERCISES = {15: length_one, 16: dead_knob}
