"""The page that leads to all others: a stage that shows itself, the lessons as cards, scenes, missions, experiments."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from npair_viz.data.scenes import named
from npair_viz.geometry.experiments import EXPERIMENTS
from npair_viz.geometry.missions import MISSIONS
from npair_viz.geometry.reading import read
from npair_viz.stage.bundle import bundle, style_sheet
from npair_viz.stage.links import word_of
from npair_viz.stage.page import in_script, whole_page
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import scenes_of_the_stage
from npair_viz.stage.state import DRAWERS
from npair_viz.stage.still import still
from tools.course.emblems import emblem
from tools.course.pages import STYLE, Lesson

TITLE = "How does a network learn who belongs together?"
CORE = ("01", "02", "04", "05")  # what a session of 90 minutes teaches, see notebooks/TEACHING.md
HERO = "line-up"
# What is left: the board, who is picked, the loss, Play and two ways back.
HIDDEN = (
    *("scene", "selected", "surface", "knobs", "move", "settings", *DRAWERS, "landscape", "best", "copy", "save"),
    *("step", "speed", "progress", "redo", "present", "legend"),
)
COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
# No module: it runs before what stands below is drawn, so that nothing is pushed about.
SCRIPT = """<script>"use strict";
{{
{script}
openHero(document.getElementById("stage"), {given});
}}
</script>"""
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def front_page(course: Sequence[Lesson]) -> str:
    """The page that leads to every lesson and to every place of the stage."""
    core = [lesson for lesson in course if lesson.number in CORE]
    body = TEMPLATES.get_template("front.html").render(
        navigation=Markup(navigation()),
        title=TITLE,
        still=Markup(still(read(named(HERO)))),
        script=Markup(_script()),
        lessons=course,
        core=core,
        count=COUNTS[len(course)] if len(course) < len(COUNTS) else len(course),
        duration=duration(core),
        emblem=lambda number: Markup(emblem(number)),
        lists=_lists(),
    )
    own = Path(__file__).with_name("front.css").read_text(encoding="utf-8")
    return whole_page(TITLE, style_sheet() + own + STYLE, body)


def navigation() -> str:
    """The line above every page that is no lesson."""
    return (
        '<nav class="ways"><a href="index.html">N-pair loss<span>, by hand</span></a> '
        '<a href="index.html#lessons">Lessons</a> <a href="explore.html">Explore</a> <a href="api.html">API</a></nav>'
    )


def head(title: str, words: str) -> str:
    """What stands over the stage of a page: its title, and a question or a first thing to do."""
    template = TEMPLATES.from_string("<header><h1>{{ title }}</h1><p>{{ words }}</p></header>")
    return template.render(title=title, words=words)


def duration(course: Iterable[Lesson]) -> str:
    """How long some lessons take together.

    >>> duration([])
    '0 min'
    """
    hours, minutes = divmod(sum(int(lesson.minutes or 0) for lesson in course), 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count) or "0 min"


def _script() -> str:
    given = {"state": scenes_of_the_stage()[HERO], "options": options_of(2, hide=HIDDEN)}
    return SCRIPT.format(script=bundle("entry/hero"), given=in_script(given))


def _lists() -> Mapping[str, Sequence[tuple[str, str, str]]]:
    """Scenes, missions and experiments, each with its address, its name and its words."""
    staged = scenes_of_the_stage()
    return {
        "Missions": [(f"{word_of(name)}.html", name, one.title) for name, one in MISSIONS.items()],
        "Scenes": [(f"{word_of(name)}.html", name, named(name).question) for name in staged],
        "Experiments": [
            (f"explore.html#{name}", name, one.title) for name, one in EXPERIMENTS.items() if one.scene in staged
        ],
    }
