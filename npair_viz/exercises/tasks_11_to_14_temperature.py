"""Lesson 04: what tao is, and what it is not."""

import math

import torch

from npair_viz.data.scenes import digits, named
from npair_viz.exercises.exercise import Exercise, Slip
from npair_viz.losses.npair import npair_loss
from npair_viz.theory.effective_negatives import suggest_tao

LESSON = "04_turn_the_temperature"
SCALES = (20, 14.3, 100, 0)
FEW = 5


def scales() -> Exercise:
    """To scale embeddings is to change tao."""
    return Exercise(
        11,
        LESSON,
        f"Other libraries multiply by a scale. What is tao for the scales {', '.join(map(str, SCALES))}? Four numbers.",
        [1 / scale if scale else math.inf for scale in SCALES],
        "mine = [1 / 20, 1 / 14.3, 1 / 100, float('inf')]",
        ("Scale multiplies, tao divides.", "tao = 1 / scale"),
        (
            Slip(list(SCALES), "a scale multiplies, tao divides"),
            Slip(
                [1 / scale if scale else 0.0 for scale in SCALES],
                "at scale 0 all similarities are 0: that is tao infinite",
            ),
        ),
        tolerance=0.02,
    )


def two_runs() -> Exercise:
    """Losses at different tao are compared by their scores."""
    return Exercise(
        12,
        LESSON,
        "Run one: n = 32, tao = 1, loss 2.60. Run two: n = 256, tao = 0.1, loss 1.10. Which is nearer to its best?\n"
        "A: the first. B: the second. C: the one with the larger n. D: it can't be said.",
        "A",
        "from npair_viz import loss_ruler\n"
        "one, two = loss_ruler(32, tao=1.0).score(2.60), loss_ruler(256, tao=0.1).score(1.10)\n"
        'mine = "A" if one > two else "B"',
        ("Put each loss on its own ruler.", "loss_ruler(n, tao=...).score(loss): 1 is the best, 0 is chance."),
        (
            Slip("B", "what is chance for each of them? A lower number is no nearer to its own best"),
            Slip("C", "a larger n moves both ends of the ruler; what does the score say?"),
            Slip("D", "not from the losses alone, but on their rulers it can"),
        ),
    )


def effective() -> Exercise:
    """The tao for a wanted number of effective negatives."""
    pairs = digits().paired(n_classes=10)
    similarities = pairs.anchors @ pairs.positives.T
    taos = torch.logspace(-2, 1, 601, dtype=torch.float64).tolist()
    lowest = min(taos, key=lambda tao: float(npair_loss(pairs.anchors, pairs.positives, tao=tao)))
    return Exercise(
        13,
        LESSON,
        f"Ten pairs of digits as plain grey values, each of length 1. At which tao do {FEW} negatives count, in the "
        "mean over the anchors?",
        suggest_tao(similarities, FEW),
        "from npair_viz import scenes, suggest_tao\n"
        "pairs = scenes.digits().paired(n_classes=10)\n"
        f"mine = suggest_tao(pairs.anchors @ pairs.positives.T, effective={FEW})",
        ("Effective negatives are exp of an entropy.", "suggest_tao bisects for you."),
        (
            Slip(lowest, "that tao makes the loss lowest; that was not asked"),
            Slip(1 / FEW, "the number is exp of an entropy, and no ratio"),
        ),
        tolerance=5e-3,
    )


def cold_limit() -> Exercise:
    """The loss as tao goes to 0."""
    scene = named("line-up")
    similarities = scene.anchors @ scene.positives.T
    gaps = similarities.fill_diagonal_(-torch.inf).amax(1) - (scene.anchors * scene.positives).sum(1)
    hinge = gaps.clamp_min(0)
    return Exercise(
        14,
        LESSON,
        "As tao goes to 0 the line-up's loss grows without end, but tao times the loss has a limit. Which?",
        float(hinge.mean()),
        "from npair_viz import npair_loss, scenes\n"
        'scene = scenes.named("line-up")\n'
        "mine = 1e-4 * npair_loss(scene.anchors, scene.positives, tao=1e-4)",
        ("Only the hardest negative is left of each sum.", "The mean of max(0, hardest cosine - partner's cosine)."),
        (
            Slip(float(hinge.sum()), "the loss is a mean over four anchors"),
            Slip(0.0, "anchor 3 is still wrong, by how much?"),
        ),
    )


EXERCISES = {11: scales, 12: two_runs, 13: effective, 14: cold_limit}
