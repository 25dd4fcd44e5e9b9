"""The number of a point, which a stage's trait and argument `selected` are, and a state's pair and side."""

from typing import Any

from npair_viz.data.scene import Scene
from npair_viz.stage.draws import Draws
from npair_viz.stage.scene_states import first_state


def from_traits(changes: dict[str, Any], n: int) -> dict[str, Any]:
    """The changes of a state of n pairs that changed traits ask for.

    Errors: ValueError for a number that no point has.
    """
    return {**changes, **_pair(changes["selected"], n)} if "selected" in changes else changes


def by_pair(settings: dict[str, Any], scene: str | Scene, draws: Draws) -> dict[str, Any]:
    """Settings whose `selected` is the number of a point, as those of a state.

    Errors: ValueError for a number that no point has.
    """
    if "selected" not in settings:
        return settings
    return {**settings, **_pair(settings["selected"], draws.base(first_state(scene, draws)).n)}


def _pair(chosen: Any, n: int) -> dict[str, Any]:
    if isinstance(chosen, bool) or not isinstance(chosen, int) or not 0 <= chosen < 2 * n:
        raise ValueError(f"selected must be a point from 0 to {2 * n - 1}, got {chosen!r}")
    return {"selected": chosen % n, "point": "anchor" if chosen < n else "positive"}
