"""The planes in which the page shows points of more than three dimensions are those of projection.py."""

from itertools import product

import pytest
import torch

from npair_viz.data.scenes import named
from npair_viz.geometry.projection import anchor_plane, badge, principal_plane, whole_space
from npair_viz.geometry.reading import seen_rows
from tests.support.any_points import SIZES, in_its_span, own_pairs, reading_by_torch, scene_of_rows, state_of_rows
from tests.support.node import answers
from tests.support.torch_sweeps import landscape

VIEWS = ("anchor plane", "principal axes")
NEEDED = {"reading": "readingOf", "planes": "planeOf, projected, badge, shadowFrame"}
PICTURE = """(state) => {
    const reading = readingOf(state);
    const plane = planeOf(reading, state.view);
    return {
        held: plane.held, kept: plane.kept, badge: badge(plane, reading), isWhole: plane.axes === null,
        places: reading.rows.map((row) => projected(plane, row)), frame: shadowFrame(reading, plane),
        force: projected(plane, Array.from(reading.forcesOn(state.selected).net)),
    };
}"""
HIGH = [d for d in SIZES if d > 3]


def plane_by_torch(state, reading):
    anchors, positives = reading.scene.anchors.double(), reading.scene.positives.double()
    if reading.scene.dimension <= 3:
        return whole_space(anchors)
    if state["view"] == "principal axes":
        return principal_plane(anchors, positives)
    return anchor_plane(anchors, positives, reading.selected, reading.hardest)


def assert_same_picture(ours, state, within=1e-9):
    reading = reading_by_torch({**state, "dtype": "float64"})
    plane = plane_by_torch(state, reading)
    rows = reading.scene.embeddings
    assert ours["held"] == pytest.approx(plane.held, abs=within)
    assert ours["kept"] == plane.kept
    assert ours["badge"] == badge(plane, reading.scene.dimension, reading.name)
    torch.testing.assert_close(
        torch.tensor(ours["places"], dtype=torch.float64), plane.project(rows), rtol=0, atol=within
    )
    force = plane.project(-reading.forces.on_anchors[reading.selected])
    assert ours["force"] == pytest.approx(force.tolist(), abs=within)
    if not plane.is_exact:
        shown = plane.project(torch.cat(seen_rows(reading)))
        low, high = shown.min(dim=0).values, shown.max(dim=0).values
        reach = 0.7 * max(0.1, (high - low).max().item())
        x, y = ((low + high) / 2).tolist()
        assert [*ours["frame"]["middle"], ours["frame"]["reach"]] == pytest.approx(
            [x, y + 0.1 * reach, reach], abs=within
        )


