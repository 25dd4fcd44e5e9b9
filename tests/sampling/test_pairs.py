"""What a selection holds and reports, in its exact and its padded form; tests/losses/test_no_sync.py: nothing waits."""

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from npair_viz.sampling.pairs import POLICIES, select_pairs
from tests.support.label_batches import EXAMPLE, batches, choose, pairs_of, thoroughly
from tests.support.random_draws import chi_square, rows_by_class, seeded

# What a selection is


def test_the_worked_example_holds() -> None:
    chosen = select_pairs(torch.tensor([int(digit) for digit in "3338801111"]), policy="first")
    assert chosen.n_pairs == 3
    assert chosen.unused.tolist() == [2, 5, 8, 9]
    assert chosen.singletons.tolist() == [0]
    assert chosen.n_negatives.tolist() == [2, 2, 2]


@thoroughly
@given(batches(), st.sampled_from(POLICIES), st.integers(1, 4))
def test_each_class_gives_as_many_disjoint_pairs_as_it_can(labels: Tensor, policy: str, per_class: int) -> None:
    chosen = choose(labels, policy, pairs_per_class=per_class)
    names = labels.tolist()
    pairs = pairs_of(chosen)
    assert all(anchor != positive and names[anchor] == names[positive] for anchor, positive in pairs)
    rows = [row for pair in pairs for row in pair]
    assert len(rows) == len(set(rows))
    expected = {name: min(per_class, size // 2) for name, size in Counter(names).items() if size > 1}
    assert Counter(names[anchor] for anchor, _ in pairs) == expected
    assert chosen.n_pairs == len(pairs) == len(chosen.anchors)


@thoroughly
@given(batches(), st.sampled_from(POLICIES), st.integers(1, 4))
def test_pairs_stand_in_the_order_of_their_anchors(labels: Tensor, policy: str, per_class: int) -> None:
    anchors = choose(labels, policy, pairs_per_class=per_class).anchors.tolist()
    assert anchors == sorted(anchors)


@thoroughly
@given(batches(), st.sampled_from(POLICIES))
def test_a_selection_has_row_numbers_and_the_labels_of_the_batch(labels: Tensor, policy: str) -> None:
    chosen = choose(labels, policy)
    assert chosen.anchors.dtype == chosen.positives.dtype == chosen.n_negatives.dtype == torch.int64
    assert chosen.valid.dtype == torch.bool
    assert chosen.valid.all()
    assert chosen.labels.dtype == labels.dtype
    assert chosen.labels.tolist() == [labels.tolist()[anchor] for anchor in chosen.anchors.tolist()]


@thoroughly
@given(batches(), st.integers(1, 3), st.integers(1, 12))
def test_negatives_are_the_valid_pairs_of_other_classes(labels: Tensor, per_class: int, max_pairs: int) -> None:
    chosen = choose(labels, "random", pairs_per_class=per_class, max_pairs=max_pairs)
    rows = list(zip(chosen.labels.tolist(), chosen.valid.tolist(), strict=True))
    expected = [sum(other and name != label for name, other in rows) if valid else 0 for label, valid in rows]
    assert chosen.n_negatives.tolist() == expected


@thoroughly
@given(batches(), st.sampled_from(POLICIES), st.sampled_from([None, 1, 2, 30]))
def test_every_row_is_in_a_pair_or_unused(labels: Tensor, policy: str, max_pairs: int | None) -> None:
    chosen = choose(labels, policy, max_pairs=max_pairs)
    used = [row for pair in pairs_of(chosen) for row in pair]
    assert sorted(used + chosen.unused.tolist()) == list(range(len(labels)))
    assert chosen.unused.tolist() == sorted(chosen.unused.tolist())


@thoroughly
@given(batches())
def test_singletons_are_the_classes_of_one_row(labels: Tensor) -> None:
    chosen = choose(labels, "first")
    assert chosen.singletons.tolist() == [name for name, rows in rows_by_class(labels).items() if len(rows) == 1]
    assert chosen.singletons.dtype == labels.dtype


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("labels", [[], [4], [4, 7, -2]])
def test_a_batch_without_a_pair_gives_none(labels: list[int], policy: str) -> None:
    chosen = choose(torch.tensor(labels, dtype=torch.int64), policy, pairs_per_class=2)
    assert chosen.n_pairs == len(chosen.anchors) == len(chosen.positives) == len(chosen.n_negatives) == 0
    assert chosen.unused.tolist() == list(range(len(labels)))
    assert chosen.singletons.tolist() == labels


@pytest.mark.parametrize("policy", POLICIES)
def test_strided_labels_give_the_pairs_of_packed_ones(policy: str) -> None:
    strided = EXAMPLE.repeat_interleave(3)[1::3]
    assert pairs_of(choose(strided, policy)) == pairs_of(choose(EXAMPLE, policy))


def test_a_selection_is_frozen() -> None:
    with pytest.raises(AttributeError):
        select_pairs(EXAMPLE).anchors = EXAMPLE


# The padded form


@thoroughly
@given(batches(), st.sampled_from(POLICIES), st.integers(1, 4), st.integers(0, 9), st.integers(0, 99))
def test_a_large_enough_max_pairs_gives_the_pairs_of_the_exact_form(
    labels: Tensor, policy: str, per_class: int, spare: int, seed: int
) -> None:
    exact = choose(labels, policy, seed, pairs_per_class=per_class)
    room = max(1, exact.n_pairs + spare)
    padded = choose(labels, policy, seed, pairs_per_class=per_class, max_pairs=room)
    assert pairs_of(padded) == pairs_of(exact)
    assert padded.n_pairs == exact.n_pairs
    assert padded.valid.tolist() == [True] * exact.n_pairs + [False] * (room - exact.n_pairs) * bool(len(labels))


@thoroughly
@given(batches(), st.sampled_from(["first", "hardest"]), st.integers(1, 5))
def test_of_too_many_pairs_the_first_are_kept(labels: Tensor, policy: str, room: int) -> None:
    assert pairs_of(choose(labels, policy, max_pairs=room)) == pairs_of(choose(labels, policy))[:room]


@thoroughly
@given(batches(), st.integers(1, 5), st.integers(0, 99))
def test_of_too_many_pairs_random_keeps_some(labels: Tensor, room: int, seed: int) -> None:
    every = pairs_of(choose(labels, "random", seed))
    kept = pairs_of(choose(labels, "random", seed, max_pairs=room))
    assert set(kept) <= set(every)
    assert kept == sorted(kept)
    assert len(kept) == min(room, len(every))


def test_random_keeps_a_uniform_subset_of_the_pairs() -> None:
    labels = torch.tensor([0, 0, 1, 1, 2, 2, 3, 3] + [4] * 20)  # a large class stays as often as a small one
    generator = seeded(3)
    kept = [tuple(sorted(select_pairs(labels, generator=generator, max_pairs=2).labels.tolist())) for _ in range(2000)]
    subsets = [(first, second) for first in range(5) for second in range(first + 1, 5)]
    assert chi_square(Counter(kept), subsets) < 27.9  # 9 degrees of freedom: passes 999 in 1000


@pytest.mark.parametrize("policy", POLICIES)
def test_rows_that_fill_up_point_to_row_0(policy: str) -> None:
    chosen = choose(torch.tensor([7, 4, 4, 9]), policy, max_pairs=3)
    assert chosen.valid.tolist() == [True, False, False]
    assert chosen.anchors.tolist()[1:] == chosen.positives.tolist()[1:] == [0, 0]
    assert chosen.labels.tolist() == [4, 7, 7]
    assert chosen.n_negatives.tolist() == [0, 0, 0]


@pytest.mark.parametrize("policy", POLICIES)
def test_an_empty_batch_has_no_row_to_point_to(policy: str) -> None:
    chosen = choose(torch.tensor([], dtype=torch.int64), policy, max_pairs=3)
    assert len(chosen.anchors) == len(chosen.valid) == chosen.n_pairs == 0
    assert torch.empty(0, 4).index_select(0, chosen.anchors).shape == (0, 4)


# The report


def test_the_report_of_the_worked_example_says_why() -> None:
    assert select_pairs(EXAMPLE, policy="first").report().splitlines() == [
        "Pairs: 3, by policy 'first', from 3 of 4 classes. Rows used: 6 of 10, left out: 4.",
        "Negatives that an anchor meets: 2.",
        "Class (anchor → positive): 3 (0 → 1), 8 (3 → 4), 1 (6 → 7).",
        "Rows left out: 2, 5, 8, 9.",
        "- rows alone in a class, where a pair takes two: 1, of class 0.",
        "- rows left over in a class of odd size: 1, of class 3.",
        "- rows beyond pairs_per_class=1: 2, of class 1.",
    ]


def test_the_report_names_the_classes_that_max_pairs_left_out() -> None:
    report = select_pairs(EXAMPLE, policy="first", max_pairs=1, pairs_per_class=2).report().splitlines()
    assert report[0] == "Pairs: 1, by policy 'first', from 1 of 4 classes. Rows used: 2 of 10, left out: 8."
    assert report[-1] == "- rows in pairs beyond max_pairs=1: 6, of class 1, 8."


def test_the_report_of_a_batch_with_all_rows_in_pairs_leaves_nothing_out() -> None:
    report = select_pairs(torch.tensor([4, 4, -1, -1]), policy="first").report().splitlines()
    assert report[0].endswith("Rows used: 4 of 4, left out: 0.")
    assert report[-1] == "Class (anchor → positive): 4 (0 → 1), -1 (2 → 3)."


def test_the_report_tells_when_anchors_meet_different_numbers_of_negatives() -> None:
    report = select_pairs(torch.tensor([1, 1, 1, 1, 2, 2]), policy="first", pairs_per_class=2).report()
    assert "Negatives that an anchor meets: 1 to 2.\n" in report


@pytest.mark.parametrize("labels", [[], [5], [5, 6]])
def test_the_report_of_a_batch_without_a_pair_is_short(labels: list[int]) -> None:
    report = select_pairs(torch.tensor(labels, dtype=torch.int64), max_pairs=2).report()
    assert report.startswith(f"Pairs: 0, by policy 'random', from 0 of {len(labels)} classes.")
    assert "anchor" not in report


def test_the_report_of_a_thousand_classes_is_short() -> None:
    lines = select_pairs(torch.arange(4000) % 1300, generator=seeded()).report().splitlines()
    assert len(lines) < 9
    assert max(map(len, lines)) < 250
    assert lines[3].startswith("Rows left out: ")
    assert lines[3].endswith(" and 1390 more.")


@thoroughly
@given(batches(), st.sampled_from(POLICIES), st.integers(1, 3), st.sampled_from([None, 1, 2, 30]))
def test_the_reasons_account_for_every_row_left_out(
    labels: Tensor, policy: str, per_class: int, max_pairs: int | None
) -> None:
    chosen = choose(labels, policy, pairs_per_class=per_class, max_pairs=max_pairs)
    reasons = [line for line in chosen.report().splitlines() if line.startswith("- rows")]
    assert sum(int(line.split(": ")[1].split(",")[0]) for line in reasons) == len(chosen.unused)


# Wrong input


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"labels": torch.ones(4)}, TypeError, r"labels must be integers, got torch.float32: use labels.long\(\)"),
        ({"labels": [1, 1]}, TypeError, "labels must be a tensor, got list"),
        ({"labels": torch.ones(4, 1).long()}, ValueError, r"labels must have shape \(rows,\), got \(4, 1\)"),
        ({"policy": "easiest"}, ValueError, "policy must be one of 'random', 'first', 'hardest', got 'easiest'"),
        ({"pairs_per_class": 0}, ValueError, "pairs_per_class must be at least 1, got 0"),
        ({"pairs_per_class": 1.5}, TypeError, "pairs_per_class must be a whole number, got 1.5"),
        ({"max_pairs": 0}, ValueError, "max_pairs must be at least 1, got 0"),
        ({"max_pairs": True}, TypeError, "max_pairs must be a whole number, got True"),
        ({"generator": 3}, TypeError, r"generator must be a torch.Generator, got 3: use torch.Generator\(\)"),
        ({"policy": "hardest"}, ValueError, "embeddings must be given for policy 'hardest', got None"),
        ({"policy": "hardest", "embeddings": torch.ones(3, 2)}, ValueError, "one entry a row, 3 in all, got 10"),
        ({"policy": "hardest", "embeddings": torch.ones(10)}, ValueError, r"embeddings must have shape \(rows, d\)"),
        ({"policy": "hardest", "embeddings": torch.ones(10, 2).int()}, TypeError, "embeddings must be floating"),
        ({"policy": "hardest", "embeddings": torch.ones(10, 2, device="meta")}, ValueError, "device cpu, got meta"),
    ],
)
def test_wrong_input_names_the_rule_and_what_came(wrong: dict, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        select_pairs(**({"labels": EXAMPLE} | wrong))


def test_any_number_of_pairs_per_class_is_all_of_them() -> None:
    assert select_pairs(EXAMPLE, pairs_per_class=2**70).n_pairs == 4
    assert choose(EXAMPLE, "hardest", pairs_per_class=2**70).n_pairs == 4
