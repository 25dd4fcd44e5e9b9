"""A temperature that the module learns, or that one's own log_tao gives: value, gradient, bounds, and copies."""

import copy
import math
import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor, multiprocessing, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from npair_viz import doctor
from npair_viz.losses.npair_module import NPairLoss
from tests.support.loop_oracles import loop_gradients, loop_loss, pairs
from tests.support.repository import ROOT

ROWS, LABELS = torch.cat(pairs(5, 3)), torch.arange(5).repeat(2)
START = 0.3


def learning(tao: float | Tensor = START, **settings) -> NPairLoss:
    tao = torch.as_tensor(tao, dtype=torch.float64)
    return NPairLoss(l2_reg=0.0, tao=tao, policy="first", learn_tao=True, **settings)


def by_hand(tao: Tensor, **settings) -> NPairLoss:
    """The module whose tao comes from outside."""
    loss = NPairLoss(l2_reg=0.0, policy="first", **settings)
    loss.tao = tao
    return loss


def slope(tao: float, objective: str = "mc") -> Tensor:
    """d loss / d log tao of the batch, by a loop."""
    return loop_gradients(*ROWS.chunk(2), tao, 0.0, objective, normalize=True)[2] * tao


def value(tao: float) -> float:
    return math.fsum(loop_loss(*ROWS.chunk(2), tao, 0.0, "mc", normalize=True)) / 5


# --- value and gradient


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("kernel", ["auto", "plain", "dense", "streaming"])
def test_the_gradient_of_log_tao_is_that_of_a_loop(kernel: str, objective: str) -> None:
    loss = learning(kernel=kernel, objective=objective)
    loss(ROWS, LABELS).backward()
    torch.testing.assert_close(loss.log_tao.grad, slope(loss.tao.item(), objective), rtol=1e-9, atol=1e-12)


def test_the_loss_at_a_learned_tao_is_that_of_a_loop() -> None:
    loss = learning()
    assert loss(ROWS, LABELS).item() == pytest.approx(value(loss.tao.item()), rel=1e-9)


def test_its_own_log_tao_is_all_that_the_module_learns() -> None:
    assert [name for name, _ in learning().named_parameters()] == ["log_tao"]
    assert learning().learn_tao
    assert not NPairLoss().learn_tao


def test_steps_lead_to_the_tao_at_which_shares_are_as_sure_as_picks_are_right() -> None:
    """Formula 17: corners of a simplex, of which one anchor in eight stands at another's."""
    corners = torch.eye(8, dtype=torch.float64) - 1 / 8
    anchors = corners.clone()
    anchors[0] = corners[1]
    loss = learning()
    optimizer = torch.optim.Adam(loss.parameters(), lr=0.03)
    for _ in range(200):
        optimizer.zero_grad()
        loss(torch.cat([anchors, corners]), torch.arange(8).repeat(2)).backward()
        optimizer.step()
    assert loss.tao.item() == pytest.approx(8 / 7 / math.log(7 * 7), rel=1e-3)


def test_second_derivatives_are_right() -> None:
    loss, rows = learning(), ROWS.clone().requires_grad_()
    log_tao = loss.log_tao.detach().requires_grad_()

    def of_both(rows: Tensor, log_tao: Tensor) -> Tensor:
        return torch.func.functional_call(loss, {"log_tao": log_tao}, (rows, LABELS))

    assert torch.autograd.gradgradcheck(of_both, (rows, log_tao))


@pytest.mark.filterwarnings("ignore:.*Function'> should not be instantiated")  # torch's compiler does so itself
@pytest.mark.parametrize("kernel", ["plain", "auto"])
@pytest.mark.parametrize("drifted", [-1.2, -9.0, 9.0])
def test_the_compiled_module_has_the_same_value_and_gradient(drifted: float, kernel: str) -> None:
    loss = learning(max_pairs=6, kernel=kernel)
    with torch.no_grad():
        loss.log_tao.fill_(drifted)
    found = []
    torch.compiler.reset()
    for module in (loss, torch.compile(loss, fullgraph=True, backend="aot_eager")):
        loss.log_tao.grad = None
        module(ROWS, LABELS).backward()
        found.append(loss.log_tao.grad)
    torch.compiler.reset()  # it remembers the settings of this module, and would trace those of the next one
    torch.testing.assert_close(found[1], found[0], rtol=1e-12, atol=1e-14)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # torch's own use, the first time
