"""The stage inside an explorer: which states it can show, what it is told of one, and what a hand did on it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from npair_viz.data.scenes import Scene, named
from npair_viz.explorers.pairs.state import State, changed, has_other_points, scene_of
from npair_viz.geometry.limits import MOST_PAIRS
from npair_viz.geometry.reading import Reading
from npair_viz.stage.parts import DRAWERS, INPUTS, PARTS
from npair_viz.stage.scene_states import state_of
from npair_viz.stage.widget import Stage

# What a stage of its own leaves out and holds still, by what the explorer does.
HIDES = {
    "scene": ("scene",),
    "normalize": ("surface",),
    "undo": ("history",),
    "play": ("play",),
    "tao": ("tao",),
    "l2_reg": ("l2_reg",),
    "more": ("drawers", "best"),
}
LOCKS = {"place": "move", "normalize": "surface"}


def make_stage(locked: Collection[str]) -> Stage:
    """A stage that shows its board alone and leaves the history to the explorer around it."""
    lock = ["move"] if "place" in locked else []
    stage = Stage(named("line-up"), hide=PARTS, lock=lock, mirror=True)
    stage.add_class("npair-on-stage")
    return stage


@dataclass(frozen=True)
class Framing:
    """What an explorer leaves out and holds still, its task, and whether it is of the third level."""

    hidden: frozenset[str]
    locked: frozenset[str]
    task: str
    is_level_3: bool


def alone(state: State, reading: Reading, framing: Framing) -> Stage:
    """A stage of its own that shows what an explorer shows, with the parts that the explorer leaves seen and free.

    Errors: ValueError where the stage can't show it.
    """
    if not fits_the_stage(state, reading):
        raise ValueError(
            f"a stage shows float64 points on the circle, the plane or the globe, at most {MOST_PAIRS} pairs, "
            f"got {reading.n} of {reading.scene.dimension} dimensions in {state.dtype}"
        )
    hide = [part for name, parts in HIDES.items() if name in framing.hidden for part in parts]
    if not framing.is_level_3 and state.objective == State.objective:
        hide.append("objective")
    lock = [LOCKS.get(name, name) for name in sorted(framing.locked) if LOCKS.get(name, name) in INPUTS]
    drawer = state.drawer if state.drawer in DRAWERS else ""
    told = _told(state, reading.scene, state.selected)
    stage = Stage.from_state(
        told, level=3, hide=hide, lock=lock, task=framing.task, drawer=drawer, l2_reg_is_live=framing.is_level_3
    )
    stage.landscape = state.drawer == "landscape"
    return stage


def fits_the_stage(state: State, reading: Reading) -> bool:
    """Whether the stage can show a state: on the plane, the circle or the globe, and rounded by no dtype."""
    d = reading.scene.dimension
    is_plain = state.dtype == "float64" and reading.n <= MOST_PAIRS
    return is_plain and (d == 2 or (d == 3 and state.normalize))


def show_on_stage(stage: Stage, state: State, reading: Reading, data: Scene | None, origin: State | None) -> None:
    """Let the stage show a state, with a ghost of where its last act began; what it shows already is not sent."""
    if not fits_the_stage(state, reading):
        stage.layout.display = "none"
        return
    is_chosen = stage.selected in (state.selected, state.selected + reading.n)  # an anchor, or its positive
    chosen = stage.selected if is_chosen else state.selected
    compares = origin is not None and not has_other_points(origin, state) and fits_the_stage(origin, reading)
    before = _told(origin, scene_of(origin, data), chosen) if origin is not None and compares else {}
    told = _told(state, scene_of(state, data), chosen)
    with stage.hold_sync():
        stage.layout.display = None
        stage.landscape = state.drawer == "landscape"
        stage.before, stage.state = before, told
        for name in stage.trait_names(sync=True) & told.keys():
            setattr(stage, name, told[name])


def done_on_stage(state: State, data: Scene | None, given: dict[str, Any], locked: Collection[str]) -> State:
    """The state after what a hand did on the stage: a point elsewhere, another anchor."""
    after = state
    if given["points"] != _points(state, scene_of(state, data)):
        after = changed(after, data, points=given["points"])
    if "selected" not in locked:
        after = changed(after, data, selected=given["selected"] % (len(given["points"]) // 2))
    return after


def _told(state: State, scene: Scene, chosen: int) -> dict[str, Any]:
    return {
        **state_of(
            scene,
            tao=state.tao,
            l2_reg=state.l2_reg,
            normalize=state.normalize,
            objective=state.objective,
            surface="sphere" if state.normalize else "plane",
            selected=chosen,
            same=list(state.same),
            steps=state.steps,
        ),
        "points": _points(state, scene),
    }


def _points(state: State, scene: Scene) -> list[list[float]]:
    """The points as they were set: brought to length 1 here and there, they would differ in their last digits."""
    if state.points is not None:
        return [list(row) for row in state.points]
    rows: list[list[float]] = scene.embeddings.double().tolist()
    return rows
