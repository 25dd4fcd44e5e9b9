"""The store in Python alone: late acts, take-overs, undo of a page, what is published, and nonsense."""

from typing import Any

import pytest
import torch

from npair_viz import explore
from npair_viz.stage.bases import Base, doubles
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.scene_states import first_state
from npair_viz.stage.store import Store
from npair_viz.stage.wire import USUAL, settings_of
from tests.support.page_of_pairs import END, act, message


class Told:
    """A store that counts what it tells its pages."""

    def __init__(self, scene: str = "line-up") -> None:
        self.published: list[bool] = []
        draws = Draws()
        self.store = Store(first_state(scene, draws), draws, self.published.append)

    def change(self, **changes: Any) -> None:
        """An act of Python."""
        self.store.acts.act(changed(self.store.state, self.store.draws, **changes))

    def hear(self, *acts: dict[str, Any], buffers: tuple[bytes, ...] = (), **head: Any) -> bool:
        return self.store.hear(message(self.store, list(acts), **head), buffers)

    def act(self, points: Any = "same", **changes: Any) -> dict[str, Any]:
        return act(self.store.state, points, **changes)


@pytest.fixture
def told() -> Told:
    return Told()


def test_an_act_of_a_page_is_an_act(told: Told) -> None:
    assert told.hear(told.act(tao=0.2), END)
    assert told.store.state.tao == 0.2
    assert len(told.store.acts.history.past) == 1
    assert (told.store.client, told.store.seq) == ("one", 1)


def test_what_the_only_page_did_is_not_sent_back_to_it(told: Told) -> None:
    told.hear(told.act(tao=0.2), END)
    assert told.published == [False]


def test_what_a_page_has_done_goes_to_the_others_when_it_has_settled(told: Told) -> None:
    told.store.welcome("one")
    told.store.welcome("other")
    told.published.clear()
    told.hear(told.act(tao=0.2))
    assert told.published == [False]
    told.hear(END, seq=2)
    assert told.published == [False, True]


def test_a_drag_is_one_act(told: Told) -> None:
    places = [[0.0, 1.0], [0.6, 0.8], [1.0, 0.0]]
    told.hear(told.act({"row": 4, "place": places[0]}))
    for seq, place in enumerate(places[1:], 2):
        told.hear({**told.act({"row": 4, "place": place}), "kind": "on"}, seq=seq)
    told.hear(END, seq=4)
    assert told.store.draws.rows(told.store.state)[4].tolist() == [1.0, 0.0]
    told.store.acts.undo()
    assert told.store.state.points is None


def test_an_act_that_ends_where_it_began_is_none(told: Told) -> None:
    told.hear(told.act(tao=0.2))
    told.hear({**told.act(tao=0.5), "kind": "on"}, END, seq=2)
    assert not told.store.acts.history.past


def test_an_act_that_stands_on_what_python_has_changed_is_dropped(told: Told) -> None:
    late = message(told.store, [told.act(tao=0.2)])
    told.change(tao=0.9)
    before = told.store.acts.history
    assert not told.store.hear(late, [])
    assert told.store.acts.history == before


def test_what_goes_on_from_a_drag_that_python_has_ended_is_dropped(told: Told) -> None:
    told.hear(told.act({"row": 4, "place": [0.0, 1.0]}))
    late = message(told.store, [{**told.act({"row": 4, "place": [1.0, 0.0]}), "kind": "on"}], seq=2)
    told.store.acts.undo()
    assert not told.store.hear(late, [])
    assert told.store.state.points is None


def test_a_page_goes_on_in_its_own_epoch_without_hearing_of_it(told: Told) -> None:
    epoch = told.store.epoch
    assert told.hear(told.act(tao=0.2), END)
    assert told.hear(told.act(tao=0.3), END, seq=2, epoch=epoch)
    assert told.store.state.tao == 0.3


def test_another_page_takes_over_once_it_has_seen_the_last_act(told: Told) -> None:
    told.hear(told.act(tao=0.2), END)
    assert told.hear(told.act(tao=0.3), END, client="other", saw=1)
    assert (told.store.client, told.store.state.tao) == ("other", 0.3)


def test_another_page_that_has_not_seen_the_last_act_is_told_of_it(told: Told) -> None:
    told.hear(told.act(tao=0.2), END)
    told.published.clear()
    assert not told.hear(told.act(tao=0.3), END, client="other", saw=0)
    assert told.store.state.tao == 0.2
    assert told.published == [True]


def test_the_first_page_is_late_after_another_took_over(told: Told) -> None:
    told.hear(told.act(tao=0.2), END)
    late = message(told.store, [told.act(l2_reg=0.1)], seq=2)
    told.hear(told.act(tao=0.3), END, client="other", saw=1)
    assert not told.store.hear(late, [])
    assert told.store.state.l2_reg == 0


def test_undo_redo_and_reset_of_a_page(told: Told) -> None:
    told.change(tao=0.2)
    told.change(tao=0.3)
    for seq, (kind, tao) in enumerate((("undo", 0.2), ("undo", 0.5), ("redo", 0.2), ("reset", 0.5), ("undo", 0.2)), 1):
        assert told.hear({"kind": kind}, seq=seq)
        assert told.store.state.tao == tao
    assert told.store.client == "one"