def test_the_rows_tangents_pass_a_learned_tao() -> None:
    loss, way = learning(kernel="plain"), torch.cat(pairs(5, 3)).flip(0)
    _, found = torch.func.jvp(lambda rows: loss(rows, LABELS), (ROWS,), (way,))
    rows = ROWS.clone().requires_grad_()
    loss(rows, LABELS).backward()
    torch.testing.assert_close(found.detach(), (rows.grad * way).sum())


# --- what is set, and what is refused


def test_tao_can_be_set_and_the_parameter_stays_the_same() -> None:
    loss = learning()
    before = loss.log_tao
    loss.tao = 0.125
    assert loss.log_tao is before
    assert loss.tao.item() == pytest.approx(0.125, rel=1e-12)
    loss.tao = torch.tensor(0.25)
    assert loss.tao.item() == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize("tao", [0.009, 101.0, torch.tensor(0.009)])
def test_an_initial_tao_outside_the_range_is_refused(tao: float | Tensor) -> None:
    with pytest.raises(ValueError, match=r"tao must lie in tao_range, from 0\.01 to 100, .*widen tao_range"):
        NPairLoss(tao=tao, learn_tao=True)


def test_a_tao_outside_the_range_can_not_be_set() -> None:
    loss = NPairLoss(tao=0.2, learn_tao=True, tao_range=(0.1, 0.5))
    with pytest.raises(ValueError, match=r"from 0\.1 to 0\.5, where it is learned, got 0\.6"):
        loss.tao = 0.6
    assert loss.tao.item() == pytest.approx(0.2)


@pytest.mark.parametrize("bound", [0.01, 0.07, 100.0])
def test_what_is_read_at_a_bound_can_be_set_again(bound: float) -> None:
    loss = NPairLoss(tao=bound, learn_tao=True, tao_range=(bound / 2, bound) if bound > 1 else (bound, 1.0))
    loss.tao = loss.tao.item()
    assert loss.tao.item() == pytest.approx(bound)


@pytest.mark.parametrize(("value", "error"), [(0.0, ValueError), (math.nan, ValueError), ("0.5", TypeError)])
def test_what_is_no_tao_is_refused_as_ever(value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="tao must be"):
        NPairLoss(tao=value, learn_tao=True)


def test_a_tao_with_a_gradient_of_its_own_is_refused_where_the_module_learns() -> None:
    own = nn.Parameter(torch.tensor(0.5))
    with pytest.raises(ValueError, match=r"the module learns log_tao, its own; pass tao\.detach\(\)"):
        NPairLoss(tao=own, learn_tao=True)
    loss = learning()
    with pytest.raises(ValueError, match=r"pass tao\.detach\(\)"):
        loss.tao = own.log().exp()
    loss.tao = own.detach()  # the mend
    assert loss.tao.item() == pytest.approx(0.5)


@pytest.mark.parametrize("tao_range", [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (0.1, math.inf), (math.nan, 1.0)])
def test_a_range_that_is_none_is_refused(tao_range: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="tao_range must rise from above 0 and be finite"):
        NPairLoss(learn_tao=True, tao_range=tao_range)


@pytest.mark.parametrize("tao_range", [0.1, (0.1,), "ab", ("a", "b")])
def test_a_range_that_is_not_two_numbers_is_refused(tao_range: object) -> None:
    with pytest.raises(TypeError, match="tao_range must be"):
        NPairLoss(learn_tao=True, tao_range=tao_range)


# --- at the bounds


@pytest.mark.parametrize(("bound", "drifted"), [(0.2, 0.2), (0.2, 1e-9), (0.4, 0.4), (0.4, 1e9)])
@pytest.mark.parametrize("sign", [1, -1])
def test_at_a_bound_the_gradient_that_leads_inside_flows_and_the_other_does_not(
    sign: int, bound: float, drifted: float
) -> None:
    loss = learning(tao_range=(0.2, 0.4))
    with torch.no_grad():
        loss.log_tao.fill_(math.log(drifted))
    assert loss.tao.item() == pytest.approx(bound)
    (sign * loss(ROWS, LABELS)).backward()
    at_bound = sign * slope(bound).item()
    leads_inside = (at_bound < 0) == (bound == 0.2)
    assert loss.log_tao.grad.item() == pytest.approx(at_bound if leads_inside else 0.0, rel=1e-9)


