"""The page of a lesson: its executed notebook by nbconvert, with the stage's script inside, one file."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets.config import Config

from npair_viz.stage.bundle import bundle, style_sheet
from npair_viz.stage.page import in_script, whole_page
from npair_viz.stage.scene_states import scenes_of_the_stage
from tools.course.front import navigation
from tools.course.outline import asks_alone, outline, stages_of
from tools.course.pages import STYLE, Lesson
from tools.course.prose import prose
from tools.course.published import BY_TYPE

PRESS = re.compile(r"([Cc])lick the grey cell and press \*\*Shift\+Enter\*\*")
SET = "Set `mine`, and run the cell again. `task.hint()` helps, `print(task.solution())` shows how, after one try."
PLAIN = re.compile(r'<span class="(?:[npw]|n[bn])">([^<]*)</span>')  # names, brackets, blanks: no style is theirs
NOTE = "This page needs no Python and no network. Guess first, then open <b>run</b> to see what the code prints."
DRAG = " Drag the points; a chosen one also moves by the arrow keys, wherever the text says <b>Move</b>."
SCRIPT = """<script type="module">
{script}
openLesson({given});
</script>"""


class LessonExporter(TemplateExporter):
    """nbconvert with our template; its HTMLExporter parses a page again and writes names of SVG in small letters."""

    def _file_extension_default(self) -> str:
        return ".html"

    def _template_name_default(self) -> str:
        return "template"


def lesson_page(name: str, notebook: NotebookNode, folder: Path, course: Sequence[Lesson]) -> str:
    """A lesson from its executed notebook: text, stages, questions and exercises, and what its code prints, folded."""
    former, lesson, following = _around(name[:2], course)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _without_keys(cell.source)
    outlined = outline(notebook)
    scenes = scenes_of_the_stage()
    stages = [{"state": _beside(scenes, stage["state"]), "options": stage["options"]} for stage in stages_of(outlined)]
    pages = frozenset(one.number for one in course)
    exporter = LessonExporter(  # type: ignore[no-untyped-call]  # nbconvert has none
        config=Config({"NbConvertBase": {"display_data_priority": list(BY_TYPE)}}),
        extra_template_basedirs=[str(Path(__file__).parent)],
        filters={
            "markdown2html": partial(prose, folder=folder, pages=pages),
            "highlight_code": Highlight2HTML(),  # type: ignore[no-untyped-call]
            "asks_alone": asks_alone,
            "unmark_plain": partial(PLAIN.sub, r"\1"),
        },
    )
    told = {"scenes": outlined, "note": f"{NOTE}{DRAG if stages else ''}", "name": f"{name}.ipynb"}
    body, _ = exporter.from_notebook_node(notebook, told)
    given = in_script({"stages": stages, "scenes": scenes if stages else {}})
    script = SCRIPT.format(script=bundle("entry/lesson"), given=given)
    home = navigation()
    ways = "".join(_way(*way) for way in ((former, "prev", "← {}"), (following, "next", "{} →")))
    return whole_page(
        lesson.title,
        style_sheet() + STYLE,
        f'{home}\n{body}\n<nav class="ways next">{ways}</nav>\n{script}',
        "lesson",
    )


def _beside(scenes: Mapping[str, Mapping[str, Any]], state: dict[str, Any]) -> dict[str, Any]:
    """A state without what its scene, which the page has, says already."""
    known = scenes.get(state["scene"], {})
    return {name: value for name, value in state.items() if name != "base" or value != known.get("base")}


def _around(number: str, course: Sequence[Lesson]) -> tuple[Lesson | None, Lesson, Lesson | None]:
    """A lesson with the one before and the one after it."""
    k = [lesson.number for lesson in course].index(number)
    padded = [None, *course, None]
    return padded[k], course[k], padded[k + 2]


def _way(lesson: Lesson | None, rel: str, words: str) -> str:
    return f'<a rel="{rel}" href="{lesson.number}.html">{words.format(escape(lesson.title))}</a>' if lesson else ""


def _without_keys(text: str) -> str:
    """The text of a notebook that asks for a key says on a page where to look."""
    text = PRESS.sub(lambda found: f"{'L' if found[1] == 'C' else 'l'}ook below", text)
    return text.replace(SET, "Type your answer, and check it.")
