"""How the page calls an act: in the sentence as Python does, and in present mode with what the picture shows, too."""

from itertools import combinations
from typing import Any

import pytest
import torch

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_data
from npair_viz.stage.acts import cause, moved, played
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.scene_states import first_state, page_state
from npair_viz.stage.state import State
from tests.support.node import answers

NEEDED = {"acts": "causeOf, toldAct", "reading": "readingOf", "state": "stateFrom"}
TOLD = """({ before, after, scenes }) => {
    const [one, other] = [before, after].map((state) => stateFrom(state, scenes));
    const { names } = readingOf(other);
    return [causeOf(one, other, names), toldAct(one, other, names)];
}"""


def told(draws: Draws, *acts: tuple[State, State]) -> list[list[Any]]:
    cases = [{"before": page_state(one, draws), "after": page_state(other, draws), "scenes": {}} for one, other in acts]
    return answers(cases, TOLD, NEEDED)


def words() -> Scene:
    rows = torch.randn(8, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    names = ("ant", "a class of a long name", "bee", "<cow>")
    return from_data(rows, [0, 1, 2, 3] * 2, class_names=names)


@pytest.mark.parametrize("scene", ["line-up", "yours"])
def test_the_sentence_calls_an_act_what_python_calls_it(scene: str) -> None:
    draws = Draws(words())
    start = first_state(scene, draws)
    labels = draws.base(start).classes
    one, *_, other = labels
    changes: list[dict[str, Any]] = [
        {"tao": 0.05},
        {"tao": 100, "objective": "ovo"},
        {"surface": "plane", "l2_reg": 0.02},
        {"surface": "plane", "normalize": True},
        {"same": [one, other]},
        {"same": labels[:3]},
        {"dtype": "bfloat16"},
        {"selected": 2, "point": "positive"},
        {"drawer": "shares", "landscape": True},
        {"tao": 0.3, "surface": "plane", "l2_reg": 1e-4, "objective": "ovo", "same": labels, "dtype": "float16"},
        {},
    ]
    states = [changed(start, draws, **change) for change in changes]
    states += [played(start, draws, 1), played(start, draws, 25), moved(start, draws, f"p{one}", 100)]
    acts = list(combinations(states, 2))
    for (before, after), (said, _) in zip(acts, told(draws, *acts), strict=True):
        assert said == cause(before, after, draws.base(after)), (before, after)


def test_present_mode_tells_whom_one_looks_at_and_what_was_moved() -> None:
    draws = Draws()
    start = first_state("line-up", draws)
    solid = first_state("globe", draws)
    acts = [
        (start, changed(start, draws, selected=1)),
        (start, changed(start, draws, point="positive")),
        (start, moved(start, draws, "p3", 100)),
        (start, moved(changed(start, draws, selected=3), draws, "a8", 7.26)),
        (start, changed(start, draws, tao=0.05)),
        (start, played(start, draws, 3)),
        (start, changed(start, draws, drawer="shares")),
        (solid, moved(solid, draws, "a3", (0.0, 0.6, 0.8))),
        (start, solid),
    ]
    assert [said for _, said in told(draws, *acts)] == [
        "anchor 3 → 8",
        "",
        "p3: 140.0 → 100.0",
        "anchor 3 → 1, a8: 20.0 → 7.3",
        "tao 0.50 → 0.05",
        "3 steps of descent",
        "",
        "a3: " + ", ".join(f"{round(x, 3):g}" for x in draws.rows(solid)[0].tolist()) + " → 0, 0.6, 0.8",
        "",
    ]
