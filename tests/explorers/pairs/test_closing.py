"""Cells that run again, what a notebook is given, and what an explorer leaves behind."""

import gc
import sys
import weakref
from types import SimpleNamespace

import pytest
import torch

from npair_viz import explore
from npair_viz.explorers.shared import notebook_cells
from tests.support.page_of_pairs import assert_shown


def instances():
    from ipywidgets.widgets import widget

    return widget._instances


def test_closing_frees_every_widget():
    explore("line-up").close()
    before = set(instances())
    explorer = explore("pixels", task="Look", hide=("seed",))
    assert len(instances()) > len(before)
    explorer.set(tao=0.1, selected=1, drawer="shares")
    explorer.close()
    assert set(instances()) == before


def test_a_closed_explorer_can_be_closed_again():
    explorer = explore("line-up")
    explorer.close()
    explorer.close()
    assert "Explorer of 'line-up'" in repr(explorer)


def test_a_closed_explorer_is_garbage_with_its_data():
    rows = torch.randn(8, 30)
    explorer = explore(rows, [0, 0, 1, 1, 2, 2, 3, 3])
    seen = []
    explorer.widget.observe(seen.append, "tao")
    explorer.set(tao=0.1)
    explorer.close()
    left = [weakref.ref(one) for one in (explorer, explorer.widget, explorer.widget.store.draws.data, explorer.reading)]
    del explorer
    seen.clear()
    gc.collect()
    assert [one() for one in left] == [None] * 4


@pytest.mark.parametrize("act", [lambda one: one.set(tao=0.1), lambda one: one.play(1), lambda one: one.undo()])
def test_a_closed_explorer_says_so(act):
    explorer = explore("line-up")
    explorer.set(tao=0.2)
    explorer.close()
    with pytest.raises(ValueError, match="closed explorer"):
        act(explorer)


def test_moving_tao_makes_no_new_widget():
    explorer = explore("pixels")
    before = set(instances())
    for index in range(100):
        explorer.widget.tao = 0.01 + index
    assert set(instances()) == before


class Shell:
    """An IPython shell that runs cells."""

    kernel = None

    def __init__(self):
        self.execution_count = 0
        self.cell = ""

    def run(self, cell):
        self.execution_count += 1
        self.cell = cell

    def get_parent(self):
        return {"metadata": {"cellId": self.cell} if self.cell else {}}


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(notebook_cells, "_OPEN", {})
    return shell


def is_open(explorer):
    return explorer.widget.comm is not None


def test_a_second_run_of_a_cell_closes_what_the_first_opened(shell):
    shell.run("one")
    first, second = explore("line-up"), explore("tidy")
    shell.run("two")
    other = explore("heap")
    assert [is_open(one) for one in (first, second, other)] == [True] * 3
    shell.run("one")
    third = explore("line-up")
    fourth = explore("line-up")
    assert [is_open(one) for one in (first, second, other, third, fourth)] == [False, False, True, True, True]


def test_cells_without_a_name_close_and_keep_nothing(shell):
    for _ in range(3):
        shell.run("")
        assert is_open(explore("line-up"))
    assert not notebook_cells._OPEN


def test_a_cell_that_fails_closes_nothing(shell):
    shell.run("one")
    first = explore("line-up")
    shell.run("one")
    with pytest.raises(ValueError, match="tao must be"):
        explore("line-up", tao=-1)
    assert is_open(first)


@pytest.mark.parametrize("shell", [None, SimpleNamespace()], ids=["no shell", "a shell without messages"])
def test_without_a_notebook_nothing_is_closed(shell, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    first = explore("line-up")
    explore("line-up")
    assert is_open(first)


def test_a_notebook_gets_the_widget_and_a_plain_viewer_the_sentence():
    explorer = explore("line-up")
    bundle, _ = explorer._repr_mimebundle_(include=None, exclude=None)
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.widget.model_id
    assert bundle["image/svg+xml"] == explorer.to_svg()
    assert bundle["text/plain"] == repr(explorer) == f"Explorer of 'line-up'. {explorer.sentence}"


def test_torchs_global_generator_is_left_alone():
    before = torch.get_rng_state()
    explorer = explore("pixels", policy="random")
    explorer.set(scene="circle", n_classes=5, seed=3)
    explorer.set(objective="ovo")
    assert not explorer.reading.ruler.exact  # it has been searched for, from random starts
    explorer.play(2)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_global_dtype_and_device_are_not_read():
    plain = explore("line-up").reading.loss
    torch.set_default_dtype(torch.float16)
    try:
        with torch.device("meta"):
            explorer = explore("globe", n_classes=3)
            explorer.set(scene="line-up")
            explorer.move("p3", 100)
            explorer.play(2)
            explorer.reset()
            explorer.set(scene="line-up", drawer="shares")
    finally:
        torch.set_default_dtype(torch.float32)
    assert explorer.reading.loss == plain
    assert_shown(explorer)


# --- while torch starts


def told(shell):
    """What a shell with a kernel shows, as pairs of text and whether it takes the place of an earlier one."""
    shown = []
    shell.kernel = object()
    shell.display_pub = SimpleNamespace(
        publish=lambda data, update=False, **_: shown.append((data["text/html"], update))
    )
    return shown


def test_a_notebook_says_that_torch_starts_and_takes_the_words_away(shell, monkeypatch):
    shown = told(shell)
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "torch")
        with notebook_cells.said_that_torch_starts():
            assert [update for _, update in shown] == [False]
        with pytest.raises(ImportError), notebook_cells.said_that_torch_starts():
            raise ImportError
    assert "Starting torch" in shown[0][0]
    assert shown[1:] == [("", True), shown[0], ("", True)]


def test_nothing_is_said_where_torch_runs_or_nobody_looks(shell, monkeypatch):
    shown = told(shell)
    explore("line-up")
    shell.kernel = None
    monkeypatch.delitem(sys.modules, "torch")
    with notebook_cells.said_that_torch_starts():
        pass
    assert not shown
