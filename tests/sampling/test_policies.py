"""How each policy picks pairs, against explicit loops and statistics with fixed seeds."""

from collections import Counter
from itertools import permutations

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from npair_viz import NPairLoss
from npair_viz.sampling import hardest_pairs
from npair_viz.sampling import pairs as sampling_pairs
from npair_viz.sampling.pairs import select_pairs
from tests.support.label_batches import EXAMPLE, batches, choose, pairs_of, thoroughly
from tests.support.random_draws import chi_square, rows_by_class, seeded

# The policies


def first_by_loop(labels: Tensor, per_class: int) -> list[tuple[int, int]]:
    pairs = []
    for rows in rows_by_class(labels).values():
        pairs += list(zip(rows[::2], rows[1::2], strict=False))[:per_class]
    return sorted(pairs)


@thoroughly
@given(batches(), st.integers(1, 4))
def test_first_pairs_the_rows_in_the_order_of_the_batch(labels: Tensor, per_class: int) -> None:
    assert pairs_of(choose(labels, "first", pairs_per_class=per_class)) == first_by_loop(labels, per_class)


ENDS = [(-(2**15), 2**15 - 1), (-(2**31), 2**31 - 1)]
EDGES = [torch.tensor([low - 1, high] * 3) for low, high in ENDS] + [
    torch.tensor([low, high + 1] * 3) for low, high in ENDS
]


@thoroughly
@given(st.one_of(batches().filter(len), st.sampled_from(EDGES)), st.integers(1, 4))
def test_many_labels_in_the_least_width_give_the_same_pairs(labels: Tensor, per_class: int) -> None:
    random = pairs_of(choose(labels, "random", pairs_per_class=per_class))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling_pairs, "MANY", 1)
        assert pairs_of(choose(labels, "first", pairs_per_class=per_class)) == first_by_loop(labels, per_class)
        assert pairs_of(choose(labels, "random", pairs_per_class=per_class)) == random


def test_random_is_uniform_over_the_ordered_pairs_of_a_class() -> None:
    labels = torch.tensor([9, 5, 9, 5, 5, 7, 5, 9])
    generator = seeded(1)
    draws = [pairs_of(select_pairs(labels, generator=generator)) for _ in range(2400)]
    fives = Counter(pair for pairs in draws for pair in pairs if pair[0] in (1, 3, 4, 6))
    assert chi_square(fives, list(permutations([1, 3, 4, 6], 2))) < 31.3  # 11 degrees of freedom: passes 999 in 1000
    nines = Counter(pair for pairs in draws for pair in pairs if pair[0] in (0, 2, 7))
    assert chi_square(nines, list(permutations([0, 2, 7], 2))) < 20.5  # 5 degrees of freedom


def test_random_is_uniform_over_the_matchings_of_a_class() -> None:
    generator = seeded(2)
    draws = [pairs_of(select_pairs(torch.zeros(4).long(), pairs_per_class=2, generator=generator)) for _ in range(900)]
    matchings = Counter(tuple(sorted(tuple(sorted(pair)) for pair in pairs)) for pairs in draws)
    assert chi_square(matchings, [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]) < 13.8


def hardest_by_loop(labels: Tensor, rows: Tensor, per_class: int) -> list[tuple[int, int]]:
    pairs = []
    for members in rows_by_class(labels).values():
        free = list(members)
        for _ in range(per_class):
            candidates = [(float(rows[i] @ rows[j]), i, j) for i in free for j in free if i < j]
            if candidates:
                _, anchor, positive = min(candidates)
                pairs.append((anchor, positive))
                free = [row for row in free if row not in (anchor, positive)]
    return sorted(pairs)


