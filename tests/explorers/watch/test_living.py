"""What the living picture of a run sends to its pages: all of it once, then only what is new."""

import json
import re
from time import monotonic
from types import SimpleNamespace

import pytest
import torch

from npair_viz.explorers.shared.parts import Parts
from npair_viz.explorers.watch.living import MOST_PICTURES, PAUSE, LivingRecording, page
from npair_viz.explorers.watch.parts import CHUNK, parts_of, thinned
from npair_viz.training.recording import Picture, Recording
from tests.support.recordings import COLLAPSE, GAP, pictures_at, recording, row_at


@pytest.fixture
def post(monkeypatch):
    """The parts in each message that is sent to pages."""
    post = []
    monkeypatch.setattr(Parts, "_send", lambda _, message, buffers=None: post.append(message["state"]))
    return post


def follow(page, message):
    """What a page has after a message."""
    return {name: part for name, part in {**page, **message}.items() if part is not None}


def whole(living):
    state = living.parts.get_state()
    return {name: state[name] for name in state if not name.startswith("_")}


def test_a_page_that_opens_late_gets_everything():
    living = LivingRecording(recording(200, 60, name="run", alerts=(COLLAPSE,)))
    state = json.loads(json.dumps(whole(living)))
    assert len(state["pictures"]) == 60
    assert sum(len(state[name]["step"]) for name in state if name.startswith("rows")) == 200
    assert (state["name"], state["alerts"][0]["mend"]) == ("run", COLLAPSE.mend)


def test_tell_sends_what_is_new_and_nothing_where_nothing_is(post):
    run = recording(300, 60)
    living = LivingRecording(run)
    post.clear()
    living.tell()
    assert post == []
    run.rows.append(row_at(15_000, 15_000))
    run.pictures.extend(pictures_at([15_000], 15_000, classes=12))
    living.tell()
    (message,) = post
    assert sorted(message) == ["number", *sorted({"pictures", "rows 9", f"picture {message['pictures'][-1]}"})]
    assert len(json.dumps(message)) < 12_000


def test_a_long_run_stays_cheap(post):
    run = Recording(rows=[row_at(k, 5000) for k in range(4999)], pictures=recording(200, 200).pictures)
    living = LivingRecording(run)
    post.clear()
    run.rows.append(row_at(4999, 5000))
    living.tell()
    assert len(json.dumps(post[0])) < 15_000


def test_pages_that_follow_a_growing_and_thinned_run_have_what_a_late_page_has(post):
    run = recording(0, 0)
    living = LivingRecording(run)
    page = whole(living)
    for k in range(400):
        run.rows.append(row_at(k, 400))
        if k % 3 == 0:
            run.pictures.extend(pictures_at([k], 400, rows=8, classes=1 + k % 2))
        if len(run.pictures) > 20:
            del run.pictures[1::2]
        if k == 200:
            del run.rows[::2]
        if k == 300:
            run.alerts.append(GAP)
        if k % 7 == 0:
            living.tell()
    living.tell()
    for message in post:
        page = follow(page, message)
    assert page == whole(living)
    assert len([name for name in page if name.startswith("picture ")]) == len(run.pictures)
    assert len([name for name in page if name.startswith("labels ")]) <= 2


def test_a_run_that_drops_a_row_for_each_new_one_stays_cheap(post):
    run = recording(4096, 1)
    living = LivingRecording(run)
    page = whole(living)
    post.clear()
    for k in range(300):
        run.rows.append(row_at(250_000 + k, 300_000))
        del run.rows[1 + 7 * k]
        living.tell()
    assert max(len(json.dumps(message)) for message in post) < 40_000
    for message in post:
        page = follow(page, message)
    assert page == whole(living)
    assert [step for name in page["chunks"] for step in page[f"rows {name}"]["step"]] == [
        row["step"] for row in run.rows
    ]


def test_a_very_long_run_has_few_parts(post):
    run = Recording(rows=[])
    living = LivingRecording(run)
    for k in range(3000):
        run.rows.append({"step": k, "loss": 1.0})
        if len(run.rows) > 50:
            del run.rows[1 + k % 40]
        if k % 5 == 0:
            living.tell()
    assert len(whole(living)["chunks"]) < 10


def test_a_number_that_arrives_after_its_row_is_sent(post):
    run = recording(CHUNK, 1)
    living = LivingRecording(run)
    run.rows.append(row_at(9999, 9999))
    living.tell()
    run.rows[CHUNK - 1]["recall"] = 0.5
    post.clear()
    living.tell()
    assert post[0]["rows 0"]["recall"][-1] == 0.5


@pytest.fixture
def shell(monkeypatch):
    """The shell of a notebook's kernel, as far as the picture knows it."""
    from IPython.core.events import EventManager, available_events

    shell = SimpleNamespace(kernel=object())
    shell.events = EventManager(shell, available_events)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return shell


