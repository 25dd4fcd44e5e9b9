"""States as JSON: of this version, and of version 1, which a stage and an explorer wrote in two ways."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from npair_viz.data.scenes import NAMES
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.state import FIELDS, VERSION, State

MOST_WRITTEN = 3  # dimensions: the points of more are not written out


def state_from(given: Mapping[str, Any], draws: Draws) -> State:
    """A state from JSON, perhaps of an older version: what it lacks gets its default, unknown names are left out.

    Errors: ValueError for a wrong value or a newer version; TypeError where `given` is no mapping.
    """
    if not isinstance(given, Mapping):
        raise TypeError(f"a state must be an object with a scene, or points and labels, got {given!r:.40}")
    known = {name: value for name, value in upgraded(given).items() if name in FIELDS}
    for name in ("normalize", "landscape"):
        if not isinstance(known.get(name, False), bool):
            raise ValueError(f"{name} must be true or false, got {known[name]!r}")
    if known.get("labels") is not None:
        known = {"scene": "", **known}
    return lean(changed(State(), draws, **known), draws)


def upgraded(given: Mapping[str, Any]) -> dict[str, Any]:
    """A saved state in the names of this version."""
    version = given.get("version", 1 if _is_of_the_first_stage(given) else VERSION)
    if isinstance(version, bool) or not isinstance(version, int | float) or not version >= 1 or version % 1:
        raise ValueError(f"the state's version must be a whole number from 1, got {version!r}")
    if version > VERSION:
        raise ValueError(f"the state's version must be at most {VERSION}, got {version}: update npair_viz")
    settings = {name: value for name, value in given.items() if name != "version"}
    points = settings.get("points")
    if version == 1 and "labels" in settings and isinstance(points, list | tuple):
        n, chosen = max(len(points) // 2, 1), settings.get("selected", 0)  # a stage's: the number of a point
        if isinstance(chosen, bool) or chosen not in range(len(points)):
            raise ValueError(f"selected must be a point from 0 to {len(points) - 1}, got {chosen!r}")
        settings |= {"selected": int(chosen) % n, "point": "anchor" if chosen < n else "positive"}
        settings = {"surface": State.surface, "normalize": State.normalize, **settings}  # its defaults: each by itself
    return settings


def _is_of_the_first_stage(given: Mapping[str, Any]) -> bool:
    """Whether a state without a version is one of a stage: its `selected` then is the number of a point."""
    return "labels" in given and "point" not in given


def lean(state: State, draws: Draws) -> State:
    """The same state without the points and labels that its scene has by itself."""
    if state.labels is not None and state.scene in NAMES:
        named = replace(state, labels=None, points=None)
        if draws.base(named).labels.tolist() == list(state.labels):
            state = replace(state, labels=None)
    if state.labels is None and state.points is not None:
        same = draws.base(state).embeddings.double().tolist() == [list(row) for row in state.points]
        return replace(state, points=None) if same and not state.steps else state
    return state


def told(state: State, draws: Draws) -> dict[str, Any]:
    """A state as JSON that needs no scene: with its points and labels, unless they have more than three dimensions."""
    scene = draws.base(state)
    if scene.dimension > MOST_WRITTEN:
        return _plain(state)
    return {**_plain(state), "points": draws.rows(state).tolist(), "labels": scene.labels.tolist()}


def _plain(state: State) -> dict[str, Any]:
    return {**vars(state), "same": list(state.same), "points": state.points and [list(row) for row in state.points]}
