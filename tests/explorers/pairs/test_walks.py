"""Random walks through an explorer: whatever a person does, it shows what is computed afresh and never breaks."""

import contextlib
import math

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from traitlets import TraitError

from npair_viz import explore
from npair_viz.data.scenes import NAMES
from npair_viz.stage.state import DRAWERS, DTYPES, POINTS, SURFACES, VIEWS
from tests.support.page_of_pairs import assert_shown

ODD = [-3, 0, 1e9, math.nan, math.inf, 1e-300, "", "x", None, True, 3.5, -1, 10**7, (1, 2), torch.tensor(0.3)]
# Five or more pairs on the sphere have to be searched for.
SMALL = [name for name in NAMES if name != "sphere"]
SETTINGS = {
    "scene": SMALL,
    "selected": [0, 1, 3, 9],
    "point": POINTS,
    "tao": [0.01, 0.013, 0.1, 0.5, 1, 7.7, 100],
    "l2_reg": [0, 1e-320, 1e-9, 1e-5, 0.02, 0.5, 3, 10],
    "normalize": [True, False],
    "surface": SURFACES,
    "objective": ["mc", "ovo"],
    "policy": ["first", "random", "hardest"],
    "n_classes": [1, 2, 3, 7, None],
    "seed": [0, 1, 10**6],
    "dtype": DTYPES,
    "same": [(), (3,), (3, 8), (0, 1)],
    "view": VIEWS,
    "drawer": ["", "landscape", *DRAWERS],
    "landscape": [True, False],
    "steps": [0, 5],
    "points": [None],
}
TRAITS = ("tao", "l2_reg", "normalize", "objective", "surface", "selected", "landscape")


def do(explorer, how, name, value):
    """Do what may be refused in words."""
    with contextlib.suppress(ValueError, TypeError, TraitError):
        if how == "call":
            getattr(explorer, name)(*value)
        elif how == "trait":
            setattr(explorer.widget, name, value)
        else:
            explorer.set(**{name: value})


ACTS = st.one_of(
    *(
        st.tuples(st.just("set"), st.just(name), st.sampled_from(values) | st.sampled_from(ODD))
        for name, values in SETTINGS.items()
    ),
    *(
        st.tuples(st.just("trait"), st.just(name), st.sampled_from(SETTINGS[name]) | st.sampled_from(ODD[:-1]))
        for name in TRAITS
    ),
    st.tuples(
        st.just("call"),
        st.just("move"),
        st.tuples(
            st.sampled_from(["a3", "p3", "p8", "a0", "a9", None]),
            st.floats() | st.lists(st.floats(-1e5, 1e5) | st.floats(), max_size=4) | st.sampled_from(ODD),
        ),
    ),
    st.tuples(st.just("call"), st.just("play"), st.tuples(st.integers(-1, 12) | st.sampled_from([2.0, None, "x"]))),
    st.tuples(st.just("call"), st.sampled_from(["undo", "redo", "reset"]), st.just(())),
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    start=st.sampled_from(["line-up", "plane", "globe", "pixels", "one pair"]),
    acts=st.lists(ACTS, max_size=12),
)
def test_no_walk_breaks_an_explorer(start, acts):
    explorer = explore(start)
    for act in acts:
        do(explorer, *act)
        assert_shown(explorer)
        assert explorer.sentence
        assert explorer.to_svg().endswith("</svg>")
    explorer.close()
