"""States that were kept as JSON: their version, and the numbers that a living picture can show."""

from npair_viz.geometry.limits import L2_REG_RANGE, LARGEST_SEED, LEAST_L2_REG, TAO_RANGE
from npair_viz.validation import check_count, check_l2_reg, check_tao

VERSION = 1


def check_version(version: int) -> None:
    """Raise ValueError for a state that a later npair_viz has kept."""
    if version > VERSION:
        raise ValueError(f"the state's version must be at most {VERSION}, got {version}: update npair_viz")


def check_numbers(tao: float, l2_reg: float, seed: int) -> None:
    """Raise ValueError or TypeError unless the numbers are such as a living picture can show."""
    for name, value, (least, most) in (("tao", tao, TAO_RANGE), ("l2_reg", l2_reg, L2_REG_RANGE)):
        if type(value) in (int, float) and not least <= value <= most:
            raise ValueError(f"{name} must be from {least:g} to {most:g}, got {value:g}")
    check_tao(tao)
    check_l2_reg(l2_reg)
    if 0 < l2_reg < LEAST_L2_REG:
        raise ValueError(f"l2_reg must be 0, or from {LEAST_L2_REG:g} to {L2_REG_RANGE[1]:g}, got {l2_reg:g}")
    if check_count("seed", seed, least=0) > LARGEST_SEED:
        raise ValueError(f"seed must be at most {LARGEST_SEED}, got {seed}")
