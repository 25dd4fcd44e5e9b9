"""Which parts of the stage are shown and which can be used: level, hide and lock."""

from collections.abc import Collection
from typing import Any

from npair_viz.stage.state import DRAWERS

IN_SETTINGS = ("objective", "policy", "n_classes", "seed", "dtype", "view", "same")
# Names of several parts, and the names that an explorer had for parts of the stage.
GROUPS: dict[str, tuple[str, ...]] = {
    "knobs": ("tao", "l2_reg", "free"),
    "l2_reg": ("l2_reg", "free"),
    "normalize": ("surface", "normalize"),
    "surface": ("surface", "normalize"),
    "history": ("undo", "redo", "reset"),
    "play": ("play", "pause", "step", "speed", "progress"),
    "move": ("point", "place", "move"),
    "settings": ("settings", *IN_SETTINGS),
    "more": ("drawers", *DRAWERS, "landscape", "copy", "save", "best"),
    "drawers": ("drawers", *DRAWERS, "landscape", "copy", "save"),
}
INPUTS = (
    *("scene", "selected", "surface", "normalize", "undo", "redo", "reset", "present"),
    *("play", "step", "speed", "point", "place", "tao", "l2_reg", "free"),
    *(*DRAWERS, "ground", "landscape", "best", "copy", "save"),
    *IN_SETTINGS,
)
PARTS = (*INPUTS, *GROUPS, "side", "legend", "progress", "why", "task", "sentence", "status", "invitation")
LEVELS: dict[int, tuple[str, ...]] = {
    1: ("play", "surface", "l2_reg", "drawers", "best"),
    2: (),
    3: (),
}


def options_of(
    level: int = 2, hide: Collection[str] = (), lock: Collection[str] = (), task: str = "", **others: Any
) -> dict[str, Any]:
    """The options of a stage, as its browser side takes them.

    Args:
        level: 1, 2 or 3; each is a list of parts to hide, see LEVELS. On 3 l2_reg can be moved on a circle, too.
        hide: More parts to hide, of PARTS.
        lock: Inputs to disable, of INPUTS or GROUPS; "move" means that no hand moves a point, by pointer, keys or the
            box for places: Play and its steps still do unless "play" is locked too.
        task: A line of text that says what to do.
        others: Options that are passed on unchecked.

    Returns:
        The options, to be written as JSON; groups are replaced by their parts.

    Raises:
        ValueError: A level or a name is unknown.
        TypeError: hide or lock is one name, not several, or task is no text.

    >>> options_of(3, hide=("side", "knobs"))["hide"]
    ['side', 'tao', 'l2_reg', 'free']
    """
    if level not in LEVELS:
        raise ValueError(f"level must be 1 (first meeting), 2 (lesson) or 3 (everything), got {level!r}")
    _check_names("hide", hide, PARTS)
    _check_names("lock", lock, (*INPUTS, *GROUPS))
    if not isinstance(task, str):
        raise TypeError(f"task must be text, got {task!r}")
    hidden, locked = members([*LEVELS[level], *hide]), members(lock)
    return {"hide": hidden, "lock": locked, "task": task, "l2_reg_is_live": level == max(LEVELS), **others}


def members(names: Collection[str]) -> list[str]:
    """Names of parts, with those of groups replaced by their members.

    >>> members(["move"])
    ['point', 'place', 'move']
    """
    return list(dict.fromkeys(one for name in names for one in GROUPS.get(name, (name,))))


def _check_names(what: str, names: Collection[str], known: Collection[str]) -> None:
    if not isinstance(names, tuple | list | set | frozenset):
        raise TypeError(f"{what} must be a tuple of names such as ('tao',), got {names!r}")
    unknown = sorted({name for name in names if name not in known}, key=str)
    if unknown:
        raise ValueError(f"{what} takes {', '.join(sorted({*known}))}, got {', '.join(map(repr, unknown))}")