@pytest.mark.parametrize("reading_is_free", [True, False])
@pytest.mark.parametrize("entries", [1, 40, 2**20])
@thoroughly
@given(labels=batches(), per_class=st.integers(1, 4), seed=st.integers(0, 2**32), dtype=st.sampled_from([32, 64, 16]))
def test_hardest_equals_an_explicit_loop(
    reading_is_free: bool, entries: int, labels: Tensor, per_class: int, seed: int, dtype: int
) -> None:
    kind = {16: torch.bfloat16, 32: torch.float32, 64: torch.float64}[dtype]
    rows = torch.randint(-2, 3, (len(labels), 3), generator=seeded(seed)).to(kind)  # whole numbers: many ties
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hardest_pairs, "BLOCK_ENTRIES", entries)
        patch.setattr(hardest_pairs, "reading_is_free", lambda _: reading_is_free)
        chosen = select_pairs(labels, policy="hardest", embeddings=rows, pairs_per_class=per_class)
    assert pairs_of(chosen) == hardest_by_loop(labels, rows.double(), per_class)


def test_hardest_breaks_ties_to_the_lowest_rows() -> None:
    chosen = select_pairs(torch.tensor([6, 2, 6, 2, 6, 2, 6]), policy="hardest", embeddings=torch.ones(7, 5))
    assert pairs_of(chosen) == [(0, 2), (1, 3)]


def test_hardest_takes_embeddings_as_they_are() -> None:
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [9.0, 9.0], [-0.1, 0.0]])
    assert pairs_of(select_pairs(torch.zeros(4).long(), policy="hardest", embeddings=rows)) == [(2, 3)]


def limit_blocks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Allow 600 similarities a block; every block's number of similarities is appended to the list returned."""
    sizes = []

    def counting_product(left: Tensor, right: Tensor) -> Tensor:
        sizes.append(len(left) * right.shape[1])
        return left @ right

    monkeypatch.setattr(hardest_pairs, "product", counting_product)
    monkeypatch.setattr(hardest_pairs, "BLOCK_ENTRIES", 600)
    return sizes


