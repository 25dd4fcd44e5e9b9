"""The flat picture: points on the circle or in a plane, the forces on the chosen anchor, and its landscape."""

from typing import Any

import torch
from plotly import graph_objects as go

from npair_viz.explorers.pairs.marks import ROLES, Marks, arrows, marks, texts
from npair_viz.figures.traces import array, put, traces
from npair_viz.geometry.look import CLEAR, FORCES, GREY, INK, OUTLINE, QUIET, SCALE
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading, seen_rows
from npair_viz.geometry.sweeps import Landscape

UNSEEN = 5e-3  # a point that moves by less leaves no ghost: in half precision rounding moves them all
BAND = 1.18  # the landscape of an anchor on the circle is drawn just outside it


def add_geometry(figure: go.Figure) -> None:
    """Add the traces of the flat picture, still empty, and the keys of the legend."""
    turn = torch.linspace(0, 2 * torch.pi, 121, dtype=torch.float64, device="cpu")
    bar = {"title": {"text": "loss", "side": "top"}, "thickness": 8, "len": 0.4, "x": 0.458, "y": 0.74}
    band = {"size": 9, "colorscale": SCALE, "colorbar": bar}
    thin = {"color": QUIET, "width": 1.5}
    cross = {"symbol": "cross-thin", "size": 9, "line": {"width": 1.5, "color": INK}}
    hollow = {"size": 20, "color": CLEAR, "line": {"width": 2, "color": INK}}
    figure.add_heatmap(name="landscape", colorscale=SCALE, colorbar=bar, opacity=0.7, visible=False)
    figure.add_scatter(name="landscape band", mode="markers", marker=band, visible=False)
    figure.add_scatter(name="circle", x=array(turn.cos()), y=array(turn.sin()), mode="lines", line=thin)
    figure.add_scatter(name="origin", x=[0.0], y=[0.0], mode="markers", marker=cross)
    figure.add_scatter(name="before", mode="markers", marker=hollow, opacity=0.4, visible=False)
    for force, (colour, dash) in FORCES.items():
        head = {"symbol": "arrow", "angleref": "previous", "size": [0, 13], "color": colour, "opacity": 1}
        head["line"] = {"width": 0}  # else a pale rim parts it from its shaft
        line = {"color": colour, "dash": dash, "width": 3}
        figure.add_scatter(name=force, mode="lines+markers", line=line, marker=head)
    for role in ("anchors", "negatives", "positive"):  # the last lies on top
        symbol, _ = ROLES[role]
        mark = {"symbol": symbol, "size": 24, "line": {"width": 2, "color": OUTLINE}}
        figure.add_scatter(name=role, mode="markers+text", marker=mark, cliponaxis=False)
    for symbol, meaning in ROLES.values():
        key = {"symbol": symbol, "size": 11, "color": GREY, "line": {"width": 1.5, "color": OUTLINE}}
        figure.add_scatter(name=meaning, x=[None], y=[None], mode="markers", marker=key)


def update_geometry(
    figure: go.Figure,
    reading: Reading,
    plane: Plane,
    before: Reading | None = None,
    landscape: Landscape | None = None,
) -> None:
    """Show a reading in its plane; `before` leaves a hollow ghost of where the points were."""
    by_name = traces(figure)
    for name in ("circle", "origin", *ROLES):
        put(by_name[name], visible=plane.is_flat and (name != "circle" or reading.normalize))
    _update_ghost(by_name["before"], reading, plane, before)
    _update_landscape(by_name, reading, landscape)
    put(by_name["shrink"], showlegend=not reading.normalize)
    for force, ends in arrows(reading, plane).items():  # on the globe these are but the legend's keys
        put(by_name[force], x=array(ends[:, 0]) if plane.is_flat else [None], y=array(ends[:, 1]))
    if not plane.is_flat:
        return
    for role, those in marks(reading, plane).items():
        _put_marks(by_name[role], those)


def leave_empty(figure: go.Figure, reading: Reading) -> None:
    """Show no points, since a stage does; the forces stay as the keys of the legend."""
    by_name = traces(figure)
    for name in ("circle", "origin", "before", "landscape", "landscape band", *ROLES):
        put(by_name[name], visible=False)
    for force in FORCES:
        put(by_name[force], x=[None], y=[None])
    put(by_name["shrink"], showlegend=not reading.normalize)


def _put_marks(trace: Any, those: Marks) -> None:
    put(trace, x=array(those.places[:, 0]), y=array(those.places[:, 1]), text=those.labels)
    put(trace, marker__color=those.colours, marker__opacity=those.opacities)
    put(trace, textfont__color=[OUTLINE if opacity == 1 else GREY for opacity in those.opacities])
    put(trace, hovertext=those.hovers, customdata=those.pairs)


def _update_ghost(trace: Any, reading: Reading, plane: Plane, before: Reading | None) -> None:
    moved = before is not None and _has_moved(reading, before)
    put(trace, visible=moved and plane.is_flat)
    if moved and before is not None and plane.is_flat:
        places = torch.cat([plane.project(rows) for rows in seen_rows(before)])
        put(trace, x=array(places[:, 0]), y=array(places[:, 1]))
        put(trace, marker__symbol=["circle"] * before.n + ["square"] * before.n)


def _has_moved(reading: Reading, before: Reading) -> bool:
    now, then = (torch.cat(seen_rows(one)).double() for one in (reading, before))
    return now.shape == then.shape and not torch.allclose(now, then, rtol=0, atol=UNSEEN)


def _update_landscape(by_name: dict[str, Any], reading: Reading, landscape: Landscape | None) -> None:
    put(by_name["landscape band"], visible=landscape is not None and reading.normalize)
    put(by_name["landscape"], visible=landscape is not None and not reading.normalize)
    if landscape is None:
        return
    x, y = (array(part) for part in landscape.places.T)
    if reading.normalize:
        put(by_name["landscape band"], x=BAND * x, y=BAND * y, marker__color=array(landscape.losses))
    else:
        put(by_name["landscape"], x=x, y=y, z=array(landscape.losses))


def axis_titles(reading: Reading, plane: Plane) -> tuple[str, str]:
    """What the two axes of the flat picture mean, and their unit."""
    unit = "unit: length 1"
    if plane.is_exact:
        return f"first coordinate ({unit})", f"second coordinate ({unit})"
    if plane.kept is None:
        return f"first principal axis ({unit})", f"second principal axis ({unit})"
    names = texts(reading)
    name = names[reading.selected]
    rival = "" if reading.hardest is None else f", away from {names[reading.hardest]}"
    return f"towards partner {name}{rival} ({unit})", f"along anchor {name} ({unit})"
