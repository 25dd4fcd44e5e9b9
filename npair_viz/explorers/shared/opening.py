"""Checks of the arguments that open an explorer."""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import TypeVar

D = TypeVar("D")


def check_present(present: object) -> None:
    """Raise TypeError unless `present` is True or False."""
    if not isinstance(present, bool):
        raise TypeError(f"present must be True or False, got {present!r}")


def own_data(
    given: object, labels: object, kind: type[D], made: Callable[[object, object], D], call: str, rows: str
) -> D | None:
    """A user's own data; None where a name was given instead.

    Args:
        given: Data of that kind, rows, or a name.
        labels: Those of the rows.
        kind: The class of the data.
        made: Makes data from rows and labels.
        call: The name of the public function, for errors.
        rows: The name of its rows, for errors.

    Returns:
        The data or None.

    Raises:
        TypeError: Labels are missing, or go with a name or with data that hold their own.
    """
    if isinstance(given, kind):
        if labels is not None:
            raise TypeError(f"labels go with {rows}, and a {kind.__name__.lower()} holds its own: leave them out")
        return given
    if isinstance(given, str):
        if labels is not None:
            raise TypeError(f"labels go with {rows}, and {given!r} names a {kind.__name__.lower()}: leave them out")
        return None
    if labels is None and (isinstance(given, Mapping) or (is_dataclass(given) and hasattr(given, "version"))):
        state = "state" if isinstance(given, Mapping) else "json.loads(state.to_json())"
        raise TypeError(f"a state opens by {call}(**{state}), with {rows} and labels in front where they are your own")
    return made(given, labels)
