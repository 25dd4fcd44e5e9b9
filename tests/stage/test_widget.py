"""The stage's Python side: states that are checked, one bundle of small modules, a page and a wheel that hold them."""

import gc
import json
import re
from base64 import b64decode

import numpy as np
import pytest
import torch
from rjsmin import jsmin

from npair_viz import scenes
from npair_viz.data.scenes import named
from npair_viz.stage.bundle import bundle, imports, order, source
from npair_viz.stage.draws import Draws
from npair_viz.stage.page import page
from npair_viz.stage.parts import LEVELS, PARTS, members
from npair_viz.stage.scene_states import page_state, scenes_of_the_stage, state_of
from npair_viz.stage.state import State
from npair_viz.stage.widget import Stage
from tests.support.repository import ROOT
from tests.support.saved_states import checked_state

JS = ROOT / "npair_viz" / "stage" / "js"
MODULES = sorted(path.relative_to(JS).with_suffix("").as_posix() for path in JS.rglob("*.js"))
ENTRIES = ("entry/widget", "entry/page", "entry/lesson", "entry/hero", "entry/recording")
ROOMS = ("model", "view", "input", "entry")  # a module imports of its own room and of those before it
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)


def test_no_two_modules_declare_the_same_name() -> None:
    names = [name for module in MODULES for name in DECLARED.findall(source(f"js/{module}.js"))]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_one_subject(module: str) -> None:
    assert len(source(f"js/{module}.js").splitlines()) <= 300


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_no_room_that_comes_after_its_own(module: str) -> None:
    places = [ROOMS.index(name.split("/")[0]) for name in (*imports(module), module)]
    assert max(places) == places[-1]
    assert len(imports(module)) == len(re.findall("^import ", source(f"js/{module}.js"), re.MULTILINE))


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("model/")])
def test_a_model_knows_no_page(module: str) -> None:
    assert not re.search(r"\b(document|window|navigator|location|Element)\b", source(f"js/{module}.js"))


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_bundle_is_one_small_script_without_imports(entry: str) -> None:
    script = bundle(entry)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert len(script) < 165_000


