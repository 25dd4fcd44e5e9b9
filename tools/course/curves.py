"""A plotly figure as a still: its traces as what they are, by matplotlib, as SVG in the colours of its page."""

import math
import re
from collections.abc import Callable, Iterator
from html import escape
from io import StringIO
from itertools import cycle
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from plotly.basedatatypes import BaseFigure

from npair_viz.geometry.look import INK, SCALE_COLOURS, SIZES, THEME

WIDTH, PLOT, ROW = 480, 280, 20  # pixels; a row of names adds to the height
LONG = 22  # letters of a name that needs a row of its own
INCH = 72  # pixels of SVG in matplotlib's inch
FONT = "DejaVu Sans"  # comes with matplotlib: words are measured alike everywhere
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # words stay words
    "svg.hashsalt": "npair",  # names of parts do not change from build to build
    "font.family": FONT,
    "font.size": SIZES["small"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": THEME["soft"].light,
    "axes.labelcolor": THEME["ink"].light,
    "text.color": THEME["ink"].light,
    "xtick.color": THEME["soft"].light,
    "ytick.color": THEME["soft"].light,
    "legend.frameon": False,
    "axes.unicode_minus": False,
}
UNDATED = dict.fromkeys(("Creator", "Date", "Format", "Type"))
COLOURS = [THEME[name].light for name in ("ink", "pull", "push", "better", "accent", "worse", "shrink", "rule")]
DASHES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-.", "longdash": (0, (10, 4))}
MARKS = {"circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "triangle-up": "^", "star": "*"}
BY_ORDER = ("o", "s", "D", "^", "v", "P", "X", "*")  # no line is known by its colour alone
FEW = 20  # points of a line that are marked unless it says otherwise
SHADE = 0.2
RGB = re.compile(r"rgba?\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*(?:,\s*([\d.]+)\s*)?\)")
NAMES = re.compile(r' id="([^"]+)"')
TAGS = re.compile(r"<[^>]+>")
UNTURNED = re.compile(r' transform="rotate\(-?0 [^"]*"')
PLACES = re.compile(r"\d+\.\d{2,}")
FOR_ALL = re.compile(r"<style.*?</style>", re.DOTALL)  # inside a page it would be for all of the page


def drawn(figure: BaseFigure) -> str:
    """A plotly figure of one plot as SVG, without script, date or paper: it takes the colours of the page around it.

    Errors: ValueError for a trace of a kind that is not drawn here.
    """
    with matplotlib.rc_context(SETTINGS):
        names = [name for name in map(_label, figure.data) if name != "_"]
        columns = 1 if any(len(name) > LONG for name in names) else 2
        height = PLOT + ROW * math.ceil(len(names) / columns)
        picture = Figure(figsize=(WIDTH / INCH, height / INCH), dpi=INCH, layout="constrained")
        axes, looks = picture.subplots(), cycle(zip(COLOURS, BY_ORDER, strict=True))
        for trace, (colour, mark) in zip(figure.data, looks, strict=False):
            draw = DRAWN.get(trace.type)
            if draw is None:
                raise ValueError(f"a still has traces of {', '.join(DRAWN)}, got {trace.type!r}")
            draw(axes, trace, colour, mark)
        _frame(axes, figure.layout)
        if names:
            picture.legend(loc="outside upper left", ncols=columns)
        written = StringIO()
        picture.savefig(written, format="svg", transparent=True, metadata=UNDATED)
    titles = [word for word in (axes.get_ylabel(), axes.get_xlabel()) if word]
    words = " over ".join(titles) or ", ".join(trace.name or trace.type for trace in figure.data)
    return "".join(_of_the_page(written.getvalue(), height, words))


def _scatter(axes: Axes, trace: Any, colour: str, mark: str) -> None:
    """Lines, marks or both, as the trace's mode says, and what is filled below or between."""
    x, y = _numbers(trace.x), _numbers(trace.y)
    mode = trace.mode or ("lines+markers" if len(x) < FEW else "lines")
    colour = _colour(trace.line.color if "lines" in mode else trace.marker.color, colour)
    own = trace.marker.symbol if isinstance(trace.marker.symbol, str) else None
    axes.plot(
        x,
        y,
        label=_label(trace),
        color=colour,
        linestyle=DASHES.get(trace.line.dash or "solid", "--") if "lines" in mode else "none",
        linewidth=trace.line.width or 2,
        marker=(MARKS.get(own, "o") if own else mark) if "markers" in mode else "none",
        markersize=trace.marker.size if isinstance(trace.marker.size, int | float) else 6,
    )
    if trace.fill in ("tozeroy", "tonexty"):
        former = axes.lines[-2].get_ydata() if trace.fill == "tonexty" and len(axes.lines) > 1 else 0
        axes.fill_between(x, y, former, color=colour, alpha=SHADE, linewidth=0)


def _bars(axes: Axes, trace: Any, colour: str, _: str) -> None:
    colour = _colour(trace.marker.color, colour)
    if trace.orientation == "h":
        axes.barh(list(trace.y), _numbers(trace.x), label=_label(trace), color=colour)
    else:
        axes.bar(list(trace.x), _numbers(trace.y), label=_label(trace), color=colour)


def _heat(axes: Axes, trace: Any, *_: str) -> None:
    scale = matplotlib.colors.LinearSegmentedColormap.from_list("scale", SCALE_COLOURS)
    rows = [_numbers(row) for row in trace.z]
    across = range(len(rows[0])) if trace.x is None else list(trace.x)
    up = range(len(rows)) if trace.y is None else list(trace.y)
    mesh = axes.pcolormesh(across, up, rows, cmap=scale, vmin=trace.zmin, vmax=trace.zmax, shading="nearest")
    axes.figure.colorbar(mesh, ax=axes, label=trace.name or "")


DRAWN: dict[str, Callable[..., None]] = {"scatter": _scatter, "scattergl": _scatter, "bar": _bars, "heatmap": _heat}


def _frame(axes: Axes, layout: Any) -> None:
    """The axes of a layout: titles, logarithms, ranges."""
    for name in "xy":
        given = layout[f"{name}axis"]
        axes.set(**{f"{name}label": given.title.text or ""})
        if given.type == "log":
            axes.set(**{f"{name}scale": "log"})
            (axes.xaxis if name == "x" else axes.yaxis).set_major_formatter("{x:,.6g}")
        if given.range:
            axes.set(**{f"{name}lim": [10**end for end in given.range] if given.type == "log" else list(given.range)})
    axes.minorticks_off()


def _of_the_page(svg: str, height: int, words: str) -> Iterator[str]:
    """SVG of a file as SVG of a page: colours are the theme's, the font is the page's, no name stands there twice."""
    svg = FOR_ALL.sub("", svg[svg.index("<svg") :].replace(f"'{FONT}'", "var(--sans)"))
    for name, colour in THEME.items():
        svg = svg.replace(colour.light.lower(), f"var(--{name})")
    svg = UNTURNED.sub("", svg)
    svg = NAMES.sub(lambda found: found[0] if f"#{found[1]}" in svg else "", svg)
    svg = TAGS.sub(lambda tag: PLACES.sub(lambda place: f"{float(place[0]):.1f}", tag[0]), svg)
    yield '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="plot" role="img" '
    yield f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" stroke-linejoin="round" '
    yield f'aria-label="{escape(words)}">'
    yield re.sub(r"\s*\n\s*", " ", svg[svg.index(">") + 1 :]).replace("> <", "><").strip()


def _label(trace: Any) -> str:
    """The name of a trace in the legend; matplotlib leaves out what begins with an underscore."""
    return trace.name if trace.name and trace.showlegend is not False else "_"


def _numbers(values: Any) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]


def _colour(given: Any, otherwise: str) -> str:
    """A colour in plotly's words as matplotlib's; the colour in order where a trace has none, or one for each point."""
    if not isinstance(given, str):
        return otherwise
    if given == INK:
        return THEME["ink"].light
    parts = RGB.fullmatch(given)
    if parts is None:
        return to_hex(given)
    red, green, blue, alpha = (float(part) if part else 255.0 for part in parts.groups())
    return to_hex((red / 255, green / 255, blue / 255, alpha / 255 if parts[4] is None else alpha), keep_alpha=True)
