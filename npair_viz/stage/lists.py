"""Traits that are lists, and take arrays in place of them."""

from typing import Any

import traitlets


class Listed(traitlets.List[Any]):
    """A list; an array or a tensor becomes one, by itself or in a list."""

    def validate(self, obj: Any, value: Any) -> Any:
        """The list that is kept; raises TraitError for what is none."""
        plain = _plain(value)
        return super().validate(obj, [*map(_plain, plain)] if isinstance(plain, list | tuple) else plain)


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value
