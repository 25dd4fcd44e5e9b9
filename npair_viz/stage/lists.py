"""Traits that are lists, and take arrays in place of them."""

from typing import Any

import traitlets


class Listed(traitlets.List[Any]):
    """A list; an array or a tensor becomes one."""

    def validate(self, obj: Any, value: Any) -> Any:
        """The list that is kept; raises TraitError for what is none."""
        return super().validate(obj, value.tolist() if hasattr(value, "tolist") else value)


def differs(value: Any, own: Any) -> bool:
    """Whether a trait has been given another value than its own."""
    try:
        return bool(value != own)
    except (ValueError, RuntimeError):  # of a list of arrays, which is never a trait's own value
        return True
