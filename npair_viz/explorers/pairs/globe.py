"""The picture in three dimensions: the same marks and arrows on a globe that turns."""

import html
from typing import Any

import torch
from plotly import graph_objects as go

from npair_viz.explorers.pairs.frame import frame_of
from npair_viz.explorers.pairs.marks import ROLES, Marks, arrows, marks
from npair_viz.figures.traces import array, put, traces
from npair_viz.geometry.look import FORCES, GREY, INK, OUTLINE, PALE
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading

NAMED = {role: f"{role} on the globe" for role in (*ROLES, *FORCES)}


def add_globe(figure: go.Figure) -> None:
    """Add the traces of the globe, empty and out of sight."""
    x, y, z = _wires()
    figure.add_scatter3d(
        name="wires", x=x, y=y, z=z, mode="lines", line={"color": GREY, "width": 2}, opacity=0.6, visible=False
    )
    for force, (flat_colour, dash) in FORCES.items():
        colour = (
            GREY if flat_colour == INK else flat_colour
        )  # no style sheet reaches the globe: grey serves both themes
        line = {"color": colour, "dash": dash, "width": 6}
        end = {"symbol": "diamond", "size": [0, 5], "color": colour, "line": {"width": 0}}
        figure.add_scatter3d(name=NAMED[force], mode="lines+markers", line=line, marker=end, visible=False)
    for role, (symbol, _) in ROLES.items():
        mark = {"symbol": symbol, "size": 12, "line": {"width": 2, "color": OUTLINE}}
        text = {"textfont": {"size": 13, "color": OUTLINE}, "textposition": "middle center"}
        figure.add_scatter3d(name=NAMED[role], mode="markers+text", marker=mark, visible=False, **text)


def update_globe(figure: go.Figure, reading: Reading, plane: Plane, seen: bool) -> None:
    """Show a reading of a scene in three dimensions, or leave the globe out of sight."""
    by_name = traces(figure)
    put(by_name["wires"], visible=seen and reading.normalize)
    for name in NAMED.values():
        put(by_name[name], visible=seen)
    if not seen:
        return
    reach = frame_of(reading, plane)[1]
    for axis in "xyz":
        put(figure.layout.scene[f"{axis}axis"], range=(-reach, reach))
    for role, those in marks(reading, plane).items():
        _put_marks(by_name[NAMED[role]], those)
    for force, ends in arrows(reading, plane).items():
        put(by_name[NAMED[force]], **dict(zip("xyz", map(array, ends.T), strict=True)))


def _put_marks(trace: Any, those: Marks) -> None:
    put(trace, **dict(zip("xyz", map(array, those.places.T), strict=True)))
    colours = [_faded(one, opacity) for one, opacity in zip(those.colours, those.opacities, strict=True)]
    put(
        trace,
        marker__color=colours,
        text=[_plain(one) for one in those.labels],
        hovertext=those.hovers,
        customdata=those.pairs,
    )


def _plain(text: str) -> str:
    """A text for the globe, where plotly reads tags but no entities."""
    return html.unescape(text.replace("&lt;", "‹").replace("&gt;", "›"))


def _faded(colour: str, opacity: float) -> str:
    """A mark of the globe has no opacity of its own: its colour is mixed with a pale one."""
    if opacity == 1 or not colour.startswith("#"):
        return colour
    own = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "rgb({}, {}, {})".format(*(round(opacity * a + (1 - opacity) * b) for a, b in zip(own, PALE, strict=True)))


def _wires() -> tuple[Any, Any, Any]:
    """Meridians and parallels as one line with gaps."""
    turn = torch.linspace(0, 2 * torch.pi, 49, dtype=torch.float64, device="cpu")
    gap = turn.new_full((1, 3), torch.nan)
    rings = []
    for tilt in turn[::12][:-1] / 2:
        rings += [torch.stack([tilt.cos() * turn.cos(), tilt.sin() * turn.cos(), turn.sin()], dim=1), gap]
    for height in turn.new_tensor([-0.7, 0.0, 0.7]):
        radius = (1 - height.square()).sqrt()
        rings += [torch.stack([radius * turn.cos(), radius * turn.sin(), height.expand_as(turn)], dim=1), gap]
    x, y, z = map(array, torch.cat(rings).T)
    return x, y, z
