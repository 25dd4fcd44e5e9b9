"""The words that lead to a place of the stage."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch

from npair_viz import Stage, explore
from npair_viz.data import scenes
from npair_viz.geometry.experiments import EXPERIMENTS
from npair_viz.geometry.missions import MISSIONS
from npair_viz.stage import changes, draws, links, saved, scene_states
from npair_viz.stage.links import links_of_the_stage, word_of
from npair_viz.stage.scene_states import scenes_of_the_stage
from tests.support.experiment_book import BOOK
from tests.support.saved_states import reading_of


@pytest.fixture
def another_scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give one more scene a name; what is remembered of all scenes is forgotten before and after."""

    def add(scene: scenes.Scene) -> None:
        monkeypatch.setitem(scenes.FIXED, scene.name, lambda: scene)
        for module in (scenes, changes, draws, links, saved, scene_states):
            monkeypatch.setattr(module, "NAMES", (*scenes.FIXED, *scenes.SEEDED))
        forget()

    def forget() -> None:
        scenes_of_the_stage.cache_clear()
        scene_states.scenes_beside_python.cache_clear()
        links_of_the_stage.cache_clear()

    yield add
    forget()


@pytest.mark.parametrize("d", [1, 5])
def test_a_named_scene_of_any_dimension_has_its_place(another_scene: Callable[..., None], d: int) -> None:
    rows = torch.randn(3, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    another_scene(scenes.of_pairs("words", "Rows of numbers?", rows, rows, range(3)))
    assert Stage("words").reading.scene.dimension == explore("words").reading.scene.dimension == d
    assert Stage().options["scenes"]["words"]["base"]["dimension"] == d
    assert links_of_the_stage()["words"]["state"]["scene"] == "words"


def test_a_scene_whose_package_is_missing_is_told_and_breaks_nothing(
    another_scene: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    another_scene(scenes.named("line-up"))  # forgets what is remembered
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert "pixels" not in scenes_of_the_stage()
    for word in ("pixels", "e11"):
        assert "can't be shown here: pixels needs sklearn" in links_of_the_stage()[word]["trouble"]
    assert links_of_the_stage()["e1"]["state"]["scene"] == "line-up"


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


def test_words_of_real_digits_lead_there() -> None:
    told = links_of_the_stage()
    assert (told["pixels"]["state"]["scene"], told["e11"]["state"]["tao"]) == ("pixels", 1)
    assert told["e11"]["task"].startswith("E11")
    assert "trouble" not in told["pixels"]


def test_beside_python_a_page_knows_of_real_digits_without_their_data() -> None:
    ours, alone = Stage().options["scenes"], scenes_of_the_stage()
    assert list(ours) == list(alone)
    assert "base" not in ours["pixels"]
    settings = {name: value for name, value in alone["pixels"].items() if name not in ("base", "points", "labels")}
    assert ours["pixels"] == settings
