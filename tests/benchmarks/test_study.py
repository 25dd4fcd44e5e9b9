"""The study: runs that repeat, verdicts that a handful of numbers confirm, words that agree with the record."""

import json
import math
import re

import pytest

from benchmarks import study, study_chart, study_text
from benchmarks.arms import ARMS, CLAIMS, Arm, other_loss
from benchmarks.record import head_of, in_lines
from npair_viz.training.datasets import blends, named
from npair_viz.training.train import settings_of
from tests.support.repository import ROOT


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A small world in the place of the study's."""
    monkeypatch.setattr(study, "named", lambda _, seed: blends(seed, n_classes=8, rows=6))


def arm(name="a", **more):
    return Arm("table", name, steps=4, **more)


def test_a_run_repeats_and_its_seed_decides():
    first = study.trained(arm(), 1)
    assert first == study.trained(arm(), 1)
    assert first != study.trained(arm(), 2)
    assert set(first) == set(study.KEPT)


@pytest.mark.parametrize("loss", ["NTXent", "triplet", "semihard"])
def test_another_loss_trains_the_same_encoder(loss):
    pytest.importorskip("pytorch_metric_learning")
    found = study.trained(arm(loss=loss), 1)
    assert found["recall"] > 0
    assert math.isnan(found["floor"])
    assert found["mean_norm"] != study.trained(arm(), 1)["mean_norm"]
    untrained = [study.trained(Arm("table", "a", steps=0, loss=one), 1)["recall"] for one in ("", loss)]
    assert untrained[0] == untrained[1]


def test_no_name_is_this_projects_own_loss():
    assert other_loss("") is None


def test_points_that_descend_come_to_rest_where_the_law_says():
    found = study.law(0.5, 0.4, seeds=2, steps=1500)
    assert found.norms == pytest.approx([found.optimal_norm] * 2, abs=1e-3)
    assert found.losses == pytest.approx([found.optimal_loss] * 2, abs=1e-4)
    assert found.optimal_norm > 0.5


def test_beyond_the_threshold_they_collapse():
    found = study.law(1.0, 0.7, seeds=2, steps=1500)
    assert max(found.norms) < 1e-3
    assert found.losses == pytest.approx([math.log(8)] * 2, abs=1e-4)


def test_every_arm_has_a_name_of_its_own_and_can_be_trained():
    assert len({one.name for one in ARMS}) == len(ARMS)
    worlds = {name: named(name) for name in ("digits", "blends")}
    for one in ARMS:
        settings_of(worlds[one.world], **one.settings)


def test_the_readme_and_make_help_tell_how_many_ways_there_are():
    ways = len({study.way(one) for one in ARMS})
    for file in ("README.md", "Makefile"):
        assert f"in {ways} ways from ten seeds each" in (ROOT / file).read_text(encoding="utf-8")


def test_every_ordering_is_between_two_arms_of_the_study():
    names = {one.name for one in ARMS}
    assert all({claim.better, claim.worse} <= names for claim in CLAIMS)


def test_arms_that_claim_as_many_pairs_have_them():
    for one in ARMS:
        if "groups" in one.settings:
            assert one.settings["groups"] * one.settings["n_classes"] in (6, 32)


@pytest.mark.parametrize(
    ("better", "worse", "said"),
    [
        ([0.9, 0.8, 0.7], [0.8, 0.7, 0.6], 1),
        ([0.8, 0.7, 0.6], [0.9, 0.8, 0.7], -1),
        ([0.9, 0.5, 0.7], [0.5, 0.9, 0.7], 0),
        ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], 0),
        ([0.1, 0.9, 0.5, 0.3], [0.09, 0.88, 0.49, 0.28], 1),  # seeds differ by far more than the arms do
        ([0.2, 0.0], [0.0, 0.1], 0),
    ],
)
def test_a_verdict_asks_how_far_seeds_lie_apart(better, worse, said):
    assert study_text.verdict(better, worse) == said


def record(arms, law=()):
    return {"date": "2020-02-02", "versions": {"torch": "9"}, "settings": {"seeds": 2}, "arms": arms, "law": list(law)}


def arm_with(name, recall):
    runs = {column: [None, None] for column in study_text.COLUMNS}
    return {"table": "t", "name": name, "runs": {**runs, "recall": recall}}


