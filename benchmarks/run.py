"""Measure the loss beside whoever else computes it: `make bench`, or `python -m benchmarks.run --help`."""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks import chart, record
from benchmarks.cells import Cell, Limits
from benchmarks.measure import Race, processes
from benchmarks.tables import QUICK, TABLES, Table
from benchmarks.worker import Settings

RESULTS = Path(__file__).parent / "results"


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    names = [table.name for table in TABLES]
    parser.add_argument("--quick", action="store_true", help="n up to 4,096, within two minutes")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help=f"these alone: {', '.join(names)}, or contenders by name"
    )
    parser.add_argument("--output", type=Path, help="where the JSON goes, and the chart beside it as .html")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--dtype", choices=("float32", "bfloat16", "float16", "float64"), default="float32")
    parser.add_argument("--seconds", type=float, help="the most that one cell may take (default 60; quick: 5)")
    parser.add_argument("--gib", type=float, help="the most memory that one cell may take (default 8; quick: 2)")
    parser.add_argument("--minutes", type=float, help="what the whole run may take (default 15; quick: 2)")
    asked = parser.parse_args()
    for name, usual, quick in (("seconds", 60, 5), ("gib", 8, 2), ("minutes", 15, 2)):
        if getattr(asked, name) is None:
            setattr(asked, name, quick if asked.quick else usual)
    known = {*names, *(one.name for table in TABLES for one in table.contenders)}
    if unknown := [name for name in asked.only if name not in known]:
        parser.error(f"--only takes {', '.join(sorted(known))}, got {', '.join(unknown)}")
    if asked.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda needs a CUDA device, and torch sees none")
    return asked


def chosen(tables: tuple[Table, ...], only: list[str]) -> list[Table]:
    """The tables, or the contenders among them, that `only` names; all of them where it names none."""
    found = [table for table in tables if table.name in only]
    if set(only) <= {table.name for table in tables}:
        return found or list(tables)
    among = found or tables
    some = [replace(table, contenders=tuple(one for one in table.contenders if one.name in only)) for table in among]
    return [table for table in some if table.contenders]


def present(table: Table, device: str, dtype: torch.dtype) -> tuple[Table, dict[str, str]]:
    """The table with the contenders that can take part here, and why the others can't."""
    reasons = {one.name: one().available(device, dtype) for one in table.contenders}
    there = tuple(one for one in table.contenders if reasons[one.name] is None)
    return replace(table, contenders=there), {name: f"not run: {why}" for name, why in reasons.items() if why}


def main() -> None:
    """Measure, write the record, draw it."""
    asked = arguments()
    asked.gib = min(asked.gib, round(0.8 * record.ram_bytes() / 2**30, 1))
    tables, absent = [], {}
    for table in chosen(QUICK if asked.quick else TABLES, asked.only):
        table, reasons = present(table, asked.device, getattr(torch, asked.dtype))
        tables.append(table)
        absent |= reasons
    head = record.head_of({key: one for key, one in vars(asked).items() if key != "output"})
    found = record.Record(**head, absent=absent, cells=run(tables, asked))
    output = asked.output or RESULTS / f"{found.date[:19].replace(':', '')}-{asked.device}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(found.to_json(), encoding="utf-8")
    chart.write(found, output.with_suffix(".html"))
    print(f"{output} and {output.with_suffix('.html').name}")


def run(tables: list[Table], asked: argparse.Namespace) -> list[Cell]:
    """All cells of the tables, with a bar that shows how many are done."""
    from tqdm import tqdm  # of the extra [bench]: what only imports this file does without

    settings = Settings(asked.threads, asked.device, asked.dtype, asked.gib)
    end, cells = time.monotonic() + 60 * asked.minutes, []
    total = sum(len(table.sizes) * len(one.modes) for table in tables for one in table.contenders)
    with tqdm(total=total, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} cells, {elapsed}") as bar:
        for place, table in enumerate(tables):
            bar.set_description(table.name)
            share = table.share / sum(one.share for one in tables[place:])  # what a table leaves, the next ones have
            with processes(table.contenders, settings) as remotes:
                now = time.monotonic()
                for cell in Race(table, remotes, Limits(asked.seconds, asked.gib, now + share * (end - now))).cells():
                    cells.append(cell)
                    bar.update()
    return cells


if __name__ == "__main__":
    main()
