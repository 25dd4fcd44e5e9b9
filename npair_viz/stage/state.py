"""All that a picture of pairs remembers, as one frozen object that JSON can carry: the same as in state.js."""

import json
from dataclasses import dataclass, fields, replace
from typing import Any

from npair_viz.losses.objectives import MC, OBJECTIVES, Objective
from npair_viz.sampling.pairs import POLICIES

VERSION = 2
SURFACES = ("sphere", "plane")
POINTS = ("anchor", "positive")
VIEWS = ("anchor plane", "principal axes")
DTYPES = ("float64", "float32", "bfloat16", "float16")
DRAWERS = ("shares", "loss so far", "loss over tao", "phase map", "settings")
LOOKS = ("view", "drawer", "landscape")  # what is looked at: no act changes it, and no undo
CHOOSES_POINTS = ("scene", "policy", "n_classes", "seed", "labels")
CHOICES: dict[str, tuple[Any, ...]] = {
    "point": POINTS,
    "objective": OBJECTIVES,
    "policy": POLICIES,
    "dtype": DTYPES,
    "view": VIEWS,
    "drawer": ("", *DRAWERS),
    "surface": SURFACES,
    "normalize": (True, False),
    "landscape": (True, False),
}


@dataclass(frozen=True)
class State:
    """One moment of a picture of pairs.

    Attributes:
        scene: The name of a scene; "yours" for a person's own data.
        selected: The pair whose line-up is shown, from 0.
        point: Which of its two points has its forces drawn.
        tao: As in `npair_loss`.
        l2_reg: As in `npair_loss`.
        normalize: Whether the loss divides points by their lengths.
        surface: "sphere" keeps every point at length 1, "plane" leaves it free.
        objective: As in `npair_loss`.
        policy: How the pairs are chosen.
        n_classes: How many classes at most, None for the default.
        seed: For all that is drawn at random.
        dtype: What the points are rounded to.
        same: Labels of classes that are one in truth.
        view: The plane in which more than three dimensions are shown.
        drawer: The panel that is open, "" for none.
        landscape: Whether colours show the loss for every other place of the chosen point.
        steps: How many steps of descent the points have taken.
        points: (2n rows), anchors, then positives; None where nothing has moved.
        labels: (2n) the classes of points that no scene and no data hold; else None.
        version: Of the saved form.
    """

    scene: str = "line-up"
    selected: int = 0
    point: str = "anchor"
    tao: float = 0.5
    l2_reg: float = 0.0
    normalize: bool = True
    surface: str = "sphere"
    objective: Objective = MC
    policy: str = "first"
    n_classes: int | None = None
    seed: int = 0
    dtype: str = "float64"
    same: tuple[int, ...] = ()
    view: str = "anchor plane"
    drawer: str = ""
    landscape: bool = False
    steps: int = 0
    points: tuple[tuple[float, ...], ...] | None = None
    labels: tuple[int, ...] | None = None
    version: int = VERSION

    def to_json(self) -> str:
        """The state as JSON text, without labels where it has none of its own: `explore` then takes those of data."""
        return json.dumps({name: value for name, value in vars(self).items() if (name, value) != ("labels", None)})


FIELDS = tuple(field.name for field in fields(State) if field.name != "version")
SETTINGS = tuple(name for name in FIELDS if name not in ("points", "labels"))


def has_other_points(state: State, other: State) -> bool:
    """Whether the points of two states have nothing to do with each other: another scene, policy, count or seed."""
    return any(getattr(state, name) != getattr(other, name) for name in CHOOSES_POINTS)


def seen_from(state: State, other: State) -> State:
    """A state with what is looked at in another one."""
    return replace(state, **{name: getattr(other, name) for name in LOOKS})
