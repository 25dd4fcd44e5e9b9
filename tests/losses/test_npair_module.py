"""The loss as a module: selection, normalizing, and the static parts of the class that it replaces."""

import copy
import math
import warnings

import pytest
import torch

from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import NPairWarning, npair_loss
from npair_viz.losses.npair_module import N_PAIR, NPairLoss
from npair_viz.sampling.pairs import PairSelection, select_pairs
from tests.support.loop_oracles import DTYPES, SIZES, loop_loss, pairs
from tests.support.repository import ROOT


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.filterwarnings("ignore:there is one pair alone")
def test_the_module_equals_a_loop_over_pairs_and_negatives(normalize, objective):
    loss = NPairLoss(l2_reg=0.03, tao=0.4, normalize=normalize, objective=objective, policy="first")
    for n, d in SIZES:
        anchors, positives = pairs(n, d)
        expected = loop_loss(anchors, positives, 0.4, 0.03, objective, normalize)
        ours = loss(torch.cat([anchors, positives]), torch.arange(n).repeat(2)).item()
        mean = math.fsum(expected) / n
        assert abs(ours - mean) <= 1e-10 * max(1, abs(mean))


@pytest.mark.parametrize("normalize", [True, False])
def test_the_module_passes_gradcheck_through_normalization(normalize):
    labels = torch.tensor([4, 4, -1, -1, 9, 9, 5])
    embeddings = torch.cat(pairs(7, 3))[:7].requires_grad_()
    loss = NPairLoss(l2_reg=0.1, tao=0.5, normalize=normalize, policy="first")
    assert torch.autograd.gradcheck(lambda rows: loss(rows, labels), embeddings)
    assert torch.autograd.gradgradcheck(lambda rows: loss(rows, labels), embeddings)


@pytest.mark.parametrize("labels", [[], [3], [3, 1, 2], [-5, 900]])
def test_a_batch_without_a_pair_gives_a_connected_zero_and_one_warning(labels):
    embeddings = torch.randn(len(labels), 4, requires_grad=True)
    with pytest.warns(NPairWarning, match="at least two rows a class") as caught:
        loss = NPairLoss()(embeddings, torch.tensor(labels, dtype=torch.long))
    loss.backward()
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert loss.item() == 0
    assert (embeddings.grad == 0).all()


def test_a_batch_of_one_pair_warns_that_nothing_pushes():
    with pytest.warns(NPairWarning, match="one pair alone in this batch \\(8 rows, 1 class\\)") as caught:
        loss = NPairLoss(l2_reg=0.0)(torch.cat(pairs(4, 3)), torch.zeros(8, dtype=torch.int64))
    assert len(caught) == 1
    assert loss.item() == 0


@pytest.mark.parametrize("labels", [[0] * 8, [4, 4, 7, 4, 4, 8, 9, 4]])
def test_pairs_of_one_class_alone_warn_that_nothing_pushes(labels):
    embeddings = torch.cat(pairs(4, 3)).requires_grad_()
    with pytest.warns(NPairWarning, match=r"pairs of one class alone in this batch \(8 rows, \d class") as caught:
        loss = NPairLoss(l2_reg=0.0, pairs_per_class=9)(embeddings, torch.tensor(labels))
    loss.backward()
    assert [one.filename for one in caught] == [__file__]
    assert loss.item() == 0
    assert (embeddings.grad == 0).all()


def test_a_mend_of_that_warning_gives_negatives():
    embeddings = torch.cat(pairs(4, 3))
    assert NPairLoss(l2_reg=0.0, pairs_per_class=2)(embeddings, torch.tensor([0, 0, 0, 0, 1, 1, 2, 2])) > 0


def test_equal_labels_of_pairs_warn_that_nothing_pushes():
    anchors, positives = pairs(4, 3)
    with pytest.warns(NPairWarning, match="equal labels leave no anchor a negative") as caught:
        assert npair_loss(anchors, positives, labels=torch.full((4,), 7)).item() == 0
    assert [one.filename for one in caught] == [__file__]
    assert npair_loss(anchors, positives, labels=torch.tensor([7, 7, 7, 8])) > 0


def test_no_negatives_at_all_warn_that_nothing_pushes():
    anchors, positives = pairs(4, 3)
    with pytest.warns(NPairWarning, match="m = 0 leaves no anchor a negative") as caught:
        assert NPairLoss.n_pair_loss(anchors, positives, anchors.new_zeros(4, 0, 3), 1.0).item() == 0
    assert [one.filename for one in caught] == [__file__]


def test_labels_that_nobody_can_see_are_not_looked_at():
    anchors, positives = pairs(4, 3)
    labels = torch.tensor([[0, 0, 1, 1], [0, 1, 2, 3]])
    found = torch.func.vmap(lambda one: npair_loss(anchors, positives, labels=one, kernel="plain"))(labels)
    expected = torch.stack([npair_loss(anchors, positives, labels=one) for one in labels])
    torch.testing.assert_close(found, expected)


