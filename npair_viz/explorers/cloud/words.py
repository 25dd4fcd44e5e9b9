"""The words around a cloud as HTML: whom the anchor is near, what colours mean, how far a look is, a file to keep."""

import base64
import html
from typing import TYPE_CHECKING

from npair_viz.data.neighbours import Nearest
from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.sentence import tell_nearest
from npair_viz.explorers.cloud.tables import class_of, text_of
from npair_viz.figures.colouring import Colouring
from npair_viz.geometry.look import CLASS_COLOURS, SCALE_COLOURS
from npair_viz.geometry.narration import fixed

if TYPE_CHECKING:
    from pandas import DataFrame


def nearest_words(scene: Scene, row: int, near: Nearest) -> str:
    """The text of a row, and who is nearest to it."""
    text = text_of(scene, row)
    about = "" if scene.are_pairs_classes else f", {class_of(scene, row)}"
    called = html.escape(f"{scene.row_name(row)}{about}" + (f": {text}" if text else ""))
    own = "" if scene.texts is None else f'<div class="npair-text" title="{called}">{called}</div>'
    return f'{own}<div class="npair-nearest" role="status">{html.escape(tell_nearest(scene, row, near))}</div>'


def legend_words(colouring: Colouring | None) -> str:
    """What the colours mean; "" where they are those of the anchor's class and the nearest other one."""
    if colouring is None:
        return ""
    grey = int(colouring.values.isnan().sum())
    if colouring.groups is not None:
        marks = [
            f'<span><i style="background: {colour}"></i>{html.escape(name)}</span>'
            for name, colour in zip(colouring.groups, CLASS_COLOURS, strict=False)
        ]
        others = [f"{grey:,} others grey"] if grey else []
    else:
        least, most = (fixed(end, 3) for end in colouring.range)
        scale = f'<i class="npair-scale" style="background: linear-gradient(90deg, {", ".join(SCALE_COLOURS)})"></i>'
        marks, others = [f"<span>{least} {scale} {most}</span>"], [f"{grey:,} unknown, grey"] if grey else []
    return f'<div class="npair-legend">{html.escape(colouring.title)}: {" ".join([*marks, *others])}</div>'


def progress_words(done: int, of: int, seconds: float) -> str:
    """How far a look is, and about how long it still takes."""
    left = seconds * (of - done) / done
    about = f"{left / 60:.0f} min" if left > 90 else f"{left:.0f} s"
    return progress(f"{done:,} of {of:,} rows, about {about} to go")


def progress(words: str) -> str:
    """Words beside a list."""
    return f'<div class="npair-progress" role="status">{html.escape(words)}</div>'


def file_words(name: str, table: "DataFrame") -> str:
    """A table as a link that saves it."""
    text = base64.b64encode(table.to_csv(index=False).encode()).decode()
    link = f'<a download="{name}.csv" href="data:text/csv;base64,{text}">save {name}.csv</a>'
    return f'<div class="npair-progress">{link}, {len(table):,} rows</div>'
