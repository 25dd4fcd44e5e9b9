"""Write the gallery: a page of the stage for every scene and mission, and one that leads to them."""

import sys
from html import escape
from pathlib import Path

from npair_viz.missions import MISSIONS
from npair_viz.scenes import named
from npair_viz.stage.page import write_page
from npair_viz.stage.parts import options_of
from npair_viz.stage.worlds import scenes_of_the_stage, state_of

INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The N-pair loss, by hand</title>
<style>body {{ font: 18px/1.5 system-ui, sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em; }}</style>
<h1>The N-pair loss, by hand</h1>
<p>Each page works by itself, without a network. Drag the points.</p>
<ul>
{links}
</ul>
</html>
"""


def write_gallery(folder: Path) -> None:
    """Write all pages into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    scenes, links = scenes_of_the_stage(), []
    for name, state in scenes.items():
        links.append(_page(folder, name, state, options_of(3, scenes=scenes), named(name).question))
    for name, mission in MISSIONS.items():
        options = options_of(2, hide=("scene",), scenes=scenes, mission=mission)
        links.append(_page(folder, name, state_of(named(mission["scene"])), options, mission["title"]))
    (folder / "index.html").write_text(INDEX.format(links="\n".join(links)), encoding="utf-8")


def _page(folder: Path, name: str, state: dict[str, object], options: dict[str, object], words: str) -> str:
    file = f"{name.replace(' ', '-')}.html"
    write_page(folder / file, state, options)
    return f'<li><a href="{file}">{escape(name)}</a>: {escape(words)}</li>'


if __name__ == "__main__":
    write_gallery(Path(sys.argv[1]))
