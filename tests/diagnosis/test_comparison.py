"""Two embeddings of the same rows: beside loops, scipy and planted changes."""

import math
import re
from itertools import product

import numpy as np
import pandas
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz import Pairs, compare, explore, npair_loss
from tests.support.doctor_batches import healthy

B, D, E = 34, 7, 5
LABELS = torch.arange(B) % 11


def rows(d: int, seed: int) -> Tensor:
    return torch.randn(B, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def nearest(table: Tensor, row: int, candidates: list[int]) -> list[int]:
    return sorted(candidates, key=lambda other: -float(table[row, other]))


def cosines(left: Tensor, right: Tensor) -> Tensor:
    return normalize(left) @ normalize(right).T


def test_ranks_and_kept_neighbours_are_those_of_a_loop() -> None:
    old, new = rows(D, 0), rows(E, 1)
    found = compare(old, new, LABELS, tao=0.2)
    for side, embedding in ((found.before, old), (found.after, new)):
        table = cosines(embedding, embedding)
        for row in range(B):
            order = nearest(table, row, [other for other in range(B) if other != row])
            own = next(place for place, other in enumerate(order) if LABELS[other] == LABELS[row])
            assert int(side.rank[row]) == own + 1
            assert side.nearest[row].tolist() == order[:10]
    kept = [len(set(found.before.nearest[k].tolist()) & set(found.after.nearest[k].tolist())) / 10 for k in range(B)]
    assert found.kept.tolist() == pytest.approx(kept)


def test_moves_are_what_is_left_after_scipys_rotation() -> None:
    old, new = rows(D, 0), rows(E, 1)
    units, others = normalize(old).numpy(), np.pad(normalize(new).numpy(), ((0, 0), (0, D - E)))
    turned = units @ orthogonal_procrustes(units, others)[0]
    expected = np.linalg.norm(turned - others, axis=1)
    np.testing.assert_allclose(compare(old, new, LABELS, tao=0.2).move.numpy(), expected, atol=1e-10)


@pytest.mark.parametrize(
    "spoilt",
    [torch.zeros(B, D), torch.ones(B, D), rows(D, 0).sign() * torch.tensor([1.0] + [0.0] * (D - 1))],
    ids=["zero rows", "one row", "two different rows"],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_rows_win_nothing(spoilt: Tensor, dtype: torch.dtype) -> None:
    old = rows(D, 0).to(dtype)
    alone = compare(old, spoilt.to(dtype), LABELS, tao=0.2)
    assert not alone.after.is_right.any()
    assert "won" not in alone.change
    pairs = compare((old, rows(D, 1).to(dtype)), (old, spoilt.to(dtype)), tao=0.2)
    assert not pairs.after.is_right.any()


def test_the_nearest_row_of_its_own_class_is_first_where_two_of_them_are_equal() -> None:
    found = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    assert compare(found, found, [0, 0, 0, 1, 1], tao=0.2).after.rank.tolist() == [1] * 5


@given(st.integers(0, 99), st.floats(0.1, 9.0))
def test_a_rotated_or_longer_embedding_is_the_same(seed: int, length: float) -> None:
    old = rows(D, seed)
    turn = torch.linalg.qr(rows(D, seed + 1)[:D])[0]
    found = compare(old, length * old @ turn, LABELS, tao=0.2)
    assert {*found.change} <= {"right", "wrong"}
    assert float(found.kept.min()) == 1
    assert float(found.move.max()) < 1e-7
    torch.testing.assert_close(found.before.losses, found.after.losses)


def test_each_loss_is_that_of_one_pair_a_class_and_lies_on_the_ruler() -> None:
    old, new, labels = rows(D, 0)[:6], rows(E, 1)[:6], torch.arange(3).repeat(2)
    found, units = compare(old, new, labels, tao=0.2), normalize(new)
    ways = [torch.tensor([k, k + 3]).roll(swap) for k in range(3) for swap in (0, 1)]
    possible = [
        float(npair_loss(units[torch.stack(way)[:, 0]], units[torch.stack(way)[:, 1]], tao=0.2))
        for way in product(ways[:2], ways[2:4], ways[4:])
    ]
    assert len(found.after.losses) == 10
    assert all(min(abs(loss - other) for other in possible) < 1e-9 for loss in found.after.losses.tolist())
    assert len({round(loss, 9) for loss in found.after.losses.tolist()}) > 1
    assert found.ruler.chance == pytest.approx(math.log(3))


def test_planted_changes_are_all_that_is_lost() -> None:
    old = healthy(500, d=32, rows=20, noise=0.4)
    labels = torch.arange(500).repeat(20)
    planted = torch.randperm(10_000, generator=torch.Generator().manual_seed(3))[:50]
    new = old.clone()
    new[planted] = old[(planted + 1) % 10_000]  # of another class
    table = compare(old, new, labels, tao=0.1).rows
    assert len(table) == 10_000
    far = table.sort_values("move", ascending=False).row[:50]
    assert set(far) == set(planted.tolist())
    assert set(planted.tolist()) <= set(table.row[table.change == "lost"])


def test_of_pairs_the_rank_of_the_partner_is_that_of_a_loop() -> None:
    old, new = (rows(D, 0), rows(D, 1)), (rows(E, 2), rows(E, 3))
    found = compare(old, Pairs(*new), tao=0.2)
    assert found.are_pairs
    for side, (anchors, positives) in ((found.before, old), (found.after, new)):
        table = cosines(anchors, positives)
        ranks = [1 + sum(bool(table[row, other] > table[row, row]) for other in range(B)) for row in range(B)]
        assert side.rank.tolist() == ranks
        expected = npair_loss(normalize(anchors), normalize(positives), tao=0.2)
        torch.testing.assert_close(side.losses, expected.reshape(1))
    assert "lost their partner" in repr(found)


def test_pairs_of_one_label_are_no_rivals() -> None:
    anchors, positives = rows(D, 0), rows(D, 1)
    positives[3], labels = anchors[0], torch.arange(B)
    assert int(compare((anchors, positives), (anchors, positives), tao=0.2).before.rank[0]) > 1
    labels[3] = 0
    positives[0] = anchors[0] + 0.1 * positives[0]
    assert int(compare((anchors, positives), (anchors, positives), labels, tao=0.2).before.rank[0]) == 1


def test_of_many_rows_a_lot_is_compared_with_all_and_it_is_said() -> None:
    old = torch.randn(10_040, 6, generator=torch.Generator().manual_seed(0))
    found = compare(old, old + 0.01, torch.arange(10_040) % 90, tao=0.2, rows=70, seed=4)
    assert len(found.looked) == len(set(found.looked.tolist())) == 70
    assert "70 of 10,040 rows by lot, each against all" in repr(found)
    assert found.rows.attrs["looked at"] == found.sample
    again = compare(old, old + 0.01, torch.arange(10_040) % 90, tao=0.2, rows=70, seed=5)
    assert again.looked.tolist() != found.looked.tolist()


def test_a_row_alone_in_its_class_is_not_compared() -> None:
    labels = LABELS.clone()
    labels[4] = 99
    assert 4 not in compare(rows(D, 0), rows(E, 1), labels, tao=0.2).rows.row.tolist()


def test_what_changed_colours_a_cloud() -> None:
    words = [f"kind {label}" for label in LABELS.tolist()]
    explorer = explore(rows(E, 1), words, picture="cloud", columns=compare(rows(D, 0), rows(E, 1), words, tao=0.2).rows)
    explorer.set(colour="move")
    assert explorer.state.colour == "move"


@pytest.mark.parametrize(
    ("before", "after", "labels", "error", "words"),
    [
        (rows(D, 0), rows(E, 1)[:9], LABELS, ValueError, "after: labels must have one entry a row of embeddings, 9 in"),
        (rows(D, 0), rows(E, 1), None, TypeError, "labels must be given: one a row, or pass pairs"),
        (rows(D, 0), rows(E, 1), torch.arange(B), ValueError, "check that labels are classes and not row numbers"),
        (rows(D, 0), (rows(E, 1), rows(E, 2)), LABELS, TypeError, "both be rows or both be pairs"),
        (
            (rows(D, 0), rows(E, 1)),
            Pairs(rows(E, 1), rows(E, 2)),
            None,
            ValueError,
            "anchors' shape (34, 7), got (34, 5)",
        ),
        (rows(D, 0) / 0, rows(E, 1), LABELS, ValueError, "before: embeddings must be finite"),
        ((rows(D, 0),) * 2, (rows(D, 0)[:9],) * 2, None, ValueError, "must be of the same rows, got 34 and 9"),
    ],
)
def test_what_can_not_be_compared_is_refused_in_words(
    before: object, after: object, labels: object, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=re.escape(words)):
        compare(before, after, labels, tao=0.2)


def test_frames_whose_rows_are_in_another_order_are_refused() -> None:
    words = [f"kind {label}" for label in LABELS.tolist()]
    old, new = (pandas.DataFrame(rows(d, d).numpy()).add_prefix("x").assign(label=words) for d in (D, E))
    assert compare(old, new, tao=0.2).total == B
    with pytest.raises(ValueError, match="must have the same labels, row by row: are their rows in another order"):
        compare(old, new.iloc[::-1], tao=0.2)


def test_a_wrong_tao_or_count_is_refused() -> None:
    with pytest.raises(ValueError, match="tao must be positive"):
        compare(rows(D, 0), rows(E, 1), LABELS, tao=0)
    with pytest.raises(ValueError, match="rows must be at least 1"):
        compare(rows(D, 0), rows(E, 1), LABELS, tao=0.1, rows=0)