def test_a_tao_that_momentum_carried_out_comes_back() -> None:
    loss = learning(tao=0.4, tao_range=(0.2, 0.4))
    with torch.no_grad():
        loss.log_tao.add_(1.0)
    optimizer = torch.optim.SGD(loss.parameters(), lr=0.5)
    sign = 1 if slope(0.4) > 0 else -1
    for _ in range(60):
        optimizer.zero_grad()
        (sign * loss(ROWS, LABELS)).backward()
        optimizer.step()
    assert loss.tao.item() < 0.39


def test_a_tao_at_its_bound_does_not_drift_on() -> None:
    loss = learning(tao=0.4, tao_range=(0.2, 0.4))
    optimizer = torch.optim.SGD(loss.parameters(), lr=0.5)
    sign = -1 if slope(0.4) > 0 else 1
    for _ in range(20):
        optimizer.zero_grad()
        (sign * loss(ROWS, LABELS)).backward()
        optimizer.step()
    assert loss.log_tao.item() == math.log(0.4)


# --- a tao from outside


def test_a_log_tao_of_ones_own_may_be_kept_on_the_module() -> None:
    loss = NPairLoss(l2_reg=0.0, policy="first")
    loss.log_tao = nn.Parameter(torch.tensor(-0.7, dtype=torch.float64))
    loss.tao = loss.log_tao.exp()
    loss(ROWS, LABELS).backward()
    torch.testing.assert_close(loss.log_tao.grad, slope(math.exp(-0.7)), rtol=1e-9, atol=0)


def test_a_copy_of_a_module_with_a_computed_tao_has_its_value() -> None:
    log_tao = torch.tensor(-0.7, dtype=torch.float64, requires_grad=True)
    loss = by_hand(log_tao.exp())
    for copied in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss)), AveragedModel(loss).module):
        assert copied.tao.item() == math.exp(-0.7)
        assert not copied.tao.requires_grad
        assert torch.equal(copied(ROWS, LABELS), loss(ROWS, LABELS))
    loss(ROWS, LABELS).backward()  # the module itself still teaches log_tao
    torch.testing.assert_close(log_tao.grad, slope(math.exp(-0.7)), rtol=1e-9, atol=0)


def test_a_parameter_that_crossed_zero_is_held_in_the_range_and_led_back() -> None:
    tao = nn.Parameter(torch.tensor(0.3, dtype=torch.float64))
    loss = NPairLoss(l2_reg=0.0, tao=tao, policy="first", tao_range=(0.2, 0.4))
    with torch.no_grad():
        tao.sub_(1.0)
    found = loss(ROWS, LABELS)
    assert found.item() == pytest.approx(value(0.2), rel=1e-9)
    steepness = slope(0.2).item() / 0.2
    (found if steepness < 0 else -found).backward()
    assert tao.grad.item() == pytest.approx(-abs(steepness), rel=1e-9)


def test_a_parameter_inside_the_range_has_the_gradient_of_tao() -> None:
    tao = nn.Parameter(torch.tensor(0.3, dtype=torch.float64))
    NPairLoss(l2_reg=0.0, tao=tao, policy="first")(ROWS, LABELS).backward()
    torch.testing.assert_close(tao.grad, slope(0.3) / 0.3, rtol=1e-9, atol=0)


def test_a_parameter_that_starts_outside_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tao must lie in tao_range, from 0\.01 to 100"):
        NPairLoss(tao=nn.Parameter(torch.tensor(0.001)))
    assert NPairLoss(tao=0.001).tao == 0.001  # a number that nobody learns may be any


# --- what carries it


def taught(loss: NPairLoss) -> NPairLoss:
    loss(ROWS, LABELS).backward()
    torch.optim.SGD(loss.parameters(), lr=0.5).step()
    return loss


def test_a_state_dict_carries_it() -> None:
    loss, other = taught(learning()), learning(tao=0.9)
    assert list(loss.state_dict()) == ["log_tao"]
    other.load_state_dict(loss.state_dict())
    assert torch.equal(other.tao, loss.tao)


