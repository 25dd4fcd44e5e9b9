"""Stills of plotly figures: each trace is drawn as what it is, in the colours of the page around it."""

import re
from xml.etree import ElementTree

import pytest
from plotly.graph_objects import Bar, Figure, Heatmap, Pie, Scatter

from npair_viz.geometry.look import SCALE_COLOURS, THEME
from tools.course.curves import drawn

X, Y = [1, 2, 4], [3, 1, 2]
LINE = r'<path d="M [^"]*" clip-path="[^"]*" style="fill: none; stroke: var\(--ink\)'


def still(*traces, **layout):
    return drawn(Figure(data=[*traces], layout=layout))


@pytest.mark.parametrize(("mode", "marks", "lines"), [("markers", 3, 0), ("lines", 0, 1), ("lines+markers", 3, 1)])
def test_marks_are_marks_and_lines_are_lines(mode, marks, lines):
    svg = still(Scatter(x=X, y=Y, mode=mode, showlegend=False), xaxis_range=[0, 5], yaxis_range=[0, 4])
    bare = still(Scatter(x=X, y=Y, mode="none"), xaxis_range=[0, 5], yaxis_range=[0, 4])
    assert svg.count("<use") - bare.count("<use") == marks
    assert len(re.findall(LINE, svg)) == lines


def test_a_dashed_line_is_dashed():
    assert "stroke-dasharray" not in still(Scatter(x=X, y=Y))
    assert "stroke-dasharray" in still(Scatter(x=X, y=Y, line_dash="dash"))


def test_what_is_filled_is_shaded():
    assert "fill-opacity: 0.2" in still(Scatter(x=X, y=Y, fill="tozeroy"))


def test_a_gap_in_a_line_stays_a_gap():
    (line,) = re.findall(LINE, still(Scatter(x=[1, 2, 3, 4, 5], y=[1, 2, None, 4, 5], mode="lines", showlegend=False)))
    assert line.count("M ") == 2


def test_names_and_axes_are_words():
    svg = still(Scatter(x=X, y=Y, name="a & b"), xaxis_title="pairs", yaxis_title="MiB")
    assert {"a & b", "pairs", "MiB"} <= {text.text for text in ElementTree.fromstring(svg).iter() if text.text}
    assert 'aria-label="MiB over pairs"' in svg


@pytest.mark.parametrize(("name", "columns"), [("short", 2), ("a name that needs a row of its own", 1)])
def test_a_long_name_has_a_row_of_its_own(name, columns):
    svg = still(*(Scatter(x=X, y=Y, name=f"{name} {k}") for k in range(2)))
    places = {place for place, word in re.findall(r' x="([\d.]+)"[^>]*>([^<]+)</text>', svg) if name in word}
    assert len(places) == columns


def test_a_figure_whose_axes_have_no_titles_is_called_by_its_lines():
    assert 'aria-label="a &amp; b, scatter"' in still(Scatter(x=X, y=Y, name="a & b"), Scatter(x=X, y=X))


def test_a_logarithmic_axis_has_powers_of_ten():
    words = re.findall(">([^<]+)</text>", still(Scatter(x=[1, 10, 1000], y=[0.5, 0.6, 0.7]), xaxis_type="log"))
    assert words[:4] == ["1", "10", "100", "1,000"]


def test_bars_are_drawn():
    assert len(re.findall(r'<path [^>]*style="fill: var\(--ink\)"', still(Bar(x=["a", "b"], y=[1, 2])))) == 2


def test_a_heat_map_has_the_colours_of_the_scale():
    svg = still(Heatmap(z=[[1, 2], [3, 4]]))
    assert SCALE_COLOURS[0].lower() in svg
    assert SCALE_COLOURS[-1].lower() in svg


def test_a_trace_that_is_not_drawn_here_is_refused_in_words():
    with pytest.raises(ValueError, match="a still has traces of scatter, scattergl, bar, heatmap, got 'pie'"):
        still(Pie(values=[1]))


def test_colours_are_the_themes_and_there_is_no_paper():
    svg = still(*(Scatter(x=X, y=[k, *Y[1:]], name=f"{k}") for k in range(8)))
    assert not [name for name, colour in THEME.items() if colour.light.lower() in svg]
    assert {"var(--ink)", "var(--pull)", "var(--push)"} <= set(re.findall(r"var\(--\w+\)", svg))
    assert "#ffffff" not in svg


def test_lines_differ_by_more_than_their_colour():
    svg = still(*(Scatter(x=X, y=[k, *Y[1:]], name=f"{k}") for k in range(8)))
    assert len(set(re.findall(r'<path id="[^"]*" d="([^"]*)"', svg))) >= 8


def test_a_still_changes_nothing_else_of_its_page():
    svg = still(Scatter(x=X, y=Y))
    assert "<style" not in svg
    assert set(re.findall(r' id="([^"]+)"', svg)) <= set(re.findall(r"#(\w+)", svg))


def test_drawing_twice_gives_identical_stills():
    assert still(Scatter(x=X, y=Y)) == still(Scatter(x=X, y=Y))
    assert "<metadata" not in still(Scatter(x=X, y=Y))  # it would hold the date
