"""What the course tells of each lesson, and the style that its pages share."""

import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

STYLE = Path(__file__).with_name("course.css").read_text(encoding="utf-8")
MINUTES = re.compile(r"\((\d+) minutes\)")


@dataclass(frozen=True)
class Lesson:
    """A lesson as the course's page tells it."""

    number: str
    title: str
    sentence: str
    minutes: str


def lesson_of(name: str, notebook: NotebookNode) -> Lesson:
    """What a notebook's first cells say of it."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    whole = "\n\n".join(texts)
    minutes, sentence = MINUTES.search(whole), re.search(r"^\*\*(.+)\*\*$", texts[0], re.MULTILINE)
    return Lesson(
        number=name[:2],
        title=texts[0].splitlines()[0].removeprefix("# "),
        sentence=sentence[1] if sentence else "",
        minutes=minutes[1] if minutes else "",
    )
