"""An encoder embeds the sample as if nobody had asked it: modes, random states and weights are what they were."""

import re
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.nn.parallel import DataParallel

from npair_viz.training.sample_rows import MOST, modules_of, sample_rows

INPUTS, LABELS = torch.randn(12, 4, generator=torch.Generator().manual_seed(1)), torch.arange(12) % 4


def encoder() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 3))


def test_rows_are_embedded_in_eval_mode_without_gradients() -> None:
    net = encoder()
    found = sample_rows(net, (INPUTS, LABELS)).embed()
    assert not found.requires_grad
    assert torch.equal(found, net.eval()(INPUTS))


def test_each_module_gets_its_own_mode_back() -> None:
    net = encoder()
    net[1].eval()  # as where statistics are frozen
    sample_rows(net, (INPUTS, LABELS)).embed()
    assert [module.training for module in net.modules()] == [True, True, False, True, True]


def test_each_module_gets_its_mode_back_from_an_encoder_that_fails() -> None:
    class Failing(nn.Module):
        def forward(self, rows: Tensor) -> Tensor:
            raise RuntimeError("no")

    net = nn.Sequential(nn.Dropout(), Failing())
    with pytest.raises(RuntimeError, match="no"):
        sample_rows(net, (INPUTS, LABELS)).embed()
    assert all(module.training for module in net.modules())


def test_an_own_eval_that_does_more_is_not_called() -> None:
    class Merging(nn.Linear):
        def train(self, mode: bool = True) -> "Merging":
            pytest.fail("weights would be merged")

    net = Merging(4, 2)
    assert len(sample_rows(net, (INPUTS, LABELS)).embed()) == 12


def test_an_encoder_that_draws_leaves_the_random_state_and_the_statistics() -> None:
    class Noisy(nn.Module):
        def forward(self, rows: Tensor) -> Tensor:
            return rows + torch.randn_like(rows)

    net = nn.Sequential(encoder(), Noisy())
    before, state = [one.clone() for one in net.buffers()], torch.get_rng_state()
    sample_rows(net, (INPUTS, LABELS)).embed()
    assert torch.equal(torch.get_rng_state(), state)
    assert all(map(torch.equal, before, net.buffers()))


def test_weights_that_autocast_keeps_still_learn_after_a_sample() -> None:
    def gradient(rows: object) -> Tensor:
        torch.manual_seed(0)
        net = nn.Linear(4, 3)
        found = sample_rows(net, (INPUTS, LABELS))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            if rows:
                found.embed()
            net(INPUTS).sum().backward()
        return net.weight.grad

    assert torch.equal(gradient(True), gradient(False))


def test_rows_are_embedded_under_the_autocast_of_the_loop() -> None:
    net = nn.Linear(4, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = sample_rows(net, (INPUTS, LABELS)).embed()
        expected = net(INPUTS)
    assert torch.equal(found, expected.float())


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = encoder()

    def encode(self, inputs: dict[str, Tensor]) -> Tensor:
        return self.net(inputs["a"])


MODEL = Model()


def by_a_global(inputs: Tensor) -> Tensor:
    return MODEL.encode({"a": inputs})


@pytest.mark.parametrize(
    "owned",
    [MODEL, MODEL.encode, by_a_global, lambda inputs: MODEL.net(inputs), partial(lambda model, x: model(x), MODEL)],
)
def test_the_modules_of_methods_and_functions_are_found(owned: object) -> None:
    assert {*MODEL.net.modules()} <= {*modules_of(owned)}


def test_the_modules_of_a_closure_are_found() -> None:
    net = encoder()
    assert [*modules_of(lambda rows: net(rows))] == [*net.modules()]


FORMS = {
    "a dict": ({"a": INPUTS, "k": 3}, lambda found: {"a": found, "k": 3}, lambda given: given["a"]),
    "a tuple": ((INPUTS, None), lambda found: (found, None), lambda given: given[0]),
    "a list of tensors": ([INPUTS, INPUTS], lambda found: [found, found], lambda given: given[1]),
    "texts": ([*"abcdefghijkl"], None, lambda given: torch.tensor([[float(ord(one))] * 3 for one in given])),
}


@pytest.mark.parametrize("form", FORMS)
def test_inputs_of_many_forms_are_cut_evenly(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npair_viz.training.sample_rows.MOST", 5)
    inputs, _, rows_of = FORMS[form]
    found = sample_rows(rows_of, (inputs, LABELS))
    kept = [0, 2, 4, 7, 9]
    assert torch.equal(found.embed(), rows_of(inputs)[kept])
    assert torch.equal(found.classes, LABELS[kept])


def test_inputs_stay_as_they_were_given_whatever_the_encoder_does_to_its_own() -> None:
    def changing(features: dict[str, Tensor]) -> Tensor:
        features["b"] = features["a"] * 2
        return features["b"]

    found = sample_rows(changing, ({"a": INPUTS}, LABELS))
    found.embed()
    assert found.inputs[0].keys() == {"a"}


def test_the_sentence_embedding_of_an_output_is_taken() -> None:
    found = sample_rows(lambda rows: {"sentence_embedding": rows, "other": 1}, (INPUTS, LABELS)).embed()
    assert torch.equal(found, INPUTS)


def test_recall_of_rows_is_of_the_same_class() -> None:
    rows = torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.9], [0.0, 1.0]])
    found = sample_rows(nn.Identity(), (rows, torch.tensor([0, 0, 1, 0])))
    assert found.recall(found.embed()) == 0.5  # the third is nearest to the second, the fourth to the third