def test_hardest_never_holds_all_similarities(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = limit_blocks(monkeypatch)
    monkeypatch.setattr(hardest_pairs, "reading_is_free", lambda _: False)  # as on a GPU
    b = 170
    select_pairs(torch.arange(b) % 13, policy="hardest", embeddings=torch.randn(b, 4, generator=seeded()))
    assert len(sizes) > 50
    assert max(sizes) <= 600


def test_on_the_cpu_hardest_compares_rows_within_classes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = limit_blocks(monkeypatch)
    select_pairs(torch.arange(170) % 85, policy="hardest", embeddings=torch.randn(170, 4, generator=seeded()))
    assert max(sizes) <= 600
    assert sum(sizes) < 170 * 170 / 4


NEARLY_TIED = [[2048.0, 1.0, 0.0], [1.0, 1.0, 64.0], [1.0, 0.0, 64.0]]  # 2049 and 2048 are one number in half precision


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_hardest_compares_half_precision_in_float32(kind: torch.dtype) -> None:
    rows = torch.tensor(NEARLY_TIED, dtype=kind)
    assert rows[0] @ rows[1] == rows[0] @ rows[2]
    assert pairs_of(select_pairs(torch.zeros(3).long(), policy="hardest", embeddings=rows)) == [(0, 2)]


def test_hardest_compares_double_precision_as_it_is() -> None:
    rows = torch.tensor([[2.0**30, 1.0, 0.0], [1.0, 1.0, 2.0**20], [1.0, 0.0, 2.0**20]], dtype=torch.float64)
    assert rows[0].float() @ rows[1].float() == rows[0].float() @ rows[2].float()
    assert pairs_of(select_pairs(torch.zeros(3).long(), policy="hardest", embeddings=rows)) == [(0, 2)]


def test_hardest_ignores_autocast() -> None:
    rows = torch.tensor(NEARLY_TIED)
    with torch.autocast("cpu", torch.bfloat16):
        assert (rows @ rows.mT)[0, 1] == (rows @ rows.mT)[0, 2]
        assert pairs_of(select_pairs(torch.zeros(3).long(), policy="hardest", embeddings=rows)) == [(0, 2)]


def test_hardest_pairs_need_no_gradient() -> None:
    rows = torch.randn(6, 4, generator=seeded()).requires_grad_()
    chosen = select_pairs(torch.tensor([1, 1, 1, 2, 2, 2]), policy="hardest", embeddings=rows)
    assert not any(part.requires_grad for part in (chosen.anchors, chosen.positives, chosen.n_negatives))


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_hardest_gives_proper_pairs_of_rows_that_are_not_finite(bad: float) -> None:
    rows = torch.randn(7, 3, generator=seeded())
    rows[[0, 4]] = bad
    chosen = select_pairs(torch.tensor([1, 1, 1, 2, 2, 3, 3]), policy="hardest", embeddings=rows)
    assert chosen.labels.tolist() == [1, 2, 3]
    assert (chosen.anchors < chosen.positives).all()


def test_hardest_counts_nan_as_the_smallest_similarity() -> None:
    rows = torch.tensor([[1.0, 0.0], [5.0, 1.0], [torch.nan, 0.0]])
    assert pairs_of(select_pairs(torch.zeros(3).long(), policy="hardest", embeddings=rows)) == [(0, 2)]


@pytest.mark.parametrize("policy", ["hardest", "first"])
def test_a_row_of_nan_never_gives_a_believable_loss(policy: str) -> None:
    rows, labels = torch.randn(9, 4, generator=seeded()), torch.arange(9) % 3
    rows[0] = torch.nan
    assert NPairLoss(tao=0.5, policy=policy)(rows, labels).isnan()


# Randomness


def test_a_generator_fixes_the_pairs() -> None:
    labels = torch.arange(60) % 7
    same = [pairs_of(select_pairs(labels, generator=seeded(5))) for _ in range(2)]
    assert same[0] == same[1]
    assert same[0] != pairs_of(select_pairs(labels, generator=seeded(6)))


def test_without_a_generator_torchs_global_one_is_used() -> None:
    labels = torch.arange(60) % 7
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        first = pairs_of(select_pairs(labels))
        second = pairs_of(select_pairs(labels))
        torch.manual_seed(5)
        assert pairs_of(select_pairs(labels)) == first != second


def test_a_generator_leaves_the_global_one_alone() -> None:
    before = torch.get_rng_state()
    select_pairs(EXAMPLE, generator=seeded(), max_pairs=1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("policy", ["first", "hardest"])
def test_policies_without_randomness_draw_nothing(policy: str) -> None:
    before = torch.get_rng_state()
    select_pairs(EXAMPLE, policy=policy, embeddings=torch.eye(10), max_pairs=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_state_of_numpy_neither_matters_nor_changes() -> None:
    found, untouched = [], numpy.random.get_state()
    for seed in (1, 2):
        numpy.random.seed(seed)
        before = numpy.random.get_state()[1].copy()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            found.append(pairs_of(select_pairs(torch.arange(60) % 7)))
        assert (numpy.random.get_state()[1] == before).all()
    numpy.random.set_state(untouched)
    assert found[0] == found[1]


@pytest.mark.parametrize("sizes", [[400], [3, 400], [400, 3], [130, 130, 7], [1, 300, 1], [700, 2, 2]])
def test_hardest_pairs_of_classes_of_any_size_are_those_of_the_whole_matrix(sizes):
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    rows = torch.randn(len(labels), 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    pairs = select_pairs(labels, policy="hardest", embeddings=rows)
    similarities = rows @ rows.T
    for label, anchor, positive in zip(pairs.labels, pairs.anchors, pairs.positives, strict=True):
        own = (labels == label).nonzero().squeeze(1)
        square = similarities[own][:, own].fill_diagonal_(torch.inf)
        assert similarities[anchor, positive] == square.min()
    assert pairs.n_pairs == sum(size > 1 for size in sizes)
