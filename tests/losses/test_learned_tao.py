"""A temperature that is learned: value, gradient, and copies."""

import copy
import math
import pickle
from pathlib import Path

import torch
from torch import Tensor, multiprocessing, nn
from torch.optim.swa_utils import AveragedModel

from npair_viz.losses.npair import NPairLoss
from tests.support.loop_oracles import loop_gradients, pairs

ROWS, LABELS = torch.cat(pairs(5, 3)), torch.arange(5).repeat(2)


def by_hand(tao: Tensor, **settings) -> NPairLoss:
    """The module whose tao comes from outside."""
    loss = NPairLoss(l2_reg=0.0, policy="first", **settings)
    loss.tao = tao
    return loss


def slope(tao: float, objective: str = "mc") -> Tensor:
    """d loss / d log tao of the batch, by a loop."""
    return loop_gradients(*ROWS.chunk(2), tao, 0.0, objective, normalize=True)[2] * tao


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


def lost_and_taught(_: int, losses: list[NPairLoss], path: Path) -> None:
    torch.save([(loss.tao.item(), loss(ROWS, LABELS).item()) for loss in losses], path)


def test_a_spawned_process_gets_it(tmp_path: Path) -> None:
    log_tao = torch.tensor(-0.7, dtype=torch.float64, requires_grad=True)
    losses = [by_hand(log_tao.exp())]
    multiprocessing.spawn(lost_and_taught, (losses, tmp_path / "seen.pt"), nprocs=1)
    seen = torch.load(tmp_path / "seen.pt")
    assert seen == [(loss.tao.item(), loss(ROWS, LABELS).item()) for loss in losses]
