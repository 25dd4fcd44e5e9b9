"""What the traces of the drawers must hold at a state."""

import math

import numpy as np
import pytest
import torch

from tests.support.plain_formulas import ends_of_ruler, frame, loss_ruler


def drawers(world, floor_taos):
    """What only an open drawer shows; the floor is drawn at some of the curve's taos, its first and last among them."""
    drawer, state = world.state.drawer, world.state
    wanted = {name: {"visible": drawer == "shares"} for name in ("everyone's shares", "chosen row")}
    if drawer == "shares":
        n, i = world.n, world.i
        wanted["everyone's shares"] |= {"x": range(n), "y": range(n), "z": world.forces.weights.round(decimals=4)}
        x, y = [-0.5, -0.5, n - 0.5, n - 0.5, -0.5], [i - 0.5, i + 0.5, i + 0.5, i - 0.5, i - 0.5]
        wanted["chosen row"] |= {"x": x, "y": y}
    over_tao = drawer == "loss over tao" and world.whole
    wanted |= {name: {"visible": over_tao} for name in ("loss over tao", "floor", "chance", "tao now")}
    if over_tao:
        taos = [10 ** (k / 20 - 2) for k in range(81)]
        losses = [world.loss_at(tao) for tao in taos]
        chance = loss_ruler(world.n, 1, objective=state.objective).chance + (world.penalty if state.normalize else 0)
        wanted["loss over tao"] |= {"x": taos, "y": losses}
        wanted["floor"] |= {"x": nearest(floor_taos, taos), "y": [ends_of_ruler(world, tao)[0] for tao in floor_taos]}
        wanted["tao now"] |= {"x": [state.tao], "y": [world.loss]}
        wanted["chance"] |= {"x": [0.01, 100], "y": [chance, chance]}
    return wanted | landscape(world) | phase_map(world)


def landscape(world):
    state, i = world.state, world.i
    able = world.flat and world.d > 1 and (world.d <= 3 or state.view == "anchor plane")
    seen = state.drawer == "landscape" and able
    wanted = {
        "landscape": {"visible": seen and not state.normalize},
        "landscape band": {"visible": seen and state.normalize},
    }
    if not seen:
        return wanted
    if state.normalize:
        angles = torch.linspace(0, 2 * math.pi, 181, dtype=torch.float64)
        places = torch.stack([angles.cos(), angles.sin()], dim=1)
        wanted["landscape band"] |= {"x": 1.18 * places[:, 0], "y": 1.18 * places[:, 1]}
    else:
        places = torch.cartesian_prod(*(torch.linspace(*ends, 41, dtype=torch.float64) for ends in frame(world)))
        wanted["landscape"] |= {"x": places[:, 0], "y": places[:, 1]}
    stood = places @ world.plane.axes
    x = (stood @ world.p.T - (stood @ world.p[i]).unsqueeze(1)) / state.tao
    x = x[:, world.is_negative[i]]
    terms = torch.cat([torch.zeros(len(x), 1), x], dim=1)
    losses = terms.logsumexp(dim=1) if state.objective == "mc" else torch.logaddexp(x, torch.zeros(())).sum(dim=1)
    if state.normalize:
        return wanted | {"landscape band": {**wanted["landscape band"], "marker.color": losses}}
    return wanted | {"landscape": {**wanted["landscape"], "z": losses + state.l2_reg * stood.square().sum(dim=1)}}


def phase_map(world):
    """The lengths at rest over log10 of tao and of l2_reg, whose zero is the lowest row."""
    state, n = world.state, world.n
    names = ("lengths", "phases", "collapse", "settings now")
    seen = state.drawer == "phase map" and world.whole and not state.normalize
    wanted = {name: {"visible": seen} for name in names}
    if not seen:
        return wanted
    taos = [10 ** (k / 10 - 2) for k in range(41)]
    l2_regs = [0.0, *(10 ** (k / 10 - 4) for k in range(51))]
    threshold = (0 if n == 1 else 1) if state.objective == "mc" else n / 2
    rows = [-4.5, *(k / 10 - 4 for k in range(51))]
    here = math.log10(state.l2_reg) if state.l2_reg > 10**-4.5 else -4.5
    lengths = [[length(n, tao, l2_reg, world.shape) for tao in taos] for l2_reg in l2_regs]
    with np.errstate(divide="ignore"):
        edge = np.log10(threshold / 2 / np.array(taos))
    wanted["lengths"] |= {"x": np.log10(taos), "y": rows, "z": np.round(lengths, 3)}
    wanted["collapse"] |= {"x": np.log10(taos), "y": edge}
    wanted["settings now"] |= {"x": [math.log10(state.tao)], "y": [here]}
    return wanted


def length(n, tao, l2_reg, shape):
    """Mean length at rest: the simplex's, or the square's in the plane."""
    m, mc = 2 * l2_reg * tao, shape["objective"] == "mc"
    if l2_reg == 0:
        return math.nan
    if n == 1 or m >= (1 if mc else n / 2):
        return 0.0
    if (n, shape["dimension"], mc) == (4, 2, True):
        return math.sqrt(tao * math.log((2 - m) / m))
    assert shape["dimension"] >= n - 1, "no closed form here"
    q = m * (n - 1) / n if mc else m / n
    odds = (n - 1) * (1 - q) / q if mc else (1 - q) / q
    return math.sqrt(tao * (n - 1) / n * math.log(odds))


def nearest(some, taos):
    """The taos that `some` are meant to be."""
    assert some[0] == pytest.approx(taos[0])
    assert some[-1] == pytest.approx(taos[-1])
    return [min(taos, key=lambda tao: abs(math.log(tao / one))) for one in some]
