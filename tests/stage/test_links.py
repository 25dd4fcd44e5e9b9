"""The words that lead to a place of the stage."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch

from npair_viz import Stage, explore
from npair_viz.data import scenes
from npair_viz.explorers.pairs import state as explorer_state
from npair_viz.explorers.pairs import words
from npair_viz.geometry.experiments import EXPERIMENTS
from npair_viz.geometry.missions import MISSIONS
from npair_viz.stage import links, scene_states
from npair_viz.stage.links import links_of_the_stage, word_of
from npair_viz.stage.scene_states import reading_of, scenes_of_the_stage
from tests.support.experiment_book import BOOK


@pytest.fixture
def another_scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give one more scene a name; what is remembered of all scenes is forgotten before and after."""

    def add(scene: scenes.Scene) -> None:
        monkeypatch.setitem(scenes.FIXED, scene.name, lambda: scene)
        for module in (scenes, scene_states, links, explorer_state, words):
            monkeypatch.setattr(module, "NAMES", (*scenes.FIXED, *scenes.SEEDED))
        forget()

    def forget() -> None:
        scenes_of_the_stage.cache_clear()
        links_of_the_stage.cache_clear()

    yield add
    forget()


@pytest.mark.parametrize(
    ("d", "n", "why"), [(5, 3, "5 dimensions, not two or three"), (2, 65, "65 pairs, more than 64")]
)
def test_a_named_scene_that_the_stage_cannot_show_is_told_and_breaks_nothing(
    another_scene: Callable[..., None], d: int, n: int, why: str
) -> None:
    rows = torch.randn(n, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    another_scene(scenes.of_pairs("words", "Rows of five numbers?", rows, rows, range(n)))
    assert explore("line-up").reading.scene.name == Stage().state["scene"] == "line-up"
    assert "words" not in Stage().options["scenes"]
    assert links_of_the_stage()["words"] == {"trouble": f"words has {why}: explore('words') shows it"}


def test_a_named_scene_whose_lengths_count_keeps_them(another_scene: Callable[..., None]) -> None:
    long = replace(scenes.plane(), name="long", embeddings=2 * scenes.plane().embeddings)
    another_scene(long)
    assert Stage("long").state["surface"] == "plane"
    assert not explore("long").state.normalize


def test_no_word_leads_to_two_places() -> None:
    names = [*scenes.NAMES, *EXPERIMENTS, *MISSIONS]
    assert len({word_of(name) for name in names}) == len(names) == len(links_of_the_stage())


def test_every_experiment_of_the_book_has_a_start_and_every_start_an_experiment() -> None:
    assert [one["id"] for one in BOOK["experiments"]] == list(EXPERIMENTS)


@pytest.mark.parametrize(
    ("word", "loss", "surface"), [("e1", 0.4840, "sphere"), ("e8", 0.4840, "plane"), ("r4", 0, "sphere")]
)
def test_an_experiments_word_leads_to_where_it_starts(word: str, loss: float, surface: str) -> None:
    state = links_of_the_stage()[word]["state"]
    assert reading_of(state).loss == pytest.approx(loss, abs=1e-4)
    assert state["surface"] == surface


def test_what_the_stage_cannot_show_is_told_where_it_is_shown() -> None:
    told = links_of_the_stage()
    assert told["pixels"] == {"trouble": "pixels has 64 dimensions, not two or three: explore('pixels') shows it"}
    assert told["e11"] == {"trouble": "E11 has 64 dimensions, not two or three: explore('pixels') shows it"}
