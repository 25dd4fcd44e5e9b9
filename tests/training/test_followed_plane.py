"""The plane of a picture stays while it may, and then turns no farther than it must."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.geometry.projection import held, principal_plane
from npair_viz.training.followed_plane import ENOUGH, followed_plane
from tests.support.loop_oracles import pairs


def rows_of(seed: int, m: int = 12, d: int = 5) -> torch.Tensor:
    return pairs(m, d, seed=seed)[0]


def test_two_dimensions_are_shown_as_they_are() -> None:
    rows = rows_of(0, d=2)
    assert torch.equal(followed_plane(rows, None).project(rows), rows)


def test_one_dimension_lies_on_a_line() -> None:
    rows = rows_of(0, d=1)
    assert torch.equal(followed_plane(rows, None).project(rows), torch.cat([rows, torch.zeros_like(rows)], dim=1))


@given(st.integers(0, 99), st.integers(0, 99), st.integers(3, 7))
def test_the_plane_always_holds_enough_and_is_orthonormal(first: int, second: int, d: int) -> None:
    before = followed_plane(rows_of(first, d=d), None)
    rows = rows_of(second, d=d)
    found = followed_plane(rows, before)
    best = principal_plane(*rows.tensor_split(2)).held
    assert found.held >= ENOUGH * best - 1e-9
    assert found.held == held(rows, found.axes)
    torch.testing.assert_close(found.axes @ found.axes.T, torch.eye(2, dtype=rows.dtype))
    if held(rows, before.axes) >= ENOUGH * best:
        assert found.axes is before.axes
    else:
        assert found.held <= ENOUGH * best + 0.01  # no farther than it must


def test_a_step_of_the_rows_moves_them_a_step_and_not_around() -> None:
    rows = rows_of(3, d=9)
    plane = followed_plane(rows, None)
    places = plane.project(rows)
    for step in range(200):
        rows = rows + 0.02 * rows_of(100 + step, d=9)
        plane = followed_plane(rows, plane)
        moved = plane.project(rows)
        assert (moved - places).norm(dim=1).max() < 1.0
        places = moved


def test_the_randomness_of_the_run_is_left_alone() -> None:
    state = torch.get_rng_state()
    followed_plane(rows_of(2), followed_plane(rows_of(1), None))
    assert torch.equal(torch.get_rng_state(), state)
