"""Write what the page has from Python: js/model/constants.js and, for its style sheets, constants.css.

Each fact has its home in Python; what is written is committed, and a test holds that both say the same.
"""

import json
from dataclasses import asdict
from pathlib import Path
from textwrap import fill
from types import ModuleType
from typing import Any

from npair_viz.geometry import limits, look, missions, narration, point_descent, slider_values, sweeps
from npair_viz.losses import objectives
from npair_viz.sampling import pairs
from npair_viz.stage import state
from npair_viz.theory import closed_forms

STAGE = Path(__file__).resolve().parent.parent / "npair_viz" / "stage"
HEADER = "Written by `make constants`, tools/write_constants.py, from what Python says: change it there."
FACTS: dict[ModuleType, str] = {
    state: "SURFACES POINTS VIEWS DTYPES DRAWERS LOOKS CHOOSES_POINTS SETTINGS",
    objectives: "OBJECTIVES",
    pairs: "POLICIES",
    limits: "MOST_PAIRS FARTHEST RESTING_L2_REG LEAST_L2_REG LARGEST_SEED SEARCHED_DIMENSIONS",
    point_descent: "RATE STEADY",
    closed_forms: "LARGEST_RAW_RING",
    narration: "SURE ALIKE TIED TIED_RATIO WHOLE_PERCENT LEAST_CHANGE MOST_OF_CHANGE MOST_OF_PUSH FAR_ABOVE_CHANCE "
    "NEARLY TINY ALONE",
    look: "MOVE CLASS_COLOURS OTHERS SCALE_COLOURS SHAPES BOARD CIRCLE_REACH LANE ROLE_WORDS",
    sweeps: "TAO_POWERS L2_REG_POWERS FLOOR_STRIDE MAP_STRIDE MAP_TOP",
}
# Facts that have other names on the page.
RENAMED = {
    "RANGES": {"tao": limits.TAO_RANGE, "l2_reg": limits.L2_REG_RANGE},
    "SAME_PLACE": missions._SAME_PLACE,
    "DEFAULTS": {name: value for name, value in asdict(state.State()).items() if name not in ("points", "labels")},
    "SLIDER_TAOS": slider_values.TAOS,
    "SLIDER_L2_REGS": slider_values.L2_REGS,
}
JUPYTERS = {"paper": "--jp-layout-color1", "ink": "--jp-content-font-color1"}  # colours that its theme decides


def _themed(name: str) -> str:
    light, dark = look.THEME[name]
    own = f"light-dark({light}, {dark})"
    return f"var({JUPYTERS[name]}, {own})" if name in JUPYTERS else own


VARIABLES = {
    **{name: _themed(name) for name in look.THEME},
    **{f"{force}-dash": look.DASHES[look.FORCES[force][1]] for force in ("pull", "push", "shrink")},
    **{"outline": look.OUTLINE, "white": look.PAPER, "black": look.TEXT, "scale": ", ".join(look.SCALE_COLOURS)},
    **{"serif": look.SERIF, "sans": look.SANS, "board": f"{look.BOARD}px", "move": f"{look.MOVE}ms"},
    **{name: f"{size}px" for name, size in look.SIZES.items()},
}


def written() -> dict[Path, str]:
    """Each file that is made here, and its text."""
    facts = {name: getattr(module, name) for module, names in FACTS.items() for name in names.split()} | RENAMED
    constants = "".join(f"{_constant(name, value)}\n" for name, value in facts.items())
    variables = "".join(f"  --{name}: {value};\n" for name, value in VARIABLES.items())
    return {
        STAGE / "js" / "model" / "constants.js": f"// {HEADER}\n\n{constants}",
        STAGE / "constants.css": f"/* {HEADER} */\n.npair-stage, .npair-page {{\n{variables}}}\n",
    }


def _constant(name: str, value: Any) -> str:
    line = f"export const {name} = {json.dumps(_short(value), ensure_ascii=False)};"
    return fill(line, 120, subsequent_indent="  ", break_on_hyphens=False) if isinstance(value, list | tuple) else line


def _short(value: Any) -> Any:
    """A value with its whole numbers as integers, as JavaScript writes them."""
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8", newline="\n")
