"""Attributes that a person might set: they would change nothing that is shown."""

from collections.abc import Collection
from typing import Any, ClassVar


class Fixed:
    """An object of which only the attributes can be set that its class annotates, and private ones.

    >>> class Lamp(Fixed, called="lamp", settings=("hue",)): ...
    >>> Lamp().hue = 3
    Traceback (most recent call last):
    AttributeError: lamp.hue can't be set: use lamp.set(hue=3)
    """

    _own: ClassVar[frozenset[str]] = frozenset()
    _called: ClassVar[str]
    _settings: ClassVar[Collection[str]]
    _use: ClassVar[str]

    def __init_subclass__(cls, *, called: str = "", settings: Collection[str] = (), use: str = "set(tao=0.1)") -> None:
        cls._own = cls._own | cls.__annotations__.keys()
        if called:
            cls._called, cls._settings, cls._use = called, settings, use

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in self._own:
            told = repr(value) if len(repr(value)) <= 40 else "..."
            use = f"set({name}={told})" if name in self._settings else f"{self._use}, or see help({self._called})"
            raise AttributeError(f"{self._called}.{name} can't be set: use {self._called}.{use}")
        super().__setattr__(name, value)
