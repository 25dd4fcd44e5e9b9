"""Settings of odd types: what is a number or a flag is used as one, what is not is refused before it counts as one."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from npair_viz.diagnosis.examine import doctor
from npair_viz.geometry.point_descent import descend
from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.theory.optimal_pairs import optimal_pairs
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from npair_viz.training.datasets import blends
from npair_viz.training.train import settings_of
from tests.support.loop_oracles import loop_loss, pairs

HALVES = {
    "numpy, 0-dim": np.array(0.5),
    "numpy scalar": np.float32(0.5),
    "decimal": Decimal("0.5"),
    "fraction": Fraction(1, 2),
}
ANCHORS, POSITIVES = pairs(4, 3)
LABELS = torch.arange(4).repeat(2)


# --- numbers


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("kernel", ["plain", "dense", "streaming"])
def test_a_number_of_any_kind_is_the_temperature_that_it_says(half, kernel):
    expected = sum(loop_loss(ANCHORS, POSITIVES, 0.5, 0.5, "mc", normalize=False)) / 4
    anchors = ANCHORS.clone().requires_grad_()
    found = npair_loss(anchors, POSITIVES, tao=HALVES[half], l2_reg=HALVES[half], kernel=kernel)
    found.backward()
    assert found.item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("half", HALVES)
def test_the_module_keeps_a_number_of_any_kind_as_a_number(half):
    loss = NPairLoss(tao=HALVES[half], l2_reg=HALVES[half], normalize=False, policy="first")
    expected = sum(loop_loss(ANCHORS, POSITIVES, 0.5, 0.5, "mc", normalize=False)) / 4
    assert loss(torch.cat([ANCHORS, POSITIVES]), LABELS).item() == pytest.approx(expected, rel=1e-10)
    assert isinstance(loss.tao, float)


def test_the_static_part_and_the_closed_forms_take_a_number_of_any_kind():
    half, negatives = np.array(0.5), POSITIVES.flip(0).unsqueeze(1)
    expected = NPairLoss.n_pair_loss(ANCHORS, POSITIVES, negatives, 0.5)
    assert torch.equal(NPairLoss.n_pair_loss(ANCHORS, POSITIVES, negatives, half), expected)
    expected = npair_gradients(ANCHORS, POSITIVES, tao=0.5, l2_reg=0.5)
    found = npair_gradients(ANCHORS, POSITIVES, tao=half, l2_reg=half)
    assert torch.equal(found.on_anchors, expected.on_anchors)
    assert torch.equal(descend(ANCHORS, POSITIVES, steps=1, tao=half).losses,
                       descend(ANCHORS, POSITIVES, steps=1, tao=0.5).losses)  # fmt: skip


@pytest.mark.parametrize("one", [np.array([0.5]), torch.tensor([0.5]), [0.5]])
def test_a_list_of_one_number_is_no_weight(one):
    with pytest.raises(TypeError, match="l2_reg must be a number, got"):
        npair_loss(ANCHORS, POSITIVES, l2_reg=one)


@pytest.mark.parametrize("tao", [torch.tensor(True), torch.tensor(1j)])
def test_a_tensor_that_is_no_real_number_is_no_temperature(tao):
    with pytest.raises(TypeError, match="tao must be a real number, got a tensor of torch"):
        npair_loss(ANCHORS, POSITIVES, tao=tao)


def test_an_array_of_one_temperature_is_refused():
    with pytest.raises(TypeError, match=r"tao must be a number, got array\(\[0.5\]\) of type ndarray"):
        NPairLoss(tao=np.array([0.5]))


# --- flags

FLAGS = {
    "NPairLoss, normalize": lambda flag: NPairLoss(normalize=flag),
    "NPairLoss, gather": lambda flag: NPairLoss(gather=flag),
    "NPairLoss, learn_tao": lambda flag: NPairLoss(learn_tao=flag),
    "npair_gradients": lambda flag: npair_gradients(ANCHORS, POSITIVES, normalize=flag),
    "descend": lambda flag: descend(ANCHORS, POSITIVES, steps=1, normalize=flag),
    "descend, put_back": lambda flag: descend(ANCHORS, POSITIVES, steps=1, put_back=flag),
    "optimal_pairs": lambda flag: optimal_pairs(3, 2, 0.5, l2_reg=0.1, normalize=flag),
    "loss_ruler": lambda flag: loss_ruler(3, 0.5, search=flag),
    "phase": lambda flag: phase(3, 0.5, 0.1, search=flag),
    "doctor": lambda flag: doctor(torch.cat([ANCHORS, POSITIVES]), LABELS, normalize=flag),
    "train, normalize": lambda flag: settings_of(blends(n_classes=16), normalize=flag),
    "train, mining": lambda flag: settings_of(blends(n_classes=16), mining=flag),
}


@pytest.mark.parametrize("call", FLAGS)
def test_a_word_is_no_flag(call):
    with pytest.raises(ValueError, match="must be one of True, False, got 'false'"):
        FLAGS[call]("false")


@pytest.mark.parametrize("flag", [False, np.bool_(False)])
def test_a_flag_of_numpy_is_a_flag(flag):
    assert NPairLoss(normalize=flag).normalize is False
