"""Hard classes, against an explicit loop, the digits, and statistics with fixed seeds."""

from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from torch import Tensor

from npair_viz.sampling.hard_classes import mine_hard_classes
from tests.support.random_draws import WIDTHS, chi_square, rows_by_class, seeded

thoroughly = settings(max_examples=60, deadline=None, derandomize=True)


def digits() -> tuple[Tensor, Tensor]:
    data = load_digits()
    rows = torch.nn.functional.normalize(torch.as_tensor(data.data))
    return rows - rows.mean(dim=0), torch.as_tensor(data.target)


def test_the_hard_classes_of_the_digits_after_3_are_9_2_0() -> None:
    rows, labels = digits()
    assert mine_hard_classes(rows, labels, 4, first=3).tolist() == [3, 9, 2, 0]


def mined_by_loop(rows: Tensor, labels: Tensor, n_classes: int, first: int) -> list[int]:
    means = {}
    for name, members in rows_by_class(labels).items():
        if len(members) > 1:
            mean = sum(rows[row] for row in members) / len(members)
            means[name] = mean / mean.norm()
    chosen = [first]
    while len(chosen) < n_classes:
        rest = [name for name in means if name not in chosen]
        chosen.append(max(rest, key=lambda name: max(float(means[name] @ means[other]) for other in chosen)))
    return chosen


@thoroughly
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_mining_equals_an_explicit_loop(seed: int, n_classes: int) -> None:
    labels = torch.randint(-4, 4, (35,), generator=seeded(seed)) * 3
    rows = torch.randn(35, 5, generator=seeded(seed), dtype=torch.float64)
    usable = [name for name, members in rows_by_class(labels).items() if len(members) > 1]
    mined = mine_hard_classes(rows, labels, min(n_classes, len(usable)), first=usable[0], generator=seeded(seed))
    assert mined.tolist() == mined_by_loop(rows, labels, min(n_classes, len(usable)), usable[0])


def test_the_length_of_a_class_mean_does_not_count() -> None:
    rows = torch.tensor([[1.0, 0.0], [9.0, 9.0], [0.1, 0.01]]).repeat_interleave(2, dim=0)
    assert mine_hard_classes(rows, torch.tensor([1, 1, 2, 2, 3, 3]), 2, first=1).tolist() == [1, 3]


def test_ties_between_classes_are_broken_at_random() -> None:
    angles = torch.tensor([0.0, 0.7, -0.7, 2.0]).repeat_interleave(3) + 0.3
    rows = torch.stack([angles.cos(), angles.sin()], dim=1)
    assert rows[0] @ rows[3] != rows[0] @ rows[6]  # tied but for rounding
    labels = torch.tensor([5, 6, 7, 8]).repeat_interleave(3)
    generator = seeded(4)
    second = Counter(int(mine_hard_classes(rows, labels, 2, first=5, generator=generator)[1]) for _ in range(400))
    assert chi_square(second, [6, 7]) < 10.8  # 1 degree of freedom: passes 999 in 1000


def test_the_first_class_is_random_where_none_is_given() -> None:
    rows, labels = torch.eye(5).repeat_interleave(2, dim=0), torch.arange(5).repeat_interleave(2)
    generator = seeded(5)
    first = Counter(int(mine_hard_classes(rows, labels, 1, generator=generator)[0]) for _ in range(500))
    assert chi_square(first, list(range(5))) < 18.5  # 4 degrees of freedom


def test_mining_all_classes_gives_each_once() -> None:
    rows, labels = torch.ones(12, 3), torch.arange(6).repeat(2)
    assert sorted(mine_hard_classes(rows, labels, 6, generator=seeded()).tolist()) == list(range(6))


def test_a_class_of_one_row_is_never_mined() -> None:
    labels = torch.tensor([1, 1, 2, 3, 3])
    rows = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert mine_hard_classes(rows, labels, 2, first=1).tolist() == [1, 3]


@pytest.mark.parametrize("dtype", WIDTHS)
def test_mined_classes_have_the_dtype_of_the_labels(dtype: torch.dtype) -> None:
    ends = [torch.iinfo(dtype).min, torch.iinfo(dtype).max]
    rows = torch.randn(4, 3, generator=seeded()).half()
    mined = mine_hard_classes(rows, torch.tensor(ends * 2, dtype=dtype), 2, first=ends[1])
    assert mined.dtype == dtype
    assert mined.tolist() == ends[::-1]


def test_mined_classes_come_again_from_a_generator() -> None:
    rows, labels = torch.randn(40, 3, generator=seeded()), torch.arange(40) % 20
    mined = [mine_hard_classes(rows, labels, 7, generator=seeded(9)).tolist() for _ in range(2)]
    assert mined[0] == mined[1]
    assert mined[0] != mine_hard_classes(rows, labels, 7, generator=seeded(8)).tolist()


def test_a_generator_leaves_the_global_one_alone() -> None:
    before = torch.get_rng_state()
    mine_hard_classes(torch.eye(4), torch.tensor([1, 1, 2, 2]), 2, generator=seeded())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"n_classes": 3}, ValueError, "n_classes must be at most 2, the classes with two rows or more, got 3"),
        ({"n_classes": 0}, ValueError, "n_classes must be at least 1, got 0"),
        ({"first": 7}, ValueError, "first must be the label of a class with two rows or more, got 7"),
        ({"first": 4}, ValueError, "first must be the label of a class with two rows or more, got 4"),
        ({"labels": torch.ones(5)}, TypeError, "labels must be integers"),
        ({"labels": torch.ones(4).long()}, ValueError, "one entry a row, 5 in all, got 4"),
        ({"embeddings": torch.tensor([[1.0], [1.0], [2.0], [torch.nan], [1.0]])}, ValueError, "finite, .* in row 3"),
        ({"generator": 3}, TypeError, "generator must be a torch.Generator"),
    ],
)
def test_wrong_input_to_mining_names_the_rule(wrong: dict, error: type[Exception], words: str) -> None:
    right = {"embeddings": torch.ones(5, 1), "labels": torch.tensor([1, 1, 2, 2, 4]), "n_classes": 2}
    with pytest.raises(error, match=words):
        mine_hard_classes(**(right | wrong))
