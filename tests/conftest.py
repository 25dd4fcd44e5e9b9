"""What holds for every test: examples and random numbers are the same in each run. And an explorer that many share."""

import gc
import os
import sys
from typing import TYPE_CHECKING

# Threads that wait for each other spin: on a busy machine a second one doubles what a small test costs.
os.environ["OMP_NUM_THREADS"] = "1"  # torch, NumPy and scikit-learn look once, when they are imported

import pytest
import torch
from hypothesis import settings

if TYPE_CHECKING:
    from npair_viz.explorers.pairs.explorer import Explorer

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"  # Triton looks once, when it is imported, and torch.compile imports it too
# plotly imports nbformat, and that jsonschema, which would build a grammar for two seconds to check addresses.
sys.modules["rfc3987_syntax"] = None


def pytest_collection_finish() -> None:
    """Spare what is imported by now the search for garbage, which pytest repeats five times at its end."""
    gc.freeze()


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Start each test from the same state of torch's global generator."""
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def line_up() -> "Explorer":
    """One explorer for all that must leave it as it is."""
    from npair_viz import explore

    explorer = explore("line-up")
    explorer.set(tao=0.4)
    explorer.set(tao=0.3)
    explorer.undo()
    return explorer
