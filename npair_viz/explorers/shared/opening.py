"""What a person passes to open an explorer, checked."""

from collections.abc import Callable
from typing import TypeVar

D = TypeVar("D")


def check_names(name: str, value: object) -> None:
    """Raise TypeError unless `value` is a tuple, list or set of names."""
    if not isinstance(value, tuple | list | set | frozenset):
        raise TypeError(f"{name} must be a tuple of names such as ('tao',), got {value!r}")


def check_present(present: object) -> None:
    """Raise TypeError unless `present` is True or False."""
    if not isinstance(present, bool):
        raise TypeError(f"present must be True or False, got {present!r}")


def own_data(
    given: object, labels: object, kind: type[D], made: Callable[[object, object], D], call: str, rows: str
) -> D | None:
    """A person's own data: as they are, or made of rows and labels; None where a name was given instead.

    call, rows: what was called, and what its rows are called, for the words of an error.
    """
    if isinstance(given, kind):
        return given
    if isinstance(given, str):
        if labels is not None:
            raise TypeError(f"labels go with {rows}, and {given!r} names a {kind.__name__.lower()}: leave them out")
        return None
    if labels is None:
        raise TypeError(f"{rows} need their labels: {call}({rows}, labels), one class a row")
    return made(given, labels)
