"""The pages of the site as HTML: a lesson, and the one that leads to all; each is one file with its scripts inside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from npair_viz.data.scenes import named
from npair_viz.exercises.exercise import Exercise
from npair_viz.exercises.question import Question
from npair_viz.geometry.experiments import EXPERIMENTS
from npair_viz.geometry.missions import MISSIONS
from npair_viz.stage.bundle import bundle, source, style_sheet
from npair_viz.stage.links import word_of
from npair_viz.stage.page import in_script, whole_page
from npair_viz.stage.scene_states import scenes_of_the_stage
from tools.course.cells import Living, Shown, Still
from tools.course.forms import exercise_form, question_form
from tools.course.prose import coloured, data_uri, prose

STYLE = Path(__file__).with_name("course.css").read_text(encoding="utf-8")
PRESS = re.compile(r"([Cc])lick the grey cell and press \*\*Shift\+Enter\*\*")
SET = "Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try."
MINUTES = re.compile(r"\((\d+) minutes\)")
GOAL = re.compile(r"^- (.+?)[;.]$", re.MULTILINE)
NOTE = "This page needs no Python and no network. Guess first, then open <b>run</b> to see what the code prints."
DRAG = " Drag the points; a chosen one also moves by the arrow keys, wherever the text says <b>Move</b>."
SCRIPT = """<script type="module">
{script}
openLesson({given});
</script>"""


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


def lesson_page(
    name: str, notebook: NotebookNode, shown: dict[int, list[Shown]], folder: Path, course: Sequence[Lesson]
) -> str:
    """A lesson: its text, its stages, its questions and exercises, and what its code prints, folded."""
    pages = frozenset(lesson.number for lesson in course)
    stages: list[Living] = []
    parts = []
    for k, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            parts.append(f"<section>{prose(_without_keys(cell.source), folder, pages)}</section>")
        elif cell.cell_type == "code":
            parts += [_shown(one, stages, f"{name}.ipynb") for one in shown.get(k, [])]
            parts.append(_code(cell, shown.get(k, [])))
    parts.insert(1, f'<p class="note">{NOTE}{DRAG if stages else ""}</p>')
    given = {
        "stages": [{"state": stage.state, "options": stage.options} for stage in stages],
        "scenes": scenes_of_the_stage(),
    }
    script = SCRIPT.format(script=bundle("entry/lesson"), given=in_script(given))
    title = next(lesson.title for lesson in course if lesson.number == name[:2])
    body = f"{_ways(name[:2], course)}\n<main>\n{chr(10).join(parts)}\n</main>\n{_ways(name[:2], course)}\n{script}"
    return whole_page(title, style_sheet() + STYLE, body)


def course_page(course: Sequence[Lesson]) -> str:
    """The page that leads to every lesson and to every place of the stage."""
    staged = scenes_of_the_stage()
    body = [
        "<main>",
        "<h1>The N-pair loss, by hand</h1>",
        "<p>Eight points, one number: the loss that teaches a network who belongs together. Each page works by itself, "
        "without Python and without a network. Drag the points.</p>",
        '<p class="start"><a href="explore.html">Open the stage</a></p>',
        "<h2>The lessons</h2>",
        '<ol class="course">',
        *(_entry(lesson) for lesson in course),
        "</ol>",
        "<h2>Scenes</h2>",
        _list((f"{word_of(name)}.html", name, named(name).question) for name in staged),
        "<h2>Missions</h2>",
        _list((f"{word_of(name)}.html", name, mission.title) for name, mission in MISSIONS.items()),
        "<h2>Experiments</h2>",
        _list((f"explore.html#{name}", name, one.title) for name, one in EXPERIMENTS.items() if one.scene in staged),
        "</main>",
    ]
    return whole_page("The N-pair loss, by hand", source("constants.css") + STYLE, "\n".join(body))


def way_home() -> str:
    """The line above a stage's page that leads back to the course."""
    return '<nav class="ways"><a href="index.html">The course</a></nav>'


def _shown(one: Shown, stages: list[Living], notebook: str) -> str:
    if isinstance(one, Living):
        stages.append(one)
        return f'<div class="cell" data-stage="{len(stages) - 1}">{one.still}</div>'
    if isinstance(one, Still):
        words = f'<p class="note">{escape(one.words)}</p>' if one.words else ""
        return f'<div class="cell still">{one.html}{words}</div>'
    return exercise_form(one, notebook) if isinstance(one, Exercise) else question_form(one)


def _code(cell: NotebookNode, shown: list[Shown]) -> str:
    """A cell's code, folded; what it prints, folded too: guesses come first."""
    if shown and all(isinstance(one, Exercise | Question) for one in shown):
        return ""  # the form says it all
    code = f"<details><summary>code</summary><pre><code>{coloured(cell.source)}</code></pre></details>"
    said = "".join(
        output.text if output.output_type == "stream" else output.data["text/plain"]
        for output in cell.outputs
        if output.output_type == "stream" or not shown
    )
    run = f"<details><summary>▶ run</summary><pre>{escape(said.rstrip())}</pre></details>" if said else ""
    return f'<div class="code">{run}{code}</div>'


def _without_keys(text: str) -> str:
    """The text of a notebook that asks for a key says on a page where to look."""
    text = PRESS.sub(lambda found: f"{'L' if found[1] == 'C' else 'l'}ook below", text)
    return text.replace(SET, "Type your answer, and check it.")


def _ways(number: str, course: Sequence[Lesson]) -> str:
    k = [lesson.number for lesson in course].index(number)
    ways = ['<a href="index.html">The course</a>']
    if k > 0:
        ways.append(f'<a href="{course[k - 1].number}.html">← {escape(course[k - 1].title)}</a>')
    if k + 1 < len(course):
        ways.append(f'<a href="{course[k + 1].number}.html">{escape(course[k + 1].title)} →</a>')
    return f'<nav class="ways">{"".join(ways)}</nav>'


def _entry(lesson: Lesson) -> str:
    goals = "".join(f"<li>{prose(goal, Path(), frozenset())}</li>" for goal in lesson.goals)
    minutes = f" <small>{lesson.minutes} minutes</small>" if lesson.minutes else ""
    return (
        f'<li><h3><a href="{lesson.number}.html">{lesson.number} {escape(lesson.title)}</a>{minutes}</h3>'
        f"<p><b>{escape(lesson.sentence)}</b></p>{lesson.picture}<p>After it you can</p><ul>{goals}</ul></li>"
    )


def _list(links: Any) -> str:
    items = "".join(f'<li><a href="{href}">{escape(name)}</a>: {escape(words)}</li>' for href, name, words in links)
    return f"<ul>{items}</ul>"
