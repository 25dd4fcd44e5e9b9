"""Training: what a run computes, that it can be repeated, and that it never uses unseen classes."""

import time
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from npair_viz.losses.gradients import npair_gradients
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from npair_viz.training.datasets import blends, named, of_classes
from npair_viz.training.snapshot import floor_and_chance
from npair_viz.training.train import Settings, draw_batch, encoder, train
from tests.support.loop_oracles import loop_loss


@pytest.fixture(scope="module")
def world():
    """Eleven synthetic classes of seven rows; six are seen."""
    return blends(3, n_classes=11, rows=7)


def snapshots_of(world, steps=6, every=2, **settings):
    return list(train(world, steps=steps, every=every, **settings))


def numbers(snapshots):
    """All numbers of snapshots, in a form whose == compares every bit."""
    return [{**vars(one), "picture": one.picture.tolist()} for one in snapshots]


def plain_training(world, steps, settings):
    """Losses before each step of a plain training loop, with torch's own cross-entropy and gradient descent."""
    net, generator = encoder(world.inputs.shape[1], settings), torch.Generator().manual_seed(settings.seed)
    losses, norms = [], []
    for _ in range(steps + 1):
        loss = 0
        for _ in range(settings.groups):
            rows = net(world.inputs[draw_batch(world, settings, net, generator)])
            norms.append(rows.norm(dim=1).mean().item())
            rows = functional.normalize(rows)
            loss = loss + functional.cross_entropy(
                rows[::2] @ rows[1::2].T / settings.tao, torch.arange(len(rows) // 2)
            )
        loss = loss / settings.groups
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        for weights, gradient in zip(net.parameters(), gradients, strict=True):
            weights.data -= settings.lr * gradient
        losses.append(loss.item())
    return losses, norms[-1], torch.cat([one.flatten() for one in gradients]).norm().item()


# --- which classes are used


@pytest.mark.parametrize("mining", [False, True])
def test_a_loss_is_given_all_seen_classes_and_no_other(world, mining):
    given = set()

    def spy(embeddings, labels):
        given.update(labels.tolist())
        return embeddings.square().mean()

    snapshots_of(world, steps=40, n_classes=3, mining=mining, loss=spy)
    assert given == set(world.seen)


def test_inputs_of_unseen_classes_change_nothing_in_training(world):
    inputs = world.inputs.clone()
    inputs[world.measured] = torch.randn(len(world.measured), inputs.shape[1])
    other = replace(world, inputs=inputs)
    runs = [snapshots_of(one, mining=True, n_classes=2) for one in (world, other)]
    for one, two in zip(*runs, strict=True):
        for name in ("loss", "gradient_norm", "mean_norm", "effective_negatives"):
            assert getattr(one, name) == getattr(two, name)
        assert one.recall != two.recall


# --- a run


@pytest.mark.parametrize("groups", [1, 3])
def test_a_run_is_plain_gradient_descent_on_the_loss(world, groups):
    settings = Settings(tao=0.3, n_classes=4, groups=groups, optimiser="SGD", lr=0.2, dimension=5, seed=2)
    losses, norm, gradient = plain_training(world, 6, settings)
    snapshots = snapshots_of(world, every=1, **vars(settings))
    assert [one.loss for one in snapshots] == pytest.approx(losses, abs=1e-5)
    assert snapshots[-1].mean_norm == pytest.approx(norm, rel=1e-4)
    assert snapshots[-1].gradient_norm == pytest.approx(gradient, rel=1e-3)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("normalize", [True, False])
def test_the_first_loss_is_that_of_the_first_batch(world, objective, normalize):
    settings = Settings(tao=0.4, l2_reg=0.3, n_classes=5, dimension=3, normalize=normalize, objective=objective)
    net, generator = encoder(world.inputs.shape[1], settings), torch.Generator().manual_seed(0)
    rows = net(world.inputs[draw_batch(world, settings, net, generator)]).detach()
    expected = loop_loss(rows[::2], rows[1::2], 0.4, 0.3, objective, normalize)
    snapshot = next(train(world, **vars(settings)))
    assert snapshot.loss == pytest.approx(sum(expected) / 5, abs=1e-5)
    forces = npair_gradients(rows[::2], rows[1::2], tao=0.4, objective=objective, normalize=normalize)
    off = forces.weights.double().fill_diagonal_(0)
    shares = off / off.sum(dim=1, keepdim=True)
    entropy = -(shares * shares.clamp_min(1e-300).log()).sum(dim=1)
    assert snapshot.effective_negatives == pytest.approx(entropy.exp().mean().item(), abs=1e-4)


def test_a_loss_is_the_mean_over_the_steps_since_the_last_snapshot(world):
    each, some = snapshots_of(world, steps=7, every=1), snapshots_of(world, steps=7, every=3)
    assert [one.step for one in some] == [0, 3, 6, 7]
    losses = [one.loss for one in each]
    assert [one.loss for one in some] == pytest.approx(
        [losses[0], sum(losses[1:4]) / 3, sum(losses[4:7]) / 3, losses[7]], abs=1e-9
    )


def test_a_run_is_the_same_bit_by_bit_whatever_else_draws_numbers(world):
    first = snapshots_of(world, mining=True, n_classes=2)
    torch.manual_seed(5)
    second = []
    for snapshot in train(world, steps=6, every=2, mining=True, n_classes=2):
        torch.rand(3)
        second.append(snapshot)
    assert numbers(first) == numbers(second)
    assert numbers(snapshots_of(world, seed=1)) != numbers(snapshots_of(world, seed=2))


def test_a_run_leaves_torchs_generator_and_threads_alone(world):
    before = torch.get_rng_state()
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for _ in train(world, steps=2, every=1, mining=True, n_classes=2):
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(torch.get_rng_state(), before)


def test_training_goes_on_only_when_a_snapshot_is_asked_for(world):
    calls = []
    snapshots = train(world, steps=9, every=3, loss=lambda rows, _: calls.append(1) or rows.square().mean())
    assert not calls
    next(snapshots)
    assert len(calls) == 1
    next(snapshots)
    assert len(calls) == 4


@pytest.mark.parametrize("name", ["digits", "blends"])
def test_training_lowers_the_loss_and_takes_ten_seconds_at_most(name):
    world = named(name)
    started = time.process_time()  # of this process alone: the machine may do much else
    snapshots = snapshots_of(world, steps=300, every=5)
    assert time.process_time() - started < 10
    assert len(snapshots) == 61
    assert snapshots[-1].loss < 0.2 * snapshots[0].loss


def test_training_on_many_classes_raises_recall_on_unseen_classes():
    snapshots = snapshots_of(blends(), steps=200, every=200)
    assert snapshots[0].recall < 0.3
    assert snapshots[1].recall > 0.7


# --- the floor


@pytest.mark.parametrize(
    "settings",
    [
        {"dimension": 9, "tao": 0.3, "l2_reg": 0.1},
        {"dimension": 2, "tao": 0.3, "l2_reg": 0.0},
        {"dimension": 3, "tao": 0.3, "l2_reg": 0.0},
        {"dimension": 9, "tao": 0.8, "l2_reg": 0.2, "normalize": False},
        {"dimension": 2, "tao": 0.8, "l2_reg": 0.2, "normalize": False},
        {"dimension": 9, "tao": 0.8, "l2_reg": 0.2, "objective": "ovo"},
    ],
)
def test_no_batch_of_a_run_has_a_loss_below_the_floor(world, settings):
    for snapshot in snapshots_of(world, steps=60, every=1, n_classes=6, optimiser="SGD", lr=0.03, **settings):
        assert snapshot.loss >= snapshot.floor - 1e-5
        assert snapshot.floor < snapshot.chance


def test_the_floor_is_the_rulers_or_the_phase_laws_with_the_penalty():
    ruler = loss_ruler(5, 0.3, dimension=2)
    found = floor_and_chance(5, 2, 0.3, 0.25, normalize=True, objective="mc")
    assert found == pytest.approx((ruler.floor + 0.5, ruler.chance + 0.5))
    found = floor_and_chance(5, 7, 0.3, 0.25, normalize=False, objective="mc")
    assert found == pytest.approx((phase(5, 0.3, 0.25).optimal_loss, ruler.chance))


@pytest.mark.parametrize(("n", "d", "objective"), [(9, 3, "mc"), (6, 2, "ovo")])
def test_where_the_best_is_not_known_the_floor_lies_below_it(n, d, objective):
    floor, _ = floor_and_chance(n, d, 0.5, 0.0, normalize=True, objective=objective)
    assert floor < loss_ruler(n, 0.5, dimension=d, objective=objective).floor


def test_another_loss_has_no_floor(world):
    snapshot = snapshots_of(world, loss=lambda rows, _: rows.square().mean())[-1]
    assert snapshot.floor != snapshot.floor
    assert snapshot.chance != snapshot.chance


# --- what is measured


def test_in_two_dimensions_the_picture_is_the_space_itself(world):
    snapshot = snapshots_of(world, dimension=2, normalize=False)[-1]
    assert snapshot.held == 1.0
    assert snapshot.picture.shape == (len(world.shown), 2)


# --- batches


def test_a_batch_holds_two_different_rows_of_each_class(world):
    settings, generator = Settings(n_classes=4), torch.Generator().manual_seed(0)
    for _ in range(20):
        rows = draw_batch(world, settings, nn.Identity(), generator)
        classes = world.labels[rows].tolist()
        assert classes[::2] == classes[1::2]
        assert len(set(classes)) == 4
        assert len(set(rows.tolist())) == 8


def test_hard_classes_are_those_that_the_encoder_confuses():
    angles = torch.tensor([0.0, 2, 90, 92, 180, 182, 270, 272]).repeat_interleave(3).deg2rad()
    inputs = torch.stack([angles.cos(), angles.sin()], dim=1)
    world = replace(
        of_classes("twins", "", inputs, torch.arange(8).repeat_interleave(3)), seen=tuple(range(8)), unseen=(0, 1)
    )
    generator, settings = torch.Generator().manual_seed(0), Settings(n_classes=2, mining=True, dimension=2)
    picked = [
        sorted(set(world.labels[draw_batch(world, settings, nn.Identity(), generator)].tolist())) for _ in range(9)
    ]
    assert all(two == one + 1 and one % 2 == 0 for one, two in picked)
    assert len({one for one, _ in picked}) > 1


# --- what is refused


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tao": 0}, "tao must be positive"),
        ({"l2_reg": -1}, "l2_reg must be zero or more"),
        ({"objective": "both"}, "objective must be one of"),
        ({"optimiser": "adam"}, "optimiser must be one of 'Adam', 'SGD'"),
        ({"lr": 0}, "lr must be a positive finite number"),
        ({"n_classes": 7}, "n_classes must be at most 6, got 7"),
        ({"n_classes": 1}, "n_classes must be at least 2"),
        ({"dimension": 1}, "dimension must be at least 2"),
        ({"colour": 3}, "a setting must be one of tao"),
        ({"every": 0}, "every must be at least 1"),
        ({"steps": 2.5}, "steps must be a whole number"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_trained(world, settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        train(world, **settings)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused(world):
    with pytest.raises(ValueError, match="torch sees no CUDA device"):
        train(world, device="cuda")


def test_a_loss_that_is_not_finite_stops_the_run_with_its_step(world):
    with pytest.raises(ValueError, match=r"the loss is (nan|inf) at step \d+: a smaller lr"):
        snapshots_of(world, steps=50, optimiser="SGD", lr=1e30, normalize=False)
