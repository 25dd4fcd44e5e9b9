"""The words that lead to a place of the stage."""

import pytest

from npair_viz.geometry.experiments import EXPERIMENTS
from npair_viz.geometry.missions import MISSIONS
from npair_viz.stage.links import links_of_the_stage, word_of
from npair_viz.stage.scene_states import reading_of, scenes_of_the_stage
from tests.support.experiment_book import BOOK


def test_no_word_leads_to_two_places() -> None:
    names = [*scenes_of_the_stage(), *EXPERIMENTS, *MISSIONS]
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
    assert "explore('pixels') shows it" in links_of_the_stage()["e11"]["trouble"]
