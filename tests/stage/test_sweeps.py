"""The stage's loss over tao and phase map are those of sweeps.py, which the explorer's panels show."""

from itertools import product

import pytest

from npair_viz.data.scenes import named
from npair_viz.stage.scene_states import state_of
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.node import answers
from tests.support.saved_states import reading_of
from tests.support.torch_sweeps import L2_REGS, TAOS, loss_over_tao, phase_map

NEEDED = {"sweeps": "lossOverTao, phaseMap", "reading": "readingOf", "state": "stateFrom"}
# Asked until all is there: what has to be searched for comes frame by frame.
WHOLE = "(sweep) => { let found; do { found = sweep(); } while (!found.isWhole); return found; }"
OVER_TAO = f"(state) => ({WHOLE})(() => lossOverTao(readingOf(stateFrom(state))))"
PHASES = f"(state) => ({WHOLE})(() => phaseMap(readingOf(stateFrom(state)))).lengths.map((row) => row.map(String))"
SETTINGS = list(product(("mc", "ovo"), (False, True)))


def states(name, **settings):
    for objective, is_raw in SETTINGS:
        lengths = {"surface": "plane", "normalize": False, "l2_reg": 0.3} if is_raw else {"l2_reg": 0.1}
        yield state_of(named(name), objective=objective, **lengths, **settings)


@pytest.mark.parametrize("name", ["line-up", "heap", "circle", "one pair"])
def test_the_loss_over_tao_is_that_of_sweeps(name):
    cases = [state for state in states(name) if name != "circle" or state["objective"] == "mc"]
    for state, ours in zip(cases, answers(cases, OVER_TAO, NEEDED), strict=True):
        curve = loss_over_tao(reading_of(state))
        assert ours["losses"] == pytest.approx(curve.losses.tolist(), rel=1e-9, abs=1e-12)
        assert [tao for tao, _ in ours["floors"]] == pytest.approx(curve.floor_taos.tolist())
        assert [floor for _, floor in ours["floors"]] == pytest.approx(curve.floors.tolist(), rel=2e-4, abs=2e-4)
        assert ours["chance"] == pytest.approx(curve.chance)


def test_the_curve_goes_through_the_numbers_of_the_lessons():
    (ours,) = answers([state_of(named("line-up"))], OVER_TAO, NEEDED)
    at = {round(tao, 6): loss for tao, loss in zip(TAOS.tolist(), ours["losses"], strict=True)}
    assert at[0.01] == pytest.approx(5.5809, abs=1e-4)
    assert min(ours["losses"]) == pytest.approx(0.3703, abs=1e-4)  # near tao 0.25
    assert dict(ours["floors"])[1] == pytest.approx(0.6265, abs=1e-4)


def test_a_false_negative_that_is_mended_leaves_the_line_up_over_tao():
    state = state_of(named("twin"), same=[3, 8])
    (ours,) = answers([state], OVER_TAO, NEEDED)
    assert ours["losses"] == pytest.approx(loss_over_tao(reading_of(state)).losses.tolist(), rel=1e-9)


@pytest.mark.parametrize(("name", "objective"), [("line-up", "mc"), ("circle", "mc"), ("one pair", "mc")])
def test_the_phase_map_is_that_of_sweeps(name, objective):
    state = state_of(named(name), objective=objective, surface="plane", l2_reg=0.02)
    (ours,) = answers([state], PHASES, NEEDED)
    reading = reading_of(state)
    wanted = phase_map(reading.n, objective, 2)
    assert all(length in ("Infinity", "NaN") for length in ours[0])  # nothing holds the lengths
    for row, expected in zip(ours[1:], wanted.norms[1:].tolist(), strict=True):
        assert [float(length) for length in row] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_map_that_has_to_be_searched_for_is_near_the_phase_law():
    state = state_of(named("line-up"), objective="ovo", surface="plane", l2_reg=0.02)
    (ours,) = answers([state], PHASES, NEEDED)
    taos = TAOS[::2].tolist()
    for row, column in ((10, 5), (20, 20), (31, 17), (45, 30)):
        rest = phase(4, taos[column], L2_REGS[row].item(), objective="ovo", dimension=2)
        assert float(ours[row][column]) == pytest.approx(rest.optimal_norm, rel=0.02, abs=1e-6)


def test_a_search_that_takes_long_is_left_for_the_next_frame():
    state = state_of(named("circle", n_classes=16), objective="ovo")
    (first,) = answers([state], "(state) => lossOverTao(readingOf(stateFrom(state)))", NEEDED)
    assert not first["isWhole"]
    assert 0 < len(first["floors"]) < 21
    tao, floor = first["floors"][0]
    assert floor == pytest.approx(loss_ruler(16, tao, objective="ovo", dimension=2).floor, abs=1e-3)
