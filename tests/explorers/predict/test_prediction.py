"""Predict, then reveal: nothing of the answer before the commit, all of it after, and no way back."""

import html
import json
import re
from dataclasses import FrozenInstanceError

import pytest
from ipywidgets import Widget
from ipywidgets.widgets import widget

from npair_viz import predict
from npair_viz.exercises.questions import QUESTIONS
from npair_viz.explorers.predict import prediction as module
from tests.support.explorer_handles import choose, said

GUESSES = {7: 0.25, 15: (-1.0, 0.5)}


def held(box):
    """All that the browser is told of a widget and of what it holds."""
    states = [{name: value for name, value in box.get_state().items() if name != "_esm"}]
    for child in getattr(box, "children", ()):
        states += held(child)
    for name in ("style", "layout"):
        if isinstance(getattr(box, name, None), Widget):
            states.append(getattr(box, name).get_state())
    return states


def told(asked):
    sent = json.dumps(held(asked.widget), default=str, ensure_ascii=False)
    return html.unescape(re.sub("</?[bp]>", "", sent))


def numbers(truth):
    return truth if isinstance(truth, tuple) else (truth,)


def press(asked, guess=None, reason=None):
    """What a hand does: choose, choose a reason, commit."""
    if guess is not None:
        choose(asked, guess)
    if reason is not None:
        asked.controls["reason"].value = reason
    asked.controls["commit"].click()


def wrong(question):
    return GUESSES.get(question.number, next(iter(question.misconceptions)))


@pytest.mark.parametrize("number", QUESTIONS)
def test_before_the_commit_the_browser_is_told_nothing_of_the_answer(number):
    one, asked = QUESTIONS[number], predict(number)
    before = told(asked)
    for line in (one.why, *one.misconceptions.values()):
        assert line[:20] not in before
    assert "truth" not in before.casefold()
    if one.kind != "choice":
        assert str(one.truth) not in before
    assert asked.answer == ""
    press(asked, wrong(one), "hunch")
    assert one.why[:20] in told(asked)


@pytest.mark.parametrize("number", [n for n, one in QUESTIONS.items() if one.kind == "choice"])
def test_before_the_commit_the_right_option_differs_from_the_others_in_nothing(number):
    asked = predict(number)
    sheets = [state for state in held(asked.widget) if "_options_labels" in state]
    assert sheets[0]["index"] is None
    assert list(sheets[0]["_options_labels"]) == repr(QUESTIONS[number]).splitlines()[1:]


def test_after_the_commit_both_are_shown_with_the_distance_why_and_what_was_believed():
    asked = predict(3)
    press(asked, "A", "memory")
    one = QUESTIONS[3]
    assert asked.answer.splitlines() == [
        "Your guess, by memory: A: it falls to a tenth.",
        "The truth: C: it rises.",
        "Not that one.",
        one.why,
        one.misconceptions["A"],
    ]
    for line in asked.answer.splitlines():
        assert line in told(asked)


def test_a_committed_guess_stays():
    asked = predict(3)
    press(asked, "A", "memory")
    assert all(control.disabled for control in asked.controls.values())
    press(asked, "C", "rule")
    assert "the guess is committed" in said(asked)
    assert (asked.state.guess, asked.state.reason) == ("A", "memory")
    assert (asked.controls["guess"].value, asked.controls["reason"].value) == ("A", "memory")
    with pytest.raises(ValueError, match="the guess is committed"):
        asked.guess("C", "rule")
    with pytest.raises(FrozenInstanceError):
        asked.state.guess = "C"


@pytest.mark.parametrize(
    ("number", "guess", "reason", "words"),
    [
        (3, None, "rule", "the guess is one of A, B, C, D, got none yet"),
        (3, "C", None, "a guess needs a reason, one of rule, picture, calculation, memory, hunch"),
        (7, None, "rule", "the guess is a number from 0 to 2.82, got none yet"),
    ],
)
def test_what_is_missing_is_said_in_words_and_nothing_is_committed(number, guess, reason, words):
    asked = predict(number)
    press(asked, guess, reason)
    assert words in said(asked)
    assert 'role="alert"' in said(asked)
    assert not asked.state.committed
    assert asked._words["reveal"].value == ""


