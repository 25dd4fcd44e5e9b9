import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from npair_viz.data.scenes import named
from npair_viz.geometry.point_descent import default_lr, descend
from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from tests.support.loop_oracles import loop_loss, pairs

TIGHT = 6e-4


def play(name, **setting):
    scene = named(name)
    return descend(scene.anchors, scene.positives, **{"tao": 0.5, **setting})


def loss_of(end, tao, l2_reg=0.0, objective="mc", normalize=True):
    losses = loop_loss(end.anchors, end.positives, tao, l2_reg, objective, normalize)
    return math.fsum(losses) / len(losses)


def norms(end):
    return torch.cat([end.anchors, end.positives]).norm(dim=1)


def by_sgd(anchors, positives, steps, lr, tao, l2_reg, objective, normalize, put_back, labels=None):
    """The same descent by autograd and torch's own optimizer."""
    rows = [anchors.clone().requires_grad_(), positives.clone().requires_grad_()]
    optimizer, losses = torch.optim.SGD(rows, lr=lr), []
    for _ in range(steps):
        seen = [unit_rows(one) for one in rows] if normalize else rows
        loss = npair_loss(*seen, tao=tao, l2_reg=l2_reg, objective=objective, labels=labels)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if put_back:
            with torch.no_grad():
                for one in rows:
                    one /= one.norm(dim=1, keepdim=True)
    return rows[0].detach(), rows[1].detach(), losses


