"""What a run leaves behind: its cells, and on what machine, with what versions and settings, as JSON."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from benchmarks.cells import Cell

PACKAGES = (
    "torch",
    "npair-viz",
    "pytorch-metric-learning",
    "numpy",
    "scikit-learn",
    "triton",
    "liger-kernel",
    "cut-cross-entropy",
    "inf-cl",
)
NO_GPU = "not run: no CUDA device"


@dataclass(frozen=True)
class Record:
    """One run. `absent` says for each table's contenders that could not take part why they did not."""

    date: str
    machine: dict[str, str | int | float]
    versions: dict[str, str]
    commit: str
    settings: dict[str, str | int | float | list[str]]
    absent: dict[str, str] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)

    def to_json(self) -> str:
        """Readable, one line a cell."""
        content = asdict(self)
        cells = [{key: one for key, one in cell.items() if one != ""} for cell in content.pop("cells")]
        return in_lines(content, cells=cells)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """What `to_json` wrote."""
        content = json.loads(text)
        cells = [
            Cell(**{**cell, "quartiles": cell["quartiles"] and tuple(cell["quartiles"])})
            for cell in content.pop("cells")
        ]
        return cls(**content, cells=cells)


def in_lines(head: dict[str, Any], **tables: list[dict[str, Any]]) -> str:
    """The head as JSON, and then the tables, one line a row."""
    parts = [json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}")]
    for name, rows in tables.items():
        lines = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f'"{name}": [\n    {lines}\n  ]')
    return ",\n  ".join(parts) + "\n}\n"


def head_of(settings: dict[str, Any]) -> dict[str, Any]:
    """When, where and with what a run is made: to be asked before it, since files may change meanwhile."""
    head = {"date": now(), "machine": machine(), "versions": versions()}
    return {**head, "commit": commit(), "settings": settings}


def now() -> str:
    """Date and time, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def machine() -> dict[str, str | int | float]:
    """Processor, cores, memory, system, and the GPU or that there is none."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else NO_GPU
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 0,
        "ram_gib": round(ram_bytes() / 2**30, 1),
        "system": platform.platform(),
        "gpu": gpu,
    }


def ram_bytes() -> float:
    """The memory that the machine has; infinite where it doesn't say."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else float("inf")


def versions() -> dict[str, str]:
    """Python, torch's own account of its build, and every package that could take part."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found | {"torch": torch.__version__}


def commit() -> str:
    """The commit that was measured, with -dirty where files differ from it."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        told = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return told.stdout.strip() or "unknown"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