def test_a_fast_loop_in_a_cell_sends_few_messages_and_the_end_of_the_cell_the_rest(post, shell):
    run = Recording()
    living = LivingRecording(run)
    post.clear()
    begun = monotonic()
    for k in range(200):
        run.rows.append(row_at(k, 200))
        living.tell()
    assert 1 <= len(post) <= 2 + (monotonic() - begun) / PAUSE
    shell.events.trigger("post_run_cell", None)
    page = {}
    for message in post:
        page = follow(page, message)
    assert sum(len(page[f"rows {k}"]["step"]) for k in page["chunks"]) == 200


def test_the_end_of_a_cell_asks_first_for_what_is_still_on_its_way(post, shell):
    run = recording(3, 1)
    living = LivingRecording(run, finish=lambda: run.rows.append(row_at(9, 9)))
    post.clear()
    shell.events.trigger("post_run_cell", None)
    assert post[0]["rows 0"]["step"][-1] == 9
    living.close()


def test_a_closed_picture_no_longer_waits_for_the_end_of_a_cell(shell):
    living = LivingRecording(recording(3, 1))
    assert shell.events.callbacks["post_run_cell"]
    living.close()
    assert not shell.events.callbacks["post_run_cell"]


def test_an_interrupt_loses_nothing(monkeypatch):
    run = recording(10, 3)
    living = LivingRecording(run)
    run.rows.append(row_at(500, 500))
    run.pictures.pop(1)
    sent = []

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    for name in ("take", "_send"):
        with monkeypatch.context() as patch:
            patch.setattr(Parts, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                living.tell()
    monkeypatch.setattr(Parts, "_send", lambda _, message, buffers=None: sent.append(message["state"]))
    living.tell()
    assert len(sent[0]["rows 0"]["step"]) == 11
    assert len(sent[0]["pictures"]) == 2


def test_what_is_not_finite_is_said_in_words_that_json_can_hold():
    row = {"step": 3, "loss": float("nan"), "floor": float("-inf"), "gap": float("inf")}
    (part, _) = parts_of(Recording(rows=[row, {"step": 4, "rank": 1.23456789}]))
    assert json.loads(json.dumps(part["rows 0"], allow_nan=False)) == {
        "step": [3, 4],
        "loss": ["NaN", None],
        "floor": ["-Infinity", None],
        "gap": ["Infinity", None],
        "rank": [None, 1.23457],
    }


def test_a_row_that_is_nowhere_is_told_so():
    places = torch.tensor([[1.0, -2.0], [float("nan"), 0.0]])
    zeros = torch.zeros(2, dtype=torch.int64)
    (part, _) = parts_of(Recording(pictures=[Picture(0, places, zeros, zeros, float("nan"), True)]))
    assert part["picture 1"]["scale"] == pytest.approx(2 / 32_000)
    assert part["picture 1"]["held"] == "NaN"


@pytest.mark.parametrize("rows", [0, 1, 5000])
def test_a_picture_may_have_any_number_of_rows(rows):
    assert "openRecording(" in page(Recording(pictures=pictures_at([0], 1, rows=rows)))


def test_a_page_of_a_normal_run_stays_under_300_kilobytes():
    assert len(page(recording(400, 200, sides=True, alerts=(COLLAPSE, GAP)))) < 300_000


def test_a_page_says_how_many_pictures_it_leaves_out():
    text = page(recording(300, 200))
    assert f'"left_out":{200 - MOST_PICTURES}' in text
    assert '"left_out":0' in page(recording(30, 10))


def test_pictures_are_thinned_evenly_with_both_ends():
    pictures = recording(300, 200).pictures
    few = thinned(pictures, 5)
    assert [one.step for one in few] == [pictures[k].step for k in (0, 50, 100, 149, 199)]


def test_no_text_can_leave_the_script_of_a_page():
    wild = "</script><b><!--<script>"
    text = page(Recording(wild, alerts=[type(GAP)(wild, 1, wild, wild)]))
    assert (text.count("</script>"), text.count("<script"), text.count("<!--")) == (1, 1, 0)
    assert "<title>&lt;/script&gt;" in text


def test_a_page_asks_nothing_of_a_network():
    assert not re.search(r"(?:src|href)=\"(?!data:)|url\((?!#)|https?://(?!www\.w3\.org)", page(recording(30, 10)))


def test_a_viewer_without_scripts_gets_a_line_of_text():
    data, _ = LivingRecording(recording(30, 10, name="mine"))._repr_mimebundle_()
    assert data["text/plain"] == "mine: 30 samples, 0 alerts."
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_closed_picture_lets_go_of_its_data():
    from ipywidgets.widgets import widget

    before = set(widget._instances)
    living = LivingRecording(recording(30, 10))
    living.close()
    living.close()
    assert living.parts.get_state().get("rows 0") is None
    assert not living.recording.rows
    assert set(widget._instances) == before
