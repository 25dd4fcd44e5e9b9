"""The stage's own numbers, words and descents equal torch's: every module of its JavaScript runs under node."""

from npair_viz.stage.bundle import bundle
from npair_viz.stage.draws import Draws
from npair_viz.stage.scene_states import first_state, page_state, scenes_of_the_stage
from tests.support.experiment_book import BOOK
from tests.support.node import run
from tests.support.torch_answers import acts, descents, readings, verdicts


def test_the_browser_side_has_torchs_numbers_and_words(tmp_path):
    content = {"readings": list(readings()), "acts": list(acts()), "descents": list(descents())}
    run("model.test.js", content, tmp_path)


def test_the_browser_side_plays_the_experiments_of_the_lessons(tmp_path):
    scenes, draws = dict(scenes_of_the_stage()), Draws()
    book_acts = [act for one in BOOK["experiments"] for step in one["steps"] for act in step["acts"]]
    for n in {act["set"]["n_classes"] for act in book_acts if "n_classes" in act.get("set", {})}:
        scenes[f"circle of {n}"] = page_state(first_state("circle", draws, n_classes=n), draws)
    run("experiments.test.js", {**BOOK, "scenes": scenes}, tmp_path)


def test_the_browser_side_judges_missions_as_python_does(tmp_path):
    run("missions.test.js", {"verdicts": list(verdicts())}, tmp_path)


def test_the_best_shape_finds_the_points_it_belongs_to(tmp_path):
    run("alignment.test.js", {}, tmp_path)


def test_undo_and_redo_keep_their_rules(tmp_path):
    run("history.test.js", {"scenes": scenes_of_the_stage()}, tmp_path)


def test_what_a_hand_and_an_eye_meet_turns_at_its_number(tmp_path):
    run("edges.test.js", {"script": bundle("entry/stage")}, tmp_path)


def test_python_is_told_what_a_hand_does_ten_times_a_second_at_most(tmp_path):
    run("store.test.js", {"scenes": scenes_of_the_stage()}, tmp_path)