@pytest.mark.parametrize("module", MODULES)
def test_making_a_module_small_leaves_its_words_as_they_are(module: str) -> None:
    """What makes it small takes blanks out of a text in backticks that stands within another one."""
    words = re.compile(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`')
    comments = r"^ *//.*$|/\*\*[\s\S]*?\*/|(?<=\s)// .*$"
    text = re.sub(comments, "", source(f"js/{module}.js"), flags=re.MULTILINE)
    assert words.findall(jsmin(text)) == words.findall(text)
    assert not re.findall(r"\$\{[^}`]*`", text)


def test_every_module_is_in_a_bundle() -> None:
    assert {name for entry in ENTRIES for name in order(entry)} == set(MODULES)


def test_a_module_comes_after_what_it_imports() -> None:
    for module in MODULES:
        names = order(module)
        assert all(names.index(one) < names.index(name) for name in names for one in imports(name))


@pytest.mark.parametrize("name", scenes_of_the_stage())
def test_a_scene_has_its_points_and_surface(name: str) -> None:
    scene = named(name)
    state = state_of(name)
    if scene.dimension <= 3:
        torch.testing.assert_close(torch.tensor(state["points"], dtype=torch.float64), scene.embeddings)
        assert state["labels"] == scene.labels.tolist()
    assert state["surface"] == ("plane" if scene.is_raw else "sphere")


def test_a_stage_has_its_settings_as_traits() -> None:
    stage = Stage("tidy", tao=0.1, objective="ovo", selected=5)
    assert (stage.tao, stage.objective, stage.selected, stage.surface) == (0.1, "ovo", 5, "sphere")
    assert stage.points == state_of("tidy")["points"]


def test_a_kept_state_comes_back() -> None:
    kept = json.loads(json.dumps(Stage("twin", tao=0.2).state))
    assert Stage.from_state(kept).state == kept


def test_the_state_of_an_older_version_gets_todays_defaults() -> None:
    state = Stage.from_state({"points": [[1.0, 0.0], [0.0, 1.0]], "labels": [3, 3]}).state
    assert (state["tao"], state["surface"], state["version"]) == (0.5, "sphere", 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 99}, "update npair_viz"),
        ({"tao": 1000}, "tao must be from 0.01 to 100, got 1000"),
        ({"l2_reg": -1}, "l2_reg must be from 0 to 10, got -1"),
        ({"objective": "both"}, "objective must be one of 'mc', 'ovo'"),
        ({"points": [[1.0, 0.0]]}, "points must be 2n rows"),
        ({"points": [[1.0, float("nan")], [0.0, 1.0]]}, "a place must be within ±10000 .*: replace NaN and infinity"),
        ({"points": [[1.0, 0.0], [2e4, 1.0]]}, "a place must be within ±10000 .*: divide all points by a number"),
        ({"labels": [3]}, "labels must have one entry a row, 2 in all, got 1"),
        ({"selected": 9}, "selected must be a point from 0 to 1, got 9"),
    ],
)
def test_nonsense_is_refused_in_words(change: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked_state({"points": [[1.0, 0.0], [0.0, 1.0]], "labels": [3, 3], **change})


def test_an_unknown_setting_is_told_which_there_are() -> None:
    with pytest.raises(TypeError, match=r"a setting must be one of selected, point, tao, l2_reg, .* got temperature"):
        Stage("line-up", temperature=1)


@pytest.mark.parametrize("given", [(torch.eye(4),), (torch.eye(4), [0, 0, 1, 1]), ("line-up", [1, 2]), (None,)])
def test_own_data_are_sent_to_explore(given: tuple) -> None:
    with pytest.raises(TypeError, match=r"scene must be a scene or its name.* explore\(embeddings, labels\)"):
        Stage(*given)


@pytest.mark.parametrize("as_array", [torch.tensor, np.array])
def test_arrays_are_taken_as_lists(as_array) -> None:
    stage, points = Stage("globe"), Stage("globe", seed=1).points
    points[4] = [0.6, 0.8, 0.0]
    stage.points = as_array(points)
    assert stage.points == as_array(points).tolist()
    stage.drawn = as_array([1.0, 2.0])
    assert stage.drawn == [1.0, 2.0]


def test_labels_alone_are_refused_and_with_their_points_taken() -> None:
    stage = Stage("line-up")
    for labels in ([1, 2], [1, 2, 3, 4] * 2, torch.arange(8)):
        with pytest.raises(ValueError, match=r"labels need their points .* stage\.change\(points="):
            stage.labels = labels
    stage.change(points=stage.points, labels=[1, 2, 3, 4] * 2)
    assert stage.labels == [1, 2, 3, 4] * 2
    stage.change(labels=None)
    assert stage.labels == [3, 8, 0, 1] * 2


@pytest.mark.parametrize("former", [{}, {"version": 1, "points": [[1.0, 0.0]] * 2, "labels": [3, 3]}])
def test_a_state_with_an_unknown_name_is_refused(former: dict) -> None:
    with pytest.raises(TypeError, match=r"a setting must be one of scene, .* got taoo: did you mean tao\?"):
        Stage.from_state({"scene": "line-up", **former, "taoo": 1})
    with pytest.raises(TypeError, match="got 7, foo"):
        Stage.from_state({"foo": 1, 7: 7})


def test_an_attribute_that_a_stage_lacks_is_not_set() -> None:
    stage = Stage()
    with pytest.raises(AttributeError, match=r"a stage has no 'tau' to set: .*tao, l2_reg"):
        stage.tau = 0.1
    assert "tau" not in vars(stage)
    stage.close()


def test_a_level_is_a_named_list_for_hide() -> None:
    assert Stage(level=1, hide=["legend"]).options["hide"] == [*members(LEVELS[1]), "legend"]
    assert Stage(level=3).options["hide"] == []
    assert Stage.from_state(Stage().state, level=1).options["hide"] == members(LEVELS[1])


def test_each_level_shows_what_the_one_before_shows() -> None:
    assert {*LEVELS[1]} > {*LEVELS[2]} >= {*LEVELS[3]}
    assert {*LEVELS[1]} <= {*PARTS}


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"level": 4}, ValueError, r"level must be 1 \(first meeting\), 2 \(lesson\) or 3 \(everything\), got 4"),
        ({"hide": ["bars"]}, ValueError, "hide takes best, copy, .* why, got 'bars'"),
        ({"lock": ["side"]}, ValueError, "lock takes best, copy, .* view, got 'side'"),
        ({"hide": "tao"}, TypeError, r"hide must be a tuple of names such as \('tao',\), got 'tao'"),
    ],
)
def test_a_part_that_there_is_not_is_refused_in_words(options: dict, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        Stage(**options)


def test_more_pairs_than_can_be_told_apart_are_refused() -> None:
    rows = torch.randn(65, 2)
    with pytest.raises(ValueError, match=r"at most 64 pairs, got 65: explore\(\) shows more"):
        Stage(scenes.of_pairs("many", "?", rows, rows, range(65)))


@pytest.mark.parametrize("scene", ["pixels", "globe"])
def test_a_stage_shows_any_dimension(scene: str) -> None:
    stage = Stage(scene, tao=0.2)
    assert stage.reading.scene.dimension == {"pixels": 64, "globe": 3}[scene]
    assert len(stage.points) == {"pixels": 0, "globe": 8}[scene]


def test_a_point_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="selected must be a point from 0 to 7, got 8"):
        Stage("line-up", selected=8)


def test_what_an_observer_raises_is_kept_for_the_page() -> None:
    stage = Stage()
    stage.observe(lambda _: 1 / 0, "tao")
    with pytest.raises(ZeroDivisionError):
        stage.tao = 1.0
    assert stage.trouble == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    "act",
    [
        lambda stage: setattr(stage, "tao", 0.2),
        lambda stage: setattr(stage, "state", Stage("tidy").state),
        lambda stage: stage.change(tao=0.2),
        lambda stage: stage.store.acts.undo(),
    ],
    ids=["trait", "state", "change", "undo"],
)
def test_an_act_takes_away_what_was_said_of_a_wrong_value(act) -> None:
    stage = Stage("globe")
    stage.change(l2_reg=0.1)
    with pytest.raises(ValueError, match="tao must be"):
        stage.tao = 0
    with pytest.raises(ValueError, match="points must be"):
        stage.points = [[1.0]]
    assert "points must be" in stage.trouble
    act(stage)
    assert stage.trouble == ""


def test_no_text_can_leave_the_pages_script() -> None:
    text = page(page_state(State(scene="line-up"), Draws()), {"task": "</script><b><!--<script>"})
    assert (text.count("</script>"), text.count("<script"), text.count("<!--")) == (1, 1, 0)


def test_a_viewer_without_scripts_gets_a_small_still_and_a_line_of_text() -> None:
    data, _ = Stage("twin")._repr_mimebundle_()
    assert data["text/plain"].startswith("Stage. Anchor 3 ")
    assert len(data["image/svg+xml"]) < 20_000
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_stage_reads_its_numbers_by_torch() -> None:
    stage = Stage("line-up", surface="plane", normalize=False, l2_reg=0.1, selected=4)
    assert stage.reading.loss == pytest.approx(0.484 + 0.2, abs=1e-4)
    assert stage.reading.name == "3"
    assert "at these settings" in stage.sentence


def test_what_python_sets_is_read_at_once() -> None:
    stage = Stage("line-up")
    stage.tao = 0.05
    assert stage.reading.loss == pytest.approx(1.1191, abs=1e-4)


def test_the_living_page_fits_into_a_document() -> None:
    address = Stage().show_page().src
    assert "openPage(" in b64decode(address.removeprefix("data:text/html;base64,")).decode()


def test_a_stage_that_was_refused_leaves_nothing_behind() -> None:
    from ipywidgets.widgets import widget

    before = set(widget._instances)
    with pytest.raises(ValueError, match="tao must be"):
        Stage("line-up", tao=-1)
    gc.collect()  # what __del__ raises would be an error here
    assert set(widget._instances) == before
