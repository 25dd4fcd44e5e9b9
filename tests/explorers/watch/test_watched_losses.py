"""Which losses are watched: not copies, and none within a compiled graph or torch.func."""

import copy
import pickle
import warnings
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from npair_viz import NPairLoss, NPairWarning, npair_loss, watch
from tests.support.watched_loss import LABELS, rows, run

# --- who is watched


def of_deepcopy(loss: NPairLoss) -> NPairLoss:
    return copy.deepcopy(loss)


def of_average(loss: NPairLoss) -> NPairLoss:
    return AveragedModel(loss).module


def of_pickle(loss: NPairLoss) -> NPairLoss:
    return pickle.loads(pickle.dumps(loss))


def of_replica(loss: NPairLoss) -> NPairLoss:
    return loss._replicate_for_data_parallel()


@pytest.mark.parametrize("copied", [copy.copy, of_deepcopy, of_average, of_pickle, of_replica])
def test_a_copy_of_a_watched_loss_is_not_watched(copied: Callable[[NPairLoss], NPairLoss]) -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    run(other := copied(loss))
    assert monitor.step == 0
    assert copied is of_replica or other._watcher is None
    run(loss)
    assert monitor.step == 1


def test_a_state_and_a_print_know_nothing_of_the_monitor() -> None:
    plain, watched = NPairLoss(learn_tao=True), NPairLoss(learn_tao=True)
    watch(watched)
    assert plain.state_dict() == watched.state_dict()
    assert repr(plain) == repr(watched)
    assert plain.__getstate__().keys() == watched.__getstate__().keys()


def test_a_second_monitor_of_a_loss_closes_the_first() -> None:
    loss = NPairLoss()
    first, second = (watch(loss, every=1) for _ in range(2))
    run(loss)
    assert (first.step, second.step) == (0, 1)
    assert first._sampler is None


def test_several_losses_have_one_monitor_each() -> None:
    losses = {name: NPairLoss(tao=tao) for name, tao in (("near", 0.1), ("far", 0.9))}
    monitors = {name: watch(loss, every=1, name=name) for name, loss in losses.items()}
    for loss in losses.values():
        run(loss)
    found = {key: value for monitor in monitors.values() for key, value in monitor.metrics().items()}
    assert (found["near/tao"], found["far/tao"]) == (0.1, 0.9)


def test_a_closed_monitor_keeps_what_it_has_and_lets_go_of_all_else() -> None:
    net, loss = nn.Linear(5, 3), NPairLoss()
    held = weakref.ref(net)
    monitor = watch(loss, every=1, encoder=net, sample=(rows().detach(), LABELS))
    run(loss)
    monitor.close()
    run(loss)
    del net
    assert held() is None
    assert monitor.step == len(monitor.rows) == 1
    assert "_watcher" not in loss.__getstate__()


def test_a_monitor_lives_as_long_as_its_loss_and_does_not_hold_it() -> None:
    loss = NPairLoss()
    watch(loss, every=1)
    gone = weakref.ref(loss)
    del loss
    assert gone() is None


def test_a_model_that_holds_its_monitor_can_be_copied_and_pickled() -> None:
    model = nn.Module()
    model.loss = NPairLoss()
    model.monitor = watch(model.loss, every=1, name="it")
    run(model.loss, 3)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        run(other.loss)
        assert other.monitor.rows == model.monitor.rows
        assert (other.monitor.step, other.monitor.name) == (3, "it")
    run(model.loss)
    assert model.monitor.step == 4


# --- compiled, and transformed


@pytest.fixture
def quietly() -> Iterator[None]:
    torch.compiler.reset()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        yield


def test_within_a_compiled_graph_it_steps_aside_with_one_warning(quietly: None) -> None:
    from torch._dynamo.testing import CompileCounterWithBackend

    loss = NPairLoss(policy="first", max_pairs=6)
    monitor = watch(loss, every=1)
    counter = CompileCounterWithBackend("aot_eager")
    quick = torch.compile(loss, fullgraph=True, backend=counter)
    with pytest.warns(NPairWarning, match="steps aside") as told:
        found = [quick(rows(seed), LABELS) for seed in range(3)]
    assert (len(told), counter.frame_count, monitor.step) == (1, 1, 0)
    monitor.close()
    torch.testing.assert_close(found, [loss(rows(seed), LABELS) for seed in range(3)])


def test_a_call_within_a_compiled_graph_steps_aside_too(quietly: None) -> None:
    monitor = watch(every=1)

    def seen(anchors: Tensor, positives: Tensor) -> Tensor:
        monitor(anchors, positives, tao=0.5)
        return npair_loss(anchors, positives, tao=0.5)

    quick = torch.compile(seen, fullgraph=True, backend="aot_eager")
    with pytest.warns(NPairWarning, match="steps aside") as told:
        found = [quick(*rows(seed).detach().chunk(2)) for seed in range(2)]
    assert found[0] != found[1]
    assert (len(told), monitor.step) == (1, 0)


def test_under_torch_func_it_steps_aside_with_one_warning(quietly: None) -> None:
    monitor = watch(loss := NPairLoss(policy="first", max_pairs=6), every=1)
    slope = torch.func.grad(lambda one: loss(one, LABELS))
    with pytest.warns(NPairWarning, match="steps aside") as told:
        assert torch.equal(*(slope(rows().detach()) for _ in range(2)))
    assert (len(told), monitor.step) == (1, 0)
