"""Lessons 07 to 09: how to read a training run, how to find its faults, and what it costs."""

from npair_viz.exercises.exercise import Exercise, Slip

PAIRS, DIMENSION, BYTES = 8192, 128, 4


def three_seeds() -> Exercise:
    """A difference and its noise."""
    return Exercise(
        21,
        "07_train_and_watch",
        "Three seeds gave Recall@1 = 0.364 ± 0.039 with one setting; a run of another 0.353. Is the first better?\n"
        "A: yes. B: no. C: it can't be said.",
        "C",
        'mine = "C"',
        ("How far apart are two seeds of one setting?", "The difference is 0.011, the spread 0.039."),
        (
            Slip("A", "how far apart are two seeds of one run?"),
            Slip("B", "how far apart are two seeds of one run? That says no as little as yes"),
        ),
    )


def seen_classes() -> Exercise:
    """Which number a leak inflates."""
    return Exercise(
        22,
        "07_train_and_watch",
        "The classes of the test were in the training set by mistake. Which number is too good now?\n"
        "A: the training loss. B: Recall@1. C: the mean length. D: tao.",
        "B",
        'mine = "B"',
        ("Which number speaks of classes that training has not seen?", "Retrieval on unseen classes."),
        (
            Slip("A", "which number claims to be of unseen classes? The training loss never did"),
            Slip("C", "which number claims to be of unseen classes?"),
            Slip("D", "tao is a setting"),
        ),
    )


def swapped() -> Exercise:
    """A call that sets l2_reg where tao was meant."""
    return Exercise(
        23,
        "08_debug_your_embeddings",
        "A project calls NPairLoss(0.4) to set tao. The loss normalises. Name the two settings that are not what was "
        "meant or can't act. Set mine to their names.",
        {"tao", "l2_reg"},
        "from npair_viz import NPairLoss\nloss = NPairLoss(0.4)\nassert (loss.l2_reg, loss.tao) == (0.4, 1.0)\n"
        'mine = {"tao", "l2_reg"}',
        ("Print the object.", "The first argument is l2_reg; on unit rows it is a constant."),
        (
            Slip({"tao"}, "print the object: where did the 0.4 go?"),
            Slip({"l2_reg"}, "print the object: which value has tao?"),
        ),
    )


def bytes_needed() -> Exercise:
    """The memory of two matrices, one of which is never stored."""
    gathered = PAIRS * (PAIRS - 1) * DIMENSION * BYTES
    matrix = PAIRS * PAIRS * BYTES
    return Exercise(
        24,
        "09_scale_it_up",
        f"n = {PAIRS:,} pairs, d = {DIMENSION}, float32. How many bytes have the gathered negatives (n, n - 1, d), and "
        "how many the table of similarities (n, n)? Two numbers.",
        [gathered, matrix],
        f"n, d = {PAIRS}, {DIMENSION}\nmine = [n * (n - 1) * d * 4, n * n * 4]",
        ("Count the numbers, then their bytes.", "A float32 has four bytes."),
        (
            Slip([gathered / BYTES, matrix / BYTES], "those are numbers; each has 4 bytes"),
            Slip(
                [PAIRS * DIMENSION * BYTES, matrix], "that is (n, d); each anchor has a list of its own: (n, n - 1, d)"
            ),
        ),
        tolerance=2e-3,
    )


EXERCISES = {21: three_seeds, 22: seen_classes, 23: swapped, 24: bytes_needed}
