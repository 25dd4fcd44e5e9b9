"""Every control of every explorer that a lesson makes, moved to both of its ends: it answers, and never breaks."""

import math
import re
from contextlib import contextmanager

import ipywidgets as widgets
import jupytext
import pytest

from npair_viz import explore, train_and_watch
from npair_viz.explorers import explore as explore_module
from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
from npair_viz.explorers.lab import train_and_watch as lab_module
from npair_viz.explorers.lab.lab import TrainingLab
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.explorers.predict import predict as predict_module
from npair_viz.explorers.predict.prediction import Prediction
from npair_viz.geometry.limits import FARTHEST, L2_REG_RANGE, LARGEST_SEED, MOST_PAIRS, TAO_RANGE
from npair_viz.stage.acts import point_names
from npair_viz.stage.state import CHOICES, DRAWERS
from tests.support.explorer_handles import choose, said
from tests.support.lesson_files import LESSONS, NAMES

A_LIMIT = re.compile(r"at most|at least|within ±|one of|points that run away")  # words that state one
OF_PAIRS = {
    **CHOICES,
    "tao": TAO_RANGE,
    "l2_reg": L2_REG_RANGE,
    "n_classes": (1, MOST_PAIRS),
    "seed": (0, LARGEST_SEED),
    "drawer": ("", *DRAWERS),
}
TYPED_IN_THE_CLOUD = {
    "row": ("0", "1795"),
    "typed tao": ("0.01", "100"),
    "l2_reg": ("0", "10"),
    "n_classes": ("2", "all"),
    "seed": ("0", "999999999"),
    "find": ("17, 4", ""),
}
TYPED_IN_THE_LAB = {
    "tao": ("0.01", "100"),
    "l2_reg": ("0", "10"),
    "against": ("tao=0.1", ""),
    "n_classes": ("2", "5"),
    "groups": ("1", "4"),
    "dimension": ("2", "64"),
    "lr": ("0.0001", "10"),
    "seed": ("0", "999999999"),
    "find": ("17, 4", ""),
}


def opened_by(monkeypatch, act):
    """What an act opens: explorers, labs and questions, in their order."""
    made = []
    for module in (explore_module, lab_module, predict_module):
        monkeypatch.setattr(module, "replace_former", made.append)
    act()
    return made


def run(name):
    """Run a lesson's code cells, in this process."""
    cells = jupytext.read(LESSONS / f"{name}.py").cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    exec(compile(code, name, "exec"), {"__name__": "lesson"})


def ends(name, control, typed):
    """The two ends of a control, as its values; none of a button."""
    if isinstance(control, widgets.SelectMultiple):
        values = [value for _, value in control._options_full]
        return [(values[0],), tuple(values)]
    if isinstance(control, widgets.IntSlider | widgets.FloatSlider):
        return [control.min, control.max]
    if isinstance(control, widgets.Text):
        return list(typed[name])
    if isinstance(control, widgets.ToggleButton | widgets.Checkbox):
        return [not control.value, control.value]
    values = [value for _, value in control._options_full]
    return [values[0], values[-1]] if values else []  # a list that is not open


def settings_of_pairs(explorer):
    """What each setting of a picture of pairs can be, or its ends."""
    scene = explorer.reading.scene
    return {**OF_PAIRS, "selected": (0, scene.n - 1), "same": ((), scene.classes)}


@contextmanager
def tolerated():
    """What is refused must state a limit."""
    try:
        yield
    except ValueError as error:
        if not A_LIMIT.search(str(error)):
            raise


def play_with_pairs(explorer):
    """Give every setting each of its ends, put points to theirs, and go back."""
    before = explorer.state
    for name, values in settings_of_pairs(explorer).items():
        for value in values:
            with tolerated():
                explorer.set(**{name: value})
            look_at_pairs(explorer, name, value)
        while explorer.state != before and explorer.widget.store.acts.history.past:
            explorer.undo()
    explorer.play(3)
    look_at_pairs(explorer, "play", 3)
    if (d := explorer.reading.scene.dimension) <= 3:
        for sign in (-1, 1):
            explorer.move(point_names(explorer.reading.scene)[0], [sign * FARTHEST] * d)
            look_at_pairs(explorer, "move", sign)
    explorer.reset()


def look_at_pairs(explorer, name, value):
    assert math.isfinite(explorer.reading.loss), (name, value)
    assert explorer.sentence
    assert "nan" not in explorer.to_svg(), (name, value)


def move(shown, name, control, typed):
    """Move a control to both ends, and look after each."""
    if isinstance(control, widgets.Button):
        for press in control._click_handlers.callbacks:  # click() swallows what they raise
            press(control)
        look(shown, name, "pressed")
        return
    for end in ends(name, control, typed):
        if not control.disabled:
            control.value = end
            look(shown, name, end)


def look(shown, name, value):
    """Nothing is amiss."""
    status = said(shown)
    assert 'role="alert"' not in status or A_LIMIT.search(status), (name, value, status)
    loss = shown.runs[0][-1].loss if isinstance(shown, TrainingLab) else shown.reading.loss
    assert math.isfinite(loss), (name, value)


def play_with(shown):
    """Move everything there is to move."""
    if isinstance(shown, Prediction):
        answer(shown)
        return
    if isinstance(shown, Explorer):
        play_with_pairs(shown)
        return
    typed = TYPED_IN_THE_CLOUD if isinstance(shown, EmbeddingExplorer) else TYPED_IN_THE_LAB
    for name, control in shown.controls.items():
        if control.disabled or (isinstance(shown, TrainingLab) and name == "play"):  # 300 steps: its own tests play
            continue
        before = shown.state
        move(shown, name, control, typed)
        if not isinstance(shown, TrainingLab) and shown.state != before:
            shown.set(**{name: value for name, value in vars(before).items() if name != "version"})


def answer(asked):
    """Choose each option, and commit the last."""
    if asked.state.committed:
        return
    one = asked.question
    for guess in one.letters if one.kind == "choice" else one.places:
        choose(asked, guess)
        assert 'role="alert"' not in said(asked)
        assert asked.state.guess == guess
    asked.guess(guess, one.reasons[0])
    assert asked.answer


@pytest.mark.slow  # 35 s: it runs every lesson
@pytest.mark.parametrize("name", NAMES)
def test_every_control_of_a_lesson_can_be_moved_to_both_ends(name, monkeypatch):
    monkeypatch.chdir(LESSONS)
    made = opened_by(monkeypatch, lambda: run(name))
    assert made, "the lesson opens nothing to move"
    for shown in made:
        play_with(shown)
        shown.close()


def test_every_control_of_the_training_lab_can_be_moved_to_both_ends():
    play_with(train_and_watch("digits", steps=20))


def test_a_control_that_breaks_is_found(monkeypatch):
    (explorer,) = opened_by(monkeypatch, lambda: explore("line-up"))
    monkeypatch.setattr(Explorer, "play", lambda self, steps=60: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        play_with(explorer)
