import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from npair_viz.linalg import unit_rows
from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.npair import npair_loss
from tests.support.loop_oracles import LINE_UP, at_degrees, numeric_gradient, pairs

SIZES = [(1, 2), (2, 3), (3, 2), (5, 7), (8, 1), (17, 4)]
FORMS = [(objective, normalize) for objective in ("mc", "ovo") for normalize in (False, True)]


def by_autograd(anchors, positives, tao, l2_reg, objective, normalize, labels=None):
    anchors, positives = anchors.clone().requires_grad_(), positives.clone().requires_grad_()
    tao = torch.tensor(tao, dtype=anchors.dtype, requires_grad=True)
    rows = (unit_rows(anchors), unit_rows(positives)) if normalize else (anchors, positives)
    loss = npair_loss(*rows, tao=tao, l2_reg=l2_reg, objective=objective, labels=labels)
    return loss, *torch.autograd.grad(loss, (anchors, positives, tao))


@pytest.mark.parametrize(("objective", "normalize"), FORMS)
@pytest.mark.parametrize("tao", [0.02, 0.5, 20.0])
def test_closed_forms_equal_autograd(tao, objective, normalize):
    for n, d in SIZES:
        rows = pairs(n, d)
        ours = npair_gradients(*rows, tao=tao, l2_reg=0.3, objective=objective, normalize=normalize)
        theirs = by_autograd(*rows, tao, 0.3, objective, normalize)
        for one, other in zip((ours.loss, ours.on_anchors, ours.on_positives, ours.on_tao), theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("objective", "normalize"), FORMS)
def test_closed_forms_equal_central_differences(objective, normalize):
    anchors, positives = pairs(4, 3)

    def loss(rows):
        return npair_gradients(rows, positives, tao=0.7, l2_reg=0.1, objective=objective, normalize=normalize).loss

    ours = npair_gradients(anchors, positives, tao=0.7, l2_reg=0.1, objective=objective, normalize=normalize)
    torch.testing.assert_close(ours.on_anchors, numeric_gradient(loss, anchors), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_each_force_is_its_sum_over_pairs_and_negatives(objective):
    anchors, positives = pairs(5, 3)
    n, tao, l2_reg = 5, 0.6, 0.2
    ours = npair_gradients(anchors, positives, tao=tao, l2_reg=l2_reg, objective=objective)
    for i in range(n):
        x = [(anchors[i] @ (positives[j] - positives[i])).item() / tao for j in range(n)]
        if objective == "mc":
            weights = [math.exp(one) / math.fsum(map(math.exp, x)) for one in x]
        else:
            weights = [1 / (1 + math.exp(-one)) for one in x]
            weights[i] = 1 - math.fsum(weights[:i] + weights[i + 1 :])
        assert ours.weights[i].tolist() == pytest.approx(weights, rel=1e-9)
        push = sum(-weights[j] * positives[j] / (n * tao) for j in range(n) if j != i)
        torch.testing.assert_close(ours.push[i], push)
        torch.testing.assert_close(ours.pull[i], (1 - weights[i]) * positives[i] / (n * tao))
        torch.testing.assert_close(ours.shrink[i], -2 * l2_reg * anchors[i] / n)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_forces_on_positives_come_from_the_columns(objective):
    anchors, positives = pairs(5, 3)
    ours = npair_gradients(anchors, positives, tao=0.6, l2_reg=0.2, objective=objective)
    for j in range(5):
        push = sum(-ours.weights[i, j] * anchors[i] / (5 * 0.6) for i in range(5) if i != j)
        torch.testing.assert_close(ours.push_on_positives[j], push)
        torch.testing.assert_close(ours.pull_on_positives[j], (1 - ours.weights[j, j]) * anchors[j] / (5 * 0.6))
        torch.testing.assert_close(ours.shrink_on_positives[j], -2 * 0.2 * positives[j] / 5)


@pytest.mark.parametrize(("objective", "normalize"), FORMS)
def test_pushes_of_single_rows_add_up_to_the_push(objective, normalize):
    forces = npair_gradients(*pairs(6, 4), tao=0.4, objective=objective, normalize=normalize)
    for k in range(6):
        torch.testing.assert_close(forces.push_from(k).sum(0), forces.push[k])
        torch.testing.assert_close(forces.push_onto(k).sum(0), forces.push_on_positives[k])
        assert (forces.push_from(k)[k] == 0).all()
        assert (forces.push_onto(k)[k] == 0).all()


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 9), d=st.integers(1, 6), seed=st.integers(0, 99), objective=st.sampled_from(["mc", "ovo"]))
def test_weights_of_a_row_sum_to_one(n, d, seed, objective):
    weights = npair_gradients(*pairs(n, d, seed), tao=0.3, objective=objective).weights
    torch.testing.assert_close(weights.sum(1), torch.ones(n, dtype=torch.float64))


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 9), d=st.integers(2, 6), seed=st.integers(0, 99))
def test_through_normalization_no_force_has_a_radial_part(n, d, seed):
    anchors, positives = pairs(n, d, seed)
    forces = npair_gradients(anchors, positives, tao=0.3, l2_reg=2.0, normalize=True)
    for force in (forces.pull, forces.push, forces.shrink):
        assert (force * anchors).sum(1).abs().max() < 1e-9
    assert (forces.shrink == 0).all()


