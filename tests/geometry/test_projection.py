import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.data.scenes import named
from npair_viz.geometry.projection import Plane, anchor_plane, badge, principal_plane, whole_space
from npair_viz.linalg import unit_rows
from tests.support.loop_oracles import pairs

SIZES = [(1, 2), (1, 5), (2, 3), (3, 2), (5, 64), (9, 4), (17, 30)]
DEGENERATE = [
    "positive is rival",
    "positive is anchor",
    "rival is anchor",
    "zero anchor",
    "all zero",
    "no rival",
    "line",
]


def degenerate(which, n, d):
    """Anchors, positives, chosen and rival of a case in which the anchor and p − p_rival span no plane."""
    anchors, positives = (rows.clone() for rows in pairs(n, d, seed=7))
    chosen, rival = 1, 0
    if which == "positive is rival":
        positives[chosen] = positives[rival]
    elif which == "positive is anchor":
        positives[chosen], positives[rival] = anchors[chosen], 0
    elif which == "rival is anchor":
        positives[rival], positives[chosen] = anchors[chosen], 3 * anchors[chosen]
    elif which == "zero anchor":
        anchors[chosen] = 0
    elif which == "all zero":
        anchors[:], positives[:] = 0, 0
    elif which == "no rival":
        rival = None
    else:
        anchors[:] = positives[:] = torch.ones(d, dtype=torch.float64)
    return anchors, positives, chosen, rival


def assert_orthonormal(axes, tolerance=1e-14):
    assert axes.shape[0] == 2
    torch.testing.assert_close(axes @ axes.T, torch.eye(2, dtype=axes.dtype), rtol=0, atol=tolerance)


def assert_kept(plane, anchors, positives, chosen, tolerance=1e-12):
    """In the picture the chosen anchor has the similarities that it has in truth."""
    shadow = plane.project(anchors[chosen]) @ plane.project(positives).T
    torch.testing.assert_close(shadow, anchors[chosen] @ positives.T, rtol=tolerance, atol=tolerance)
    assert plane.kept == chosen


# --- the anchor plane


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_anchor_plane_keeps_the_similarities_of_its_anchor(n, d):
    anchors, positives = pairs(n, d)
    for chosen in range(n):
        for rival in [None, *(j for j in range(n) if j != chosen)]:
            plane = anchor_plane(anchors, positives, chosen, rival)
            assert_orthonormal(plane.axes)
            assert_kept(plane, anchors, positives, chosen)


@pytest.mark.parametrize("which", DEGENERATE)
@pytest.mark.parametrize(("n", "d"), [(2, 2), (3, 5), (4, 3)])
def test_the_anchor_plane_keeps_them_where_anchor_and_rival_span_no_plane(which, n, d):
    anchors, positives, chosen, rival = degenerate(which, n, d)
    plane = anchor_plane(anchors, positives, chosen, rival)
    assert_orthonormal(plane.axes)
    assert_kept(plane, anchors, positives, chosen)


@given(
    exponent=st.integers(-17, 0), scale=st.integers(-150, 150), d=st.integers(2, 9), dtype=st.sampled_from(["64", "32"])
)
def test_nearly_parallel_rows_still_give_orthonormal_axes(exponent, scale, d, dtype):
    dtype = getattr(torch, f"float{dtype}")
    scale = scale if dtype == torch.float64 else scale / 10
    anchors, positives = pairs(3, d)
    positives[0] = 2 * anchors[0] + 10.0**exponent * positives[0]
    positives[1] = anchors[0]
    anchors, positives = (10.0**scale * anchors).to(dtype), positives.to(dtype)
    plane = anchor_plane(anchors, positives, 0, 1)
    eps = torch.finfo(dtype).eps
    assert_orthonormal(plane.axes, 20 * eps)
    assert_kept(plane, unit_rows(anchors), positives, 0, 100 * eps)


def test_the_anchor_points_up_and_the_way_from_rival_to_positive_to_the_right():
    anchors, positives = pairs(4, 6)
    plane = anchor_plane(anchors, positives, chosen=2, rival=3)
    right, up = plane.project(anchors[2]).tolist()
    assert up == pytest.approx(anchors[2].norm().item())
    assert right == pytest.approx(0, abs=1e-14)
    way = positives[2] - positives[3]
    shadow = plane.project(way)
    assert shadow[0] > 0
    torch.testing.assert_close(shadow.norm(), way.norm())


