"""Named parts of a picture, of which a page draws the newest; only what has changed is sent."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets


class Parts(widgets.Widget):  # type: ignore[misc]  # ipywidgets has no types
    """The parts of a picture as the state of a core widget: no message to it is lost, whenever the page starts.

    Args:
        parts: Values that a message can hold, by name; a page that opens or is reloaded gets all of them.
        **traits: Those of a subclass.

    >>> parts = Parts({"name": "a run"})
    >>> parts.take({"name": "a run", "rows 0": [1, 2]})
    >>> parts.tell()
    >>> parts.sent, parts.get_state()["rows 0"]
    (2, [1, 2])
    """

    def __init__(self, parts: Mapping[str, object], **traits: object) -> None:
        self._unsent: set[str] = set()  # an interrupt may come before the message
        self._parts: dict[str, Any] = {**parts, "number": 1}
        super().__init__(**traits)

    @property
    def sent(self) -> int:
        """The number of the last picture that was sent."""
        return int(self._parts["number"])

    def take(self, parts: Mapping[str, object]) -> None:
        """Take new values of some parts over, None where there is no such part any more, and note which differ."""
        new = {name: part for name, part in parts.items() if self._parts.get(name) != part}
        self._unsent |= new.keys()
        self._parts |= new

    def tell(self) -> None:
        """Send what has changed since the last time, in one message."""
        unsent = self._unsent & self._parts.keys()
        if not unsent:
            return
        self._parts["number"] += 1
        self.send_state([*unsent, "number"])
        self._unsent -= unsent
        for name in [name for name in unsent if self._parts[name] is None]:
            del self._parts[name]

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The whole state, or the traits and parts that are named by `key`."""
        if key is None:
            return {**super().get_state(None, drop_defaults), **self._parts}
        names = [key] if isinstance(key, str) else list(key)
        traits = super().get_state([name for name in names if name not in self._parts], drop_defaults)
        return {**traits, **{name: self._parts[name] for name in names if name in self._parts}}

    def let_go(self) -> None:
        """Free the data."""
        self._parts, self._unsent = {"number": self.sent}, set()
