"""What a person types: text to numbers."""

import re

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def typed_number(name: str, text: str) -> float:
    """The number that a person typed, with a point or a comma before its decimals.

    Errors: ValueError that says what can be typed.

    >>> typed_number("tao", "1,5")
    1.5
    """
    number = text.strip().replace(",", ".")
    if not NUMBER.fullmatch(number):
        raise ValueError(f"{name} is a number like 0.5, got {text!r}")
    return float(number)


def typed_count(name: str, text: str) -> int:
    """The whole number that a person typed.

    Errors: ValueError that says what can be typed.
    """
    if not re.fullmatch(r"[+-]?\d{1,9}", text.strip(), re.ASCII):
        raise ValueError(f"{name} is a whole number like 5, got {text!r}")
    return int(text)