@settings(deadline=None, max_examples=30)
@given(n=st.integers(2, 7), seed=st.integers(0, 99))
def test_forces_turn_with_the_points(n, seed):
    anchors, positives = pairs(n, 3, seed)
    rotation = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)).Q
    straight = npair_gradients(anchors, positives, tao=0.5, normalize=True)
    turned = npair_gradients(anchors @ rotation, positives @ rotation, tao=0.5, normalize=True)
    torch.testing.assert_close(turned.push, straight.push @ rotation)


def test_at_two_pairs_both_objectives_are_one():
    mc, ovo = (npair_gradients(*pairs(2, 3), objective=name) for name in ("mc", "ovo"))
    torch.testing.assert_close(mc.on_anchors, ovo.on_anchors)
    torch.testing.assert_close(mc.weights, ovo.weights)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_tiny_forces_keep_their_digits_in_float32(objective):
    rows = at_degrees([0, 180]).float()
    forces = npair_gradients(rows, rows, tao=0.05, objective=objective)
    assert forces.pull.norm(dim=1).tolist() == pytest.approx([math.exp(-40) / 0.1] * 2, rel=1e-4)
    assert forces.loss.item() == pytest.approx(math.exp(-40), rel=1e-4)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("tao", [1e-4, 1e4])
def test_no_temperature_gives_an_infinite_force(tao, dtype):
    rows = [unit_rows(rows).to(dtype) for rows in pairs(5, 3)]
    forces = npair_gradients(*rows, tao=tao)
    for tensor in (forces.loss, forces.on_tao, forces.weights, forces.on_anchors, forces.on_positives):
        assert tensor.isfinite().all()


def test_rows_of_equal_label_are_left_out_of_the_closed_forms_too():
    labels = torch.tensor([1, 2, 1, 3])
    for objective, normalize in FORMS:
        rows = pairs(4, 3)
        ours = npair_gradients(*rows, tao=0.5, objective=objective, normalize=normalize, labels=labels)
        theirs = by_autograd(*rows, 0.5, 0.0, objective, normalize, labels)
        for one, other in zip((ours.loss, ours.on_anchors, ours.on_positives, ours.on_tao), theirs, strict=True):
            torch.testing.assert_close(one, other)
        assert ours.weights[0, 2] == 0


def test_a_zero_row_feels_nothing_through_normalization():
    anchors, positives = pairs(3, 4)
    anchors[1] = 0
    forces = npair_gradients(anchors, positives, normalize=True)
    assert (forces.on_anchors[1] == 0).all()
    assert forces.on_positives.isfinite().all()


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_no_pair_has_empty_forces(objective):
    forces = npair_gradients(torch.zeros(0, 3), torch.zeros(0, 3), objective=objective)
    assert forces.loss.item() == 0
    assert forces.on_anchors.shape == (0, 3)


def test_the_line_up_has_the_taught_forces():
    forces = npair_gradients(*LINE_UP, tao=0.5)
    assert forces.similarities[0].tolist() == pytest.approx([0.643, 0.866, -0.574, -0.966], abs=6e-4)
    assert forces.weights[0].tolist() == pytest.approx([0.372, 0.581, 0.033, 0.015], abs=6e-4)
    assert forces.pull[0].norm().item() == pytest.approx(0.314, abs=6e-4)
    assert forces.push_from(0)[1].norm().item() == pytest.approx(0.290, abs=6e-4)
    assert (-forces.on_anchors[0]).tolist() == pytest.approx([-0.374, -0.033], abs=6e-4)
    on_circle = npair_gradients(*LINE_UP, tao=0.5, normalize=True)
    assert (-on_circle.on_anchors[0]).tolist() == pytest.approx([-0.374, 0], abs=6e-4)


