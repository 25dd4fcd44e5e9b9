"""One history in two languages: Python and pages act on it over slow channels, and end alike."""

import json
import random
import subprocess
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_data
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.state import State
from npair_viz.stage.store import Store
from npair_viz.stage.wire import USUAL, put_of
from tests.support.node import NODE
from tests.support.repository import ROOT

MODEL = ROOT / "npair_viz" / "stage" / "js" / "model"


class Pages:
    """Pages in node, driven line by line."""

    def __init__(self) -> None:
        script = str(ROOT / "tests" / "support" / "store_pages.js")
        command = [NODE, "--no-warnings", script, MODEL.as_uri()]
        self.node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, kind: str, page: str = "", **more: Any) -> dict[str, Any]:
        assert self.node.stdin is not None
        assert self.node.stdout is not None
        self.node.stdin.write(json.dumps({"kind": kind, "page": page, **more}) + "\n")
        self.node.stdin.flush()
        answer: dict[str, Any] = json.loads(self.node.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    made = Pages()
    with made.node:
        yield made
        made.node.kill()


def as_text(put: dict[str, Any]) -> dict[str, Any]:
    """A put with its tables as base64."""

    def told(table: dict[str, Any]) -> dict[str, Any]:
        return {**table, "points": b64encode(table["points"]).decode()} if "points" in table else table

    return {**put, "bases": list(map(told, put["bases"])), "tables": list(map(told, put["tables"]))}


class Network:
    """Python's store, pages by name, and a slow channel each way between them."""

    def __init__(self, pages: Pages, names: tuple[str, ...], chance: random.Random, data: Scene | None = None) -> None:
        self.pages, self.names, self.chance = pages, names, chance
        draws = Draws(data)
        state = State() if data is None else changed(State(), draws, scene="yours")
        self.store = Store(state, draws, self.publish)
        self.down: dict[str, deque[Any]] = {name: deque() for name in names}
        self.up: dict[str, deque[Any]] = {name: deque() for name in names}
        for name in names:
            self.pages.do("open", name, put=as_text(self.store.put()))
            self.store.welcome(name)

    def publish(self, is_told: bool) -> None:
        if is_told:
            news = as_text(self.store.news())
            for channel in self.down.values():
                channel.append(news)

    def page(self, kind: str, name: str, **more: Any) -> None:
        for page, message, tables in self.pages.do(kind, name, **more)["sent"]:
            self.up[page].append((message, [b64decode(table) for table in tables]))

    def deliver(self, channel: deque[Any], name: str) -> None:
        """The first message of a channel arrives."""
        arrived = channel.popleft()
        if channel is self.down[name]:
            self.page("put", name, put=arrived)
        else:
            self.hear(*arrived)

    def hear(self, message: dict[str, Any], tables: list[bytes]) -> None:
        """Python gets a message of a page."""
        if message["kind"] == "hello":
            self.store.welcome(message["client"], lacks=bool(message.get("lacks")))
        else:
            self.store.hear(message, tables)

    def act(self) -> None:
        """A random act of Python or of a page."""
        if self.chance.random() < 0.25:
            self.python()
        else:
            self.hand(self.chance.choice(self.names))

    def python(self) -> None:
        kind = self.chance.choice(["tao", "undo", "redo", "reset", "points", "look"])
        state, draws = self.store.state, self.store.draws
        if kind in ("undo", "redo", "reset"):
            getattr(self.store.acts, kind)()
        elif kind == "tao":
            self.store.acts.act(changed(state, draws, tao=self.chance.choice([0.1, 0.2, 0.3])))
        elif kind == "look":
            self.store.acts.act(changed(state, draws, drawer=self.chance.choice(["", "shares"])))
        else:
            rows = draws.rows(state).tolist()
            rows[self.chance.randrange(len(rows))] = [self.chance.random() for _ in rows[0]]
            self.store.acts.act(changed(state, draws, points=rows))

    def hand(self, name: str) -> None:
        kind = self.chance.choice(["begin", "show", "show", "show", "move", "settle", "undo", "redo", "reset", "look"])
        if kind == "show":
            self.page("show", name, changes={"tao": self.chance.choice([0.5, 0.7, 0.9])})
        elif kind == "move":
            self.page("show", name, changes={"selected": 1}, row=[2, [self.chance.random(), self.chance.random()]])
        elif kind == "look":
            self.page("look", name, changes={"drawer": self.chance.choice(["", "phase map"])})
        else:
            self.page(kind, name)

    def run(self, acts: int) -> None:
        for _ in range(acts):
            self.act()
            while self.chance.random() < 0.6:
                self.some_message()
            if self.chance.random() < 0.3:
                self.page("wait", self.names[0])
        for name in self.names:
            self.page("settle", name)
        self.page("wait", self.names[0])
        while any(self.up.values()) or any(self.down.values()):
            self.some_message()
            self.page("wait", self.names[0])

    def some_message(self) -> None:
        waiting = [(channel, name) for each in (self.up, self.down) for name, channel in each.items() if channel]
        if waiting:
            self.deliver(*self.chance.choice(waiting))

    def histories(self) -> list[Any]:
        """What Python and every page have in the end."""
        return [python_history(self.store), *(self.pages.do("tell", name)["history"] for name in self.names)]


def python_history(store: Store) -> Any:
    put, history = put_of(store.acts.history, store.state, store.bases), store.acts.history

    def told(state: State) -> Any:
        settings = USUAL | put["states"][states.index(state)]
        rows = store.bases.of(state).inside(store.bases.rows(state)).tolist()
        known = {name: value for name, value in settings.items() if name not in ("base", "points")}
        return {**known, "version": state.version, "labels": store.draws.base(state).labels.tolist(), "points": rows}

    every = [*history.past, history.present, *history.future, *([history.origin] if history.origin else [])]
    states = list(dict.fromkeys(every))
    put = {"states": [put_of(type(history)(one), one, store.bases)["states"][0] for one in states]}
    origin = None if history.origin is None else told(history.origin)
    past, future = [list(map(told, some)) for some in (history.past, history.future)]
    return {"past": past, "present": told(history.present), "future": future, "origin": origin}


def without_origin(history: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in history.items() if name != "origin"}


@pytest.mark.parametrize("names", [("one",), ("one", "other")], ids=["one page", "two pages"])
@pytest.mark.parametrize("seed", range(40))
def test_python_and_pages_end_alike(pages: Pages, names: tuple[str, ...], seed: int) -> None:
    network = Network(pages, names, random.Random(seed))
    network.run(60)
    ours, *theirs = network.histories()
    for history in theirs:
        assert history == ours


def test_a_page_that_lacks_a_table_asks_for_it(pages: Pages) -> None:
    network = Network(pages, ("one", "late"), random.Random(0))
    network.run(0)
    rows = network.store.draws.rows(network.store.state)
    network.store.acts.act(changed(network.store.state, network.store.draws, points=(0.5 * rows).tolist()))
    network.down["late"].clear()  # it was not there yet
    network.store.acts.act(changed(network.store.state, network.store.draws, tao=0.2))
    network.run(0)
    ours, *theirs = network.histories()
    assert theirs == [ours, ours]


def test_points_of_many_dimensions_come_back_from_the_page_as_they_were(pages: Pages) -> None:
    import torch

    rows = torch.randn(6, 17, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    network = Network(pages, ("one",), random.Random(0), from_data(rows, [1, 1, 2, 2, 3, 3]))
    network.store.acts.act(changed(network.store.state, network.store.draws, points=(2 * rows).tolist()))
    network.run(0)
    ours, theirs = network.histories()
    torch.testing.assert_close(torch.tensor(theirs["present"]["points"]), torch.tensor(ours["present"]["points"]))