# --- what a step is


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize(("normalize", "put_back"), [(True, True), (True, False), (False, False), (False, True)])
@pytest.mark.parametrize("steps", [1, 7])
def test_steps_equal_those_of_torchs_sgd(steps, normalize, put_back, objective):
    anchors, positives = pairs(5, 3)
    ours = descend(
        anchors,
        positives,
        steps=steps,
        tao=0.4,
        l2_reg=0.1,
        objective=objective,
        normalize=normalize,
        put_back=put_back,
        lr=0.3,
    )
    theirs = by_sgd(anchors, positives, steps, 0.3, 0.4, 0.1, objective, normalize, put_back)
    torch.testing.assert_close(ours.anchors, theirs[0], rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(ours.positives, theirs[1], rtol=1e-10, atol=1e-12)
    assert ours.losses[:-1].tolist() == pytest.approx(theirs[2], rel=1e-10)


def test_pairs_of_one_label_do_not_push_each_other():
    anchors, positives = pairs(5, 3)
    labels = torch.tensor([0, 1, 1, 2, 0])
    ours = descend(anchors, positives, steps=3, tao=0.4, lr=0.3, labels=labels)
    theirs = by_sgd(anchors, positives, 3, 0.3, 0.4, 0.0, "mc", True, True, labels)
    torch.testing.assert_close(ours.anchors, theirs[0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("normalize", [True, False])
def test_losses_are_those_before_each_step_and_at_the_end(normalize):
    anchors, positives = pairs(4, 3)
    end = descend(anchors, positives, steps=3, tao=0.6, l2_reg=0.2, normalize=normalize)
    assert end.losses.shape == (4,)
    for steps in range(4):
        there = descend(anchors, positives, steps=steps, tao=0.6, l2_reg=0.2, normalize=normalize)
        assert end.losses[steps].item() == pytest.approx(loss_of(there, 0.6, 0.2, normalize=normalize), abs=1e-12)


def test_no_step_leaves_the_points_where_they_are():
    anchors, positives = pairs(4, 3)
    end = descend(anchors, positives, steps=0)
    assert torch.equal(end.anchors, anchors)
    assert torch.equal(end.positives, positives)
    assert len(end.losses) == 1


def test_the_default_rate_is_a_tenth_of_n_tao():
    anchors, positives = pairs(7, 3)
    assert default_lr(7, 0.5) == pytest.approx(0.35)
    one, other = descend(anchors, positives, steps=2, tao=0.5), descend(anchors, positives, steps=2, tao=0.5, lr=0.35)
    torch.testing.assert_close(one.anchors, other.anchors)


def test_points_return_to_length_one_exactly_where_they_are_put_back():
    anchors, positives = pairs(4, 3)
    assert norms(descend(anchors, positives, steps=2)).tolist() == pytest.approx([1.0] * 8)
    assert norms(descend(anchors, positives, steps=2, normalize=False)).std() > 0.1


def test_the_given_points_stay_and_no_graph_is_kept():
    anchors, positives = (rows.requires_grad_() for rows in pairs(4, 3))
    before = anchors.detach().clone()
    end = descend(anchors, positives, steps=3)
    assert torch.equal(anchors, before)
    assert not end.anchors.requires_grad
    assert not end.losses.requires_grad


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_points_keep_their_dtype(dtype):
    end = descend(*pairs(3, 2, dtype=dtype), steps=2)
    assert (end.anchors.dtype, end.positives.dtype, end.losses.dtype) == (dtype, dtype, dtype)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": -1}, "steps must be at least 0, got -1"),
        ({"steps": 2.5}, "steps must be a whole number, got 2.5"),
        ({"lr": 0}, "lr must be positive and finite, got 0: leave it out"),
        ({"lr": -0.1}, "lr must be positive and finite, got -0.1"),
        ({"lr": math.nan}, "lr must be positive and finite, got nan"),
        ({"lr": math.inf}, "lr must be positive and finite, got inf"),
        ({"tao": 0.0}, "tao must be positive and finite, got 0"),
        ({"l2_reg": -1.0}, "l2_reg must be zero or more and finite, got -1"),
        ({"objective": "nce"}, "objective must be one of 'mc', 'ovo', got 'nce'"),
        ({"anchors": torch.eye(2)}, r"positives must have anchors' shape \(2, 2\), got \(3, 3\)"),
        ({"anchors": [[1.0]]}, "anchors must be a tensor, got list"),
    ],
)
def test_wrong_settings_are_refused(wrong, message):
    with pytest.raises((ValueError, TypeError), match=message):
        descend(**{"anchors": torch.eye(3), "positives": torch.eye(3), "steps": 1, **wrong})


# --- where it leads


@given(st.floats(0.01, 1.0))
@settings(max_examples=8)
@example(0.01)
@example(1.0)
def test_the_loss_of_the_line_up_falls_at_every_step(tao):
    losses = play("line-up", tao=tao, steps=400).losses
    assert (losses.diff() <= 1e-15).all()


def test_a_fixed_rate_explodes_at_a_small_tao():
    losses = play("line-up", tao=0.05, lr=1.0, steps=1).losses
    assert losses.tolist() == pytest.approx([1.12, 4.99], abs=6e-3)


def test_the_line_up_falls_to_the_floor_of_its_ring():
    losses = play("line-up", tao=1.0, steps=40).losses
    assert losses[[0, 20, 40]].tolist() == pytest.approx([0.7566, 0.6282, 0.6267], abs=TIGHT)
    floor = math.log(sum(math.exp(math.cos(math.tau * k / 4) - 1) for k in range(4)))
    assert floor == pytest.approx(0.6265, abs=6e-5)
    assert floor < losses[-1]
    assert play("line-up", steps=60).losses[-1].item() == pytest.approx(0.2539, abs=TIGHT)


def test_the_globe_falls_to_the_floor_of_the_tetrahedron():
    end = play("globe", tao=1.0, steps=400)
    assert end.losses[-1].item() == pytest.approx(0.5827, abs=TIGHT)
    assert end.losses[-1].item() == pytest.approx(math.log(1 + 3 * math.exp(-4 / 3)), abs=TIGHT)
    cosines = end.anchors @ end.positives.T
    torch.testing.assert_close(cosines, (4 * torch.eye(4, dtype=torch.float64) - 1) / 3, rtol=0, atol=0.01)


@pytest.mark.parametrize("tao", [0.01, 0.5, 100])
def test_a_heap_does_not_move(tao):
    end = play("heap", tao=tao, steps=5)
    assert end.losses.tolist() == pytest.approx([math.log(4)] * 6)
    torch.testing.assert_close(end.anchors, named("heap").anchors)


def test_a_loose_heap_rests_on_its_plateau_and_then_falls():
    losses = play("loose heap", steps=200).losses
    assert losses[[0, 20, 50, 100, 200]].tolist() == pytest.approx([1.3865, 1.3842, 1.0964, 0.3595, 0.2539], abs=2e-3)


@pytest.mark.parametrize("l2_reg", [0.0, 0.02, 10.0])
def test_on_the_circle_l2_reg_adds_to_the_number_and_moves_nothing(l2_reg):
    end, free = play("line-up", l2_reg=l2_reg, steps=30), play("line-up", steps=30)
    torch.testing.assert_close(end.anchors, free.anchors, rtol=0, atol=1e-12)
    torch.testing.assert_close(end.positives, free.positives, rtol=0, atol=1e-12)
    torch.testing.assert_close(end.losses, free.losses + 2 * l2_reg)


def test_raw_lengths_under_a_normalized_loss_never_fall():
    end = play("line-up", steps=0)
    for _ in range(200):
        before = norms(end)
        end = descend(end.anchors, end.positives, steps=1, tao=0.5, l2_reg=0.02, put_back=False, lr=2.0)
        assert (norms(end) >= before - 1e-15).all()
    assert norms(end).max().item() == pytest.approx(1.256, abs=1e-3)


def test_in_the_plane_without_l2_reg_nothing_holds_the_lengths():
    ends = [play("line-up", normalize=False, steps=100)]
    for more in (900, 9_000):
        ends.append(descend(ends[-1].anchors, ends[-1].positives, steps=more, tao=0.5, normalize=False))
    assert [end.losses[-1].item() for end in ends] == pytest.approx([0.0118, 0.00074, 0.00005], abs=6e-5)
    assert [end.losses[-1].item() for end in ends] == pytest.approx([0.0118, 0.00074, 0.00005], rel=0.1)
    assert [norms(end).mean().item() for end in ends] == pytest.approx([1.607, 1.991, 2.298], abs=TIGHT)


def at_rest(**setting):
    """Where Play leads, at eight times its rate: mean length and loss."""
    end = play("line-up", normalize=False, lr=0.8 * 4 * setting["tao"], steps=800, **setting)
    return norms(end).mean().item(), end.losses[-1].item()


@pytest.mark.parametrize(
    ("l2_reg", "norm", "loss"),
    [(0.02, 1.516, 0.1120), (0.1, 1.213, 0.3970), (0.5, 0.741, 1.1247), (0.9, 0.317, 1.3763)],
)
def test_in_the_plane_l2_reg_is_a_spring(l2_reg, norm, loss):
    assert at_rest(tao=0.5, l2_reg=l2_reg) == pytest.approx((norm, loss), abs=TIGHT)


def test_a_strong_l2_reg_draws_all_to_the_centre():
    end = play("line-up", normalize=False, l2_reg=2.0, steps=150)
    assert norms(end).max() < 1e-6
    assert end.losses[-1].item() == pytest.approx(math.log(4))
    assert norms(play("line-up", normalize=False, l2_reg=2.0, steps=50)).mean().item() == pytest.approx(
        0.0034, abs=6e-5
    )


def test_only_the_product_of_l2_reg_and_tao_shapes_the_rest():
    norm, loss = at_rest(tao=1.0, l2_reg=0.25)
    assert (norm, loss) == pytest.approx((1.048, 1.1247), abs=TIGHT)
    other, same = at_rest(tao=0.5, l2_reg=0.5)
    assert (norm / other, loss) == pytest.approx((math.sqrt(2), same), abs=1e-6)


@pytest.mark.parametrize(
    ("tao", "norm"), [(0.1, 0.788), (0.5, 1.516), (5.0, 3.315), (20.0, 2.848), (24.0, 1.386), (26.0, 0.0)]
)
def test_a_larger_tao_first_spreads_the_points_and_then_kills_them(tao, norm):
    assert at_rest(tao=tao, l2_reg=0.02)[0] == pytest.approx(norm, abs=TIGHT)