def test_the_text_says_what_the_record_holds():
    claim = CLAIMS[0]
    law = {"tao": 0.5, "l2_reg": 0.4, "norms": [1, 1.5], "losses": [2, 2], "optimal_norm": 1.25, "optimal_loss": 2}
    told = study_text.text(record([arm_with(claim.better, [0.9, 0.7]), arm_with(claim.worse, [0.6, 0.5])], [law]))
    difference = f"+0.250 ± {0.1 / math.sqrt(2):.3f}"
    assert f"| {claim.better} | {claim.worse} | {claim.source} | {difference} | 2 of 2 | holds |" in told
    assert f"| {claim.better} | 0.800 ± {0.2 / math.sqrt(2):.3f} | – | – | – | – |" in told
    assert "| 0.5 | 0.4 | 0.4 | 1.2500 ± 0.3536 | 1.2500 | 2.0000 ± 0.0000 | 2.0000 |" in told
    assert told.count("| holds |") == 1


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks" / "results").glob("*-study.json")), ids=lambda path: path.stem
)
def test_the_words_beside_a_kept_study_are_those_of_its_record(path):
    found = json.loads(path.read_text(encoding="utf-8"))
    assert path.with_suffix(".md").read_text(encoding="utf-8") == study_text.text(found)
    assert found["settings"]["seeds"] >= 10
    assert not found["commit"].endswith("dirty")


def test_the_notes_quote_the_kept_study():
    notes = (ROOT / "benchmarks" / "NOTES.md").read_text(encoding="utf-8").partition("# What the study found")[2]
    (name,) = re.findall(r"results/(\S+-study)\.md", notes)
    told = (ROOT / "benchmarks" / "results" / f"{name}.md").read_text(encoding="utf-8")
    quoted = re.findall(r"[+-]?\d\.\d{3}(?: ± \d\.\d{3})?", notes)
    missing = [one for one in quoted if one not in told and f"-{one}" not in told]
    assert missing == []
    assert len(quoted) > 15


def test_the_chart_shows_every_seed_and_the_mean_of_each_arm():
    seeds, means = study_chart.chart(record([arm_with("a", [0.9, 0.7]), arm_with("b", [0.6, 0.5])])).data
    assert list(zip(seeds.y, seeds.x, strict=True)) == [("a", 0.9), ("a", 0.7), ("b", 0.6), ("b", 0.5)]
    assert list(means.y) == ["a", "b"]
    assert list(means.x) == pytest.approx([0.8, 0.55])
    assert list(means.error_x.array) == pytest.approx([0.2 / math.sqrt(2), 0.1 / math.sqrt(2)])


def test_arms_that_train_in_the_same_way_are_trained_once():
    ways = [study.way(one) for one in (arm("a"), arm("b", settings={"tao": 0.1, "n_classes": 32}))]
    assert ways[0] == ways[1]
    others = [arm(settings={"tao": 0.2}), arm(loss="NTXent"), arm(world="digits"), arm(settings={"groups": 2})]
    assert len({study.way(one) for one in others} | set(ways)) == 5


@pytest.mark.slow  # 7 s: a process of its own trains and descends
def test_a_whole_study_leaves_a_record_that_its_text_can_be_written_from(tmp_path):
    found = study.study((arm("one"), arm("two", settings={"tao": 1.0}), arm("three")), seeds=2, law_steps=2, workers=1)
    path = tmp_path / "x-study.json"
    path.write_text(in_lines(head_of({"seeds": 2, "quick": True}), **found), encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert [one["name"] for one in kept["arms"]] == ["one", "two", "three"]
    assert kept["arms"][0]["runs"] == kept["arms"][2]["runs"] != kept["arms"][1]["runs"]
    assert kept["arms"][1]["settings"] == {"tao": 1.0}
    assert all(len(numbers) == 2 for one in kept["arms"] for numbers in one["runs"].values())
    assert len(kept["law"]) == len(study.LAW)
    assert {"torch", "npair-viz", "pytorch-metric-learning", "scikit-learn"} <= set(kept["versions"])
    assert {"date", "machine", "commit"} <= set(kept)
    study_text.write(path)
    assert path.with_suffix(".md").read_text(encoding="utf-8") == study_text.text(kept)
