"""Lesson 01: shares, chance, the floor, and the loss from scratch."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from npair_viz.data.scenes import at_degrees, named
from npair_viz.exercises.exercise import Exercise, Slip, numbers_of
from npair_viz.exercises.variants import drawn
from npair_viz.losses.npair import npair_loss

LESSON = "01_meet_the_loss"
COLD = 1e-3
PLACES = (140, 130, 120, 115, 150)  # degrees of the partner
SIZES = (32, 64, 128, 256, 1024)

Loss = Callable[[Tensor, Tensor, float], Tensor]


def shares(alias: str = "") -> Exercise:
    """From a row of cosines to shares."""
    place = drawn(alias, PLACES)
    positives = at_degrees(place, 60, 215, 285)
    cosines = (at_degrees(90) @ positives.T)[0]
    code = f"import torch\ncosines = torch.tensor({[round(x, 4) for x in cosines.tolist()]})\n"
    listed = ", ".join(f"{x:.3f}" for x in cosines.tolist())
    return Exercise(
        1,
        LESSON,
        f"Anchor 3 has the cosines {listed} with its four candidates. tao is 0.5. What are the four shares?",
        (cosines / 0.5).softmax(0),
        code + "mine = (cosines / 0.5).softmax(0)",
        ("Divide each cosine by tao, take exp of it, then see which part of their sum each is.", "(cosines / 0.5)"),
        (
            Slip(cosines.softmax(0), "divide by tao first"),
            Slip((cosines * 0.5).softmax(0), "you multiplied by tao; divide by it"),
            Slip(lambda mine: not _sums_to_one(mine), "shares sum to 1: take exp of each, then share it out"),
        ),
    )


def chance(alias: str = "") -> Exercise:
    """The loss of an untrained model."""
    n = drawn(alias, SIZES)
    return Exercise(
        2,
        LESSON,
        f"An untrained model can tell nobody apart. A batch has n = {n} pairs. What is its loss?",
        math.log(n),
        f"from npair_viz import loss_ruler\nmine = loss_ruler({n}, tao=1.0).chance",
        ("Each of the n candidates gets the same share. What is the surprise at that share?", "-log(1/n)"),
        (
            Slip(math.log2(n), "log is the natural logarithm here; that is the one to base 2"),
            Slip(math.log(n - 1), "the partner is in the line-up, too: n candidates, not n - 1"),
            Slip(0.0, "the loss is the surprise at the partner's share, and that share is small"),
            Slip(1 / n, "that is the share; the loss is the surprise at it"),
        ),
        tolerance=1e-3,
    )


def stuck() -> Exercise:
    """A loss that has reached its floor."""
    return Exercise(
        3,
        LESSON,
        "A colleague trains with n = 32, tao = 1, 512 dimensions, lengths all 1. The loss is stuck at 2.49. What now?\n"
        "A: raise the learning rate. B: nothing, it is at its best. C: the data are bad. D: the loss has a bug.",
        "B",
        'from npair_viz import loss_ruler\nassert loss_ruler(32, tao=1.0).floor > 2.48\nmine = "B"',
        ("Where does 2.49 stand on its ruler?", "loss_ruler(32, tao=1.0).floor"),
        (
            Slip("A", "what does the ruler say? A faster descent finds no lower ground where there is none"),
            Slip("C", "what does the ruler say? The best data would not get lower"),
            Slip("D", "what does the ruler say? A loss need not reach 0"),
        ),
    )


def from_scratch() -> Exercise:
    """The learner's own code for the loss."""
    scene = named("line-up")

    def read(mine: Loss) -> Tensor:
        return torch.stack([torch.as_tensor(mine(scene.anchors, scene.positives, tao)) for tao in (0.5, COLD)])

    def right(anchors: Tensor, positives: Tensor, tao: float) -> Tensor:
        return npair_loss(anchors, positives, tao=tao)

    return Exercise(
        4,
        LESSON,
        "Write the loss: mine(anchors, positives, tao), rows of length 1 in, one number out. It must be finite at "
        f"tao = {COLD}.",
        read(right),
        "from torch.nn import functional\nimport torch\n\n"
        "def mine(anchors, positives, tao):\n"
        "    return functional.cross_entropy(anchors @ positives.T / tao, torch.arange(len(anchors)))",
        (
            "A row of similarities is a line-up; its right answer is on the diagonal.",
            "torch.logsumexp, or cross_entropy",
        ),
        (
            Slip(lambda value: value.numel() != 2, "one number was asked for: the mean over the anchors"),
            *(Slip(_same_as(read(wrong)), hint) for wrong, hint in _wrong_losses()),
        ),
        read=read,
        tolerance=1e-4,  # of the larger of the two numbers
    )


