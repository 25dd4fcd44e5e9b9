"""What a guess is told: whether it is one, how far it is off, and what a usual wrong one believes."""

import math

import pytest

from npair_viz.exercises.guesses import belief, checked_guess, distance
from npair_viz.exercises.questions import question


def at(degrees):
    """A way so many degrees from the true one of question 15."""
    x, y = question(15).truth
    angle = math.atan2(y, x) + math.radians(degrees)
    return math.cos(angle), math.sin(angle)


@pytest.mark.parametrize(
    ("number", "value", "told"),
    [
        (1, "E", "the guess is one of A, B, C, D, got 'E'"),
        (1, "AB", "the guess is one of A, B, C, D, got 'AB'"),
        (1, None, "the guess is one of A, B, C, D, got none yet"),
        (7, "much", "the guess is a number from 0 to 2.82, got 'much'"),
        (7, "", "the guess is a number from 0 to 2.82, got none yet"),
        (7, -0.1, "the guess is a number from 0 to 2.82, got -0.1"),
        (7, "nan", "the guess is a number from 0 to 2.82, got 'nan'"),
        (7, True, "the guess is a number from 0 to 2.82, got True"),
        (15, (0.0, 0.0), "the guess is an arrow with a length"),
        (15, [], "the guess is an arrow (dx, dy), got none yet"),
        (15, [1, 2, 3], "the guess is an arrow (dx, dy)"),
        (15, [0.0, 0.9e-9], "the guess is an arrow with a length"),
        (15, [math.inf, 1.0], "the guess is an arrow with a length"),
    ],
)
def test_what_is_no_guess_is_refused_in_words(number, value, told):
    with pytest.raises(ValueError, match="the guess is") as refused:
        checked_guess(question(number), value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("number", "value", "told"),
    [
        (1, "C", "Right."),
        (1, "A", "Not that one."),
        (7, "0,63", "Right: 0.003 between the two."),
        (7, 0.683, "Right: 0.056 between the two."),
        (7, 0.684, "Too high by 0.057."),
        (7, 0.570, "Too low by 0.057."),
        (7, 1.386, "Too high by 0.759."),
        (7, 0, "Too low by 0.627."),
        (15, (-1.0, -0.1), "Right: 1 degrees between the two."),
        (15, at(7.9), "Right: 8 degrees between the two."),
        (15, at(8.1), "Not that way: 8 degrees between the two."),
        (15, at(-8.1), "Not that way: 8 degrees between the two."),
        (15, (-0.766, -0.357), "Not that way: 20 degrees between the two."),
        (15, (0.0, 1.1e-9), "Not that way: 95 degrees between the two."),
        (15, (1.0, 0.0), "Not that way: 175 degrees between the two."),
    ],
)
def test_the_distance_of_a_guess_is_told_in_words(number, value, told):
    assert distance(question(number), checked_guess(question(number), value)) == told


@pytest.mark.parametrize(
    ("number", "value", "letter"),
    [
        *(
            (1, "A", "A"),
            (7, 0.02, "A"),
            (7, 1.4, "C"),
            (7, 0.25, "D"),
            (15, (-2.0, -1.0), "A"),
            (15, (0.5, 0.05), "D"),
        ),
        *((7, 0.056, "A"), (7, 1.442, "C"), (15, at(187.9), "D")),
    ],
)
def test_a_usual_wrong_guess_is_told_what_it_believes(number, value, letter):
    one = question(number)
    assert belief(one, checked_guess(one, value)) == one.misconceptions[letter]


@pytest.mark.parametrize(
    ("number", "value"),
    [(1, "C"), (7, 0.63), (7, 2.0), (7, 0.057), (7, 1.443), (15, (-1.0, 0.0)), (15, (0.0, 1.0)), (15, at(188.1))],
)
def test_a_right_guess_and_one_that_nobody_makes_are_told_no_belief(number, value):
    assert belief(question(number), checked_guess(question(number), value)) == ""