def states(d, **settings):
    rows = own_pairs(d)
    for k, (view, normalize) in enumerate(product(VIEWS, (True, False))):
        yield state_of_rows(rows, view=view, normalize=normalize, selected=(5 * k) % (len(rows) // 2), **settings)


@pytest.mark.parametrize("d", SIZES)
def test_points_and_forces_are_shown_where_python_shows_them(d):
    cases = list(states(d))
    for state, ours in zip(cases, answers(cases, PICTURE, NEEDED), strict=True):
        assert ours["isWhole"] == (d <= 3)
        assert_same_picture(ours, state)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
@pytest.mark.parametrize("d", HIGH)
def test_rows_in_their_own_span_are_shown_where_the_whole_rows_are(d, dtype):
    cases = list(states(d, dtype=dtype))
    spans = [in_its_span(state)[0] for state in cases]
    for state, ours in zip(cases, answers(spans, PICTURE, NEEDED), strict=True):
        rounded = scene_of_rows(state).embeddings.double()
        # the span is of rounded rows, which on the sphere are not quite of length 1: rounded only once
        assert_same_picture(ours, {**state, "points": rounded.tolist(), "surface": "plane"})


@pytest.mark.parametrize("view", VIEWS)
def test_digits_are_shown_where_the_explorer_shows_them(view):
    rows = named("pixels").paired(n_classes=10).embeddings
    cases = [in_its_span(state_of_rows(rows, view=view, selected=i))[0] for i in range(10)]
    for state, ours in zip(cases, answers(cases, PICTURE, NEEDED), strict=True):
        assert_same_picture(ours, state_of_rows(rows, view=view, selected=state["selected"]))


def few(which):
    """Rows of 6 dimensions that fill no anchor plane, or no plane at all."""
    rows = own_pairs(6, 3)
    if which == "one pair":
        return rows[[0, 3]]
    if which == "positive is anchor":
        rows[3:] = rows[:3]
    elif which == "positive is rival":
        rows[3] = rows[4] = rows[5]
    elif which == "anchor, positive and rival are one":
        rows[3] = rows[4] = rows[0]
    elif which == "zero anchor":
        rows[0] = 0
    elif which == "line":
        rows = rows[:1] * torch.tensor([[1.0], [2], [-1], [1], [0.5], [-3]], dtype=torch.float64)
    elif which == "all zero":
        rows = 0 * rows
    return rows


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "which",
    [
        *("one pair", "positive is anchor", "positive is rival", "anchor, positive and rival are one"),
        *("zero anchor", "line", "all zero"),
    ],
)
def test_points_that_fill_no_plane_are_shown_where_python_shows_them(which, view):
    state = state_of_rows(few(which), view=view, normalize=False)
    cases = [state] if which == "all zero" else [state, in_its_span(state)[0]]
    for ours in answers(cases, PICTURE, NEEDED):
        assert_same_picture(ours, state)


def test_a_plane_holds_no_part_of_what_lies_beside_it():
    rows = torch.eye(6, dtype=torch.float64)
    state = state_of_rows(rows[[0, 4, 1, 5]], view="anchor plane")
    (ours,) = answers([state], PICTURE, NEEDED)
    assert ours["held"] == pytest.approx(0.5)  # all of a0, nothing of a1, a half of p0 and of p1


# --- eigenvectors


SPECTRA = [[3.0], [0.0], [2, 1], [1, 1], [5, 4, 0], [5, 4, 4], [1, 1, 1, 1], [1e-9, 1e-10, 0], [9, 8.999999, 1, 0.5]]


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_the_two_largest_eigenvalues_come_with_their_vectors(spectrum):
    m = len(spectrum)
    turn = torch.linalg.qr(own_pairs(m, m, seed=2)[:m]).Q
    diagonal = torch.diag(torch.tensor(spectrum, dtype=torch.float64))
    for matrix in (turn @ diagonal @ turn.T, diagonal):
        code = "(matrix) => topTwo(matrix).map(({ value, vector }) => [value, Array.from(vector)])"
        (found,) = answers([matrix.tolist()], code, {"eigenvectors": "topTwo"})
        largest = sorted(spectrum, reverse=True)[:2]
        assert [value for value, _ in found] == pytest.approx(largest, abs=1e-14 * largest[0] + 1e-250, rel=1e-13)
        vectors = torch.tensor([vector for _, vector in found], dtype=torch.float64)
        torch.testing.assert_close(vectors @ vectors.T, torch.eye(len(found), dtype=torch.float64), rtol=0, atol=1e-13)
        for (value, _), vector in zip(found, vectors, strict=True):
            assert (matrix @ vector - value * vector).abs().max() < 1e-13 * max(*spectrum, 1e-3)


# --- landscapes


LOSSES = """({ state, places }) => {
    const reading = readingOf(state);
    return lossesAt(reading, state.selected, places, planeOf(reading, state.view));
}"""


@pytest.mark.parametrize("d", HIGH)
def test_the_landscape_of_an_anchor_in_its_plane_is_that_of_sweeps(d):
    cases, expected = [], []
    for objective, normalize in product(("mc", "ovo"), (True, False)):
        state = state_of_rows(own_pairs(d), objective=objective, normalize=normalize, selected=4, tao=0.2)
        reading = reading_by_torch(state)
        places = torch.randn(40, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(d))
        cases += [{"state": one, "places": places.tolist()} for one in (state, in_its_span(state)[0])]
        expected += [landscape(reading, plane_by_torch(state, reading), places).losses.tolist()] * 2
    needed = {"landscape": "lossesAt", "reading": "readingOf", "planes": "planeOf"}
    for ours, theirs in zip(answers(cases, LOSSES, needed), expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9)


def test_there_is_a_landscape_where_the_chosen_point_can_stand():
    code = "([d, view, point]) => hasLandscape({ view, point }, { d })"
    cases = list(product((1, 2, 3, 4, 64), VIEWS, ("anchor", "positive")))
    found = answers(cases, code, {"landscape": "hasLandscape"})
    for (d, view, point), seen in zip(cases, found, strict=True):
        assert seen == (d == 2 or (d > 3 and view == "anchor plane" and point == "anchor"))
