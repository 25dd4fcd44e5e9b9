"""A row in words, as plotly shows them: on hover, and beside a bar."""

import re

from npair_viz.data.scene import Scene
from npair_viz.figures.traces import as_text

LETTERS = 240  # of a text on hover
LINE = re.compile(r"(\S{60}|.{1,60}(?:\s|$))\s*")  # textwrap takes seconds for all that are drawn
BESIDE = 36  # letters beside a bar


def class_name(scene: Scene, row: int) -> str:
    """The name of a row's class."""
    return as_text(scene.class_name(int(scene.labels[row])))


def hover_text(scene: Scene, row: int) -> str:
    """A row's number, class and text.

    >>> from npair_viz.data.scenes import digits
    >>> hover_text(digits(), 3)
    'row 3, class 3'
    """
    lines = [scene.row_name(row) + ("" if scene.are_pairs_classes else f", class {class_name(scene, row)}")]
    if scene.texts is not None:
        text = " ".join(scene.texts[row][: 2 * LETTERS].split())
        lines += map(as_text, LINE.findall(text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"))
    return "<br>".join(lines)


def label(scene: Scene, row: int, before: str = "", letters: int = BESIDE) -> str:
    """A row's class and number, and the beginning of its text where there is room.

    >>> from npair_viz.data.scenes import digits
    >>> label(digits(), 13, "1. ")
    '1. 3, row 13'
    """
    about = "" if scene.are_pairs_classes else f"{scene.class_name(int(scene.labels[row]))}, "
    head = f"{before}{about}{scene.row_name(row)}"
    if scene.texts is None or scene.images is not None:
        return as_text(head)
    text = f"{head}: {' '.join(scene.texts[row].split())}"
    return as_text(text if len(text) <= letters else text[: letters - 1] + "…")
