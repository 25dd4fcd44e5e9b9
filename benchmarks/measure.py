"""All contenders of a table, side by side: one process each, in turns, in an order that changes every round."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import quantiles

from benchmarks.cells import Cell, Limits, Measured, foretell, refusal, repetitions
from benchmarks.contenders import MODES, Contender
from benchmarks.tables import Size, Table
from benchmarks.worker import First, Remote, Settings


@contextmanager
def processes(contenders: tuple[type[Contender], ...], settings: Settings) -> Iterator[dict[str, Remote]]:
    """One process a contender, by name, all of them ready; the contenders must be available."""
    remotes: dict[str, Remote] = {}
    try:
        for one in contenders:
            remotes[one.name] = Remote(one, settings)
        for remote in remotes.values():
            remote.ready()
        yield remotes
    finally:
        for remote in remotes.values():
            remote.stop()


@dataclass
class Race:
    """Contenders in their processes; `measured` is what each took in a mode, from which larger sizes are foretold."""

    table: Table
    remotes: dict[str, Remote]
    limits: Limits
    measured: dict[tuple[str, str], Measured] = field(default_factory=lambda: defaultdict(dict))
    order: random.Random = field(default_factory=lambda: random.Random(0))

    def cells(self) -> Iterator[Cell]:
        """Every cell of the table."""
        for size in self.table.sizes:
            for mode in MODES:
                yield from self.run(size, mode)

    def run(self, size: Size, mode: str) -> list[Cell]:
        """One size and mode of everyone who has that mode."""
        players = [one for one in self.table.contenders if mode in one.modes]
        firsts = {one.name: self._first(one, size, mode) for one in self._shuffled(players)}
        times = self._rounds({name: first for name, first in firsts.items() if isinstance(first, First)})
        cells = []
        for one in players:
            first, taken = firsts[one.name], times.get(one.name)
            cell = Cell(self.table.name, one.name, mode, self.table.labelled(size))
            if isinstance(first, First) and isinstance(taken, list):
                self.measured[one.name, mode][size] = min(taken), first.extra_mib or 0.0  # noise foretells nothing
                cells.append(filled(cell, taken, first))
            else:
                cells.append(replace(cell, not_run=taken or first))
        return cells

    def _first(self, one: type[Contender], size: Size, mode: str) -> First | str:
        """The first call, or why there is none."""
        seconds, gib = foretell(self.measured[one.name, mode], size, one.time, one.memory)
        reason = refusal(seconds, gib, self.limits, time.monotonic())
        return reason or self.remotes[one.name].start(mode, size)

    def _rounds(self, firsts: dict[str, First]) -> dict[str, list[float] | str]:
        """Seconds of each, one turn a round until it has its repetitions or time is over; or why there are none."""
        taken = {name: [first.seconds] if first.counts else [] for name, first in firsts.items()}
        failed: dict[str, str] = {}
        for turn in range(max((repetitions(first.seconds) for first in firsts.values()), default=0)):
            for name in self._shuffled(list(firsts)):
                over = time.monotonic() > self.limits.end and taken[name]
                if over or name in failed or turn >= repetitions(firsts[name].seconds) or firsts[name].counts:
                    continue
                seconds = self.remotes[name].repeat()
                if isinstance(seconds, str):
                    failed[name] = seconds
                else:
                    taken[name].append(seconds)
        return taken | failed

    def _shuffled(self, things: list) -> list:
        return self.order.sample(things, len(things))


def filled(cell: Cell, seconds: list[float], first: First) -> Cell:
    """The cell with its numbers."""
    low, middle, high = quantiles(seconds, method="inclusive") if len(seconds) > 1 else seconds * 3
    return replace(
        cell,
        ms=1e3 * middle,
        quartiles=(1e3 * low, 1e3 * high),
        repetitions=len(seconds),
        calls=first.calls,
        extra_mib=first.extra_mib,
        note=first.note,
    )