def test_the_most_pushed_positive_of_the_line_up_is_that_of_eight():
    weights = npair_gradients(*LINE_UP, tao=0.5).weights.clone().fill_diagonal_(0)
    assert weights.sum(0).argmax().item() == 1
    assert weights.sum(0).max().item() == pytest.approx(0.643, abs=6e-4)


def test_meeting_is_not_rest():
    anchors, positives = LINE_UP[0], LINE_UP[1].clone()
    positives[0] = anchors[0]
    forces = npair_gradients(anchors, positives, tao=0.5)
    assert forces.pull[0].tolist() == pytest.approx([0, 0.226], abs=6e-4)
    assert (-forces.on_anchors[0]).tolist() == pytest.approx([-0.096, 0.057], abs=6e-4)


def test_gradients_need_no_graph():
    anchors, positives = pairs(3, 2)
    assert not npair_gradients(anchors.requires_grad_(), positives).on_anchors.requires_grad


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tao": 0}, "positive and finite"),
        ({"l2_reg": -1}, "zero or more"),
        ({"objective": "x"}, "'mc', 'ovo'"),
        ({"labels": torch.zeros(2, dtype=torch.long)}, "3 in all, got 2"),
    ],
)
def test_wrong_settings_are_told_the_rule_what_came_and_the_mend(settings, message):
    with pytest.raises(ValueError, match=message):
        npair_gradients(*pairs(3, 2), **settings)


@pytest.mark.parametrize(("objective", "normalize"), FORMS)
@pytest.mark.parametrize("labelled", [False, True])
def test_closed_forms_beside_extra_negatives_equal_autograd(labelled, objective, normalize):
    for n, m, d in [(1, 3, 2), (4, 1, 3), (5, 9, 2), (3, 0, 2)]:
        inputs = [*pairs(n, d), pairs(m, d, seed=3)[0], torch.tensor(0.6, dtype=torch.float64)]
        labels, theirs = (torch.arange(n) % 3, torch.arange(m) % 4) if labelled else (None, None)
        masks = {"labels": labels, "negative_labels": theirs, "l2_reg": 0.2, "objective": objective}
        ours = npair_gradients(*inputs[:2], tao=0.6, negatives=inputs[2], normalize=normalize, **masks)
        free = [one.requires_grad_() for one in inputs]
        rows = [unit_rows(one) for one in free[:3]] if normalize else free[:3]
        loss = npair_loss(*rows[:2], tao=free[3], negatives=rows[2], **masks)
        expected = torch.autograd.grad(loss, free, materialize_grads=True)
        torch.testing.assert_close(ours.loss, loss.detach(), rtol=1e-10, atol=1e-10)
        found = ours.on_anchors, ours.on_positives, ours.on_negatives, ours.on_tao
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)
        assert ours.weights.shape == ours.similarities.shape == (n, n + m)
        torch.testing.assert_close(ours.weights.sum(dim=1), torch.ones(n, dtype=torch.float64))


@pytest.mark.parametrize("normalize", [False, True])
def test_what_pushes_whom_counts_extra_negatives(normalize):
    anchors, positives, negatives = *pairs(4, 3), pairs(6, 3, seed=3)[0]
    forces = npair_gradients(anchors, positives, tao=0.6, normalize=normalize, negatives=negatives)
    torch.testing.assert_close(torch.stack([forces.push_from(i).sum(dim=0) for i in range(4)]), forces.push)
    onto = torch.stack([forces.push_onto(j).sum(dim=0) for j in range(10)])
    torch.testing.assert_close(onto, torch.cat([forces.push_on_positives, forces.push_on_negatives]))


def test_extra_negatives_of_another_width_are_refused_beside_forces():
    with pytest.raises(ValueError, match="negatives must have the 3 numbers a row of anchors, got 2"):
        npair_gradients(*pairs(4, 3), negatives=torch.ones(2, 2).double())
