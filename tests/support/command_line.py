"""What `npair-viz` prints, and files to ask its doctor about."""

import subprocess
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pandas

from npair_viz.cli import main


def npair_viz(*arguments: str, code: int | None) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: a process of its own takes seconds to load torch; any code where it is None."""
    with redirect_stdout(StringIO()) as printed, redirect_stderr(StringIO()) as errors:
        try:
            ended = main(arguments)
        except SystemExit as stop:
            ended = stop.code
    assert code in (ended, None), errors.getvalue()
    return subprocess.CompletedProcess(arguments, ended, printed.getvalue(), errors.getvalue())


def batch_in(folder: Path) -> str:
    """A file of a healthy batch."""
    embeddings = np.eye(12).repeat(2, 0) + 0.1 * np.random.default_rng(0).standard_normal((24, 12))
    np.savez(folder / "batch.npz", embeddings=embeddings, labels=np.arange(12).repeat(2))
    return str(folder / "batch.npz")


def table_in(folder: Path) -> str:
    """A table whose labels are in a column `cluster`, and that has a column `weight` of no use."""
    rows = np.eye(12).repeat(2, 0) + 0.1 * np.random.default_rng(0).standard_normal((24, 12))
    frame = pandas.DataFrame(rows, columns=[f"x{i}" for i in range(12)])
    frame.assign(cluster=np.arange(12).repeat(2), weight=1e9).to_csv(folder / "table.csv", index=False)
    return str(folder / "table.csv")
