"""The traits of a stage beside the state that they show, where `selected` is the number of a point."""

from typing import Any

import traitlets

from npair_viz.data.scene import Scene
from npair_viz.stage.draws import Draws
from npair_viz.stage.saved import told
from npair_viz.stage.scene_states import first_state
from npair_viz.stage.state import State

SETTABLE = ("points", "labels", "tao", "l2_reg", "normalize", "objective", "surface", "selected", "landscape", "state")


class Listed(traitlets.List[Any]):
    """A list; an array or a tensor becomes one, by itself or in a list."""

    def validate(self, obj: Any, value: Any) -> Any:
        """The list that is kept; raises TraitError for what is none."""
        plain = _plain(value)
        return super().validate(obj, [*map(_plain, plain)] if isinstance(plain, list | tuple) else plain)


def traits_of(state: State, draws: Draws) -> dict[str, Any]:
    """The values of all traits that can be set, at a state."""
    saved, base = told(state, draws), draws.base(state)
    settings = {name: saved[name] for name in ("tao", "l2_reg", "normalize", "objective", "surface", "landscape")}
    chosen = state.selected + (base.n if state.point == "positive" else 0)
    rows = saved["points"] if base.dimension <= 3 else []
    return {**settings, "selected": chosen, "points": rows, "labels": base.labels.tolist(), "state": saved}


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


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _pair(chosen: Any, n: int) -> dict[str, Any]:
    if isinstance(chosen, bool) or not isinstance(chosen, int) or not 0 <= chosen < 2 * n:
        raise ValueError(f"selected must be a point from 0 to {2 * n - 1}, got {chosen!r}")
    return {"selected": chosen % n, "point": "anchor" if chosen < n else "positive"}
