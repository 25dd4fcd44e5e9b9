"""The benchmarks foretell by arithmetic, take turns, and record what was not run. Nothing is timed here."""

import json
import math
import sys
from dataclasses import replace

import pytest
import torch

from benchmarks import cells, chart, contenders, record, worker
from benchmarks.cells import Cell, Limits
from benchmarks.measure import Race, filled, processes
from benchmarks.tables import PAIRS, TABLES, Table
from benchmarks.worker import First, Settings

PRODUCTS = (contenders.WholeProducts, contenders.TiledProducts)
SETTINGS = Settings(threads=1, device="cpu", dtype="float32", gib=8)
NO_LIMITS = Limits(math.inf, math.inf)


# --- what a cell will take


def test_a_cell_is_foretold_from_the_nearest_measured_one_by_the_laws():
    measured = {(10, 8): (1.0, 100.0), (40, 8): (20.0, 512.0), (40, 1): (9.0, 7.0), (1_000, 8): (3.0, 3.0)}
    seconds, gib = cells.foretell(measured, (80, 16), lambda n, d: n * n * d, lambda n, d: n)
    assert (seconds, gib) == (20.0 * 4 * 2, 512.0 * 2 / 1024)


def test_nothing_is_foretold_of_the_first_size():
    assert cells.foretell({}, (64, 128), lambda n, d: n, lambda n, d: n) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("seconds", "gib", "now", "reason"),
    [
        (60, 8, 0, None),
        (95.2, 1, 0, "not run: predicted 95 s"),
        (1, 17.3, 0, "not run: predicted 17 GiB"),
        (1, 8.04, 0, "not run: predicted 8.0 GiB"),
        (1234.5, 70, 0, "not run: predicted 1,234 s and 70 GiB"),
        (31.4, 1, 70, "not run: predicted 31 s, more than was left of the table's time"),
        (0, 0, 100, "not run: the table's time was over"),
    ],
)
def test_a_cell_beyond_the_limits_says_what_was_predicted(seconds, gib, now, reason):
    assert cells.refusal(seconds, gib, Limits(60, 8, end=100), now) == reason


def test_short_cells_are_repeated_at_least_five_times_and_long_ones_are_not():
    assert [cells.repetitions(seconds) for seconds in (1e-5, 0.09, 0.1, 0.99, 1, 4.9, 5, 60)] == [
        11,
        11,
        5,
        5,
        3,
        3,
        1,
        1,
    ]
    assert cells.repetitions(worker.LONG) == 1


def test_a_cell_holds_the_median_and_the_quartiles_in_milliseconds():
    cell = filled(
        Cell("pairs", "one", "forward", {"n": 1}), [0.004, 0.001, 0.002, 0.005, 0.003], First(1, 7.5, 16, False, "x")
    )
    assert (cell.ms, cell.quartiles) == (3.0, (2.0, 4.0))
    assert (cell.repetitions, cell.calls, cell.extra_mib, cell.note) == (5, 16, 7.5, "x")
    assert filled(cell, [2.0], First(2.0, None, 1, True, "")).quartiles == (2_000.0, 2_000.0)


# --- processes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_memory_of_a_call_is_what_it_held_at_once():
    torch.ones(128 * 2**18)
    before = worker.memory_before("cpu")
    for _ in range(3):
        torch.ones(64 * 2**18)  # 64 MiB
    torch.ones(32 * 2**18)
    assert worker.memory_since(before, "cpu") == pytest.approx(64, abs=4)


def test_two_processes_in_turns_fill_every_cell_or_say_why_not():
    table = Table("pairs", ("n", "d"), ((8, 4), (16, 4)), (contenders.Ours, contenders.GatheredNegatives))
    with processes(table.contenders, SETTINGS) as remotes:
        found = list(Race(table, remotes, replace(NO_LIMITS, seconds=1e-12)).cells())
    assert [(cell.size["n"], cell.mode, cell.contender) for cell in found] == [
        (n, mode, one.name) for n, _ in table.sizes for mode in contenders.MODES for one in table.contenders
    ]
    small, large = found[:4], found[4:]
    assert all(cell.ms > 0 and cell.repetitions >= 5 and cell.calls >= 1 and cell.not_run is None for cell in small)
    assert {cell.note for cell in small if cell.contender == "npair_viz"} == {"dense"}
    assert all(cell.ms is None and cell.not_run == "not run: predicted 0.0 s" for cell in large)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its limit")