def test_without_a_rival_the_positive_lies_in_the_plane():
    anchors, positives = pairs(3, 8)
    shadow = anchor_plane(anchors, positives, chosen=1, rival=None).project(positives[1])
    torch.testing.assert_close(shadow.norm(), positives[1].norm())
    assert shadow[0] > 0


def test_a_positive_on_its_rival_still_lies_in_the_plane():
    anchors, positives, chosen, rival = degenerate("positive is rival", 3, 7)
    shadow = anchor_plane(anchors, positives, chosen, rival).project(positives[chosen])
    torch.testing.assert_close(shadow.norm(), positives[chosen].norm())


def test_another_anchor_loses_its_similarities_in_that_plane():
    anchors, positives = pairs(5, 64)
    plane = anchor_plane(anchors, positives, chosen=0, rival=1)
    shadow = plane.project(anchors[3]) @ plane.project(positives).T
    assert (shadow - anchors[3] @ positives.T).abs().max() > 0.1


# --- principal axes


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_principal_plane_is_the_one_of_numpys_singular_vectors(n, d):
    anchors, positives = pairs(n, d)
    plane = principal_plane(anchors, positives)
    rows = np.concatenate([anchors.numpy(), positives.numpy()])
    axes = np.linalg.svd(rows)[2][:2]
    assert_orthonormal(plane.axes)
    np.testing.assert_allclose(plane.axes.T @ plane.axes, axes.T @ axes, atol=1e-12)
    assert plane.held == pytest.approx(((rows @ axes.T) ** 2).sum() / (rows**2).sum())
    assert plane.kept is None


def test_no_other_plane_holds_more():
    anchors, positives = pairs(6, 5)
    rows = torch.cat([anchors, positives])
    most = principal_plane(anchors, positives).held
    for seed in range(200):
        axes = torch.linalg.qr(pairs(2, 5, seed=seed)[0].T).Q.T
        assert (rows @ axes.T).square().sum() / rows.square().sum() < most
    assert all(anchor_plane(anchors, positives, i, j).held < most for i in range(6) for j in range(6) if i != j)


def test_the_first_principal_axis_holds_the_more():
    anchors, positives = pairs(6, 5)
    first, second = principal_plane(anchors, positives).project(torch.cat([anchors, positives])).square().sum(dim=0)
    assert first > second


def test_axes_do_not_flip_when_points_move_a_little():
    anchors, positives = pairs(7, 12)
    plane = principal_plane(anchors, positives)
    for seed in range(50):
        noise, more = pairs(7, 12, seed=seed + 1)
        near = principal_plane(anchors + 1e-3 * noise, positives + 1e-3 * more)
        assert (near.axes * plane.axes).sum(dim=1).min() > 0.99


@pytest.mark.parametrize("which", ["principal", "anchor", *DEGENERATE])
def test_the_picture_is_the_same_however_the_coordinates_are_turned(which):
    anchors, positives, chosen, rival = degenerate(which, 4, 6) if which in DEGENERATE else (*pairs(4, 6), 1, 2)
    turn = torch.linalg.qr(pairs(6, 6, seed=3)[0]).Q
    places = []
    for rows in ((anchors, positives), (-anchors, -positives), (anchors @ turn, positives @ turn)):
        plane = principal_plane(*rows) if which == "principal" else anchor_plane(*rows, chosen, rival)
        places.append(plane.project(torch.cat(rows)))
    for other in places[1:]:
        torch.testing.assert_close(other, places[0], rtol=0, atol=1e-12)


def test_along_a_principal_axis_the_farthest_row_is_positive():
    anchors, positives = pairs(7, 12)
    places = principal_plane(anchors, positives).project(torch.cat([anchors, positives]))
    assert (places.max(dim=0).values > -places.min(dim=0).values).all()


@pytest.mark.parametrize("which", DEGENERATE)
def test_principal_axes_are_orthonormal_where_rows_fill_no_plane(which):
    anchors, positives, _, _ = degenerate(which, 3, 4)
    assert_orthonormal(principal_plane(anchors, positives).axes)


