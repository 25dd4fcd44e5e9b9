"""The panels beside the picture: who is picked, the loss on its ruler, everyone's shares, loss over tao, phase map."""

import numpy as np
import torch
from plotly import graph_objects as go

from npair_viz.explorers.pairs.marks import texts
from npair_viz.explorers.pairs.thumbnails import update_thumbnails
from npair_viz.figures.traces import array, put, traces
from npair_viz.geometry.look import CLEAR, GREY, INK, SCALE, class_colours
from npair_viz.geometry.narration import fixed, percent
from npair_viz.geometry.reading import Reading
from npair_viz.geometry.sweeps import LossOverTao, PhaseMap
from npair_viz.losses.objectives import chance

MOST_BARS = 8
TOPS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # where the colours of shares can end
CURVES = ("loss over tao", "floor", "chance", "tao now")
MAP_TOP = 4.0  # lengths beyond this have one colour: most of the map lies below
ABOVE_CHANCE = 0.5  # on the ruler the way from chance to the ceiling is drawn at half its scale
ROUNDING = 1e-6  # collapsed points are at chance, give or take the last digits
HERE = {"symbol": "circle", "size": 13, "color": INK, "line": {"width": 2, "color": "white"}}
LINE_UP = {"xaxis": "x2", "yaxis": "y2"}
RULER = {"xaxis": "x3", "yaxis": "y3"}
SHARES = {"xaxis": "x4", "yaxis": "y4"}
OVER_TAO = {"xaxis": "x5", "yaxis": "y5"}
PHASES = {"xaxis": "x6", "yaxis": "y6"}
PHASE_FONT = {"color": ["white", INK], "size": 11}


def add_line_up(figure: go.Figure) -> None:
    """Add the bars of the chosen anchor's shares, and those of a moment ago as outlines."""
    outline = {"color": CLEAR, "line": {"color": INK, "width": 1.5}}
    figure.add_bar(name="shares", orientation="h", textposition="outside", cliponaxis=False, **LINE_UP)
    figure.add_bar(name="shares before", orientation="h", marker=outline, opacity=0.4, visible=False, **LINE_UP)


def update_line_up(figure: go.Figure, reading: Reading, before: Reading | None = None, *, seen: bool = True) -> None:
    """Show whom the chosen anchor picks, partner first; more pairs than there is room for are left to the matrix."""
    by_name = traces(figure)
    put(by_name["shares"], visible=seen)
    shown = candidates(reading)
    shares, names = reading.shares, texts(reading)
    colours = class_colours(reading.n, reading.selected, reading.hardest)
    places = np.arange(len(shown), dtype=np.float32)
    x = np.array([shares[j] for j in shown], dtype=np.float32)
    put(by_name["shares"], x=x, y=places, text=[percent(shares[j]) for j in shown])
    put(by_name["shares"], marker__color=[colours[j] for j in shown])
    called = [_called(names[j], j == reading.selected) for j in shown]
    more = 1 + len(reading.negatives) - len(shown)
    called += [f"and {more} more"] if more else []
    put(figure.layout.yaxis2, visible=seen, tickvals=list(range(len(called))), ticktext=called)
    put(figure.layout.yaxis2, range=(len(called) - 0.5, -0.5))
    put(figure.layout.xaxis2, visible=seen)
    update_thumbnails(figure, reading, shown if seen else [], len(called))
    kept = before is not None and before.scene.classes == reading.scene.classes and before.selected == reading.selected
    put(by_name["shares before"], visible=seen and kept)
    if before is not None and kept:
        then = before.shares
        put(by_name["shares before"], x=np.array([then[j] for j in shown], dtype=np.float32), y=places)


def candidates(reading: Reading) -> list[int]:
    """The pairs that have a bar: the partner, then the others in their order, or the most similar of too many."""
    negatives = reading.negatives
    others = sorted(negatives) if len(negatives) < MOST_BARS else negatives[: MOST_BARS - 1]
    return [reading.selected, *others]


def _called(name: str, is_partner: bool) -> str:
    return f"◆ {name} partner" if is_partner else f"■ {name}"


def add_ruler(figure: go.Figure) -> None:
    """Add the loss on its ruler: from the floor to chance, and hatched beyond."""
    here = {"symbol": "triangle-down", "size": 15, "color": INK}
    figure.add_scatter(name="ruler", mode="lines", line={"color": GREY, "width": 9}, **RULER)
    figure.add_scatter(name="above chance", mode="lines", line={"color": GREY, "width": 9, "dash": "2px,3px"}, **RULER)
    figure.add_scatter(
        name="loss", mode="markers+text", marker=here, textposition="top center", cliponaxis=False, **RULER
    )


