"""How long Python works on one act of a person, and how much it sends to the page for it: `make bench`.

An act arrives as a message of the page does, and everything that the stage sends back goes through Jupyter's own
serialisation, signature and binary buffers included, up to the socket. Time and size are medians over 240 acts. The
limits are the project's promise for two cores: 10 ms and 60 kB, and a benchmark that goes beyond fails. Measure on a
machine that does nothing else. Nothing is written unless pytest is told --benchmark-save or --benchmark-json.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain, cycle
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.wire import Wire
from npair_viz import explore
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.geometry.slider_values import L2_REGS, TAOS
from npair_viz.stage.bases import doubles
from npair_viz.stage.wire import settings_of

MOST_MS, MOST_KB = 10, 60
WARM_UP, ACTS = 20, 240
PAIRS = 16
RAW_PAIRS = 13  # beyond it the best shape of raw points in a plane is searched for, which has no limit in time

Act = Callable[[Explorer, float], None]


def hear(explorer: Explorer, points: object = "same", buffers: Sequence[bytes] = (), **changes: object) -> None:
    """One act of the only page."""
    stage, store = explorer.widget, explorer.widget.store
    act = {"kind": "act", "settings": {**settings_of(store.state), **changes}, "points": points}
    told = {"kind": "acts", "client": "one", "epoch": store.epoch, "seq": store.seq + 1, "saw": 0}
    stage._handle_custom_msg({**told, "acts": [act, {"kind": "end"}]}, list(buffers))


def slide_tao(explorer: Explorer, place: float) -> None:
    hear(explorer, tao=TAOS[50 + round(100 * place)])


def slide_l2_reg(explorer: Explorer, place: float) -> None:
    hear(explorer, l2_reg=L2_REGS[round(place * (len(L2_REGS) - 1))])


def drag_p3(explorer: Explorer, place: float) -> None:
    turn = 2 * math.pi * place
    hear(explorer, {"row": explorer.reading.n, "place": [math.cos(turn), math.sin(turn)]})


def move_p3(explorer: Explorer, place: float) -> None:
    explorer.move("p3", 360 * place)


def run_a_frame(explorer: Explorer, place: float) -> None:
    base = explorer.widget.store.bases.of(explorer.state)
    hear(explorer, {"buffer": 0}, [doubles(base.points * (1 + place))], steps=explorer.state.steps + 1)


def play_a_frame(explorer: Explorer, _: float) -> None:
    explorer.play(1)


def choose_an_anchor(explorer: Explorer, place: float) -> None:
    hear(explorer, selected=round(40 * place) % explorer.reading.n)


CIRCLE = {"scene": "circle", "n_classes": PAIRS}
PLANE = {"scene": "plane", "n_classes": RAW_PAIRS, "tao": 0.5}
CASES: dict[str, tuple[dict[str, object], Act]] = {
    "tao, 16 pairs on the circle": (CIRCLE, slide_tao),
    "tao, shares open": ({**CIRCLE, "drawer": "shares"}, slide_tao),
    "tao, loss over tao open": ({**CIRCLE, "drawer": "loss over tao"}, slide_tao),
    "tao, landscape open": ({**CIRCLE, "drawer": "landscape"}, slide_tao),
    "tao, settings open": ({**CIRCLE, "drawer": "settings"}, slide_tao),
    "tao, ovo": ({"scene": "line-up", "objective": "ovo"}, slide_tao),
    "tao, 64 pairs": ({"scene": "circle", "n_classes": 64}, slide_tao),
    "tao, pixels": ({"scene": "pixels"}, slide_tao),
    "tao, globe": ({"scene": "globe"}, slide_tao),
    "tao, 13 raw pairs": (PLANE, slide_tao),
    "tao, 13 raw pairs, landscape open": ({**PLANE, "drawer": "landscape"}, slide_tao),
    "tao, 13 raw pairs, phase map open": ({**PLANE, "drawer": "phase map"}, slide_tao),
    "l2_reg, 13 raw pairs": (PLANE, slide_l2_reg),
    "a point is dragged": (CIRCLE, drag_p3),
    "a point moves": (CIRCLE, move_p3),
    "a point moves, landscape open": ({**CIRCLE, "drawer": "landscape"}, move_p3),
    "a frame of a page's run": (CIRCLE, run_a_frame),
    "a frame of a page's run, pixels": ({"scene": "pixels"}, run_a_frame),
    "a frame of Play": (CIRCLE, play_a_frame),
    "a frame of Play, pixels": ({"scene": "pixels"}, play_a_frame),
    "a frame of Play, globe": ({"scene": "globe"}, play_a_frame),
    "another anchor": (CIRCLE, choose_an_anchor),
}


@pytest.mark.parametrize("name", CASES)
def test_an_act_is_quick_and_sends_little(
    name: str, wire: Wire, benchmark: BenchmarkFixture, record_property: Callable[[str, object], None]
) -> None:
    settings, act = CASES[name]
    explorer = explore(settings["scene"], **{key: value for key, value in settings.items() if key != "scene"})
    explorer.widget.store.welcome("one")
    there = [step / 40 for step in range(41)]
    places = cycle(chain(there, there[-2:0:-1]))

    def one() -> tuple[tuple[Explorer, float], dict[str, object]]:
        wire.sizes.append([])
        return (explorer, next(places)), {}

    benchmark.pedantic(act, setup=one, rounds=ACTS, warmup_rounds=WARM_UP)
    ms = 1e3 * benchmark.stats.stats.median
    sizes = wire.sizes[-ACTS:]
    kb = median(map(sum, sizes)) / 1e3
    measured = {"act": name, "ms": ms, "most ms": MOST_MS, "kB": kb, "most kB": MOST_KB}
    for key, value in {**measured, "messages": median(map(len, sizes))}.items():
        record_property(key, value)
    assert ms <= MOST_MS, f"Python took {ms:.1f} ms, more than {MOST_MS} ms"
    assert kb <= MOST_KB, f"{kb:.1f} kB went to the page, more than {MOST_KB} kB"
