"""Predict, then reveal: nothing of the answer before the commit, all of it after, and no way back."""

import html
import json
import re
from dataclasses import FrozenInstanceError

import pytest
from ipywidgets import Widget

from npair_viz import predict
from npair_viz.exercises.questions import QUESTIONS

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
        asked._sheet.show(guess)
    if reason is not None:
        asked._reason.value = reason
    asked._button.click()


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
    assert asked._button.disabled
    assert asked._sheet._buttons.disabled
    assert asked._reason.disabled
    press(asked, "C", "rule")
    assert (asked.state.guess, asked.state.reason) == ("A", "memory")
    with pytest.raises(ValueError, match="the guess is committed"):
        asked.guess("C", "rule")
    with pytest.raises(FrozenInstanceError):
        asked.state.guess = "C"


@pytest.mark.parametrize(
    ("number", "guess", "reason", "said"),
    [
        (3, None, "rule", "The guess is one of A, B, C, D, got none yet."),
        (3, "C", None, "A guess needs a reason, one of rule, picture, calculation, memory, hunch."),
        (7, None, "rule", "The guess is a number from 0 to 2.82, got none yet."),
    ],
)
def test_what_is_missing_is_said_in_words_and_nothing_is_committed(number, guess, reason, said):
    asked = predict(number)
    press(asked, guess, reason)
    assert said in asked._status.value
    assert 'role="alert"' in asked._status.value
    assert not asked.state.committed
    assert asked._reveal.value == ""


def test_nonsense_that_is_typed_is_said_in_words_and_is_no_guess():
    asked = predict(7)
    asked._sheet._field.value = "<b>much</b>"
    assert "The guess is a number from 0 to 2.82, got &#x27;&lt;b&gt;much" in asked._status.value
    assert asked.state.guess is None
    asked._sheet._field.value = "0,6"
    assert "Your guess: 0.600." in asked._status.value
    assert asked.state.guess == 0.6


def test_the_ruler_and_the_field_show_one_number_and_a_ruler_that_nobody_touched_is_no_guess():
    asked = predict(7)
    assert asked.state.guess is None
    asked._sheet._slider.value = 1.0
    assert asked._sheet._field.value == "1"
    assert asked.state.guess == 1.0
    assert asked._sheet._slider.step == pytest.approx(2.82 / 200)


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_prediction_comes_back_as_it_was(number):
    asked = predict(number)
    asked.guess(wrong(QUESTIONS[number]), "hunch")
    again = predict(number, **json.loads(asked.state.to_json()))
    assert again.state == asked.state
    assert again.answer == asked.answer != ""
    assert again._button.disabled
    assert again.answer.splitlines()[0].startswith("Your guess, by hunch: ")
    with pytest.raises(ValueError, match="committed"):
        again.guess(wrong(QUESTIONS[number]), "hunch")


def test_a_guess_that_was_not_committed_comes_back_open():
    asked = predict(3)
    asked._sheet.show("B")
    again = predict(3, **json.loads(asked.state.to_json()))
    assert (again.state.guess, again._sheet.value, again.answer) == ("B", "B", "")
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


def test_a_closed_prediction_leaves_no_widget_behind():
    before = set(Widget._instances) if hasattr(Widget, "_instances") else None
    asked = predict(3)
    asked.close()
    assert asked.widget.comm is None
    if before is not None:
        assert set(Widget._instances) <= before
