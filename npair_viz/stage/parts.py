"""Which parts of the stage are shown and which can be used: level, hide and lock."""

from collections.abc import Collection
from typing import Any

from npair_viz.validation import check_choice

PARTS = (
    *("scene", "surface", "objective", "history", "play", "side", "legend", "knobs", "tao", "l2_reg"),
    *("sentence", "status", "drawers", "best", "invitation"),
)
INPUTS = (
    *("move", "scene", "surface", "normalize", "objective", "history", "undo", "redo", "reset"),
    *("play", "step", "speed", "knobs", "tao", "l2_reg", "best", "landscape", "present", "copy"),
)
DRAWERS = ("shares", "loss so far", "loss over tao", "phase map")
LEVELS = {1: ("play", "surface", "l2_reg", "objective", "drawers", "best"), 2: ("objective",), 3: ()}


def options_of(
    level: int = 2, hide: Collection[str] = (), lock: Collection[str] = (), drawer: str = "", **others: Any
) -> dict[str, Any]:
    """The options of a stage, as its browser side takes them.

    Args:
        level: 1, 2 or 3; each is a list of parts to hide, see LEVELS.
        hide: More parts to hide, of PARTS.
        lock: Inputs to disable, of INPUTS.
        drawer: The drawer that is open, of DRAWERS; "" for none.
        others: Options that are passed on unchecked.

    Returns:
        The options, to be written as JSON.

    Raises:
        ValueError: A level or a name is unknown.
        TypeError: hide or lock is one name, not several.

    >>> options_of(3, hide=("side", "legend"))["hide"]
    ['side', 'legend']
    """
    if level not in LEVELS:
        raise ValueError(f"level must be 1 (first meeting), 2 (lesson) or 3 (everything), got {level!r}")
    _check_names("hide", hide, PARTS)
    _check_names("lock", lock, INPUTS)
    check_choice("drawer", drawer, ("", *DRAWERS))
    return {"hide": [*LEVELS[level], *hide], "lock": list(lock), "drawer": drawer, **others}


def _check_names(what: str, names: Collection[str], known: Collection[str]) -> None:
    if isinstance(names, str):
        raise TypeError(f"{what} must be several names, such as {what}=({names!r},), got the text {names!r}")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"{what} takes {', '.join(known)}, got {', '.join(map(repr, unknown))}")
