"""Settings as text: the value of a typed text, and the text of a value."""

import re
from typing import Any

from npair_viz.geometry.limits import RESTING_L2_REG

# Names of settings on screen.
CALLED = {
    "n_classes": "classes",
    "normalize": "lengths",
    "mining": "hard classes",
    "groups": "batches",
    "same": "same class",
}
NUMBERS = ("tao", "l2_reg", "lr")
COUNTS = ("row", "n_classes", "groups", "dimension", "seed")
WORDS = {"on": True, "off": False, "true": True, "false": False, "free": False, "all 1": True}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def typed_number(name: str, text: str) -> float:
    """The number in a typed text, with a decimal point or comma.

    Raises ValueError that says what can be typed.

    >>> typed_number("tao", "1,5")
    1.5
    """
    number = text.strip().replace(",", ".")
    if not NUMBER.fullmatch(number):
        raise ValueError(f"{name} is a number like 0.5, got {text!r}")
    return float(number)


def typed_count(name: str, text: str) -> int:
    """The whole number in a typed text; raises ValueError that says what can be typed."""
    if not re.fullmatch(r"[+-]?\d{1,9}", text.strip(), re.ASCII):
        raise ValueError(f"{name} is a whole number like 5, got {text!r}")
    return int(text)


def typed_setting(name: str, value: Any) -> Any:
    """The value of a setting from that of its control, which may be a typed text.

    Raises ValueError that says what can be typed.

    >>> typed_setting("tao", "0,1"), typed_setting("n_classes", "all"), typed_setting("normalize", "free")
    (0.1, None, False)
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name == "n_classes" and text.lower() in ("", "all"):
        return None
    if name in NUMBERS:
        return typed_number(name, text)
    if name in COUNTS:
        return typed_count(CALLED.get(name, name), text)
    return WORDS.get(text, text)


def asked_by(control: str, value: Any, l2_reg: float) -> dict[str, Any]:
    """The settings that a control changes: the one it is named like, perhaps after "typed ".

    Free lengths without a penalty also get l2_reg = RESTING_L2_REG, so that they settle.
    Raises ValueError that says what can be typed.
    """
    name = control.removeprefix("typed ")
    is_freed = name == "normalize" and not value and not l2_reg
    return {name: typed_setting(name, value), **({"l2_reg": RESTING_L2_REG} if is_freed else {})}


def written(name: str, value: Any) -> str:
    """The value of a setting as text, as a user would type it.

    >>> written("tao", 0.1), written("n_classes", None), written("normalize", False)
    ('0.1', 'all', 'free')
    """
    if name == "normalize":
        return "all 1" if value else "free"
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "all"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