def test_a_call_over_the_limit_and_a_process_that_died_are_cells_that_say_so():
    remote = worker.Remote(contenders.GatheredNegatives, replace(SETTINGS, gib=0.1))
    remote.ready()
    assert remote.start("forward", (1_024, 128)) == "not run: went over 0.1 GiB"
    assert isinstance(remote.start("forward", (16, 4)), First)
    remote.process.kill()
    remote.process.join()
    assert remote.start("forward", (16, 4)) == remote.repeat() == "not run: its process ended with status -9"
    remote.stop()


# --- turns, with players who say what they are told to


class Player:
    """In place of a process: its calls take `seconds`, and its answers after the first are listed."""

    def __init__(self, name, diary, seconds=0.01, counts=False, answers=()):
        self.name, self.diary, self.answers = name, diary, list(answers)
        self.first = First(seconds, 2.0, 1, counts, "")

    def start(self, mode, size):
        return self.first

    def repeat(self):
        self.diary.append(self.name)
        return self.answers.pop(0) if self.answers else self.first.seconds


OURS, THEIRS, BARE = (one.name for one in (contenders.Ours, contenders.CrossEntropy, contenders.WholeProducts))


def race(players, limits=NO_LIMITS):
    kinds = tuple(one for one in PAIRS.contenders if one.name in players)
    return Race(replace(PAIRS, contenders=kinds), players, limits)


def test_everyone_has_one_turn_a_round_in_an_order_that_changes():
    diary = []
    race({name: Player(name, diary) for name in (OURS, THEIRS, BARE)}).run((64, 128), "forward")
    rounds = [tuple(diary[i : i + 3]) for i in range(0, len(diary), 3)]
    assert len(rounds) == cells.repetitions(0.01)
    assert all(set(names) == {OURS, THEIRS, BARE} for names in rounds)
    assert len(set(rounds)) > 1


def test_a_long_first_call_is_the_measurement_and_others_have_turns_of_their_own():
    diary = []
    players = {OURS: Player(OURS, diary, 2.0), THEIRS: Player(THEIRS, diary, 7.0, counts=True)}
    ours, theirs = race(players).run((64, 128), "forward")
    assert diary == [OURS] * 3
    assert (theirs.ms, theirs.repetitions, ours.repetitions) == (7_000.0, 1, 3)


def test_who_fails_between_two_turns_has_no_number_and_the_others_go_on():
    diary = []
    players = {OURS: Player(OURS, diary, answers=[0.01, "not run: it ended"]), THEIRS: Player(THEIRS, diary)}
    ours, theirs = race(players).run((64, 128), "forward")
    assert (ours.not_run, ours.ms) == ("not run: it ended", None)
    assert theirs.repetitions == 11
    assert diary.count(OURS) == 2


def test_when_the_time_is_over_everyone_still_has_one_repetition(monkeypatch):
    diary = []
    monkeypatch.setattr("benchmarks.measure.time.monotonic", lambda: len(diary))
    found = race({name: Player(name, diary) for name in (OURS, THEIRS)}, replace(NO_LIMITS, end=0.5)).run(
        (64, 128), "forward"
    )
    assert [cell.repetitions for cell in found] == [1, 1]


def test_sizes_are_foretold_from_the_fastest_repetition():
    players = {OURS: Player(OURS, [], answers=[0.01, *[0.5] * 10])}
    running = race(players, replace(NO_LIMITS, seconds=1.0))
    found = [running.run((n, 128), "forward")[0] for n in (64, 128, 1_300)]
    assert [cell.not_run for cell in found] == [None, None, "not run: predicted 1.0 s"]


# --- the record and its chart


LEFT_OUT = PRODUCTS[0], PAIRS.sizes[-1]