def _wrong_losses() -> list[tuple[Loss, str]]:
    def rows(s: Tensor, tao: float) -> Tensor:
        return s.logsumexp(1) - s.diagonal()

    def off(s: Tensor) -> Tensor:
        return s.masked_fill(torch.eye(len(s), dtype=torch.bool), -torch.inf)

    def naive(a: Tensor, p: Tensor, t: float) -> Tensor:
        x = a @ p.T / t
        return (off(x - x.diagonal().unsqueeze(1)).exp().sum(1) + 1).log().mean()

    def one(loss: Callable[[Tensor, float], Tensor]) -> Loss:
        return lambda a, p, t: loss(a @ p.T / t, t)

    return [
        (naive, "it overflows at a small tao: take the largest out before exp, or use torch.logsumexp"),
        (one(lambda x, t: rows(x, t).sum()), "that is the sum over the anchors; the loss is their mean"),
        (lambda a, p, t: rows(a @ p.T, t).mean(), "tao is forgotten: similarities are divided by it"),
        (lambda a, p, t: rows(a @ p.T * t, t).mean(), "you multiplied by tao; divide by it"),
        (
            one(lambda x, t: torch.logaddexp(x.logsumexp(1) - x.diagonal(), x.new_zeros(())).mean()),
            "the partner is counted twice: once as the 1, once in the sum",
        ),
        (
            one(lambda x, t: (off(x).logsumexp(1) - x.diagonal()).mean()),
            "the 1 is missing: the partner stands there, too",
        ),
        (
            one(
                lambda x, t: (
                    torch.logaddexp(off(x).logsumexp(1) - math.log(len(x) - 1), x.diagonal()).sub(x.diagonal()).mean()
                )
            ),
            "that is the mean over the negatives; they are summed",
        ),
        (
            lambda a, p, t: rows(-torch.cdist(a, p) / t, t).mean(),
            "that compares by distance; the loss compares by the dot product",
        ),
        (one(lambda x, t: rows(x.T, t).mean()), "transposed: a row belongs to an anchor, a column to a positive"),
        (
            one(lambda x, t: functional.softplus(off(x - x.diagonal().unsqueeze(1))).sum(1).mean()),
            "that is the one-versus-one loss: a sum of logarithms; here it is the logarithm of a sum",
        ),
    ]


def _same_as(wrong: Tensor) -> Callable[[Tensor], bool]:
    """Whether a loss is a given wrong one: at tao 0.5, and if that can't tell them apart at the small tao."""

    def is_it(value: Tensor) -> bool:
        if value.numel() != 2:
            return False
        at_half, at_cold = value.double().reshape(-1).tolist()
        if not math.isclose(at_half, float(wrong[0]), rel_tol=1e-3):
            return False
        return math.isfinite(float(wrong[1])) or not math.isfinite(at_cold)

    return is_it


def _sums_to_one(mine: object) -> bool:
    numbers = numbers_of(mine)
    return numbers is None or abs(float(numbers.sum()) - 1) < 0.02


EXERCISES = {1: shares, 2: chance, 3: stuck, 4: from_scratch}