def update_ruler(figure: go.Figure, reading: Reading, *, seen: bool = True) -> None:
    """Show where the loss stands between the best that these points can do, chance, and sure and wrong."""
    by_name = traces(figure)
    for name in ("ruler", "above chance", "loss"):
        put(by_name[name], visible=seen)
    put(figure.layout.xaxis3, visible=seen)
    ends, loss = ruler_ends(reading), reading.loss
    put(by_name["ruler"], x=np.array([-1, 0], dtype=np.float32), y=np.zeros(2, dtype=np.float32))
    put(by_name["above chance"], x=np.array([0, ABOVE_CHANCE], dtype=np.float32), y=np.zeros(2, dtype=np.float32))
    place = ruler_place(loss, *ends)
    put(by_name["loss"], x=np.array([place], dtype=np.float32), y=np.array([0.35], dtype=np.float32))
    put(by_name["loss"], text=[fixed(loss, 3)])
    words = ("best here", "chance", "all wrong" if reading.ruler else "twice chance")
    labels = [f"{fixed(end, 3)}<br>{word}" for end, word in zip(ends, words, strict=True)]
    put(figure.layout.xaxis3, tickvals=[-1.0, 0.0, ABOVE_CHANCE], ticktext=labels)


def ruler_ends(reading: Reading) -> tuple[float, float, float]:
    """Floor, chance and ceiling of the whole loss, penalty included; raw vectors have the phase law's optimum."""
    if reading.ruler is not None:
        ruler, penalty = reading.ruler, reading.penalty
        return ruler.floor + penalty, ruler.chance + penalty, ruler.ceiling + penalty
    counts = reading.is_negative.sum(dim=1).tolist()
    blind = sum(chance(1 + count, reading.objective) for count in counts) / reading.n
    best = reading.phase.optimal_loss if reading.phase is not None else 0.0
    return best, blind, 2 * blind


def ruler_place(loss: float, floor: float, chance: float, ceiling: float) -> float:
    """Where a loss stands on the drawn ruler: -1 at the floor, 0 at chance, ABOVE_CHANCE at the ceiling or beyond."""
    if loss <= chance + ROUNDING:
        return -min(max(chance - loss, 0.0) / (chance - floor), 1.0) if chance > floor else -1.0
    return ABOVE_CHANCE * min((loss - chance) / (ceiling - chance), 1.0) if ceiling > chance else ABOVE_CHANCE


def add_shares(figure: go.Figure) -> None:
    """Add the matrix of everyone's shares, and a frame round the chosen row."""
    bar = {"title": {"text": "share,<br>0 to 1"}, "thickness": 8, "len": 0.5, "y": 0.72, "x": 1.0, "nticks": 4}
    frame = {"color": INK, "width": 3}
    figure.add_heatmap(name="everyone's shares", colorscale=SCALE, colorbar=bar, zmin=0, visible=False, **SHARES)
    figure.add_scatter(name="chosen row", mode="lines", line=frame, visible=False, **SHARES)


