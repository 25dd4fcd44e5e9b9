"""What the explorer's stage and every trace of its figure must hold at a state, worked out by plain formulas."""

import math

import numpy as np
import torch

from npair_viz.geometry.narration import fixed
from tests.support.expected_panels import drawers
from tests.support.plain_formulas import World, ends_of_ruler, frame, unit

LANES = {"pull": 0.05, "push": -0.05, "shrink": 0.0, "net": 0.0}
SHORTEST = 0.004
ROLES = ("anchors", "positive", "negatives")
KEYS = ("anchor", "its partner", "negative")
IN_FRONT = ("", "landscape", "settings")


def assert_drawn(explorer):
    """Every trace of an explorer's figure is that of its state."""
    by_name = {trace.name: trace for trace in explorer.figure.data}
    world = World(explorer.state, explorer._data)
    origin = explorer._history.origin
    before = None if origin is None else World(origin, explorer._data)
    wanted = {**points(world, before), **line_up(world, before), **drawers(world, by_name["floor"].x)}
    assert_on_stage(explorer.stage, world, before)
    if world.staged:
        wanted |= no_points()
    assert set(by_name) == set(wanted)
    exact = explorer.state.dtype == "float64"
    for name, properties in wanted.items():
        trace = by_name[name]
        assert shown(trace) == properties["visible"], f"{name}: visible is {trace.visible}"
        if properties["visible"] or name in LANES:
            for path, value in properties.items():
                if path != "visible":
                    assert_same(f"{name}.{path} at {explorer.state}", at(trace, path), value, 2e-6 if exact else 2e-4)


def assert_on_stage(stage, world, before):
    """The stage holds the state's points and settings, and those of the state before; or it is out of sight."""
    assert (stage.layout.display != "none") == world.staged
    if not world.staged:
        return
    state = world.state
    assert_same("the stage's points", seen_on_stage(stage.state), torch.cat([world.a, world.p]), 1e-12)
    assert stage.points == stage.state["points"]
    assert stage.selected % world.n == state.selected
    assert stage.labels == list(world.scene.classes) * 2
    assert (stage.tao, stage.l2_reg, stage.objective) == (state.tao, state.l2_reg, state.objective)
    assert (stage.surface, stage.normalize) == ("sphere" if state.normalize else "plane", state.normalize)
    assert stage.landscape == (state.drawer == "landscape")
    assert (stage.state["same"], stage.state["steps"]) == (list(state.same), state.steps)
    assert bool(stage.before) == (before is not None and before.staged and before.a.shape == world.a.shape)
    if stage.before:
        assert_same("the ghost", seen_on_stage(stage.before), torch.cat([before.a, before.p]), 1e-12)


def seen_on_stage(state):
    rows = torch.tensor(state["points"], dtype=torch.float64)
    return unit(rows) if state["surface"] == "sphere" else rows


def no_points():
    """The traces of the picture where a stage lies over it: out of sight, but for the legend's keys."""
    names = ["circle", "origin", "before", "wires", *ROLES, *(f"{role} on the globe" for role in ROLES)]
    hidden = [*names, "landscape", "landscape band", *(f"{force} on the globe" for force in LANES)]
    empty = {force: {"visible": True, "x": [math.nan], "y": [math.nan]} for force in LANES}
    return {**{name: {"visible": False} for name in hidden}, **empty}


def shown(trace):
    return trace.visible is None or bool(trace.visible)


def at(trace, path):
    for name in path.split("."):
        trace = trace[name]
    return trace


def assert_same(what, ours, theirs, within):
    if isinstance(theirs, list) and theirs and isinstance(theirs[0], str):
        assert list(ours) == theirs, what
        return
    theirs = np.asarray(theirs, dtype=np.float64)
    ours = np.asarray(ours, dtype=np.float64)
    assert ours.shape == theirs.shape, f"{what}: {ours.shape}, not {theirs.shape}"
    np.testing.assert_allclose(ours, theirs, rtol=within, atol=within, equal_nan=True, err_msg=what)


