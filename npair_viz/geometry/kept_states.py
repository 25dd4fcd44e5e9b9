"""Checks of states that are saved as JSON: their version, their names and their values."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from npair_viz.geometry.limits import L2_REG_RANGE, LARGEST_SEED, LEAST_L2_REG, TAO_RANGE
from npair_viz.validation import as_number, check_choice, check_count

VERSION = 1
ALSO_CALLED = {"temperature": "tao"}


def check_version(version: int) -> None:
    """Raise ValueError for a state that a later npair_viz has saved."""
    if version > VERSION:
        raise ValueError(f"the state's version must be at most {VERSION}, got {version}: update npair_viz")


def check_known(settings: Collection[str], names: Sequence[str]) -> None:
    """Raise TypeError for an unknown setting, with the one that was probably meant."""
    if unknown := sorted(map(str, set(settings) - set(names))):
        meant = [near for one in unknown for near in get_close_matches(ALSO_CALLED.get(one, one), names, n=1)]
        advice = f": did you mean {', '.join(dict.fromkeys(meant))}?" if meant else ""
        raise TypeError(f"a setting must be one of {', '.join(names)}, got {', '.join(unknown)}{advice}")


def as_listed(settings: Any, choices: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The settings that have a list of choices, each as it is listed: False, not 0, which widgets would refuse.

    Raises ValueError that names the setting.
    """
    for name, few in choices.items():
        check_choice(name, getattr(settings, name), few)
    return {name: few[few.index(getattr(settings, name))] for name, few in choices.items()}


def check_numbers(tao: float, l2_reg: float, seed: int) -> None:
    """Raise ValueError or TypeError unless an explorer can show these numbers."""
    for name, value, (least, most) in (("tao", tao, TAO_RANGE), ("l2_reg", l2_reg, L2_REG_RANGE)):
        number = as_number(name, value)
        if not least <= number <= most:
            raise ValueError(f"{name} must be from {least:g} to {most:g}, got {number:g}")
    if 0 < l2_reg < LEAST_L2_REG:
        raise ValueError(f"l2_reg must be 0, or from {LEAST_L2_REG:g} to {L2_REG_RANGE[1]:g}, got {l2_reg:g}")
    if check_count("seed", seed, least=0) > LARGEST_SEED:
        raise ValueError(f"seed must be at most {LARGEST_SEED}, got {seed}")
