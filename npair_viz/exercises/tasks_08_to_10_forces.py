"""Lesson 03: the gradient as forces."""

from npair_viz.data.scenes import named
from npair_viz.exercises.exercise import Exercise, Slip
from npair_viz.losses.gradients import npair_gradients

LESSON = "03_read_the_forces"
OPEN = (
    "import torch\n"
    "from npair_viz import npair_gradients, scenes\n"
    'scene = scenes.named("line-up")\n'
    "forces = npair_gradients(scene.anchors, scene.positives, tao=0.5)\n"
)


def gradient() -> Exercise:
    """The gradient on the anchors."""
    scene = named("line-up")
    raw = npair_gradients(scene.anchors, scene.positives, tao=0.5).on_anchors
    tangent = npair_gradients(scene.anchors, scene.positives, tao=0.5, normalize=True).on_anchors
    return Exercise(
        8,
        LESSON,
        "The gradient of the line-up's loss on its four anchors, tao 0.5, as raw vectors: a table (4, 2). W holds the "
        "shares.",
        raw,
        OPEN + "W, P = forces.weights, scene.positives\nmine = (W - torch.eye(4)) @ P / (4 * 0.5)",
        ("Write dL/dA with W - I.", "(W - I) P / (n tao)"),
        (
            Slip(4 * raw, "the loss is a mean over n anchors: divide by n"),
            Slip(0.5 * raw, "similarities are divided by tao, so their slope is 1/tao"),
            Slip(-raw, "a force is minus a gradient; the gradient was asked for"),
            Slip(tangent, "that is the gradient along the circle; here vectors are raw"),
        ),
        tolerance=2e-3,
    )


def pushed_hardest() -> Exercise:
    """Which point all anchors push."""
    return Exercise(
        9,
        LESSON,
        "Which positive do the other anchors push hardest, all together? Set mine to its name, like 'p0'.",
        "p8",
        OPEN + 'pushes = forces.push_on_positives.norm(dim=1)\nmine = "p" + str(scene.classes[int(pushes.argmax())])',
        ("A positive is pushed by every other anchor.", "Look at the columns of W, off the diagonal."),
        (
            Slip("p3", "columns, not rows: p3 is pushed by the anchors of the others"),
            *(Slip(name, "far away is easy, and easy negatives are hardly pushed") for name in ("p0", "p1")),
        ),
    )


def pull_is_push() -> Exercise:
    """The weights of pull and push are one number."""
    scene = named("line-up")
    weights = npair_gradients(scene.anchors, scene.positives, tao=0.5).weights
    return Exercise(
        10,
        LESSON,
        "The negatives of anchor 3 push it with weights from row 3 of W. What do these weights sum to?",
        1 - float(weights[0, 0]),
        OPEN + "mine = 1 - forces.weights[0, 0]",
        ("A row of W sums to 1.", "1 minus the partner's share: the weight of the pull."),
        (
            Slip(float(weights[0, 1]), "that is one negative, 8; there are three"),
            Slip(1.0, "the partner keeps its share"),
            Slip(float(weights[0, 0]), "that is the partner's own share; the rest was asked for"),
        ),
        tolerance=2e-3,
    )


EXERCISES = {8: gradient, 9: pushed_hardest, 10: pull_is_push}
