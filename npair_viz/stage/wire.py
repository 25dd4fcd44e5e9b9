"""Histories and acts between Python and the page: settings as JSON, points as tables of doubles."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from npair_viz.geometry.history import History
from npair_viz.stage.bases import Base, Bases, doubles, from_doubles
from npair_viz.stage.changes import changed
from npair_viz.stage.state import SETTINGS, State

STRAYS = ("scene", "policy", "n_classes", "seed")  # of a state whose points are its own


def put_of(history: History[State], start: State, bases: Bases) -> dict[str, Any]:
    """A whole history for the page.

    `states` hold the settings, the number of their base in `bases`, and that of their points in `tables` or None for
    the base's own; past, present, future, origin and start are numbers of states. Tables, those of bases too, have keys
    by which a page knows them again.
    """
    put = _Put(bases)
    return {
        "past": [put.number(state) for state in history.past],
        "present": put.number(history.present),
        "future": [put.number(state) for state in history.future],
        "origin": None if history.origin is None else put.number(history.origin),
        "start": put.number(start),
        "states": put.states,
        "bases": [_table_of(base, doubles(base.points)) for base in put.bases],
        "tables": put.tables,
    }


def without_known(put: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """A put without the tables that pages have: their points are None."""
    shorter = {
        name: [{**one, "points": None} if one["key"] in known else one for one in put[name]]
        for name in ("bases", "tables")
    }
    return {**put, **shorter}


def keys_of(put: dict[str, Any]) -> set[str]:
    """The keys of all tables of a put."""
    return {one["key"] for name in ("bases", "tables") for one in put[name]}


def _table_of(base: Base, points: bytes) -> dict[str, Any]:
    facts = base.facts()
    return {**facts, **_keyed(points, facts["width"], facts["isSpan"])}


def _keyed(points: bytes, width: int, is_span: bool) -> dict[str, Any]:
    return {"key": f"{width} {is_span} {blake2b(points, digest_size=12).hexdigest()}", "points": points}


class _Put:
    """Numbers states, bases and tables, each once."""

    def __init__(self, bases: Bases) -> None:
        self._all = bases
        self.states: list[dict[str, Any]] = []
        self.bases: list[Base] = []
        self.tables: list[dict[str, Any]] = []
        self._states: dict[State, int] = {}
        self._bases: dict[Any, int] = {}
        self._tables: dict[Any, int] = {}

    def number(self, state: State) -> int:
        """The number of a state."""
        if state not in self._states:
            self._states[state] = len(self.states)
            base = self._base(state)
            points = None if state.points is None else self._table(state, base)
            self.states.append({**settings_of(state), "base": base, "points": points})
        return self._states[state]

    def _base(self, state: State) -> int:
        base = self._all.of(state)
        if id(base) not in self._bases:
            self._bases[id(base)] = len(self.bases)
            self.bases.append(base)
        return self._bases[id(base)]

    def _table(self, state: State, base: int) -> int:
        key = (base, state.points)
        if key not in self._tables:
            self._tables[key] = len(self.tables)
            inside = self.bases[base].inside(self._all.rows(state))
            self.tables.append(_keyed(doubles(inside), inside.shape[1], self.bases[base].span is not None))
        return self._tables[key]


def settings_of(state: State) -> dict[str, Any]:
    """The settings of a state as JSON."""
    return {**{name: getattr(state, name) for name in SETTINGS}, "same": list(state.same)}


def state_after(state: State, bases: Bases, act: Mapping[str, Any], buffers: Sequence[Any]) -> State:
    """The state that an act of the page leads to from `state`.

    Args:
        state: Where Python stands.
        bases: Those of the states.
        act: {"settings": all settings, "points": "same", "base", {"row": number, "place": coordinates} or
            {"buffer": number}}.
        buffers: Tables of doubles.

    Errors: ValueError, TypeError or KeyError for what no page would send.
    """
    settings, points, draws = dict(act["settings"]), act["points"], bases.draws
    stays = all(settings[name] == getattr(state, name) for name in STRAYS)
    labels = state.labels if stays else None
    if points == "base":
        rows: Any = None
    elif points == "same":
        rows = state.points if stays else None
    elif "row" in points:
        rows = draws.rows(state).tolist()
        if points["row"] < 0:
            raise IndexError(f"a row must be from 0 to {len(rows) - 1}, got {points['row']}")
        rows[points["row"]] = points["place"]
    else:
        base = bases.of(state)
        table = from_doubles(bytes(buffers[points["buffer"]]), base.points.shape[1])
        rows = base.outside(table).tolist()
    return changed(state, draws, **settings, points=rows, labels=labels)
