"""Build the course as static pages: every lesson with living stages, the whole stage, its scenes and missions, one zip.

`make site` writes build/site and build/npair_viz_site.zip. What it writes depends on the repository alone.
"""

import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat

from npair_viz.data.scenes import named
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.stage.links import word_of
from npair_viz.stage.page import page
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import scenes_of_the_stage
from tools.course.api import api_pages
from tools.course.front import front_page, head, navigation
from tools.course.kernel import run_all
from tools.course.lesson import lesson_page
from tools.course.pages import STYLE, lesson_of

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ROOT / "notebooks"
FIRST_THINGS = "Drag ◆ 3 to its anchor. Then press Play. Then turn tao down to 0.1: who counts now?"
MISSION_WORDS = "The stage says when it is done. Undo takes back what did not help."
NEVER = (1980, 1, 1, 0, 0, 0)  # a zip's first moment: the same files make the same zip


def build_site(folder: Path, lessons: Path = LESSONS) -> None:
    """Write every page into `folder`: index.html, one a lesson, explore.html, one a scene and a mission, the API."""
    folder.mkdir(parents=True, exist_ok=True)
    notebooks: dict[str, Any] = {
        file.stem: nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has none
        for file in sorted(lessons.glob("[0-9][0-9]_*.ipynb"))
    }
    course = [lesson_of(name, notebook) for name, notebook in notebooks.items()]
    pages = {"index": front_page(course), **stage_pages(), **api_pages()}
    run_all(notebooks.values(), lessons)
    for name, notebook in notebooks.items():
        pages[name[:2]] = lesson_page(name, notebook, lessons, course)
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8", newline="\n")


def stage_pages() -> dict[str, str]:
    """The whole stage, and a page for every scene and mission, by their names."""
    scenes = scenes_of_the_stage()
    on_site = {"above": navigation(), "style": STYLE}

    def stage_page(scene: str, title: str, words: str, **options: Any) -> str:
        given = options_of(**{"level": 3, **options}, scenes=scenes)
        return page(scenes[scene], given, title, head=head(title, words), **on_site)

    pages = {"explore": stage_page("line-up", "Explore: who belongs to whom?", FIRST_THINGS)}
    for name in scenes:
        pages[word_of(name)] = stage_page(name, named(name).question, f"The scene {name}.")
    for name, mission in MISSIONS.items():
        options = {"level": 2, "hide": ("scene",), "mission": as_json(mission)}
        pages[word_of(name)] = stage_page(mission.scene, f"Mission: {name}", MISSION_WORDS, **options)
    return pages


def pack(folder: Path, file: Path) -> None:
    """Put the pages of a folder into one zip, for a stick or a mail."""
    with zipfile.ZipFile(file, "w") as packed:
        for page_file in sorted(folder.glob("*.html")):
            entry = zipfile.ZipInfo(f"npair_viz_site/{page_file.name}", NEVER)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, page_file.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def main(target: Path) -> None:
    """Build the site and its zip below `target`."""
    site, packed = target / "site", target / "npair_viz_site.zip"
    for old in site.glob("*.html"):
        old.unlink()  # a lesson that is gone leaves no page behind
    build_site(site)
    pack(site, packed)
    print(f"Wrote {site / 'index.html'}: open it by double click. All of it in one file: {packed}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
