"""Colours: their contrast, that none has two meanings, and who can tell them apart: by colour, or by what else."""

import math
import re
from functools import partial
from itertools import combinations, product

import pytest
from coloraide import Color

from npair_viz.geometry.look import (
    CLASS_COLOURS,
    DASHES,
    FORCES,
    INK,
    OTHERS,
    OUTLINE,
    ROLE_WORDS,
    SHAPES,
    TEXT,
    THEME,
    class_colours,
)
from npair_viz.geometry.look import (
    GREY as GREY_LINES,
)
from npair_viz.stage.bundle import source

BACKGROUNDS = {"light": "#ffffff", "dark": "#111111"}  # of JupyterLab's two themes
COLOUR_BLIND = ("protan", "deutan", "tritan")  # Machado, Oliveira and Fernandes 2009, the whole cone missing
GREY = "greyscale"
CLEAR, TOLD = 19, 9  # CIEDE2000: told apart as thin lines at a glance; as filled marks that also have their digits


def colour(text):
    return Color(text.replace(",", " ") if text.startswith("rgb") else text)


def contrast(one, other):
    return colour(one).contrast(colour(other))


def seen(text, eye):
    if eye == GREY:
        return colour(text).filter("grayscale")
    return colour(text).filter(eye, method="machado") if eye else colour(text)


def difference(one, other, eye=None, method="2000"):
    return seen(one, eye).delta_e(seen(other, eye), method=method)


def themed(names, theme):
    return [THEME[name][theme] for name in names.split()]


def test_no_class_has_the_colour_of_a_force():
    forces = [colour for colour, _ in FORCES.values()]
    assert len({*CLASS_COLOURS, *forces}) == len(CLASS_COLOURS) + len(forces)
    for one, force, eye in product(CLASS_COLOURS, ("pull", "push"), (None, *COLOUR_BLIND)):
        assert difference(one, FORCES[force][0], eye) > TOLD  # a mark is filled and an arrow a line, in any colour


def test_classes_and_forces_are_far_apart_in_red_green_and_blue():
    for one, force in product(CLASS_COLOURS, ("pull", "push")):
        levels = [[255 * part for part in colour(text).coords()] for text in (one, FORCES[force][0])]
        assert math.dist(*levels) > 60


@pytest.mark.parametrize("eye", COLOUR_BLIND)
def test_a_colour_blind_person_tells_the_colours_apart_by_the_older_measure_too(eye):
    forces = [FORCES[force][0] for force in ("pull", "push", "shrink")]
    apart = partial(difference, eye=eye, method="76")
    assert min(apart(*pair) for pair in combinations(forces, 2)) > 30
    assert min(apart(*pair) for pair in combinations(CLASS_COLOURS, 2)) > 15
    assert min(apart(*pair) for pair in product(CLASS_COLOURS, forces[:2])) > 15


@pytest.mark.parametrize("mark", [*CLASS_COLOURS, OTHERS, GREY_LINES])
def test_outlines_stand_out_from_their_marks(mark):
    assert contrast(OUTLINE, mark) >= 3


@pytest.mark.parametrize("mark", [*CLASS_COLOURS, OTHERS])
def test_digits_on_marks_are_read_with_tired_eyes_and_outlines_stand_out(mark):
    assert contrast(TEXT, mark) >= 7
    assert contrast(OUTLINE, mark) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_are_seven_to_one_and_lines_three_to_one_on_paper(theme):
    paper, tint = themed("paper tint", theme)
    for one in themed("ink soft accent", theme):
        assert contrast(one, paper) >= 7
        assert contrast(one, tint) >= 7
    for one in themed("rule pull push shrink better worse", theme):
        assert contrast(one, paper) >= 3


@pytest.mark.parametrize("background", BACKGROUNDS.values(), ids=BACKGROUNDS)
def test_marks_and_arrows_stand_out_from_the_background(background):
    for one in (*CLASS_COLOURS, OTHERS):
        assert max(contrast(OUTLINE, background), contrast(one, background)) >= 3
    for one, _ in FORCES.values():
        if one != INK:
            assert contrast(one, background) >= 3
    assert contrast(GREY_LINES, background) >= 3


@pytest.mark.parametrize("eye", COLOUR_BLIND)
def test_a_colour_blind_person_tells_classes_and_forces_apart_by_colour(eye):
    assert min(difference(*pair, eye) for pair in combinations(CLASS_COLOURS, 2)) > TOLD
    assert min(difference(one, OTHERS, eye) for one in CLASS_COLOURS[:2]) > TOLD
    for theme in (0, 1):
        forces = themed("pull push shrink ink", theme)
        assert min(difference(*pair, eye) for pair in combinations(forces, 2)) > CLEAR


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("eye", COLOUR_BLIND)
def test_a_colour_blind_person_tells_better_from_worse_than_chance_by_colour(eye, theme):
    assert difference(*themed("better worse", theme), eye) > CLEAR


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("eye", [None, GREY, *COLOUR_BLIND])
def test_what_is_open_is_told_by_its_line_where_its_word_looks_like_others(eye, theme):
    assert difference(*themed("accent hair", theme), eye) > CLEAR


# --- in greyscale, where the colours of classes, of forces and of the ruler are one and the same


def test_forces_are_told_in_greyscale_by_their_dashes_and_the_net_by_its_depth():
    named = {force: DASHES[dash] for force, (_, dash) in FORCES.items()}
    assert len({named[force] for force in ("pull", "push", "shrink")}) == 3
    for theme in (0, 1):
        pull, net = themed("pull ink", theme)
        assert difference(pull, net, GREY) > CLEAR


def test_roles_are_told_by_their_shapes():
    assert list(SHAPES) == list(ROLE_WORDS)
    assert len(set(SHAPES.values())) == 3


def test_classes_are_told_in_greyscale_by_the_words_in_marks_bars_and_grounds():
    assert min(difference(*pair, GREY) for pair in combinations(CLASS_COLOURS, 2)) < 1
    assert "putWords(text, names[pair])" in source("js/view/marks.js")
    assert "putWords(digit," in source("js/view/bars.js")
    assert "putWords(owner, names[one.best])" in source("js/view/ground.js")


def test_worse_than_chance_is_hatched_and_on_its_own_side_of_the_ruler():
    sheet = source("stage.css")
    ruler = re.search(r"\.ruler \{.*\}", sheet)[0]
    assert "repeating-linear-gradient(135deg, var(--worse)" in ruler
    assert re.search(r"\.fill \{[^}]*inset\(0 50% 0 ", sheet)
    assert re.search(r"\.fill\.worse \{[^}]* 0 50%\)", sheet)


def test_of_many_classes_only_the_chosen_and_its_hardest_are_coloured():
    assert class_colours(5, 2, 0) == list(CLASS_COLOURS)
    many = class_colours(6, 2, 4)
    assert [many[2], many[4]] == list(CLASS_COLOURS[:2])
    assert [many[k] for k in (0, 1, 3, 5)] == [OTHERS] * 4
    assert class_colours(6, 2, None).count(OTHERS) == 5
