"""Colours: contrast, and none that means two things."""

import math
import re

import pytest

from npair_viz.figures.style import CLASS_COLOURS, FORCES, GREY, INK, OUTLINE, class_colours

LIGHT, DARK = (255, 255, 255), (17, 17, 17)  # JupyterLab's two papers


def luminance(colour):
    """Relative luminance as the web's accessibility guidelines define it."""
    channels = [(c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for c in (one / 255 for one in colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


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


@pytest.mark.parametrize("paper", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_and_arrows_stand_out_from_the_paper(paper):
    for colour in (*CLASS_COLOURS, GREY):
        assert max(contrast(OUTLINE, paper), contrast(colour, paper)) >= 3
    for colour, _ in FORCES.values():
        if colour != INK:
            assert contrast(colour, paper) >= 3
    assert contrast(GREY, paper) >= 3  # the labels of faded marks


def test_forces_differ_in_dash_too():
    dashes = [dash for force, (_, dash) in FORCES.items() if force != "net"]
    assert len(set(dashes)) == 3


def test_many_classes_leave_colour_to_the_chosen_and_its_hardest():
    assert class_colours(5, 2, 0) == list(CLASS_COLOURS)
    many = class_colours(6, 2, 4)
    assert [many[2], many[4]] == list(CLASS_COLOURS[:2])
    assert [many[k] for k in (0, 1, 3, 5)] == [GREY] * 4
    assert class_colours(6, 2, None).count(GREY) == 5
