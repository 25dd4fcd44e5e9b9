"""What a cloud says of all rows is so of all rows, and what belongs to the batch is named so."""

import re

import numpy as np
import pytest
import torch

from npair_viz import explore
from npair_viz.explorers.cloud import rows as cloud_rows
from npair_viz.figures.traces import traces
from npair_viz.geometry.narration import fixed
from npair_viz.linalg import unit_rows
from tests.support.cloud_rows import LABELS, click, rows
from tests.support.real_texts import real_texts
from tests.support.screen_words import words_of

SUPERLATIVE = re.compile(r"\b(all|every|hardest|worst|nearest|largest|most)\b", re.IGNORECASE)
# What is no claim about the data: names of marks, and what a control does.
NO_CLAIM = {
    "of other classes",
    "of its own class",
    "nearest of other classes",
    "nearest of its own class",
    "nearest of its own",
    "nearest of others",
    "rows of the nearest other class",
    "all rows",
    "worst",
    "Look at all rows, not at a sample",
    "The row most like another class; again: the next",
    "How many classes, one pair of each, form the batch; or all",
}


def cosines_of(embeddings, row):
    units = unit_rows(embeddings.double())
    cosines = units @ units[row]
    cosines[row] = -torch.inf
    return cosines


def best(embeddings, labels, row, *, is_own):
    """The nearest row of its own class or of another one, and its cosine, from all rows."""
    cosines = cosines_of(embeddings, row).masked_fill((labels == labels[row]) != is_own, -torch.inf)
    return int(cosines.argmax()), float(cosines.max())


def words_on_nearest(embeddings, labels, row):
    other, far = best(embeddings, labels, row, is_own=False)
    own, near = best(embeddings, labels, row, is_own=True)
    return (
        f"Of all {len(labels):,} rows the nearest of another class is row {other} (class {labels[other]}), "
        f"cosine {fixed(far, 3)}; of its own row {own}, {fixed(near, 3)}."
    )


@pytest.mark.parametrize("row", [0, 3, 64, 179])
@pytest.mark.parametrize("setting", [{}, {"n_classes": 3}, {"policy": "random", "seed": 4}, {"normalize": False}])
def test_every_sentence_about_all_rows_is_recomputed_from_all_rows(row, setting):
    embeddings = rows()
    explorer = explore(embeddings, LABELS, row=row, **setting)
    other, _ = best(embeddings, LABELS, row, is_own=False)
    known = {
        words_on_nearest(embeddings, LABELS, row),
        f"Nearest to row {row}, of all 180 rows",
        f"towards its nearest own, away from {LABELS[other]}",
    }
    said = {text for text in words_of(explorer) if SUPERLATIVE.search(text)}
    assert said - NO_CLAIM == known


def test_what_lies_outside_the_batch_changes_who_is_nearest():
    explorer = explore(rows(), LABELS, row=3)
    batch = explorer._embeddings.batch(explorer.state)
    kept = torch.cat([batch.anchors, batch.positives, torch.tensor([3])])
    noise = torch.randn(rows().shape, generator=torch.Generator().manual_seed(9))
    noise[kept] = rows()[kept]
    other = explore(noise, LABELS, row=3)
    assert other.sentence == explorer.sentence  # the batch is the same
    assert other._words["nearest"].value != explorer._words["nearest"].value


def test_the_bars_are_the_ten_nearest_of_other_classes_and_five_of_its_own():
    explorer = explore(rows(), LABELS, row=3)
    cosines, by_name = cosines_of(rows(), 3), traces(explorer.figure)
    for name, is_wrong, count in (("other classes", LABELS == 3, 10), ("its own class", LABELS != 3, 5)):
        wanted = cosines.masked_fill(is_wrong, -torch.inf).topk(count)
        trace = by_name[f"nearest of {name}"]
        assert list(trace.customdata) == wanted.indices.tolist()
        assert np.asarray(trace.x) == pytest.approx(wanted.values.numpy(), abs=1e-6)
    marked = by_name["nearest of others"].customdata
    assert list(marked) == list(by_name["nearest of other classes"].customdata)


def test_neighbours_of_200_real_rows_are_those_of_comparing_each_with_each():
    scene = real_texts()
    explorer = explore(scene, row=35)
    units = unit_rows(scene.embeddings.double())
    for row in torch.randperm(6000, generator=torch.Generator().manual_seed(2))[:200].tolist():
        cosines = units @ units[row]
        cosines[row] = -torch.inf
        wanted = cosines.topk(10)
        table = explorer.neighbours(row)
        assert table["row"].head(10).tolist() == wanted.indices.tolist()
        assert table["cosine"].head(10).tolist() == pytest.approx(wanted.values.tolist(), abs=1e-9)
        assert table["own class"].tolist() == [scene.labels[other] == scene.labels[row] for other in table["row"]]
        assert (table["text"] == [scene.texts[other] for other in table["row"]]).all()