def update_shares(figure: go.Figure, reading: Reading, *, seen: bool) -> None:
    """Show the share of every positive for every anchor, anchors downwards; out of sight unless `seen`."""
    by_name = traces(figure)
    put(by_name["everyone's shares"], visible=seen)
    put(by_name["chosen row"], visible=seen)
    put(figure.layout.xaxis4, visible=seen)
    put(figure.layout.yaxis4, visible=seen)
    if not seen:
        return
    n, i = reading.n, reading.selected
    numbers = [[round(share, 4) for share in row] for row in reading.forces.weights.tolist()]
    places = list(range(n))
    put(by_name["everyone's shares"], x=places, y=places, z=numbers, texttemplate="%{z:.2f}" if n <= 10 else "")
    put(by_name["everyone's shares"], zmax=next(top for top in TOPS if top >= min(max(map(max, numbers)), 1.0)))
    row = np.array([i - 0.5, i + 0.5, i + 0.5, i - 0.5, i - 0.5], dtype=np.float32)
    put(by_name["chosen row"], x=np.array([-0.5, -0.5, n - 0.5, n - 0.5, -0.5], dtype=np.float32), y=row)
    ticks = places if n <= 16 else places[:: n // 8]
    called = [texts(reading)[j] for j in ticks]
    put(figure.layout.xaxis4, tickvals=ticks, ticktext=called)
    put(figure.layout.yaxis4, tickvals=ticks, ticktext=called, range=(n - 0.5, -0.5))


def add_over_tao(figure: go.Figure) -> None:
    """Add the loss over tao between its floor and chance."""
    thin, hidden = {"color": GREY, "width": 2}, {**OVER_TAO, "visible": False, "legend": "legend2"}
    figure.add_scatter(name="loss over tao", mode="lines", line={"color": INK, "width": 3}, **hidden)
    figure.add_scatter(name="floor", mode="lines", line=thin, **hidden)
    figure.add_scatter(name="chance", mode="lines", line={**thin, "dash": "dash"}, **hidden)
    figure.add_scatter(name="tao now", mode="markers", marker=HERE, **hidden)


def update_over_tao(figure: go.Figure, reading: Reading, curve: LossOverTao | None) -> None:
    """Show the loss of these points at every tao; out of sight without a curve."""
    by_name = traces(figure)
    for name in CURVES:
        put(by_name[name], visible=curve is not None)
    put(figure.layout.xaxis5, visible=curve is not None)
    put(figure.layout.yaxis5, visible=curve is not None)
    if curve is None:
        return
    put(by_name["loss over tao"], x=array(curve.taos), y=array(curve.losses))
    put(by_name["floor"], x=array(curve.floor_taos), y=array(curve.floors))
    put(by_name["chance"], x=array(curve.taos[[0, -1]]), y=np.full(2, curve.chance, dtype=np.float32))
    now = np.array([reading.tao], dtype=np.float32), np.array([reading.loss], dtype=np.float32)
    put(by_name["tao now"], x=now[0], y=now[1])
    highest = max(curve.losses.max().item(), curve.chance)
    top = min(highest, 3 * curve.chance) if curve.chance > 0 else max(highest, 1.0)
    put(figure.layout.yaxis5, range=(0.0, 1.08 * max(top, reading.loss)))


def add_phases(figure: go.Figure) -> None:
    """Add the map of where raw vectors settle, the line beyond which they collapse, and where the sliders stand."""
    bar = {"title": {"text": "length"}, "thickness": 8, "len": 0.5, "y": 0.6, "x": 0.99, "ticksuffix": " "}
    edge = {"color": "white", "width": 2, "dash": "dash"}
    words = {
        "x": [0.7, -0.1],
        "y": [0.5, -4.5],
        "text": ["all shrinks to<br>the centre", "l2_reg 0: lengths grow for ever"],
    }
    figure.add_heatmap(name="lengths", colorscale=SCALE, colorbar=bar, zmin=0, zmax=MAP_TOP, visible=False, **PHASES)
    figure.add_scatter(name="phases", mode="text", textfont=PHASE_FONT, visible=False, **words, **PHASES)
    figure.add_scatter(name="collapse", mode="lines", line=edge, visible=False, **PHASES)
    figure.add_scatter(name="settings now", mode="markers", marker=HERE, visible=False, **PHASES)


def update_phases(figure: go.Figure, reading: Reading, phases: PhaseMap | None) -> None:
    """Show the phase law over both knobs; l2_reg = 0, which a log axis has not, is the lowest row."""
    by_name = traces(figure)
    for name in ("lengths", "phases", "collapse", "settings now"):
        put(by_name[name], visible=phases is not None)
    put(figure.layout.xaxis6, visible=phases is not None)
    put(figure.layout.yaxis6, visible=phases is not None)
    if phases is None or reading.phase is None:
        return
    rows = phase_rows(phases.l2_regs)
    norms = [[None if np.isnan(norm) else round(norm, 3) for norm in row] for row in phases.norms.tolist()]
    put(by_name["lengths"], x=array(phases.taos.log10()), y=array(rows), z=norms)  # JSON has no NaN
    put(by_name["collapse"], x=array(phases.taos.log10()), y=array((reading.phase.threshold / 2 / phases.taos).log10()))
    here = phases.l2_regs.new_tensor([reading.l2_reg])
    put(by_name["settings now"], x=np.log10(np.array([reading.tao], dtype=np.float32)), y=array(phase_rows(here)))


def phase_rows(l2_regs: torch.Tensor) -> torch.Tensor:
    """The height of an l2_reg on the phase map: its logarithm, and -4.5 for zero and what lies below the slider."""
    return l2_regs.clamp_min(1e-300).log10().clamp_min(-4.5)


def add_panels(figure: go.Figure) -> None:
    """Add every panel, empty."""
    for add in (add_line_up, add_ruler, add_shares, add_over_tao, add_phases):
        add(figure)
