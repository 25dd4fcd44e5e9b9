"""Lessons' notebooks, each run in a kernel of its own that publishes what a page shows."""

import os
from asyncio import Semaphore, gather
from collections.abc import Iterable
from pathlib import Path

from nbclient import NotebookClient
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[2]
LONGEST_CELL = 120  # seconds
AT_ONCE = min(4, os.cpu_count() or 1)  # kernels, of half a gigabyte each
FIRST = "%load_ext tools.course.published"


def run_all(notebooks: Iterable[NotebookNode], folder: Path) -> None:
    """Run all cells of notebooks in `folder` and put in what they show; a cell that fails raises.

    What is printed stays as a notebook has it, since times differ from run to run, and pages must not.
    """
    run_sync(_run_all)(notebooks, folder)


async def _run_all(notebooks: Iterable[NotebookNode], folder: Path) -> None:
    """Some at a time: half of the time goes into the start of torch."""
    free = Semaphore(AT_ONCE)

    async def run_when_free(notebook: NotebookNode) -> None:
        async with free:
            await _run(notebook, folder)

    await gather(*map(run_when_free, notebooks))


async def _run(notebook: NotebookNode, folder: Path) -> None:
    printed = {cell.id: [output for output in cell.outputs if _is_print(output)] for cell in _code(notebook)}
    notebook.cells.insert(0, new_code_cell(FIRST))  # type: ignore[no-untyped-call]  # nbformat has none
    client = NotebookClient(
        notebook,
        resources={"metadata": {"path": str(folder)}},
        timeout=LONGEST_CELL,
        startup_timeout=LONGEST_CELL,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # a warning of each kernel says that it is on TCP
        coalesce_streams=True,
    )
    paths = (str(ROOT), os.environ.get("PYTHONPATH"))
    await client.async_execute(env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)})
    del notebook.cells[0]
    for cell in _code(notebook):
        cell.outputs = [*(output for output in cell.outputs if not _is_print(output)), *printed[cell.id]]


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_print(output: NotebookNode) -> bool:
    return bool(output.output_type == "stream")