def test_the_names_of_neighbours_are_whole():
    scene = real_texts()
    table = explore(scene, row=35).neighbours(k=1)
    assert table["class"].tolist() == [scene.class_names[scene.labels[row]] for row in table["row"]]


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"row": 180}, ValueError, "row must be from 0 to 179, got 180"),
        ({"row": 1.5}, TypeError, "row must be a whole number"),
        ({"k": 0}, ValueError, "k must be at least 1"),
    ],
)
def test_neighbours_of_nonsense_are_refused_in_words(given, error, words):
    with pytest.raises(error, match=words):
        explore(rows(), LABELS, row=3).neighbours(**given)


def test_the_batch_is_named_as_what_it_is():
    explorer = explore(rows(), LABELS, row=3, n_classes=5)
    assert [text for text in words_of(explorer) if text.startswith("batch")][-1] == "batch: 5 pairs, 10 of 180 rows"


def test_another_draw_takes_other_pairs_and_is_undone():
    explorer = explore(rows(), LABELS, row=3)
    before = explorer._embeddings.batch(explorer.state).anchors.tolist()
    drawn = []
    for _ in range(3):
        explorer.controls["draw"].click()
        drawn.append(explorer._embeddings.batch(explorer.state).anchors.tolist())
    assert len({*map(tuple, [before, *drawn])}) == 4
    for _ in range(3):
        explorer.undo()
    assert explorer._embeddings.batch(explorer.state).anchors.tolist() == before


def doubts(embeddings, labels):
    """The doubt of each row, from all rows."""
    pairs = [
        [best(embeddings, labels, row, is_own=is_own)[1] for is_own in (False, True)] for row in range(len(labels))
    ]
    return torch.tensor([other - own for other, own in pairs])


def test_suspects_are_all_rows_in_order_of_doubt():
    table = explore(rows(), LABELS, row=3).suspects()
    wanted = doubts(rows(), LABELS)
    assert table["row"].tolist() == wanted.argsort(descending=True, stable=True).tolist()
    assert table["doubt"].tolist() == pytest.approx(wanted.sort(descending=True).values.tolist(), abs=1e-6)
    assert table.attrs["looked at"] == "all 180 rows"
    for _, line in table.head(5).iterrows():
        assert line["nearest other"] == best(rows(), LABELS, line["row"], is_own=False)[0]


def test_above_20000_rows_suspects_are_a_fair_sample_that_is_named_so(monkeypatch):
    monkeypatch.setattr(cloud_rows, "ALL_LOOKED", 179)
    monkeypatch.setattr(cloud_rows, "SAMPLE", 60)
    explorer = explore(rows(), LABELS, row=3)
    table = explorer.suspects()
    assert table.attrs["looked at"] == "60 of 180 rows, by lot, each against all"
    assert len(table) == 60
    wanted = doubts(rows(), LABELS)
    assert table["doubt"].tolist() == pytest.approx(wanted[table["row"].tolist()].tolist(), abs=1e-6)
    assert explorer.suspects(every=True).attrs["looked at"] == "all 180 rows"
    assert len(explorer.suspects()) == 180  # what is known stays known


@pytest.mark.parametrize(("b", "looked"), [(20_000, 20_000), (20_001, 2_000)])
def test_up_to_20000_rows_are_looked_at(b, looked):
    held = cloud_rows.Embeddings(explore(torch.ones(b, 1), torch.arange(b) % 2, row=0).scene)
    assert next(held.looking())[1] == looked


def test_worst_goes_through_the_suspects():
    explorer = explore(rows(), LABELS, row=3)
    wanted = explorer.suspects()["row"].tolist()
    for row in wanted[:3]:
        explorer.controls["worst"].click()
        assert explorer.state.row == row
    explorer.set(row=int(wanted[50]))
    explorer.worst()
    assert explorer.state.row == wanted[0]


def test_worst_of_one_class_alone_is_explained():
    explorer = explore(torch.eye(150), [5] * 150, picture="cloud")
    explorer.controls["worst"].click()
    assert "no row has both" in explorer._words["status"].value
    assert explorer._words["nearest"].value.count("Of all 150 rows each is of class 5.") == 1


def test_rows_whose_label_is_wrong_are_the_first_suspects():
    wrong = LABELS.clone()
    wrong[[20, 77, 130]] = torch.tensor([3, 4, 5])
    spread = torch.eye(30)[LABELS] + 0.02 * rows()[:, :1] * torch.eye(30)[LABELS.roll(1)]
    table = explore(spread, wrong, row=0).suspects()
    assert set(table["row"].head(3)) == {20, 77, 130}


def test_equal_rows_are_the_first_twins_each_pair_once():
    embeddings = rows()
    embeddings[150] = 2 * embeddings[7]
    table = explore(embeddings, LABELS, row=0).twins()
    assert sorted(table.loc[0, ["row", "twin"]]) == [7, 150]
    assert table["cosine"].iloc[0] == pytest.approx(1)
    pairs = [tuple(sorted(pair)) for pair in zip(table["row"], table["twin"], strict=True)]
    assert len(pairs) == len(set(pairs))


def test_a_click_changes_who_is_nearest():
    explorer = explore(rows(), LABELS, row=3)
    click(explorer, "rows", 41)
    assert words_on_nearest(rows(), LABELS, 41) in words_of(explorer)
