"""Random acts on explorers of pairs, wrong ones included: each is done whole, or refused in words and changes nothing.

Each run has a seed, and a failure lists its acts.
"""

import itertools
import json
import math
import re
import time
import warnings
from functools import cache
from typing import Any

import pytest
import torch
from traitlets import TraitError

from npair_viz import NPairWarning, explore, npair_loss
from npair_viz.data import scenes
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.geometry import reading
from npair_viz.stage.bases import doubles
from npair_viz.stage.saved import lean
from npair_viz.stage.state import CHOOSES_POINTS, State, seen_from
from npair_viz.stage.traits import SETTABLE
from tests.support.explorer_handles import history_of
from tests.support.page_of_pairs import assert_shown, message
from tests.support.random_acts import RandomActs

pytestmark = pytest.mark.slow  # 60 s: two thousand acts

ACTS, WALK = 145, 48  # of each run; the whole history is walked after so many
CHANCE = torch.Generator().manual_seed(5)
NAMED = scenes.from_data(torch.randn(6, 17, generator=CHANCE), [0, 1, 2] * 2, class_names=("cat", "dog", "eel"))
RAW = {"normalize": False, "l2_reg": 0.02}
OPENINGS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "line-up": (("line-up",), {}),
    "raw line": ((torch.randn(10, 1, generator=CHANCE), [*range(5)] * 2), RAW),
    "raw space": ((torch.randn(12, 3, generator=CHANCE), [*range(6)] * 2), RAW),
    "named classes": ((NAMED,), {}),
    "one pair": (("one pair",), {}),
    "own pairs": ((), {side: torch.randn(3, 4, generator=CHANCE) for side in ("anchors", "positives")}),
    "pixels": (("pixels",), {}),
}
# What a refusal speaks of where it isn't the setting's name; other points can leave a scene that no longer has a name.
RULES = {name: f"{name}|scene" for name in CHOOSES_POINTS}
RULES |= {"points": "point|place", "labels": "label|point|scene", "move": "point|place", "play": "steps|place"}


class Run:
    """An explorer, and the states that undo and redo must lead to, kept beside its own history."""

    def __init__(self, opening: str, seed: int) -> None:
        self.args, self.settings = OPENINGS[opening]
        self.explorer: Explorer = explore(*self.args, **self.settings)
        self.acts = RandomActs(self.explorer, f"{opening} {seed}")
        self.start = self.explorer.state
        self.past: list[State] = []
        self.future: list[State] = []
        self.kept = [self.explorer.widget.now()]
        self.numbers = itertools.count(1)  # of messages

    def refusal(self, kind: str, name: str, value: Any) -> str | None:
        """Do an act; why it is refused, or None."""
        explorer, stage = self.explorer, self.explorer.widget
        try:
            if kind == "set":
                explorer.set(**value)
            elif kind in ("trait", "state"):
                setattr(stage, "state" if kind == "state" else name, value)
            elif kind == "open":
                self.opened(value).close()
            elif kind == "ask":
                stage.trouble = ""
                stage._hear(None, {"kind": "ask", "client": "one", "changes": value}, [])
                return stage.trouble or None
            elif kind == "page":
                rows = doubles(stage.store.bases.of(stage.store.state).points)
                told = message(stage.store, value, seq=next(self.numbers), saw=stage.store.seq)
                return None if stage.store.hear(told, [rows, rows[:-5]]) else name  # a page is told no words
            else:
                getattr(explorer, kind)(*value)
        except (ValueError, TypeError, TraitError) as error:
            return str(error)
        return None

    def opened(self, kept: dict[str, Any]) -> Explorer:
        """Another explorer at a kept state: of the same data, unless it has points of its own."""
        if kept.get("labels") is not None:
            return explore(**kept)
        return explore(*self.args, **{**self.settings, **{name: one for name, one in kept.items() if name != "labels"}})

    def do(self, kind: str, name: str, value: Any) -> None:
        """Do an act, and check all that must hold after it."""
        before, held = self.explorer.state, everything(self.explorer)
        why = self.refusal(kind, name, value)
        if why is not None or kind == "open":
            assert everything(self.explorer) == held, f"it has changed something: {why}"
        if why is None:
            self.follow(value[-1]["kind"] if kind == "page" else kind, before)
            if kind == "set" and isinstance(value.get(name), int | float | str):
                assert getattr(self.explorer.state, name) == value[name] or value[name] == "landscape"
        elif name:
            words = "|".join(RULES.get(one, one) for one in name.split("|"))
            assert re.search(words, why), f"no word of {words}: {why}"
        assert_sound(self.explorer)
        if self.explorer.state != before:
            self.kept = [*self.kept[-5:], json.loads(json.dumps(self.explorer.widget.state))]
            self.assert_kept()

    def follow(self, kind: str, before: State) -> None:
        """Do in the own record of states what an act does to a history, and compare."""
        after = self.explorer.state
        if kind in ("undo", "redo"):
            here, there = (self.past, self.future) if kind == "undo" else (self.future, self.past)
            assert after == (seen_from(here[-1], before) if here else before)
            if here:
                here.pop()
                there.append(before)
        elif kind == "reset":
            assert after == seen_from(self.start, before)
        if kind not in ("undo", "redo") and seen_from(after, before) != before:
            self.past.append(before)
            self.future.clear()
        if kind == "end":  # of an act in parts
            self.future.clear()
        told = history_of(self.explorer)
        assert (len(told.past), len(told.future)) == (len(self.past), len(self.future))

    def assert_kept(self) -> None:
        """The state as text opens the same state."""
        text = self.explorer.state.to_json()
        assert json.loads(text) == json.loads(text, parse_int=float)  # a page knows no other numbers
        other, draws = self.opened(json.loads(text)), self.explorer.widget.store.draws
        assert lean(other.state, draws) == lean(self.explorer.state, draws)
        assert other.reading.loss == self.explorer.reading.loss
        other.close()

    def walk(self) -> None:
        """Undo and redo everything, and once more: each state is again what it was."""
        for kind, count in (("undo", len(self.past)), ("redo", len(self.past) + len(self.future))):
            for _ in range(count + 1):
                before = self.explorer.state
                getattr(self.explorer, kind)()
                self.follow(kind, before)
        assert_sound(self.explorer)


