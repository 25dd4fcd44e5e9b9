"""JupyterLab lets a kernel hear its pages in a thread of their own, beside the cell that runs: neither loses an act."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread, get_ident
from typing import Any

import pytest

from npair_viz import Explorer, explore, train_and_watch
from tests.support.page_of_pairs import END, act, message

SOON = 0.5  # seconds in which a cell that does not wait has ended


@contextmanager
def halfway(heard: Callable[[], Any], owner: Any, name: str) -> Iterator[None]:
    """In a thread of its own `heard` gets as far as the function `name` of `owner`; it goes on when this ends."""
    inside, goes_on, former = Event(), Event(), getattr(owner, name)
    page = Thread(target=heard)

    def halts(*args: Any, **named: Any) -> Any:
        if get_ident() == page.ident:
            inside.set()
            goes_on.wait(20)
        return former(*args, **named)

    setattr(owner, name, halts)
    page.start()
    assert inside.wait(20)
    yield
    goes_on.set()
    page.join()


def cell(code: Callable[[], Any]) -> Thread:
    """A cell that has begun, and has ended unless it waits."""
    running = Thread(target=code)
    running.start()
    running.join(SOON)
    return running


@pytest.fixture
def explorer() -> Explorer:
    return explore("line-up")


def heard_by(explorer: Explorer) -> Callable[[], Any]:
    """What a kernel does when a page has set the objective."""
    store = explorer.widget.store
    one = message(store, [act(store.state, objective="ovo"), END])
    return lambda: store.hear(one, [])


@pytest.mark.parametrize("code", ["explorer.set(tao=0.2)", "explorer.reset()", "explorer.widget.tao = 0.2"])
def test_what_a_cell_does_while_a_page_is_heard_follows_it_and_is_told(explorer: Explorer, code: str) -> None:
    stage = explorer.widget
    explorer.set(l2_reg=0.3)
    with halfway(heard_by(explorer), stage.store, "_do"):
        running = cell(lambda: exec(code, {"explorer": explorer}))
    running.join()
    put = stage.store.put()
    assert stage.news["states"][stage.news["present"]] == put["states"][put["present"]]
    assert (stage.store.client, len(put["past"])) == ("", 3)
    assert explorer.state.tao == (0.5 if "reset" in code else 0.2)


def test_the_state_that_a_cell_reads_has_what_a_page_is_doing(explorer: Explorer) -> None:
    read: list[str] = []
    with halfway(heard_by(explorer), explorer.widget.store, "_do"):
        running = cell(lambda: read.append(explorer.state.objective))
    running.join()
    assert read == ["ovo"]


def test_a_control_that_is_moved_while_a_cell_sets_the_others_is_not_lost() -> None:
    lab = train_and_watch(steps=2)
    with halfway(lambda: lab.set(tao=0.2), lab._screen, "_show"):
        running = cell(lambda: setattr(lab.controls["normalize"], "value", False))
    running.join()
    assert (lab.state.settings.tao, lab.state.settings.normalize) == (0.2, False)
