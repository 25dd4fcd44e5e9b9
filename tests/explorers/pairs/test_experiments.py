"""The experiments of the lessons, played through the explorer's state."""

import functools

import pytest

from npair_viz import explore, recall_at_k, scenes
from tests.support.experiment_book import BOOK, EXPERIMENTS, follow
from tests.support.value_of import value_of


def act(explorer, name, value):
    """Do one act of the book."""
    if name == "set":
        explorer.set(**value)
    elif name == "move":
        explorer.move(*value)
    elif name == "play":
        explorer.play(value)
    else:
        assert name in ("undo", "redo", "reset")
        getattr(explorer, name)()


def read(explorer, name, *of):
    """One reading of the book."""
    if name == "sentence":
        return explorer.sentence
    return recall(explorer.state.scene, int(*of)) if name == "recall at" else value_of(explorer.reading, name, *of)


@functools.cache
def recall(scene, k):
    data = scenes.named(scene)
    return recall_at_k(data.embeddings, data.labels, k)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_reads_what_the_lessons_say(name):
    experiment = EXPERIMENTS[name]
    explorer = explore(**{"scene_or_embeddings": experiment["start"]["scene"], **settings_of(experiment)})
    follow(experiment, functools.partial(act, explorer), functools.partial(read, explorer))


def settings_of(experiment):
    return {name: value for name, value in experiment["start"].items() if name != "scene"}


# --- what a table of steps can't say


def test_the_best_place_of_a_positive_is_not_on_its_anchor():
    explorer = explore("line-up")
    losses = {}
    for tenths in range(1025, 1033):
        explorer.move("p3", tenths / 10)
        losses[tenths] = explorer.reading.loss
    assert 1028 <= min(losses, key=losses.get) <= 1030
    losses = {}
    for degrees in range(80, 101):
        explorer.move("p3", degrees)
        losses[degrees] = explorer.reading.losses[0].item()
    assert min(losses, key=losses.get) == 90


def test_the_line_up_has_its_lowest_loss_near_tao_a_quarter():
    explorer = explore("line-up")
    losses = {}
    for hundredths in range(20, 31):
        explorer.set(tao=hundredths / 100)
        losses[hundredths] = explorer.reading.loss
    assert min(losses, key=losses.get) in (24, 25, 26)


def test_the_order_of_the_bars_is_the_same_at_every_tao():
    explorer = explore("line-up")
    for exponent in range(-8, 9):
        explorer.set(tao=10 ** (exponent / 4))
        order = explorer.reading.forces.weights.argsort(dim=1, descending=True)
        assert [value_of(explorer.reading, "pick", one) for one in "3801"] == ["8", "8", "0", "1"]
        assert order[0].tolist() == [1, 0, 2, 3]


def test_a_right_anchor_feels_the_most_near_tao_a_tenth():
    explorer = explore("tidy", normalize=False)
    pulls = {}
    for thousandths in range(85, 101):
        explorer.set(tao=thousandths / 1000)
        pulls[thousandths] = value_of(explorer.reading, "pull on", "a3")
    assert max(pulls, key=pulls.get) == pytest.approx(93, abs=1)


def test_the_book_explains_every_name_that_it_uses():
    steps = [step for experiment in EXPERIMENTS.values() for step in experiment["steps"]]
    acts = {name for step in steps for one in step["acts"] for name in one}
    readings = {expected["read"][0] for step in steps for expected in step["expect"]}
    assert acts == set(BOOK["about"]["acts"])
    assert readings == {name.split(",")[0] for name in BOOK["about"]["readings"]}
