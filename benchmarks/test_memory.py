"""How much memory real data take: a file of a million rows, Recall@1 of sixty thousand, a cell that runs again.

Each is measured in a process of its own, as the growth of its largest resident size, which Linux alone tells so:
getrusage counts what the process that started it held.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

MIB = 2**20
PEAK = """
def peak():
    (line,) = [one for one in open("/proc/self/status") if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the largest resident size")


def growth(prepare: str, act: str) -> float:
    """By how many MiB an act raises the largest resident size of a fresh Python."""
    code = f"{PEAK}{prepare}\nbefore = peak()\n{act}\nprint(peak() - before)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("suffix", ["npy", "npz", "pt", "safetensors", "parquet"])
def test_a_million_rows_open_within_three_times_their_memory(tmp_path: Path, suffix: str) -> None:
    rows = numpy.random.default_rng(0).standard_normal((1_000_000, 128), dtype=numpy.float32)
    path, labels = tmp_path / f"rows.{suffix}", numpy.arange(len(rows)) // 20
    save(path, rows, labels)
    prepare = (
        "from npair_viz import explore, load\nfrom npair_viz.explorers import opening\n"
        "from npair_viz.explorers.cloud import explorer\nimport numpy\n"
        f"labels = numpy.arange({len(rows)}) // 20"
    )
    grown = growth(prepare, f"explore(load({str(path)!r}, labels))")
    print(f"\n.{suffix}: {grown:.0f} MiB, {grown * MIB / rows.nbytes:.2f} times the data")
    assert grown * MIB <= 3 * rows.nbytes


def save(path: Path, rows: numpy.ndarray, labels: numpy.ndarray) -> None:
    import pyarrow
    import torch
    from pyarrow import parquet
    from safetensors.numpy import save_file

    if path.suffix == ".npy":
        numpy.save(path, rows)
    elif path.suffix == ".npz":
        numpy.savez(path, embeddings=rows, labels=labels)
    elif path.suffix == ".pt":
        torch.save({"embeddings": torch.from_numpy(rows)}, path)
    elif path.suffix == ".parquet":
        column = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(rows.reshape(-1)), rows.shape[1])
        parquet.write_table(pyarrow.table({"embeddings": column}), path)
    else:
        save_file({"embeddings": rows}, path)


def test_recall_of_sixty_thousand_rows_stays_within_a_gigabyte() -> None:
    prepare = "import torch\nfrom npair_viz import recall_at_k\nrows = torch.randn(60_000, 64)"
    grown = growth(prepare, "recall_at_k(rows, torch.arange(60_000) // 20)")
    print(f"\nRecall@1 of 60,000 rows: {grown:.0f} MiB")
    assert grown <= 1024


CELL = """
from npair_viz import explore
import torch
rows, labels = torch.randn(50_000, 128), torch.arange(50_000) // 20
explore(rows, labels, row=3)
"""
SHELL = f"""
import contextlib, io
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.get_parent = lambda: {{"metadata": {{"cellId": "cell"}}}}

def resident():
    (line,) = [one for one in open("/proc/self/status") if one.startswith("VmRSS")]
    return int(line.split()[1]) / 1024

def run_cell():
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell({CELL!r}, store_history=True).raise_error()
    return resident()

print([run_cell() for _ in range(20)])
"""


def test_the_twentieth_run_of_a_cell_holds_hardly_more_than_the_third() -> None:
    said = subprocess.run([sys.executable, "-c", SHELL], capture_output=True, text=True, check=True).stdout
    held = json.loads(said)
    print(f"\nfirst run {held[0]:.0f} MiB, third {held[2]:.0f}, twentieth {held[-1]:.0f}")
    assert held[-1] <= 1.1 * held[2]