def everything(explorer: Explorer) -> tuple[Any, ...]:
    """What a refused act leaves alone."""
    return history_of(explorer), {name: getattr(explorer.widget, name) for name in SETTABLE}


def assert_sound(explorer: Explorer) -> None:
    """The loss is what npair_loss says of the points that are shown, and every number is finite where it can be."""
    assert_shown(explorer)
    state, shown = explorer.state, explorer.reading
    sides = [shown.scene.anchors.double(), shown.scene.positives.double()]
    if state.normalize:
        sides = [torch.nn.functional.normalize(side, eps=1e-30) for side in sides]
    labels = torch.tensor([state.same[0] if one in state.same else one for one in shown.scene.classes])
    with warnings.catch_warnings(category=NPairWarning, action="ignore"):  # one class for all is an act, too
        loss = npair_loss(*sides, tao=state.tao, l2_reg=state.l2_reg, objective=state.objective, labels=labels).item()
    assert abs(shown.loss - loss) <= (1e-9 if state.dtype == "float64" else 2e-2) * max(1, abs(loss))
    tensors = [one for one in (*vars(shown).values(), *vars(shown.forces).values()) if isinstance(one, torch.Tensor)]
    assert all(one.isfinite().all() for one in tensors)
    if shown.ruler is not None:
        assert math.isfinite(shown.ruler.floor + shown.ruler.chance)
    if shown.phase is not None:  # nothing holds lengths at l2_reg = 0, and a bound has none
        assert math.isfinite(shown.phase.optimal_loss)
        assert math.isfinite(shown.phase.optimal_norm) or state.l2_reg == 0 or shown.phase.is_bound
    assert not re.search(r"^$|\bnan\b|\binf\b", explorer.sentence)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_random_act_is_done_whole_or_refused_in_words(
    opening: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(0, 10)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))  # no two acts are one
    monkeypatch.setattr(reading, "SEARCHED_DIMENSIONS", 0)  # a search takes seconds
    monkeypatch.setitem(scenes.FIXED, "pixels", cache(scenes.digits))  # to read the file takes a third of the time
    run, acts = Run(opening, seed), []
    for number in range(1, ACTS + 1):
        acts.append(run.acts.draw(run.kept))
        try:
            run.do(*acts[-1])
            if number % WALK == 0:
                run.walk()
        except Exception as error:
            told = "\n".join(f"{one!r:.400}" for one in acts)
            raise AssertionError(f"{opening}, seed {seed}, act {number}: {error!r}\n{told}") from error
    run.explorer.close()
    with pytest.raises(ValueError, match="closed explorer"):
        run.explorer.set(tao=0.123)
