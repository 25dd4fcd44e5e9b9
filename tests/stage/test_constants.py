"""What Python and the page both need to know has its home in Python, and the page has it from there."""

import re

import pytest

from npair_viz.explorers.shared.layout import style_sheet as explorers_style_sheet
from npair_viz.geometry.look import CLASS_COLOURS, FORCES, INK, OTHERS, OUTLINE, SCALE_COLOURS
from npair_viz.stage.bundle import source
from tests.stage.test_widget import MODULES
from tests.support.repository import ROOT
from tools.write_constants import written

WRITTEN = written()
BY_HAND = [
    *(f"js/{name}.js" for name in MODULES if name != "model/constants"),
    "stage.css",
    "recording.css",
    "still.py",
    "page.py",
]
NAMES = re.findall(r"export const (\w+)", source("js/model/constants.js"))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_what_the_page_has_from_python_is_what_python_says(path) -> None:
    assert path.read_text(encoding="utf-8") == WRITTEN[path], f"{path.name} is out of step: run make constants"


@pytest.mark.parametrize("file", BY_HAND)
def test_no_colour_of_the_look_stands_by_hand_beside_it(file: str) -> None:
    text = source(file).lower()
    forces = [colour for colour, _ in FORCES.values()]
    colours = [*CLASS_COLOURS, *SCALE_COLOURS, *forces, OUTLINE, OTHERS, "#282828", "#a6a6a6"]
    assert not [colour for colour in colours if colour.lower() in text]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_for_the_page_is_needed_there(name: str) -> None:
    assert any(re.search(rf"\b{name}\b", source(file)) for file in BY_HAND)


def test_every_variable_of_the_style_sheets_is_written_and_needed() -> None:
    course = ROOT / "tools" / "course"
    own = [(course / name).read_text(encoding="utf-8") for name in ("course.css", "front.css")]
    sheets = source("stage.css") + source("recording.css") + "".join(own)
    used = set(re.findall(r"var\(--([a-z-]+)\)", sheets))
    made = set(re.findall(r"--([a-z-]+):", source("constants.css")))
    assert made <= used
    assert used - made <= set(re.findall(r"--([a-z-]+):", sheets))


def test_the_explorers_style_sheet_swaps_the_ink_of_the_figures() -> None:
    assert explorers_style_sheet().count(INK) == 2
    assert f"stroke: {OUTLINE} !important" in explorers_style_sheet()
