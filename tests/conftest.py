"""What holds for every test: examples and random numbers are the same in each run."""

import os

import pytest
import torch
from hypothesis import settings

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
