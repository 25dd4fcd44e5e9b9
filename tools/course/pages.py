"""What the course tells of each lesson, and the style that its pages share."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nbformat import NotebookNode

from tools.course.prose import data_uri

STYLE = Path(__file__).with_name("course.css").read_text(encoding="utf-8")
MINUTES = re.compile(r"\((\d+) minutes\)")
GOAL = re.compile(r"^- (.+?)[;.]$", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """A lesson as the course's page tells it."""

    number: str
    title: str
    sentence: str
    picture: str
    minutes: str
    goals: tuple[str, ...]


def lesson_of(name: str, notebook: NotebookNode, folder: Path) -> Lesson:
    """What a notebook's first cells say of it."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    whole = "\n\n".join(texts)
    picture = re.search(r"!\[(.+?)\]\((.+?)\)", texts[0])
    minutes, sentence = MINUTES.search(whole), re.search(r"^\*\*(.+)\*\*$", texts[0], re.MULTILINE)
    learn = re.search(r"\*\*Learn\*\* to\n\n(.+?)\n\n", whole, re.DOTALL)
    return Lesson(
        number=name[:2],
        title=texts[0].splitlines()[0].removeprefix("# "),
        sentence=sentence[1] if sentence else "",
        picture=f'<img src="{data_uri(folder / picture[2])}" alt="{escape(picture[1])}">' if picture else "",
        minutes=minutes[1] if minutes else "",
        goals=tuple(GOAL.findall(learn[1])) if learn else (),
    )
