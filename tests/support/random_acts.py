"""Random acts on an explorer of pairs: from a notebook, from linked widgets and from a page, with wrong values too."""

import math
from collections.abc import Sequence
from dataclasses import fields
from random import Random
from typing import Any

import numpy as np
import torch

from npair_viz.data.scenes import NAMES
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.stage.state import CHOICES, FIELDS, State
from npair_viz.stage.traits import SETTABLE
from tests.support.page_of_pairs import act

Act = tuple[str, str, Any]  # its kind, what it is about, and its value
KINDS = [*["set"] * 6, *["trait"] * 3, "two", "own", "state", "state", "open", "ask", "page", "page", "move", "move"]
KINDS += ["play", "undo", "undo", "redo", "redo", "reset"]
HUGE = 10**400  # no double holds it
PLAIN: list[Any] = [-3, -1, 0, 3.5, 1e9, 1e-300, 1e300, math.nan, math.inf, -math.inf, HUGE, True, None]
PLAIN += ["", "x", "0.1", "38", [], [3], [[3]], {}, {"a": 1}, [None, "x"], [math.nan]]  # what JSON can carry
SCALARS = [np.float64(1e9), np.float64(-1), np.float32(0.3), np.int64(2), np.bool_(True), np.array("mc"), np.array(0.4)]
ODD: list[Any] = [*PLAIN, b"x", 1j, (1, 2), range(3), *SCALARS]
ODD += map(np.array, ([1.0, 1.0], [1.0], ["mc", "ovo"], [3, 8]))
ODD += map(torch.tensor, (0.3, -1.0, 1e9, math.nan, True, 2, 1j, [1.0, 1.0], [3, 8]))
OF_TRAITS = [one for one in ODD if one is not HUGE and not getattr(one, "ndim", 0)]  # traitlets refuses those itself
VALID: dict[str, list[Any]] = {
    **{name: [*few] for name, few in CHOICES.items()},
    "scene": [*NAMES, "yours", "yours"],
    "l2_reg": [0, 1e-9, 1e-5, 0.02, 0.5, 3, 10],
    "n_classes": [1, 2, 3, 7, None, 64],
    "seed": [0, 1, 10**6],
    "steps": [0, 5],
    "same": [(), (3,), (3, 8), [0, 1]],
    "labels": [None],
}


class RandomActs:
    """Draws acts that fit the present state of an explorer, most of them right.

    Args:
        explorer: The explorer.
        seed: What they are drawn from.
    """

    def __init__(self, explorer: Explorer, seed: str) -> None:
        self.explorer, self.chance = explorer, Random(seed)

    def draw(self, kept: Sequence[dict[str, Any]]) -> Act:
        """The next act; `kept` are states that may be opened again."""
        pick, kind = self.chance.choice, self.chance.choice(KINDS)
        if kind in ("set", "ask"):
            name = pick(FIELDS)
            return kind, name, {name: self._value(name, PLAIN if kind == "ask" else ODD)}
        if kind == "two":
            names = self.chance.sample(FIELDS, 2)
            return "set", "|".join(names), {name: self._value(name, ODD) for name in names}
        if kind == "own":
            rows = self._rows()
            return "set", "points|labels", {"points": rows.tolist(), "labels": [pick(range(9)) for _ in rows[::2]] * 2}
        if kind == "trait":
            name = pick([name for name in SETTABLE if name != "state"])
            return kind, name, self._value(name, OF_TRAITS)
        if kind in ("state", "open"):
            return kind, *self._state(pick(kept))
        if kind == "page":
            return self._page()
        return kind, kind, self._arguments(kind)

    def _value(self, name: str, odd: list[Any]) -> Any:
        if self.chance.random() < 0.35:
            return self.chance.choice(odd)
        if name == "tao":
            return 10 ** self.chance.uniform(-2, 2)
        if name == "selected":
            return self.chance.randrange(self.explorer.reading.n + 2)
        return self._points() if name == "points" else self.chance.choice(VALID[name])

    def _rows(self) -> torch.Tensor:
        """All points a little elsewhere."""
        store = self.explorer.widget.store
        rows = store.draws.rows(store.state)
        return rows + torch.tensor([[self.chance.gauss(0, 0.3) for _ in row] for row in rows])

    def _points(self) -> Any:
        rows = self._rows()
        right = [None, rows, rows.numpy(), rows.tolist(), [*rows], [*rows.numpy()]]
        wrong = [rows[1:], rows[:, :0], rows * 1e9, rows * math.nan, rows * 1j, rows[0], [["x"]] * len(rows), [[HUGE]]]
        return self.chance.choice([*right, *right, *wrong])

    def _arguments(self, kind: str) -> tuple[Any, ...]:
        if kind == "play":
            return (self.chance.choice([0, 1, 2, 3, 5, 5, 7, 2.0, None, "x", -1, True, np.int64(2), torch.tensor(2)]),)
        if kind != "move":
            return ()
        classes, d = self.explorer.reading.scene.classes, self.explorer.reading.scene.dimension
        point = self.chance.choice([f"{side}{one}" for side in "ap" for one in classes])
        place = [self.chance.gauss(0, 1) for _ in range(d)]
        right = [place, place, torch.tensor(place), self.chance.uniform(-400, 400)]
        wrong = [self.chance.choice(ODD), 1e5, [0.0] * d, [*place, 1.0], [HUGE] * d, ["1"] * d, [None] * d]
        odd_point = self.chance.choice(["a", "p-1", None, 3, np.array(["a3", "p3"])])
        point = odd_point if self.chance.random() < 0.1 else point
        return point, self.chance.choice([*right, *right, *wrong])

    def _state(self, kept: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """A state that was kept, perhaps with a wrong value, and that value's name."""
        if self.chance.random() < 0.5:
            return "", kept
        name = self.chance.choice([field.name for field in fields(State)])
        return name, {**kept, name: self.chance.choice(PLAIN)}

    def _page(self) -> Act:
        """An act of a page, whole or in parts; where points stand in a buffer, it has the base's, all or some."""
        if self.chance.random() < 0.3:
            return "page", "", [{"kind": self.chance.choice(["undo", "redo", "reset"])}]
        store = self.explorer.widget.store
        name = self.chance.choice([name for name in FIELDS if name not in ("points", "labels")])
        rows = store.bases.of(store.state).points
        row = {"row": self.chance.randrange(len(rows)), "place": [self.chance.gauss(0, 1) for _ in rows[0]]}
        right = ["same", "same", "base", row, row, {"buffer": 0}]
        wrong = [None, 3, "x", {}, {"buffer": 1}, {"buffer": 2}, {**row, "row": -1}, {**row, "place": [HUGE]}]
        points = self.chance.choice([*right, *right, *wrong])
        changes = {} if self.chance.random() < 0.5 else {name: self._value(name, PLAIN)}
        one = act(store.state, points, **changes)
        if self.chance.random() < 0.5:
            return "page", name, [one]
        begun = act(store.state, tao=0.3 if store.state.tao != 0.3 else 0.4)
        return "page", name, [begun, {**one, "kind": "on"}, {"kind": "end"}]
