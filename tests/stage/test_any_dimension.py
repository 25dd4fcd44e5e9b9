"""The page's numbers and words of pairs of any dimension, in any dtype, are torch's."""

from itertools import product

import pytest
import torch

from npair_viz.data.scenes import NAMES, named
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.point_descent import descend
from npair_viz.geometry.reading import Reading, true_labels
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.any_points import (
    DTYPES,
    SIZES,
    in_its_span,
    own_pairs,
    reading_by_torch,
    scene_of_rows,
    state_of_rows,
)
from tests.support.node import answers
from tests.support.torch_sweeps import loss_over_tao

PLAIN = "const plain = (rows) => Array.from(rows, (row) => row.length === undefined ? row : Array.from(row));"
NUMBERS = f"""(state) => {{
    {PLAIN}
    const reading = readingOf(state);
    const chosen = reading.forcesOn(state.selected);
    return {{
        loss: reading.loss, losses: reading.losses, weights: plain(reading.weights), norms: reading.norms,
        effective: plain(reading.effective), negatives: reading.negatives, ruler: reading.ruler, phase: reading.phase,
        pushShares: plain(reading.pushShares), anchors: reading.onAnchors.net, positives: reading.onPositives.net,
        pull: Array.from(chosen.pull), push: Array.from(chosen.push), shrink: Array.from(chosen.shrink),
        rows: reading.rows, sentence: narrate(reading),
    }};
}}"""
NEEDED = {"reading": "readingOf", "narration": "narrate"}
SETTINGS = list(product(("mc", "ovo"), (True, False)))


