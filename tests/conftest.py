"""What holds for every test: examples and random numbers are the same in each run. And an explorer that many share."""

import os
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import settings

if TYPE_CHECKING:
    from npair_viz.explorers.pairs.explorer import Explorer

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"  # Triton looks once, when it is imported, and torch.compile imports it too
if "PYTEST_XDIST_WORKER" in os.environ:  # each core has a worker of its own
    torch.set_num_threads(1)


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