def test_two_digits_that_touch_in_the_plane_of_all_are_far_apart_in_truth():
    digits = named("pixels").embeddings
    four, six = digits[743], digits[1569]
    plane = principal_plane(digits[:898], digits[898:])
    shadows = plane.project(torch.stack([four, six]))
    assert torch.cosine_similarity(*shadows, dim=0).item() == pytest.approx(0.999, abs=6e-4)
    assert (four @ six).item() == pytest.approx(0.606, abs=6e-4)
    centred = digits - digits.mean(dim=0)
    assert torch.cosine_similarity(centred[743], centred[1569], dim=0).item() == pytest.approx(-0.109, abs=6e-4)
    kept = anchor_plane(digits[[743, 0]], digits[[1569, 1]], chosen=0, rival=1)
    assert (kept.project(four) @ kept.project(six)).item() == pytest.approx(0.606, abs=6e-4)


# --- the whole space, and what a plane says of itself


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_whole_space_keeps_every_similarity(d):
    anchors, positives = pairs(4, d)
    plane = whole_space(anchors)
    shadow = plane.project(anchors) @ plane.project(positives).T
    torch.testing.assert_close(shadow, anchors @ positives.T)
    assert (plane.is_exact, plane.held, badge(plane, d)) == (True, 1.0, "")
    assert plane.project(anchors).shape == (4, max(d, 2))
    assert plane.axes.shape == (max(d, 2), d)


def test_a_plane_in_space_is_no_picture_of_the_whole():
    anchors, positives = pairs(4, 3)
    for plane in (anchor_plane(anchors, positives, 0, 1), principal_plane(anchors, positives)):
        assert not plane.is_exact
        assert plane.axes.shape == (2, 3)
        assert badge(plane, 3).startswith("shadow of 3-d")


def test_what_a_plane_holds_is_the_share_of_squared_lengths():
    rows = torch.tensor([[3.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])
    plane = principal_plane(rows[:2], rows[2:])
    assert plane.held == pytest.approx(11 / 12)
    assert plane.axes.abs().round(decimals=6).tolist() == [[1, 0, 0], [0, 0, 1]]


def test_badges_say_what_is_exact_and_how_much_is_held():
    axes = torch.eye(2, 64)
    assert badge(Plane(axes, 0.454, kept=2), 64, "3") == (
        "shadow of 64-d: exact for anchor 3 alone; 45 % of squared length is in this plane"
    )
    assert badge(Plane(axes, 0.71), 64) == (
        "shadow of 64-d: no angle is exact; 71 % of squared length is in this plane"
    )


def test_a_badge_does_not_call_a_shadow_whole():
    axes = torch.eye(2, 64)
    assert "99 % of squared length" in badge(Plane(axes, 0.998), 64)
    assert "99 % of squared length" in badge(Plane(axes, 1 - 1.01e-6), 64)
    assert "exact" in badge(Plane(axes, 1 - 0.99e-6), 64)
    assert badge(Plane(axes, 1.0, kept=0), 64, "3") == "64-d, but all points lie in this plane: exact"


def test_a_single_pair_lies_in_its_plane():
    anchors, positives = pairs(1, 64)
    for plane in (anchor_plane(anchors, positives, 0, None), principal_plane(anchors, positives)):
        assert badge(plane, 64, "3") == "64-d, but all points lie in this plane: exact"
        torch.testing.assert_close(plane.project(anchors) @ plane.project(positives).T, anchors @ positives.T)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_planes_have_the_rows_working_precision(dtype):
    anchors, positives = pairs(3, 5, dtype=dtype)
    for plane in (anchor_plane(anchors, positives, 0, 1), principal_plane(anchors, positives), whole_space(anchors)):
        assert plane.axes.dtype == torch.float32
        assert plane.project(positives).dtype == torch.float32


def test_no_plane_reads_a_global_default():
    anchors, positives = pairs(3, 5)
    with torch.device("meta"):
        planes = anchor_plane(anchors, positives, 0, 1), principal_plane(anchors, positives), whole_space(anchors)
    assert all(plane.axes.device.type == "cpu" and plane.axes.dtype == torch.float64 for plane in planes)
