"""Who is nearest to whom among all rows: equal to plain comparison of each row with each."""

import pytest
import torch

from npair_viz.data import neighbours
from npair_viz.data.neighbours import look, nearest, together, unit_copy
from npair_viz.linalg import unit_rows
from tests.support.real_texts import real_texts

B, D = 300, 7


def rows(dtype=torch.float32):
    return torch.randn(B, D, generator=torch.Generator().manual_seed(3), dtype=dtype)


LABELS = torch.arange(B) % 11


def by_comparison(embeddings, labels, row, k, *, is_own):
    """Rows and cosines of the k nearest, each row compared with each in float64."""
    units = unit_rows(embeddings.double())
    others = [other for other in range(len(labels)) if other != row and bool(labels[other] == labels[row]) == is_own]
    cosines = units[others] @ units[row]
    order = cosines.argsort(descending=True, stable=True)[:k]
    return [others[place] for place in order.tolist()], cosines[order]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_unit_copy_is_made_by_blocks_in_its_own_precision_or_in_float32(dtype):
    embeddings = rows(dtype)
    own, narrow = unit_copy(embeddings), unit_copy(embeddings, torch.float32)
    assert own.dtype == unit_rows(embeddings).dtype
    assert torch.equal(own, unit_rows(embeddings))
    assert narrow.dtype == torch.float32
    assert torch.equal(narrow, unit_rows(embeddings).float())


def test_a_unit_copy_of_a_zero_row_is_zero():
    assert unit_copy(torch.zeros(2, 3)).tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("k", [1, 10, 400])
def test_the_nearest_are_those_of_comparing_each_with_each(k):
    embeddings = rows()
    for row in range(0, B, 13):
        found = nearest(embeddings, unit_copy(embeddings), LABELS, row, k)
        for some, cosines, is_own in (
            (found.own, found.own_cosines, True),
            (found.others, found.others_cosines, False),
        ):
            wanted, values = by_comparison(embeddings, LABELS, row, k, is_own=is_own)
            assert some.tolist() == wanted
            assert torch.allclose(cosines, values)


def test_the_ten_nearest_of_200_real_rows_are_those_of_comparing_each_with_each():
    scene = real_texts()
    units, exact = unit_copy(scene.embeddings), unit_rows(scene.embeddings.double())
    chosen = torch.randperm(len(scene.labels), generator=torch.Generator().manual_seed(1))[:200]
    for row in chosen.tolist():
        cosines, is_own = exact @ exact[row], scene.labels == scene.labels[row]
        cosines[row] = -torch.inf
        found = nearest(scene.embeddings, units, scene.labels, row)
        for some, values, wrong in (
            (found.own, found.own_cosines, ~is_own),
            (found.others, found.others_cosines, is_own),
        ):
            wanted = cosines.masked_fill(wrong, -torch.inf).sort(descending=True, stable=True)
            count = min(10, int((wanted.values > -torch.inf).sum()))
            assert some.tolist() == wanted.indices[:count].tolist()
            assert torch.allclose(values, wanted.values[:count])


def test_near_ties_of_float32_stand_in_the_order_of_float64():
    close = torch.tensor([[1.0, 0.0], *([1.0, 1e-4 + k * 1e-9] for k in range(12, 0, -1))], dtype=torch.float64)
    found = nearest(close, unit_copy(close), torch.tensor([0] + [1] * 12), 0)
    assert found.others.tolist() == list(range(12, 2, -1))


def test_a_row_alone_in_its_class_has_none_of_its_own():
    found = nearest(rows()[:4], unit_copy(rows()[:4]), torch.tensor([0, 1, 1, 1]), 0)
    assert (found.own.tolist(), len(found.others)) == ([], 3)


def test_one_class_alone_has_no_others():
    found = nearest(rows()[:4], unit_copy(rows()[:4]), torch.zeros(4, dtype=torch.long), 0)
    assert (len(found.own), found.others.tolist()) == (3, [])


@pytest.mark.parametrize("entries", [1, 10 * B, 2**23])
def test_a_look_sees_what_comparing_each_with_each_sees_whatever_its_blocks_are(monkeypatch, entries):
    monkeypatch.setattr(neighbours, "ENTRIES", entries)
    embeddings = rows()
    chosen = torch.arange(0, B, 7)
    looked = together(list(look(unit_copy(embeddings), LABELS, chosen)))
    units = unit_rows(embeddings.double())
    for place, row in enumerate(chosen.tolist()):
        (own,), own_cosine = by_comparison(embeddings, LABELS, row, 1, is_own=True)
        (other,), other_cosine = by_comparison(embeddings, LABELS, row, 1, is_own=False)
        assert (int(looked.own[place]), int(looked.others[place])) == (own, other)
        assert float(looked.doubt[place]) == pytest.approx(float(other_cosine[0] - own_cosine[0]), abs=1e-6)
        cosines = units @ units[row]
        cosines[row] = -2
        votes = LABELS[cosines.topk(15).indices] != LABELS[row]
        assert float(looked.disagreement[place]) == pytest.approx(votes.double().mean().item())


def test_suspects_are_in_order_of_doubt_and_leave_out_who_has_none_of_its_own():
    labels = torch.cat([LABELS[:-1], torch.tensor([77])])
    looked = together(list(look(unit_copy(rows()), labels, torch.arange(B))))
    assert looked.suspects.tolist() == looked.rows[looked.doubt[:-1].argsort(descending=True, stable=True)].tolist()
    assert torch.isnan(looked.doubt[-1])