def test_the_padded_form_never_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert NPairLoss(max_pairs=2)(torch.randn(3, 4), torch.arange(3)).item() == 0


def test_the_padded_module_equals_the_exact_one():
    embeddings, labels = torch.cat(pairs(9, 4)), torch.randint(0, 5, (18,), generator=torch.Generator().manual_seed(1))
    for policy in ("first", "hardest"):
        exact = NPairLoss(policy=policy, pairs_per_class=2)(embeddings, labels)
        padded = NPairLoss(policy=policy, pairs_per_class=2, max_pairs=13)(embeddings, labels)
        torch.testing.assert_close(padded, exact)


def test_normalized_rows_feel_nothing_of_the_penalty():
    embeddings, labels = torch.cat(pairs(4, 3)), torch.arange(4).repeat(2)
    gradients = []
    for l2_reg in (0.0, 10.0):
        rows = embeddings.clone().requires_grad_()
        NPairLoss(l2_reg=l2_reg, policy="first")(rows, labels).backward()
        gradients.append(rows.grad)
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-12, rtol=0)


def test_the_penalty_of_normalized_rows_is_the_constant_two_l2_reg():
    embeddings, labels = torch.cat(pairs(4, 3)), torch.arange(4).repeat(2)
    with_penalty, without = (NPairLoss(l2_reg=l2, policy="first")(embeddings, labels).item() for l2 in (0.3, 0.0))
    assert with_penalty - without == pytest.approx(0.6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_zero_row_stays_zero_and_feels_nothing(dtype):
    embeddings = torch.cat(pairs(3, 4, dtype=dtype))
    embeddings[1] = 0
    embeddings.requires_grad_()
    NPairLoss(policy="first")(embeddings, torch.arange(3).repeat(2)).backward()
    assert (embeddings.grad[1] == 0).all()
    assert embeddings.grad.isfinite().all()


@pytest.mark.parametrize("size", [1e-30, 1e-6, 1e6, 1e30])
def test_rows_of_any_size_have_length_one(size):
    rows = pairs(5, 3, dtype=torch.float32)[0] * size
    torch.testing.assert_close(unit_rows(rows).norm(dim=1), torch.ones(5))


def test_more_pairs_a_class_keep_out_their_own_class():
    anchors, positives = pairs(4, 3)
    labels = torch.tensor([0, 0, 1, 1])
    embeddings, target = torch.stack([anchors, positives], 1).flatten(0, 1), labels.repeat_interleave(2)
    module = NPairLoss(l2_reg=0, normalize=False, policy="first", pairs_per_class=2)(embeddings, target)
    torch.testing.assert_close(module, npair_loss(anchors, positives, labels=labels))


def test_given_pairs_replace_the_selection():
    embeddings, target = torch.cat(pairs(5, 3)), torch.arange(5).repeat(2)
    chosen = select_pairs(target, policy="first")
    loss = NPairLoss(generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(loss(embeddings, target, pairs=chosen), NPairLoss(policy="first")(embeddings, target))


def test_a_generator_makes_the_module_repeatable():
    embeddings, target = torch.randn(40, 3), torch.arange(5).repeat(8)
    first, again = (NPairLoss(generator=torch.Generator().manual_seed(7))(embeddings, target).item() for _ in range(2))
    assert first == again


def validation() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(60, 3, generator=torch.Generator().manual_seed(2)), torch.arange(6).repeat(10)


def test_random_pairs_vary_in_eval_mode_and_the_docstring_says_so_with_the_fixed_choice():
    loss = NPairLoss(l2_reg=0.0, tao=0.2).eval()
    assert len({loss(*validation()).item() for _ in range(20)}) > 1
    said = " ".join(NPairLoss.__doc__.split())
    assert "draws anew at every call, after `.eval()` too" in said
    assert 'takes policy="first", or the same pairs each time: `pairs = loss.select(...)` once' in said


def test_the_fixed_choices_of_validation_give_one_number():
    loss = NPairLoss(l2_reg=0.0, tao=0.2).eval()
    pairs = loss.select(*validation())
    assert len({loss(*validation(), pairs).item() for _ in range(20)}) == 1
    first = NPairLoss(l2_reg=0.0, tao=0.2, policy="first").eval()
    assert len({first(*validation()).item() for _ in range(20)}) == 1


def test_without_a_generator_the_global_one_decides():
    embeddings, target = torch.randn(40, 3), torch.arange(5).repeat(8)
    values = []
    for _ in range(2):
        torch.manual_seed(11)
        values.append(NPairLoss()(embeddings, target).item())
    assert values[0] == values[1]


def test_hardest_pairs_are_those_of_smallest_cosine_when_rows_are_normalized():
    embeddings = torch.tensor([[9.0, 0.0], [1.0, 1.0], [0.0, 0.5], [0.0, -1.0], [1.0, 0.1]])
    pairs = NPairLoss(policy="hardest").select(embeddings, torch.tensor([1, 1, 1, 2, 2]))
    assert (pairs.anchors.tolist(), pairs.positives.tolist()) == ([0, 3], [2, 4])


def test_a_learned_temperature_gets_its_gradient():
    log_tao = torch.tensor(-0.7, requires_grad=True)
    loss = NPairLoss(policy="first")
    loss.tao = log_tao.exp()
    loss(torch.cat(pairs(4, 3)), torch.arange(4).repeat(2)).backward()
    assert log_tao.grad.abs() > 1e-3


def test_a_parameter_as_temperature_is_a_parameter_of_the_module():
    assert len(list(NPairLoss(tao=torch.nn.Parameter(torch.tensor(0.5))).parameters())) == 1


def test_the_printed_module_shows_which_argument_is_which():
    assert repr(NPairLoss(0.4)).startswith("NPairLoss(l2_reg=0.4, tao=1.0, normalize=True, objective='mc'")


def test_the_module_can_be_copied_and_saved():
    loss = NPairLoss(tao=0.2)
    assert repr(copy.deepcopy(loss)) == repr(loss)
    assert loss.state_dict() == {}


def test_torch_compile_keeps_the_whole_graph():
    embeddings, target = torch.cat(pairs(4, 3)), torch.arange(4).repeat(2)
    loss = NPairLoss(policy="first", max_pairs=4)
    compiled = torch.compile(loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(embeddings, target), loss(embeddings, target))


class TestSeed:
    """What the class that this one replaces offers, by its shapes."""

    def test_the_constant_names_the_loss(self):
        assert N_PAIR == "n-pair"

    def test_the_constructor_takes_l2_reg_then_tao(self):
        loss = NPairLoss(0.1, 0.2)
        assert (loss.l2_reg, loss.tao) == (0.1, 0.2)
        assert (NPairLoss().l2_reg, NPairLoss().tao) == (0.02, 1.0)

    @pytest.mark.parametrize("classes", [0, 1, 2, 5])
    def test_get_n_pairs_gives_pairs_and_the_other_pairs_positives(self, classes):
        labels = torch.arange(classes).repeat(3)
        n_pairs, n_negatives = NPairLoss.get_n_pairs(labels)
        assert n_pairs.shape == (classes, 2)
        assert n_negatives.shape == (classes, max(classes - 1, 0))
        assert n_pairs.dtype == n_negatives.dtype == torch.int64
        for i in range(classes):
            assert labels[n_pairs[i, 0]] == labels[n_pairs[i, 1]]
            assert n_negatives[i].tolist() == [n_pairs[j, 1] for j in range(classes) if j != i]

    def test_the_static_parts_add_up_to_the_module(self):
        embeddings, labels = torch.cat(pairs(6, 4)), torch.arange(6).repeat(2)
        torch.manual_seed(5)
        whole = NPairLoss(l2_reg=0.3, tao=0.2)(embeddings, labels)
        torch.manual_seed(5)
        n_pairs, n_negatives = NPairLoss.get_n_pairs(labels)
        rows = unit_rows(embeddings)
        anchors, positives, negatives = rows[n_pairs[:, 0]], rows[n_pairs[:, 1]], rows[n_negatives]
        parts = NPairLoss.n_pair_loss(anchors, positives, negatives, 0.2) + 0.3 * NPairLoss.l2_loss(anchors, positives)
        torch.testing.assert_close(whole, parts)

    def test_n_pair_loss_takes_any_number_of_negatives(self):
        anchors, positives = pairs(3, 4)
        negatives = torch.randn(3, 7, 4, dtype=torch.float64)
        x = torch.einsum("nd,nmd->nm", anchors, negatives - positives.unsqueeze(1)) / 0.6
        expected = x.exp().sum(1).add(1).log().mean()
        torch.testing.assert_close(NPairLoss.n_pair_loss(anchors, positives, negatives, 0.6), expected)

    def test_no_pair_gives_zero_from_every_static_part(self):
        none = torch.zeros(0, 4)
        assert NPairLoss.n_pair_loss(none, none, torch.zeros(0, 0, 4), 1.0).item() == 0
        assert NPairLoss.l2_loss(none, none).item() == 0


ONES = torch.ones(3, 2)
LABELS = torch.tensor([0, 0, 1])


def test_a_selection_is_what_select_returns():
    assert isinstance(NPairLoss().select(ONES, LABELS), PairSelection)


def test_a_module_that_version_0_1_pickled_whole_still_loads() -> None:
    """Written by torch.save(NPairLoss(l2_reg=0.0, tao=0.1, objective="ovo", policy="first"), path) before the move."""
    loss = torch.load(ROOT / "tests" / "losses" / "data" / "npair_loss_0.1.0.pt", weights_only=False)
    embeddings, labels = torch.randn(6, 5), torch.arange(3).repeat(2)
    assert type(loss) is NPairLoss
    assert loss(embeddings, labels) == NPairLoss(l2_reg=0.0, tao=0.1, objective="ovo", policy="first")(
        embeddings, labels
    )