def test_recall_of_pairs_is_of_the_partner_by_two_encoders() -> None:
    first, second = torch.eye(3), torch.eye(3)[[0, 2, 1]]
    found = sample_rows((lambda rows: rows, lambda rows: 2 * rows), (first, second))
    assert torch.equal(found.embed(), torch.cat([first, 2 * second]))
    assert found.are_pairs
    assert found.recall(found.embed()) == pytest.approx(1 / 3)


def test_of_many_pairs_half_as_many_are_kept_on_each_side() -> None:
    many = torch.randn(3 * MOST, 2)
    found = sample_rows(nn.Identity(), (many, many))
    assert len(found.classes) == MOST // 2
    assert len(found.embed()) == MOST


def test_the_recall_of_a_row_that_is_not_a_number_is_not_one() -> None:
    found = sample_rows(nn.Identity(), (INPUTS, LABELS))
    assert torch.tensor(found.recall(INPUTS.clone().fill_(torch.nan))).isnan()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_recall_of_rows_that_all_have_their_own_class_is_not_a_number(rows: int) -> None:
    found = sample_rows(nn.Identity(), (INPUTS[:rows], LABELS[:rows]))
    assert torch.tensor(found.recall(found.embed())).isnan()


ONE_HOT = nn.functional.one_hot(LABELS)
OTHER_LABELS = {
    "floats": (LABELS.float(), "float32 (12,): of labels use labels.long()"),
    "one-hot": (ONE_HOT, "int64 (12, 4): of labels use labels.argmax(dim=1)"),
    "one-hot floats": (ONE_HOT.double(), "float64 (12, 4): of labels use labels.argmax(dim=1)"),
    "one-hot bools": (ONE_HOT.bool(), "bool (12, 4): of labels use labels.long().argmax(dim=1)"),
    "a column": (LABELS.unsqueeze(1), "int64 (12, 1): of labels use labels.flatten()"),
    "a column of floats": (LABELS.float().unsqueeze(1), "float32 (12, 1): of labels use labels.flatten().long()"),
}


@pytest.mark.parametrize("form", OTHER_LABELS)
def test_labels_of_another_form_are_no_inputs_of_the_same_encoder(form: str) -> None:
    labels, told = OTHER_LABELS[form]
    with pytest.raises(TypeError, match=re.escape(told)):
        sample_rows(nn.Identity(), (INPUTS, labels))
    mended = eval(told.partition("use ")[2], {"labels": labels})
    assert torch.equal(sample_rows(nn.Identity(), (INPUTS, mended)).classes, LABELS)


@pytest.mark.parametrize("inputs", [torch.eye(4), torch.randn(5), torch.randn(5, 1), torch.randn(5, 3, 8, 8)])
def test_inputs_of_the_same_form_on_both_sides_are_partners(inputs: Tensor) -> None:
    assert sample_rows(nn.Identity(), (inputs, inputs)).are_pairs


def test_inputs_of_another_form_are_partners_where_they_have_their_own_encoder() -> None:
    assert sample_rows((nn.Identity(), nn.Identity()), (INPUTS, torch.randn(12))).are_pairs


def test_word_labels_beside_rows_are_classes_and_beside_texts_they_are_partners() -> None:
    words = ["cat", "dog"] * 6
    assert sample_rows(nn.Identity(), (INPUTS, words)).classes.tolist() == [0, 1] * 6
    assert sample_rows(lambda texts: INPUTS, (words, words)).are_pairs


def test_a_wrapper_that_talks_to_other_devices_is_taken_off() -> None:
    net = encoder()
    assert sample_rows(DataParallel(net), (INPUTS, LABELS)).encoders == (net,)


def wrapped_in_another() -> nn.Module:
    class FSDPModule(nn.Linear):
        pass

    return nn.Sequential(FSDPModule(4, 2))


REFUSED = {
    "sample must be .inputs, labels. or .inputs, inputs., got Tensor": (nn.Identity(), INPUTS),
    "encoder must be a module or a function, got int": (3, (INPUTS, LABELS)),
    "a sample must have one label or partner a row, got 12 rows and 5": (nn.Identity(), (INPUTS, LABELS[:5])),
    "encoder must be one, or one a side, got 2 for 1 sides": ([nn.Identity(), nn.Identity()], (INPUTS, LABELS)),
    "encoder must be whole on this rank, got one with FSDPModule": (wrapped_in_another(), (INPUTS, LABELS)),
    "a sample must have at least one row, got none": (nn.Identity(), (INPUTS[:0], LABELS[:0])),
    "a sample must have at least one row, got none: give": (nn.Identity(), (INPUTS[:0], INPUTS[:0])),
    "a sample's rows must be tensors, or dicts": (nn.Identity(), (object(), torch.arange(300))),
}


@pytest.mark.parametrize("told", REFUSED)
def test_what_can_be_no_sample_is_refused_in_words(told: str) -> None:
    encoder, sample = REFUSED[told]
    with pytest.raises((TypeError, ValueError), match=told):
        sample_rows(encoder, sample)


def test_an_encoder_that_gives_no_rows_is_told_of() -> None:
    found = sample_rows(lambda rows: rows.sum(dim=1), (INPUTS, LABELS))
    with pytest.raises(ValueError, match=r"one embedding a row, \(12, d\), got shape \(12,\)"):
        found.embed()
