"""Random walks through an explorer: whatever a person does, it shows what is computed afresh and never breaks."""

import contextlib
import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from npair_viz.explorers.pairs.controls import make_controls
from npair_viz.explorers.pairs.state import DRAWERS, DTYPES, VIEWS

from npair_viz import explore
from npair_viz.data.scenes import NAMES
from tests.support.expected_traces import assert_drawn

ODD = [-3, 0, 1e9, math.nan, math.inf, 1e-300, "", "x", None, True, 3.5, -1, 10**7, (1, 2), torch.tensor(0.3)]
# Five or more pairs on the sphere have to be searched for, and so has each place of their phase map.
SMALL = [name for name in NAMES if name != "sphere"]
PLACES = [
    "120",
    "-30°",
    "0.3, 0.8",
    "1; 2; 3",
    "9999, -1e4",
    "1e4, 0, 0",
    "0, 0",
    "1e-200, 0",
    "here",
    "",
    "nan",
    "7" * 400,
]
SETTINGS = {
    "scene": SMALL,
    "selected": [0, 1, 3, 9],
    "tao": [0.01, 0.013, 0.1, 0.5, 1, 7.7, 100],
    "l2_reg": [0, 1e-320, 1e-9, 1e-5, 0.02, 0.5, 3, 10],
    "normalize": [True, False],
    "objective": ["mc", "ovo"],
    "policy": ["first", "random", "hardest"],
    "n_classes": [1, 2, 3, 7, None],
    "seed": [0, 1, 10**6],
    "dtype": DTYPES,
    "same": [(), (3,), (3, 8), (0, 1)],
    "view": VIEWS,
    "drawer": ["", *(name for name in DRAWERS if name != "phase map")],
    "steps": [0, 5],
    "points": [None],
}


def tried(act, *arguments, **settings):
    """Do what may be refused in words."""
    with contextlib.suppress(ValueError, TypeError):
        act(*arguments, **settings)


def by_api(explorer, name, value):
    if name == "move":
        tried(explorer.move, *value)
    elif name == "play":
        tried(explorer.play, value)
    else:
        tried(explorer.set, **{name: value})


def by_hand(explorer, name, pick):
    """Touch a control as a browser would: with a value that it can send."""
    control = explorer.controls[name]
    if hasattr(control, "click"):
        control.click()
    elif name == "place":
        control.value = PLACES[pick % len(PLACES)]
    elif name == "same":
        values = [value for _, value in control.options]
        control.value = tuple(values[pick % len(values) :])
    elif name == "scene":
        control.value = SMALL[pick % len(SMALL)]
    elif hasattr(control, "options"):
        control.index = pick % len(control.options)
    elif isinstance(control.value, bool):
        control.value = bool(pick % 2) and name != "phase map"
    elif name == "n_classes":
        control.value = ("1", "2", "5")[pick % 3]
    else:
        typed = ("-1", "0", "1e-9", "0.02", "0,3", "10", "100", "1e9", "nan", "", "warm")
        control.value = typed[pick % 11] if "typed" in name else str(pick)


CONTROLS = sorted(make_controls())
BY_HAND = st.tuples(st.just("hand"), st.sampled_from(CONTROLS), st.integers(0, 40))
BY_API = st.one_of(
    *(
        st.tuples(st.just("api"), st.just(name), st.sampled_from(values) | st.sampled_from(ODD))
        for name, values in SETTINGS.items()
    ),
    st.tuples(
        st.just("api"),
        st.just("move"),
        st.tuples(
            st.sampled_from(["a3", "p3", "p8", "a0", "a9", None]),
            st.floats() | st.lists(st.floats(-1e5, 1e5) | st.floats(), max_size=4) | st.sampled_from(ODD),
        ),
    ),
    st.tuples(st.just("api"), st.just("play"), st.integers(-1, 12) | st.sampled_from([2.0, None, "x"])),
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    start=st.sampled_from(["line-up", "plane", "globe", "pixels", "one pair"]),
    acts=st.lists(BY_HAND | BY_API, max_size=12),
)
def test_no_walk_breaks_an_explorer(start, acts):
    explorer = explore(start)
    for how, name, value in acts:
        (by_hand if how == "hand" else by_api)(explorer, name, value)
        assert_drawn(explorer)
        assert explorer.sentence
        assert float(explorer.controls["typed tao"].value) == pytest.approx(explorer.state.tao)
        assert float(explorer.controls["typed l2_reg"].value) == pytest.approx(explorer.state.l2_reg)
    explorer.close()