def cell_of(table, contender, mode, size, ms):
    size = table.labelled(size)
    if ms is None:
        return Cell(table.name, contender.name, mode, size, not_run="not run: predicted 95 s")
    return Cell(table.name, contender.name, mode, size, ms, (ms - 1, ms + 2), 11, 4, ms / 2, "dense")


@pytest.fixture
def full() -> record.Record:
    """Numbers for everyone at every size, but for the bare whole products at n = 65,536."""
    found = [
        cell_of(table, one, mode, size, None if (one, size) == LEFT_OUT else 5.0 + size[0])
        for table in TABLES
        for size in table.sizes
        for one in table.contenders
        for mode in one.modes
    ]
    settings = {**vars(SETTINGS), "seconds": 60, "minutes": 15}
    absent = {"Inf-CL": "not run: no CUDA device"}
    return record.Record(record.now(), record.machine(), record.versions(), record.commit(), settings, absent, found)


def test_a_record_survives_the_way_through_json(full):
    assert record.Record.from_json(full.to_json()) == full


def test_the_json_says_on_what_machine_with_what_versions_and_what_was_not_run(full):
    content = json.loads(full.to_json())
    assert {"date", "machine", "versions", "commit", "settings", "absent", "cells"} == set(content)
    assert {"cpu", "cores", "ram_gib", "system", "gpu"} == set(content["machine"])
    assert content["versions"]["torch"] == torch.__version__
    assert content["absent"] == {"Inf-CL": "not run: no CUDA device"}
    assert all((cell["ms"] is None) == (cell["not_run"] is not None) for cell in content["cells"])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_machine_without_a_gpu_says_that_none_has_run(full):
    assert full.machine["gpu"] == "not run: no CUDA device"


def test_the_chart_shows_every_number_and_no_other(full):
    figure, shown = chart.chart(full), chart.panels(full)
    drawn = {}
    for place, panel in enumerate(shown):
        for trace in figure.select_traces(row=place // 2 + 1, col=place % 2 + 1):
            drawn[panel, trace.name] = dict(zip(trace.x, trace.y, strict=True))
    (time, memory) = (
        next(one for one in shown if (one.mode, one.axis, one.value) == ("forward", "n", value))
        for value in ("ms", "extra_mib")
    )
    ns = [n for n, d in PAIRS.sizes if d == 128]
    assert {name for panel, name in drawn if panel == time} == {one.name for one in PAIRS.contenders}
    assert drawn[time, "npair_viz"] == {n: 5.0 + n for n in ns}
    assert drawn[memory, "npair_viz"] == {n: (5.0 + n) / 2 for n in ns}
    assert drawn[time, "bare products, whole"] == {n: 5.0 + n for n in ns[:-1]}
    assert {name for _, name in drawn} == {one.name for table in TABLES for one in table.contenders}
    assert len(shown) == 12


def test_the_ratio_is_taken_to_the_faster_of_the_bare_products():
    kinds = (contenders.Ours, *PRODUCTS)
    found = [cell_of(PAIRS, one, "forward", (64, 128), ms) for one, ms in zip(kinds, (12.0, 4.0, 8.0), strict=True)]
    small = record.Record("", {}, {}, "", {}, {}, found)
    (panel,) = (one for one in chart.panels(small) if one.value == "times")
    assert [panel.number(cell, {("forward", (64, 128)): 4.0}) for cell in found] == [3.0, 1.0, 2.0]
    assert chart._floors(small) == {("forward", (64, 128)): 4.0}


def test_every_axis_of_the_chart_is_named_and_logarithmic(full):
    figure = chart.chart(full)
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    assert len(axes) == 2 * len(chart.panels(full))
    assert {axis.title.text for axis in axes} == {*chart.AXES.values(), *chart.VALUES.values()}
    assert {axis.type for axis in axes} == {"log"}


def test_the_chart_names_who_was_absent_and_is_written_as_a_page(full, tmp_path):
    assert "Inf-CL: not run: no CUDA device" in chart.chart(full).layout.title.text
    chart.write(full, tmp_path / "x.html")
    assert "npair_viz" in (tmp_path / "x.html").read_text(encoding="utf-8")