def test_a_page_looks_and_that_is_no_act(told: Told) -> None:
    told.hear(told.act(drawer="shares", view="principal axes"))
    assert told.store.state.drawer == "shares"
    assert not told.store.acts.history.past


BROKEN: list[Any] = [
    {"kind": "fly"},
    {"kind": "close"},
    {"kind": "act"},
    {"kind": "act", "settings": {}, "points": "same"},
    {"kind": "_travel"},
    {},
    None,
    5,
]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_nonsense_changes_nothing_and_the_page_is_sent_all_of_it(told: Told, broken: Any) -> None:
    told.change(tao=0.2)
    told.published.clear()
    before = told.store.acts.history
    assert not told.hear(told.act(tao=0.3), broken)
    assert told.store.acts.history == before
    assert told.published == [True]


@pytest.mark.parametrize(
    ("scene", "changes"),
    [("line-up", {"tao": -1}), ("line-up", {"scene": "moon"}), ("line-up", {"selected": 7}), ("line-up", {"seed": -1})],
    ids=str,
)
def test_what_can_not_be_shown_changes_nothing(scene: str, changes: dict[str, Any]) -> None:
    told = Told(scene)
    assert not told.hear({**told.act(), "settings": {**settings_of(told.store.state), **changes}})
    assert told.store.state == first_state(scene, Draws())


def test_a_run_arrives_as_tables(told: Told) -> None:
    rows = told.store.draws.rows(told.store.state)
    table = (2 * rows).numpy().tobytes()
    assert told.hear(told.act({"buffer": 0}, steps=7), END, buffers=(table,))
    assert told.store.state.steps == 7
    torch.testing.assert_close(told.store.draws.rows(told.store.state), 2 * rows)


def test_points_that_only_python_can_round_come_back_rounded_once_a_run_has_settled() -> None:
    stage = explore(torch.randn(6, 17, generator=torch.Generator().manual_seed(3)), [1, 1, 2, 2, 3, 3]).widget
    stage.change(dtype="bfloat16")
    store, news = stage.store, stage.news
    base = store.bases.of(store.state)
    moved = base.inside(0.9 * store.bases.rows(store.state))
    assert store.hear(message(store, [act(store.state, {"buffer": 0}, steps=1)]), [doubles(moved)])
    assert stage.news is news  # nothing comes in the middle of a run
    assert store.hear(message(store, [END], seq=2), [])
    assert (stage.news["client"], stage.news["epoch"]) == ("", store.epoch)
    rows = store.bases.rows(store.state)
    assert torch.equal(rows, rows.bfloat16().double())
    sent = tables_of(stage.news)[-1]["points"]
    assert sent == doubles(store.bases.of(store.state).inside(rows))


def test_a_put_holds_all_of_the_history(told: Told) -> None:
    told.change(tao=0.2)
    told.change(tao=0.3)
    told.store.acts.undo()
    put = told.store.put()
    taos = [(USUAL | state)["tao"] for state in put["states"]]
    assert [taos[k] for k in put["past"]] == [0.5]
    assert (taos[put["present"]], [taos[k] for k in put["future"]], taos[put["start"]]) == (0.2, [0.3], 0.5)
    assert (put["origin"], put["epoch"], put["client"], put["seq"]) == (None, told.store.epoch, "", 0)


def test_a_page_that_listens_is_not_sent_again_the_tables_that_it_has(told: Told) -> None:
    told.change(points=(2 * told.store.draws.rows(told.store.state)).tolist())
    assert all("points" in one for one in tables_of(told.store.news()))  # nobody has said that he hears
    told.store.welcome("one")
    first, second = told.store.news(), told.store.news()
    assert all("points" in one for one in tables_of(first))
    assert [[*one] for one in tables_of(second)] == [["key"], ["key"]]
    told.store.welcome("one", lacks=True)
    assert [one["key"] for one in tables_of(second)] == [one["key"] for one in tables_of(told.store.put())]


def test_an_act_makes_one_table_however_long_the_history_is(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    made, table = [], Base.table
    monkeypatch.setattr(Base, "table", lambda base, rows: made.append(len(rows)) or table(base, rows))
    rows = told.store.bases.rows(told.store.state)
    for k in range(2, 11):
        told.change(points=(k * rows).tolist())
        told.store.news()
    assert made == [8] * 9


def test_photos_and_words_are_sent_once() -> None:
    store = Told("pixels").store
    store.welcome("one")
    assert len(store.news()["bases"][0]["images"]) == 20
    assert [[*base] for base in store.news()["bases"]] == [["key"]]


def test_a_page_that_opens_late_is_sent_what_it_has_missed(told: Told) -> None:
    missed = told.store.epoch
    told.change(tao=0.2)
    told.published.clear()
    assert not told.store.welcome("one", told.store.epoch)
    assert told.published == []
    assert told.store.welcome("one", missed)
    assert told.published == [True]


def tables_of(put: dict[str, Any]) -> list[dict[str, Any]]:
    return [*put["bases"], *put["tables"]]