def states(d, dtype="float64", tao=0.3):
    rows = own_pairs(d)
    for k, (objective, normalize) in enumerate(SETTINGS):
        selected = (3 * k + d) % (len(rows) // 2)
        yield state_of_rows(rows, tao=tao, objective=objective, normalize=normalize, dtype=dtype, selected=selected)


def assert_alike(ours, reading: Reading, axes=None, within=1e-10):
    """The page's numbers are those of a reading; its forces perhaps in coordinates along `axes`."""
    forces, i = reading.forces, reading.selected
    turned = (lambda rows: rows) if axes is None else (lambda rows: rows @ axes.T)
    assert ours["loss"] == pytest.approx(reading.loss, rel=within, abs=1e-18)
    assert ours["losses"] == pytest.approx(reading.losses.tolist(), rel=within, abs=1e-18)
    for name, theirs in {
        "weights": forces.weights,
        "pushShares": reading.push_shares,
        "effective": reading.effective,
        "norms": reading.norms,
        "anchors": turned(-forces.on_anchors),
        "positives": turned(-forces.on_positives),
        "pull": turned(forces.pull)[i],
        "push": turned(forces.push)[i],
        "shrink": turned(forces.shrink)[i],
    }.items():
        torch.testing.assert_close(torch.tensor(ours[name], dtype=torch.float64), theirs, rtol=within, atol=within)
    assert ours["negatives"] == reading.negatives
    assert ours["sentence"] == narrate(reading)


@pytest.mark.parametrize("d", SIZES)
def test_numbers_forces_and_words_are_torchs(d):
    cases = list(states(d))
    for state, ours in zip(cases, answers(cases, NUMBERS, NEEDED), strict=True):
        assert_alike(ours, reading_by_torch(state))


@pytest.mark.parametrize("name", NAMES)
def test_every_scene_has_torchs_numbers(name):
    rows = named(name).paired(n_classes=10).embeddings
    cases = [
        state_of_rows(rows, objective=objective, normalize=normalize, selected=len(rows) // 2 - 1)
        for objective, normalize in SETTINGS
    ]
    for state, ours in zip(cases, answers(cases, NUMBERS, NEEDED), strict=True):
        assert_alike(ours, reading_by_torch(state))


@pytest.mark.parametrize("dtype", DTYPES[1:])
@pytest.mark.parametrize("d", SIZES)
def test_a_loss_of_rounded_rows_is_torchs_in_that_dtype(d, dtype):
    cases = list(states(d, dtype))
    for state, ours in zip(cases, answers(cases, NUMBERS, NEEDED), strict=True):
        reading = reading_by_torch(state)
        assert ours["loss"] == pytest.approx(reading.loss, rel=2e-5, abs=1e-12)
        assert ours["norms"] == pytest.approx(reading.norms.tolist(), rel=4e-3 if "16" in dtype else 1e-6)
        torch.testing.assert_close(torch.tensor(ours["weights"]), reading.forces.weights, rtol=0, atol=2e-5)
        rows = torch.tensor(ours["rows"], dtype=torch.float64)
        assert torch.equal(rows, rows.to(getattr(torch, dtype)).double())


def test_numbers_are_rounded_as_torch_rounds_them():
    edges = [0, 1, -1, 65504, 65519.9, 65520, 1e5, -1e5, 3.4e38, 3.5e38, 1e-50, 1e-40, 6e-8]
    edges += [2**-24, 2**-25, 1.5 * 2**-25]
    halves = [1 + (2 * k + 1) * 2.0**-e for k in range(8) for e in (8, 9, 11, 12, 24, 25)]
    drawn = torch.randn(2000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    spread = drawn * 10.0 ** torch.linspace(-45, 38, 2000, dtype=torch.float64)
    numbers = torch.tensor([*edges, *halves, *drawn.tolist(), *spread.tolist()], dtype=torch.float64)
    for dtype in DTYPES:
        rounded = numbers.to(getattr(torch, dtype)).double()
        ours = answers(numbers.tolist(), f"(x) => String(roundedTo(x, '{dtype}'))", {"rounding": "roundedTo"})
        assert [float(x) for x in ours] == rounded.tolist()


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
@pytest.mark.parametrize("d", [4, 17, 64, 384])
def test_rows_in_their_own_span_have_the_numbers_of_the_whole_rows(d, dtype):
    cases = list(states(d, dtype))
    spans = [in_its_span(state) for state in cases]
    found = answers([span for span, _ in spans], NUMBERS, NEEDED)
    for state, (_, axes), ours in zip(cases, spans, found, strict=True):
        assert len(ours["anchors"][0]) == min(d, 2 * SIZES[d])
        exact = scene_of_rows(state).embeddings.double().tolist()
        reading = reading_by_torch({**state, "points": exact, "dtype": "float64", "surface": "plane"})
        assert_alike(ours, reading, axes, within=1e-9)


@pytest.mark.parametrize("d", SIZES)
def test_a_descent_goes_where_torchs_goes(d):
    cases = list(states(d))
    steps = 40
    code = f"(state) => played(state, {steps}).points"
    for state, points in zip(cases, answers(cases, code, {"descent": "played"}), strict=True):
        scene = scene_of_rows(state)
        settings = {name: state[name] for name in ("tao", "l2_reg", "objective", "normalize")}
        end = descend(scene.anchors, scene.positives, steps=steps, labels=true_labels(scene), **settings)
        theirs = torch.cat([end.anchors, end.positives])
        torch.testing.assert_close(torch.tensor(points, dtype=torch.float64), theirs, rtol=0, atol=1e-9)


def test_a_descent_of_rounded_rows_starts_from_them_and_is_not_rounded():
    state = {**next(states(17, "bfloat16")), "steps": 2}
    (after,) = answers([state], "(state) => played(state, 1)", {"descent": "played"})
    scene = scene_of_rows(state)
    end = descend(scene.anchors.double(), scene.positives.double(), steps=1, tao=state["tao"])
    torch.testing.assert_close(torch.tensor(after["points"][:21], dtype=torch.float64), end.anchors, rtol=0, atol=1e-9)
    assert after["steps"] == 3


@pytest.mark.parametrize("d", [1, 4, 17, 384])
def test_the_loss_over_tao_is_torchs(d):
    code = """(state) => {
        let found;
        do { found = lossOverTao(readingOf(state)); } while (!found.isWhole);
        return found;
    }"""
    cases = [state for state in states(d) if d > 1 or state["normalize"]]
    needed = {"sweeps": "lossOverTao", "reading": "readingOf"}
    for state, ours in zip(cases, answers(cases, code, needed), strict=True):
        curve = loss_over_tao(reading_by_torch(state))
        assert ours["losses"] == pytest.approx(curve.losses.tolist(), rel=1e-9, abs=1e-12)
        assert [floor for _, floor in ours["floors"]] == pytest.approx(curve.floors.tolist(), rel=1e-9, abs=1e-12)


# --- what the loss can reach


RULERS = "({ n, tao, objective, d }) => lossRuler(n, tao, objective, d)"
SHAPES = [*product((2, 3, 7, 8), (1,)), *product((5, 6, 9, 40, 64), (4,)), (64, 8), (64, 17), (19, 17), (64, 384)]


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_rulers_are_those_of_python(objective):
    cases = [
        {"n": n, "d": d, "tao": tao, "objective": objective}
        for (n, d), tao in product(SHAPES, (0.01, 0.05, 0.3, 2.0, 100.0))
    ]
    for case, ours in zip(cases, answers(cases, RULERS, {"theory": "lossRuler"}), strict=True):
        theirs = loss_ruler(case["n"], case["tao"], objective=objective, dimension=case["d"], search=False)
        assert (ours["exact"], ours["isBound"]) == (theirs.exact, theirs.is_bound), case
        wanted = [theirs.floor, theirs.chance, theirs.ceiling]
        assert [ours[name] for name in ("floor", "chance", "ceiling")] == pytest.approx(wanted, rel=1e-9), case


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_phases_are_those_of_python(objective):
    cases = [
        {"n": n, "d": d, "product": product_, "objective": objective}
        for (n, d), product_ in product(SHAPES[4:], (0.0, 1e-4, 0.03, 0.4, 0.6, 200.0))
    ]
    code = "({ n, product, objective, d }) => { const { norm, ...rest } = phaseOf(n, 2, product / 2, objective, d); "
    code += "return { ...rest, norm: String(norm) }; }"
    for case, ours in zip(cases, answers(cases, code, {"theory": "phaseOf"}), strict=True):
        settings = {"objective": objective, "dimension": case["d"], "search": False}
        theirs = phase(case["n"], 2.0, case["product"] / 2, **settings)
        assert (ours["exact"], ours["isBound"], ours["collapsed"]) == (theirs.exact, theirs.is_bound, theirs.collapsed)
        assert ours["loss"] == pytest.approx(theirs.optimal_loss, rel=1e-9), case
        length = float(ours["norm"].replace("Infinity", "inf"))
        assert length == pytest.approx(theirs.optimal_norm, rel=1e-9, nan_ok=True), case


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_what_raw_pairs_approach_on_a_line_is_that_of_python(objective):
    code = f"(n) => phaseOf(n, 1, 0, '{objective}', 1).loss"
    for n, loss in zip((1, 2, 3, 7, 8), answers([1, 2, 3, 7, 8], code, {"theory": "phaseOf"}), strict=True):
        assert loss == pytest.approx(phase(n, 1.0, 0.0, objective=objective, dimension=1).optimal_loss)


def test_rows_that_span_little_are_judged_by_their_own_dimension():
    flat = own_pairs(2, 8) @ own_pairs(17, 1)
    span, _ = in_its_span(state_of_rows(flat))
    (ours,) = answers([span], NUMBERS, NEEDED)
    assert len(span["points"][0]) == 2
    assert ours["ruler"]["exact"]
    assert ours["ruler"]["floor"] == pytest.approx(loss_ruler(8, 0.5).floor)


@pytest.mark.parametrize("normalize", [True, False])
def test_points_better_than_what_was_found_are_the_best_found(normalize):
    """A ring of 9 pairs on the globe, and a floor that is remembered too high, as a search may leave it."""
    state = state_of_rows(own_pairs(3, 9), tao=0.5, normalize=normalize)
    code = """(state) => {
        const { n, npair, loss, ruler, phase } = readingOf(state);
        const found = state.normalize ? rulerBeside(0.5, n, 0.5, "mc", 3) : phaseBeside(0.001, n, 0.5, 0.02, "mc", 3);
        return [found.floor ?? found.loss, found.exact, ruler?.floor ?? phase.loss, npair, loss];
    }"""
    ((beside, exact, least, npair, loss),) = answers([state], code, {**NEEDED, "theory": "rulerBeside, phaseBeside"})
    assert beside == (0.5 if normalize else 0.001)
    assert not exact
    assert least < (npair if normalize else loss)


def test_the_best_of_a_line_are_two_groups():
    code = "(n) => bestPairs(n, 0.5, 0, 'ovo', 1, false)"
    for n, rows in zip((2, 5, 8), answers([2, 5, 8], code, {"theory": "bestPairs"}), strict=True):
        assert sorted(x for (x,) in rows[:n]) == [-1] * (n - n // 2) + [1] * (n // 2)
        assert rows[n:] == rows[:n]