def test_a_module_that_learns_nothing_still_loads_an_empty_state_dict() -> None:
    assert not NPairLoss().load_state_dict({}).missing_keys
    with pytest.raises(RuntimeError, match=r'Unexpected key.*"log_tao"'):
        NPairLoss().load_state_dict(learning().state_dict())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_to_another_dtype_moves_it_and_tao_is_read_in_working_precision(dtype: torch.dtype) -> None:
    loss = NPairLoss(tao=START, policy="first", learn_tao=True).to(dtype)
    assert loss.log_tao.dtype == dtype
    assert loss.tao.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert loss.tao.item() == pytest.approx(START, rel=0.01)
    loss(ROWS.to(dtype), LABELS).backward()
    assert loss.log_tao.grad.dtype == dtype
    assert loss.log_tao.grad.item() == pytest.approx(slope(START).item(), rel=0.05)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_tao_starts_in_the_precision_that_was_given_but_never_in_half(dtype: torch.dtype) -> None:
    loss = NPairLoss(tao=torch.tensor(0.5, dtype=dtype), learn_tao=True)
    assert loss.log_tao.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)


def test_to_another_device_moves_it() -> None:
    loss = NPairLoss(tao=START, learn_tao=True).to("meta")
    assert loss.tao.device.type == "meta"
    assert "learn_tao=True" in repr(loss)


def test_a_deep_copy_learns_on_its_own() -> None:
    loss = taught(learning())
    before, copied = loss.tao.item(), copy.deepcopy(loss)
    assert copied.tao.item() == before
    taught(copied)
    assert copied.tao.item() != before
    assert loss.tao.item() == before


def test_an_averaged_model_averages_log_tao() -> None:
    loss = learning(tao=0.2)
    average = AveragedModel(loss, multi_avg_fn=get_ema_multi_avg_fn(0.75))
    average.update_parameters(loss)
    loss.tao = 0.4
    average.update_parameters(loss)
    assert average.module.tao.item() == pytest.approx(0.2**0.75 * 0.4**0.25, rel=1e-6)


def lost_and_taught(_: int, losses: list[NPairLoss], path: Path) -> None:
    torch.save([(loss.tao.item(), loss(ROWS, LABELS).item()) for loss in losses], path)


def test_a_spawned_process_gets_it(tmp_path: Path) -> None:
    log_tao = torch.tensor(-0.7, dtype=torch.float64, requires_grad=True)
    losses = [taught(learning()), by_hand(log_tao.exp())]
    multiprocessing.spawn(lost_and_taught, (losses, tmp_path / "seen.pt"), nprocs=1)
    seen = torch.load(tmp_path / "seen.pt")
    assert seen == [(loss.tao.item(), loss(ROWS, LABELS).item()) for loss in losses]


def test_replicas_of_data_parallel_have_it() -> None:
    loss = learning()
    replica = loss._replicate_for_data_parallel()
    replica.log_tao = loss.log_tao.clone()  # what replicate does: a tensor where the parameter was
    replica(ROWS, LABELS).backward()
    torch.testing.assert_close(loss.log_tao.grad, slope(loss.tao.item()), rtol=1e-9, atol=0)


def test_a_module_of_version_0_1_learns_nothing() -> None:
    loss = torch.load(ROOT / "tests" / "losses" / "data" / "npair_loss_0.1.0.pt", weights_only=False)
    assert not loss.learn_tao
    loss.tao = 0.5
    assert "tao=0.5" in repr(loss)


# --- who reads it


def test_the_printed_module_shows_tao_and_that_it_is_learned() -> None:
    loss = NPairLoss(tao=0.07, learn_tao=True)
    assert "tao=0.07," in repr(loss)
    assert repr(loss).endswith("learn_tao=True, tao_range=(0.01, 100.0))")
    assert "learn_tao" not in repr(NPairLoss())


def test_the_doctor_examines_at_the_learned_tao() -> None:
    loss = taught(learning())
    tao = loss.tao.item()
    learned, fixed = (doctor(ROWS, LABELS, loss=one) for one in (loss, NPairLoss(0.0, tao, policy="first")))
    assert str(learned) == str(fixed)
