import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from npair_viz.theory.effective_negatives import effective_negatives, suggest_tao

LINE_UP = [[90.0, 20.0, 200.0, 300.0], [140.0, 60.0, 215.0, 285.0]]
TAOS = st.floats(math.log(1e-4), math.log(1e4)).map(math.exp)


def line_up():
    angles = torch.deg2rad(torch.tensor(LINE_UP, dtype=torch.float64))
    anchors, positives = torch.stack([angles.cos(), angles.sin()], dim=-1)
    return anchors @ positives.T


def random_similarities(n, seed, d=3):
    rows = torch.randn(2, n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    anchors, positives = rows / rows.norm(dim=-1, keepdim=True)
    return anchors @ positives.T


def by_loop(similarities, tao, objective="mc"):
    """exp of the entropy, one anchor and one negative at a time."""
    numbers = []
    for i, row in enumerate(similarities.tolist()):
        ahead = [(s - row[i]) / tao for j, s in enumerate(row) if j != i]
        weights = [math.exp(x) if objective == "mc" else 1 / (1 + math.exp(-x)) for x in ahead]
        shares = [weight / sum(weights) for weight in weights]
        numbers.append(math.exp(-sum(share * math.log(share) for share in shares)))
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.parametrize(("tao", "number"), [(5, 2.96), (0.5, 1.37), (0.1, 1.00)])
def test_the_line_ups_anchor_has_the_lessons_numbers(tao, number):
    assert effective_negatives(line_up(), tao)[0].item() == pytest.approx(number, abs=6e-3)


@given(n=st.integers(2, 9), tao=st.floats(0.05, 50), seed=st.integers(0, 999), objective=st.sampled_from(["mc", "ovo"]))
def test_effective_negatives_equal_a_plain_loop(n, tao, seed, objective):
    similarities = random_similarities(n, seed)
    numbers = effective_negatives(similarities, tao, objective=objective)
    torch.testing.assert_close(numbers, by_loop(similarities, tao, objective), rtol=1e-9, atol=0)


@given(n=st.integers(2, 9), tao=TAOS, seed=st.integers(0, 999), objective=st.sampled_from(["mc", "ovo"]))
def test_effective_negatives_lie_between_one_and_all_at_every_tao(n, tao, seed, objective):
    numbers = effective_negatives(random_similarities(n, seed), tao, objective=objective)
    assert numbers.shape == (n,)
    assert (numbers >= 1).all()
    assert (numbers <= (n - 1) * (1 + 1e-12)).all()


@given(n=st.integers(2, 9), tao=TAOS, factor=st.floats(1, 10), seed=st.integers(0, 999))
def test_effective_negatives_never_fall_as_tao_grows(n, tao, factor, seed):
    similarities = random_similarities(n, seed)
    colder, hotter = effective_negatives(similarities, tao), effective_negatives(similarities, factor * tao)
    assert (hotter >= colder * (1 - 1e-12)).all()


@given(n=st.integers(2, 9), tao=TAOS, seed=st.integers(0, 999))
def test_the_positives_own_similarity_has_no_say_in_mc(n, tao, seed):
    similarities = random_similarities(n, seed)
    moved = similarities + torch.diag(torch.linspace(-9, 9, n, dtype=torch.float64))
    torch.testing.assert_close(effective_negatives(moved, tao), effective_negatives(similarities, tao))


def test_a_sure_anchor_still_has_a_number():
    similarities = line_up() + 1000 * torch.eye(4, dtype=torch.float64)
    torch.testing.assert_close(effective_negatives(similarities, 0.01), effective_negatives(line_up(), 0.01))
    assert effective_negatives(similarities, 0.01, objective="ovo").isfinite().all()


def test_ovo_counts_all_negatives_that_are_far_ahead_alike_where_mc_counts_the_hardest():
    similarities = torch.tensor([[-1.0, 1.0, 0.5, -0.99], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert effective_negatives(similarities, 1e-3, objective="ovo")[0].item() == pytest.approx(3, abs=1e-3)
    assert effective_negatives(similarities, 1e-3)[0].item() == 1


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_a_single_pair_has_no_negative_and_an_empty_batch_no_number(objective):
    assert effective_negatives(torch.ones(1, 1), 0.5, objective=objective).tolist() == [0]
    assert effective_negatives(torch.empty(0, 0), 0.5, objective=objective).tolist() == []


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("tao", [1e-4, 0.1, 1e4])
def test_half_precision_is_computed_in_float32(dtype, tao):
    similarities = line_up().to(dtype)
    numbers = effective_negatives(similarities, tao)
    assert numbers.dtype == torch.float32
    torch.testing.assert_close(numbers.double(), effective_negatives(similarities.double(), tao), rtol=1e-3, atol=0)


def test_effective_negatives_can_be_learned_from_at_small_tao():
    similarities = line_up().requires_grad_()
    effective_negatives(similarities, 1e-3).sum().backward()
    assert similarities.grad is not None
    assert similarities.grad.isfinite().all()


def pixels():
    digits = load_digits()
    images, labels = torch.from_numpy(digits.data), torch.from_numpy(digits.target)
    images = images / images.norm(dim=1, keepdim=True)
    anchors, positives = torch.stack([images[labels == digit][:2] for digit in range(10)], dim=1)
    return anchors @ positives.T


def test_five_of_the_digits_negatives_count_at_tao_0504():
    assert suggest_tao(pixels(), 5) == pytest.approx(0.0504, abs=6e-5)


@given(n=st.integers(3, 9), seed=st.integers(0, 999), part=st.floats(0.001, 0.999), scale=st.floats(1e-3, 1e3))
def test_at_the_suggested_tao_that_many_negatives_count(n, seed, part, scale):
    similarities = scale * random_similarities(n, seed)
    wanted = 1 + part * (n - 2)
    tao = suggest_tao(similarities, wanted)
    assert effective_negatives(similarities, tao).mean().item() == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-30, 10, 1e30])
def test_a_suggested_tao_grows_with_the_similarities(scale):
    assert suggest_tao(scale * line_up(), 2.0) == pytest.approx(scale * suggest_tao(line_up(), 2.0))


def test_the_suggestion_is_a_plain_float_and_exact_whatever_the_dtype():
    similarities = line_up().float().requires_grad_()
    tao = suggest_tao(similarities, 2)
    assert isinstance(tao, float)
    assert effective_negatives(similarities.detach().double(), tao).mean().item() == pytest.approx(2, rel=1e-12)


def with_a_tie():
    """Two negatives tie for the hardest of anchor 0, none for the others': at least 5/4 of 3 count, in the mean."""
    return torch.tensor([[1.0, 0.5, 0.5, 0.0], [0.1, 1.0, 0.2, 0.3], [0.3, 0.2, 1.0, 0.1], [0.5, 0.3, 0.1, 1.0]])


def test_negatives_that_tie_for_the_hardest_count_at_every_tao():
    assert effective_negatives(with_a_tie(), 1e-4).tolist() == pytest.approx([2, 1, 1, 1])
    with pytest.raises(ValueError, match=r"between 1\.25 and 3, both left out, got 1\.2: the first is where tao → 0"):
        suggest_tao(with_a_tie(), 1.2)
    assert effective_negatives(with_a_tie().double(), suggest_tao(with_a_tie(), 1.3)).mean().item() == pytest.approx(
        1.3
    )


@pytest.mark.parametrize("wanted", [0, 1, 3, 4, math.nan])
def test_a_number_that_no_tao_reaches_is_refused(wanted):
    with pytest.raises(ValueError, match=r"effective must lie between 1 and 3, both left out"):
        suggest_tao(line_up(), wanted)


def test_equal_similarities_leave_no_choice():
    with pytest.raises(ValueError, match="all of them count at every tao"):
        suggest_tao(torch.ones(5, 5), 4)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_pairs_leave_no_choice(n):
    with pytest.raises(ValueError, match="fewer than three pairs"):
        suggest_tao(torch.eye(n), 1.0)


def test_similarities_that_are_not_finite_are_told_by_row():
    similarities = line_up()
    similarities[2, 1] = math.nan
    similarities[3, 0] = math.inf
    with pytest.raises(ValueError, match=r"in rows \[2, 3\]"):
        suggest_tao(similarities, 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: effective_negatives(torch.ones(2, 3), 0.5), "similarities must be square"),
        (lambda: effective_negatives(torch.ones(2, 2), 0.0), "tao must be positive"),
        (lambda: effective_negatives(torch.ones(2, 2), 0.5, objective="nca"), "objective must be one of"),
        (lambda: suggest_tao(torch.ones(2, 3), 1.5), "similarities must be square"),
    ],
)
def test_wrong_settings_are_told_with_rule_value_and_mend(call, words):
    with pytest.raises(ValueError, match=words):
        call()
