"""Where each mark and each arrow stands: the part that the flat picture and the globe share."""

from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.explorers.pairs.frame import room_for
from npair_viz.figures.traces import as_text
from npair_viz.geometry.look import FADED, class_colours
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading, seen_rows

ROLES = {"anchors": ("circle", "anchor"), "positive": ("diamond", "its partner"), "negatives": ("square", "negative")}
LANE = 0.05  # on the circle all arrows of one anchor lie on its tangent: pull and push keep to lanes beside the net
LANES = {"pull": LANE, "push": -LANE, "shrink": 0.0, "net": 0.0}
SHORTEST = 0.004  # an arrow shorter than this is no arrow


@dataclass(frozen=True, eq=False)
class Marks:
    """The marks of one role: their pairs, places (m, k), colours, opacities, and what a hover says."""

    pairs: list[int]
    places: Tensor
    colours: list[str]
    opacities: list[float]
    labels: list[str]
    hovers: list[str]


def marks(reading: Reading, plane: Plane) -> dict[str, Marks]:
    """Marks by role: every anchor, the selected one's partner, and the other positives. What does not act is faded."""
    anchors, positives = (plane.project(rows) for rows in seen_rows(reading))
    others = [j for j in range(reading.n) if j != reading.selected]
    acting = [j for j in others if reading.is_negative[reading.selected, j]]
    return {
        "anchors": _marks(reading, "anchor", anchors, list(range(reading.n)), [reading.selected]),
        "positive": _marks(reading, "partner", positives, [reading.selected], [reading.selected]),
        "negatives": _marks(reading, "positive", positives, others, acting),
    }


def arrows(reading: Reading, plane: Plane) -> dict[str, Tensor]:
    """Start and end (2, k) of each force on the selected anchor, by name; NaN where there is none."""
    starts, ways = _forces(reading, plane)
    ends = torch.stack([starts, starts + arrow_factor(reading, plane) * ways], dim=1)
    return {name: _long_enough(one) for name, one in zip(LANES, ends, strict=True)}


def arrow_factor(reading: Reading, plane: Plane) -> float:
    """How many times longer an arrow is than its force: n·tao, as forces grow like 1 / tao, or what the frame holds."""
    starts, ways = _forces(reading, plane)
    factor = reading.n * reading.tao
    return factor * room_for(starts, factor * ways, reading, plane)


def _forces(reading: Reading, plane: Plane) -> tuple[Tensor, Tensor]:
    """Where each force on the selected anchor starts, in its lane, and the force, (4, k) each."""
    i, forces = reading.selected, reading.forces
    each = {"pull": forces.pull[i], "push": forces.push[i], "shrink": forces.shrink[i], "net": -forces.on_anchors[i]}
    start = plane.project(seen_rows(reading)[0][i])
    is_on_circle = reading.normalize and plane.is_flat
    outward = start / torch.linalg.vector_norm(start).clamp_min(1e-9) if is_on_circle else 0 * start
    starts = torch.stack([start + lane * outward for lane in LANES.values()])
    return starts, torch.stack([plane.project(each[name]) for name in LANES])


def _long_enough(ends: Tensor) -> Tensor:
    return ends if torch.linalg.vector_norm(ends[1] - ends[0]) >= SHORTEST else torch.full_like(ends, torch.nan)


def texts(reading: Reading) -> list[str]:
    """The names of a reading's pairs as plotly shows them."""
    return list(map(as_text, reading.names))


def _marks(reading: Reading, role: str, places: Tensor, pairs: list[int], acting: list[int]) -> Marks:
    colours, names = class_colours(reading.n, reading.selected, reading.hardest), texts(reading)
    hovers = _anchor_hovers(reading) if role == "anchor" else _positive_hovers(reading, role)
    return Marks(
        pairs,
        places[pairs],
        [colours[j] for j in pairs],
        [1.0 if j in acting else FADED for j in pairs],
        [names[j] for j in pairs],
        [hovers[j] for j in pairs],
    )


def _anchor_hovers(reading: Reading) -> list[str]:
    said = zip(texts(reading), reading.losses.tolist(), strict=True)
    return [f"anchor {name}: loss {loss:.3f}<br>click to choose it" for name, loss in said]


def _positive_hovers(reading: Reading, role: str) -> list[str]:
    similarities = reading.forces.similarities[reading.selected].tolist()
    numbers = reading.scene.rows if reading.scene.dimension > 3 else None
    rows = [""] * reading.n if numbers is None else [f"<br>row {row}" for row in numbers[reading.n :].tolist()]
    names = texts(reading)
    said = zip(names, reading.shares, similarities, rows, strict=True)
    return [
        f"{role} {name}<br>share {share:.3f}, similarity {similarity:.3f} for anchor {names[reading.selected]}{row}"
        "<br>click to choose its anchor"
        for name, share, similarity, row in said
    ]
