"""Colours: their contrast, and that none of them has two meanings."""

import math
import re
from itertools import combinations, product

import pytest

from npair_viz.geometry.look import CLASS_COLOURS, DASHES, FORCES, GREY, INK, OUTLINE, TEXT, THEME, class_colours

LIGHT, DARK = (255, 255, 255), (17, 17, 17)  # the backgrounds of JupyterLab's two themes
# How people without one kind of cone see linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
EYES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
# From sRGB's primaries to the white point's X, Y and Z, each of white being 1.
TRISTIMULUS = ((0.43394, 0.376217, 0.189843), (0.212673, 0.715152, 0.072175), (0.017757, 0.109467, 0.872776))


def linear(colour):
    return [(c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for c in (one / 255 for one in colour)]


def matmul(matrix, values):
    return [sum(weight * value for weight, value in zip(row, values, strict=True)) for row in matrix]


def lab(colour, eye=None):
    """CIELAB coordinates of a colour as an eye sees it: equal distances look about equally different."""
    seen = linear(rgb(colour)) if eye is None else [min(max(c, 0), 1) for c in matmul(EYES[eye], linear(rgb(colour)))]
    x, y, z = (c ** (1 / 3) if c > 216 / 24389 else (24389 / 27 * c + 16) / 116 for c in matmul(TRISTIMULUS, seen))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other, eye=None):
    return math.dist(lab(one, eye), lab(other, eye))


def luminance(colour):
    """Relative luminance as the web's accessibility guidelines define it."""
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def rgb(colour):
    if colour.startswith("#"):
        return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return tuple(map(int, re.findall(r"\d+", colour)[:3]))


def contrast(one, other):
    low, high = sorted(luminance(rgb(c) if isinstance(c, str) else c) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_guidelines_do():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_no_class_has_the_colour_of_a_force():
    forces = [colour for colour, _ in FORCES.values()]
    assert len({*CLASS_COLOURS, *forces}) == len(CLASS_COLOURS) + len(forces)
    for colour in CLASS_COLOURS:
        for force in ("pull", "push"):
            assert math.dist(rgb(colour), rgb(FORCES[force][0])) > 60


@pytest.mark.parametrize("colour", [*CLASS_COLOURS, GREY])
def test_labels_and_outlines_stand_out_from_their_marks(colour):
    assert contrast(OUTLINE, colour) >= 3


@pytest.mark.parametrize("colour", CLASS_COLOURS)
def test_digits_on_marks_are_read_with_tired_eyes(colour):
    assert contrast(TEXT, colour) >= 7


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_are_seven_to_one_and_lines_three_to_one_on_paper(theme):
    paper, tint = THEME["paper"][theme], THEME["tint"][theme]
    for name in ("ink", "soft", "accent"):
        assert contrast(THEME[name][theme], paper) >= 7
        assert contrast(THEME[name][theme], tint) >= 7
    for name in ("rule", "pull", "push", "shrink", "better", "worse"):
        assert contrast(THEME[name][theme], paper) >= 3


@pytest.mark.parametrize("background", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_and_arrows_stand_out_from_the_background(background):
    for colour in (*CLASS_COLOURS, GREY):
        assert max(contrast(OUTLINE, background), contrast(colour, background)) >= 3
    for colour, _ in FORCES.values():
        if colour != INK:
            assert contrast(colour, background) >= 3
    assert contrast(GREY, background) >= 3  # the labels of grey marks


def test_forces_differ_in_dash_too():
    dashes = [dash for force, (_, dash) in FORCES.items() if force != "net"]
    assert len({DASHES[dash] for dash in dashes}) == 3


@pytest.mark.parametrize("eye", EYES)
def test_each_kind_of_colour_blindness_confuses_the_colours_that_it_should_and_no_greys(eye):
    assert difference("#FFFFFF", "#000000", eye) == pytest.approx(100, abs=0.1)
    assert lab("#808080", eye) == pytest.approx(lab("#808080"), abs=0.1)
    one, other = {"tritanopia": ("#00A0A0", "#0090FF")}.get(eye, ("#C03030", "#507030"))
    assert difference(one, other) > 60
    assert difference(one, other, eye) < 30


@pytest.mark.parametrize("eye", EYES)
def test_colour_blind_people_can_tell_the_colours_apart(eye):
    forces = [FORCES[force][0] for force in ("pull", "push", "shrink")]
    assert min(difference(one, other, eye) for one, other in combinations(forces, 2)) > 30
    assert min(difference(one, other, eye) for one, other in combinations(CLASS_COLOURS, 2)) > 15
    assert min(difference(one, other, eye) for one, other in product(CLASS_COLOURS, forces[:2])) > 15


def test_of_many_classes_only_the_chosen_and_its_hardest_are_coloured():
    assert class_colours(5, 2, 0) == list(CLASS_COLOURS)
    many = class_colours(6, 2, 4)
    assert [many[2], many[4]] == list(CLASS_COLOURS[:2])
    assert [many[k] for k in (0, 1, 3, 5)] == [GREY] * 4
    assert class_colours(6, 2, None).count(GREY) == 5
