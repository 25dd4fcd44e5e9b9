"""Histories and acts between Python and the page: settings as JSON, points as tables of doubles."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from npair_viz.geometry.history import History
from npair_viz.stage.bases import Bases, from_doubles
from npair_viz.stage.changes import changed
from npair_viz.stage.state import SETTINGS, State

USUAL = {**{name: getattr(State(), name) for name in SETTINGS}, "same": []}
STRAYS = ("scene", "policy", "n_classes", "seed")  # of a state whose points are its own


def put_of(history: History[State], start: State, bases: Bases) -> dict[str, Any]:
    """A whole history for the page.

    `states` hold the settings that are not usual, the number of their base in `bases`, and that of their points in
    `tables` or None for the base's own; past, present, future, origin and start are numbers of states. Bases and tables
    have keys by which a page knows them again.
    """
    origin = () if history.origin is None else (history.origin,)
    states = {id(state): state for state in (*history.past, history.present, *history.future, *origin, start)}
    placed = [bases.placed(state) for state in states.values()]
    bases.keep(states.values())
    number = {one: k for k, one in enumerate(states)}
    all_bases = _numbered(base.sent for base, _ in placed)
    all_tables = _numbered(table for _, table in placed if table is not None)
    return {
        "past": [number[id(state)] for state in history.past],
        "present": number[id(history.present)],
        "future": [number[id(state)] for state in history.future],
        "origin": number[id(history.origin)] if origin else None,
        "start": number[id(start)],
        "states": [
            {
                **unusual(settings_of(state)),
                "base": all_bases[base.sent["key"]][0],
                "points": None if table is None else all_tables[table["key"]][0],
            }
            for state, (base, table) in zip(states.values(), placed, strict=True)
        ],
        "bases": [base for _, base in all_bases.values()],
        "tables": [table for _, table in all_tables.values()],
    }


def without_known(put: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """A put with nothing but the keys of the bases and tables that pages have."""
    shorter = {
        name: [{"key": one["key"]} if one["key"] in known else one for one in put[name]] for name in ("bases", "tables")
    }
    return {**put, **shorter}


def keys_of(put: dict[str, Any]) -> set[str]:
    """The keys of all bases and tables of a put."""
    return {one["key"] for name in ("bases", "tables") for one in put[name]}


def _numbered(all_of_them: Iterable[dict[str, Any]]) -> dict[str, tuple[int, dict[str, Any]]]:
    """By key, each once: its number and itself."""
    by_key = {one["key"]: one for one in all_of_them}
    return {key: (k, one) for k, (key, one) in enumerate(by_key.items())}


def settings_of(state: State) -> dict[str, Any]:
    """The settings of a state as JSON."""
    return {**{name: getattr(state, name) for name in SETTINGS}, "same": list(state.same)}


def unusual(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that differ from those of a new state."""
    return {name: value for name, value in settings.items() if value != USUAL[name]}


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