def points(world, before):
    """The flat picture and the globe."""
    flat, wanted = world.flat, {}
    turn = torch.linspace(0, 2 * math.pi, 121, dtype=torch.float64)
    wanted["circle"] = {"visible": flat and world.state.normalize, "x": turn.cos(), "y": turn.sin()}
    wanted["origin"] = {"visible": flat, "x": [0], "y": [0]}
    wanted["wires"] = {"visible": not flat and world.state.normalize}
    wanted |= {key: {"visible": True} for key in KEYS}
    wanted["before"] = ghost(world, before)
    for force, ends in arrows(world).items():
        wanted[force] = {"visible": True, **({"x": ends[0], "y": ends[1]} if flat else {"y": ends[1]})}
        wanted[f"{force} on the globe"] = {"visible": not flat, **dict(zip("xyz", ends, strict=False))}
    for role, (rows, pairs, acting) in marks(world).items():
        colours = world.colours()
        whole = {
            **dict(zip("xyz", world.seen(rows[pairs]), strict=False)),
            "text": [world.names[j] for j in pairs],
            "customdata": pairs,
        }
        opacity = [1.0 if j in acting else 0.25 for j in pairs]
        own = {"marker.color": [colours[j] for j in pairs], "marker.opacity": opacity}
        wanted[role] = {"visible": flat, **whole, **own}
        wanted[f"{role} on the globe"] = {"visible": not flat, **whole}
    return wanted


def marks(world):
    others = [j for j in range(world.n) if j != world.i]
    return {
        "anchors": (world.a, list(range(world.n)), [world.i]),
        "positive": (world.p, [world.i], [world.i]),
        "negatives": (world.p, others, world.negatives),
    }


def arrows(world):
    forces, i = world.forces, world.i
    each = {"pull": forces.pull[i], "push": forces.push[i], "shrink": forces.shrink[i]}
    each["net"] = sum(each.values())
    starts, ends = {}, {}
    for name in each:
        start = world.seen(world.a[[i]])[:, 0]
        if world.state.normalize and world.flat:
            start = start * (1 + LANES[name] / max(start.norm().item(), 1e-9))
        starts[name] = start
    ways = {name: world.n * world.state.tao * (world.plane.axes @ force) for name, force in each.items()}
    while not all(in_the_frame(starts[name] + ways[name], world) for name in each):
        ways = {name: way / 1.25 for name, way in ways.items()}
    for name, way in ways.items():
        seen = way.norm() >= SHORTEST
        ends[name] = torch.stack([starts[name], starts[name] + way], dim=1) * (1 if seen else math.nan)
    return ends


def in_the_frame(place, world):
    """Whether the head of an arrow is well inside of the picture."""
    x, y = frame(world)
    sides = (x, y) if world.flat else (y, y, y)  # a globe's sides are alike, round the origin
    return all(
        abs(one - (low + high) / 2) < 0.48 * (high - low) for one, (low, high) in zip(place, sides, strict=False)
    )


def ghost(world, before):
    """Hollow marks where the points were, if any of them has moved."""
    moved = before is not None and before.a.shape == world.a.shape
    moved = moved and max((before.a - world.a).abs().max(), (before.p - world.p).abs().max()) > 5e-3
    if not (moved and world.flat):
        return {"visible": False}
    x, y = world.seen(torch.cat([before.a, before.p]))
    return {"visible": True, "x": x, "y": y, "marker.symbol": ["circle"] * world.n + ["square"] * world.n}


def line_up(world, before):
    """Who is picked, and the ruler."""
    seen = world.state.drawer in IN_FRONT
    negatives = world.negatives[:7] if len(world.negatives) > 7 else sorted(world.negatives)
    those = [world.i, *negatives]
    shares = [world.shares[j] for j in those]
    texts = [f"{math.floor(100 * share + 0.5)} %" for share in shares]
    colours = [world.colours()[j] for j in those]
    places = np.arange(len(those))
    kept = before is not None and before.names == world.names and before.i == world.i
    floor, chance, ceiling = ends_of_ruler(world)
    if world.loss <= chance + 1e-6:
        place = -min(max(chance - world.loss, 0) / (chance - floor), 1) if chance > floor else -1
    else:
        place = 0.5 * min((world.loss - chance) / (ceiling - chance), 1) if ceiling > chance else 0.5
    return {
        "shares": {"visible": seen, "x": shares, "y": places, "text": texts, "marker.color": colours},
        "shares before": {
            "visible": seen and kept,
            **({"x": [before.shares[j] for j in those], "y": places} if kept else {}),
        },
        "ruler": {"visible": seen, "x": [-1, 0], "y": [0, 0]},
        "above chance": {"visible": seen, "x": [0, 0.5], "y": [0, 0]},
        "loss": {"visible": seen, "x": [place], "text": [fixed(world.loss, 3)]},
    }
