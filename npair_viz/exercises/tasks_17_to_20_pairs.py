"""Lesson 06: what a batch holds."""

import torch

from npair_viz.data.scenes import digits
from npair_viz.exercises.exercise import Exercise, Slip, listed
from npair_viz.exercises.mission_exercise import played
from npair_viz.exercises.variants import drawn
from npair_viz.geometry.missions import MISSIONS
from npair_viz.sampling.hard_classes import mine_hard_classes
from npair_viz.sampling.pairs import select_pairs

LESSON = "06_choose_the_pairs"
BATCHES = ("3338801111", "2225507777", "4441106666", "9993302222")


def counts(alias: str = "") -> Exercise:
    """Pairs, rows unused and singletons."""
    labels = [int(digit) for digit in drawn(alias, BATCHES)]
    selection = select_pairs(torch.tensor(labels))
    classes = len(set(labels))
    return Exercise(
        17,
        LESSON,
        f"A batch has the labels {labels}. Three numbers: how many pairs, how many rows unused, how many singletons?",
        [selection.n_pairs, len(selection.unused), len(selection.singletons)],
        "import torch\nfrom npair_viz import select_pairs\n"
        f"chosen = select_pairs(torch.tensor({labels}))\n"
        "mine = [chosen.n_pairs, len(chosen.unused), len(chosen.singletons)]",
        ("One pair a class.", "A class with one row has no partner."),
        (
            Slip(lambda mine: listed(mine)[:1] == [10], "one pair a class, however many rows it has"),
            Slip(lambda mine: listed(mine)[:1] == [classes], "one class has a single row, and no partner for it"),
        ),
        tolerance=1e-9,
    )


def negatives() -> Exercise:
    """Negatives of an anchor."""
    hint = "only the positives of the other pairs"
    return Exercise(
        18,
        LESSON,
        f"How many negatives does an anchor have in the batch {[int(digit) for digit in BATCHES[0]]}?",
        2,
        "import torch\nfrom npair_viz import select_pairs\n"
        f"mine = select_pairs(torch.tensor({[int(digit) for digit in BATCHES[0]]})).n_negatives[0]",
        ("Who stands in its line-up besides the partner?", "Three pairs: how many of them are others?"),
        (Slip(9, hint), Slip(8, hint), Slip(7, hint), Slip(3, "its own partner is no negative")),
        tolerance=1e-9,
    )


def false_twin() -> Exercise:
    """A label that is wrong."""
    return played(
        19,
        LESSON,
        MISSIONS["a wrong label"],
        where="Play it on explore('twin'), with settings: one class; then check(explorer).",
        code='from npair_viz import explore\nmine = explore("twin", same=(3, 8))',
        hints=("The label is wrong, not the place.", "Settings, one class: which two are one?"),
    )


def hard_classes() -> Exercise:
    """Four steps of greedy mining."""
    order = "most similar to those already in"
    return Exercise(
        20,
        LESSON,
        "Choose four classes of the digits greedily, from 3: each step adds the class most similar to those already "
        "in. Take the mean of each class, less the mean of all. Set mine to the four labels in order.",
        lambda mine: listed(mine) in ([3, 9, 2, 0], [3, 9, 2, 8]),  # largest single similarity, or largest sum
        "from npair_viz import mine_hard_classes, scenes\n"
        "data = scenes.digits()\n"
        "rows = data.embeddings - data.embeddings.mean(dim=0)\n"
        "mine = mine_hard_classes(rows, data.labels, 4, first=3)",
        ("Start with the class that looks most like a 3.", "mine_hard_classes(rows, labels, 4, first=3)"),
        (
            Slip(lambda mine: listed(mine)[:1] != [3], "the first class is given: 3"),
            Slip(
                lambda mine: listed(mine) == _uncentred(),
                "subtract the mean of all rows first: pixels all point one way",
            ),
            Slip(lambda mine: sorted(listed(mine)) in ([0, 2, 3, 9], [2, 3, 8, 9]), f"the order counts: {order}"),
        ),
    )


def _uncentred() -> list[int]:
    data = digits()
    chosen: list[int] = mine_hard_classes(data.embeddings, data.labels, 4, first=3).tolist()
    return chosen


EXERCISES = {17: counts, 18: negatives, 19: false_twin, 20: hard_classes}