def test_nonsense_that_is_typed_is_said_in_words_and_is_no_guess():
    asked = predict(7)
    choose(asked, "<b>much</b>")
    assert "the guess is a number from 0 to 2.82, got &#x27;&lt;b&gt;much" in said(asked)
    assert (asked.state.guess, asked.controls["guess"].value) == (None, "")
    choose(asked, "0,6")
    assert "Your guess: 0.600." in said(asked)
    choose(asked, "most")
    assert (asked.state.guess, asked.controls["guess"].value) == (0.6, "0.6")


def test_the_ruler_and_the_field_show_one_number_and_a_ruler_that_nobody_touched_is_no_guess():
    asked = predict(7)
    assert asked.state.guess is None
    asked._sheet._slider.value = 1.0
    assert asked.controls["guess"].value == "1"
    assert asked.state.guess == 1.0
    assert asked._sheet._slider.step == pytest.approx(2.82 / 200)


@pytest.mark.parametrize("error", [ValueError, TypeError, ImportError])
def test_a_commit_that_cannot_be_shown_is_said_in_words_and_is_none(error, monkeypatch):
    def broken(*_):
        raise error("no answer today")

    asked = predict(3)
    choose(asked, "B")
    before, shown = asked.state, told(asked)
    with monkeypatch.context() as patch:
        patch.setattr(module, "belief", broken)
        with pytest.raises(error, match="no answer today"):
            asked.guess("A", "memory")
        assert (asked.state, told(asked)) == (before, shown)
        press(asked, reason="rule")
        assert "no answer today" in said(asked)
        assert not asked.state.committed
    asked.guess("A", "memory")
    assert asked.answer


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_prediction_comes_back_as_it_was(number):
    asked = predict(number)
    asked.guess(wrong(QUESTIONS[number]), "hunch")
    again = predict(number, **json.loads(asked.state.to_json()))
    assert again.state == asked.state
    assert again.answer == asked.answer != ""
    assert again.controls["commit"].disabled
    assert again.answer.splitlines()[0].startswith("Your guess, by hunch: ")
    with pytest.raises(ValueError, match="committed"):
        again.guess(wrong(QUESTIONS[number]), "hunch")


def test_a_guess_that_was_not_committed_comes_back_open():
    asked = predict(3)
    choose(asked, "B")
    again = predict(3, **json.loads(asked.state.to_json()))
    assert (again.state.guess, again.controls["guess"].value, again.answer) == ("B", "B", "")
    press(again, reason="rule")
    assert again.state.committed


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"number": 4}, "the state is of question 4, got question 3"),
        ({"version": 2}, "update npair_viz"),
        ({"committed": True}, "the guess is one of"),
        ({"committed": True, "guess": "A"}, "a guess needs a reason"),
        ({"guess": "Z"}, "the guess is one of"),
        ({"reason": "luck"}, "reason must be one of"),
    ],
)
def test_a_kept_state_that_is_none_is_refused_in_words(kept, said):
    with pytest.raises(ValueError, match=said):
        predict(3, **kept)


@pytest.mark.parametrize("number", QUESTIONS)
def test_its_text_is_the_question_and_stays_so(number):
    asked = predict(number)
    before = repr(asked)
    assert before == repr(QUESTIONS[number])
    assert asked._repr_mimebundle_()["text/plain"] == before
    asked.guess(wrong(QUESTIONS[number]), "hunch")
    assert repr(asked) == before


@pytest.mark.parametrize("number", [3, 7, 15])
def test_a_closed_prediction_leaves_no_widget_behind(number):
    predict(number).close()
    before = set(widget._instances)
    asked = predict(number)
    asked.guess(wrong(QUESTIONS[number]), "hunch")
    asked.close()
    asked.close()
    assert asked.widget.comm is None
    assert set(widget._instances) == before
    assert asked.answer
