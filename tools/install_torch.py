"""Install the pinned torch into the Python that runs this, without gigabytes of CUDA packages where they are no use.

`make` runs it before it installs the project. It needs the standard library and pip alone.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"npair_viz needs Python 3.11 or newer, this is {found}: name another, as in make PYTHON=python3.12 lab")

CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def pip_arguments(version: str, *, platform: str, has_nvidia_driver: bool, known_to_pip: Collection[str]) -> list[str]:
    """What to ask of `pip install`: on Linux without an NVIDIA driver a CPU build, pip's own where it knows one.

    `platform` is `sys.platform`; `known_to_pip` are the versions of torch that pip finds by itself, as "2.13.0+cpu".
    On macOS and Windows the package index holds CPU builds already.
    """
    if platform != "linux" or has_nvidia_driver:
        return [f"torch=={version}"]
    if f"{version}+cpu" in known_to_pip:
        return [f"torch=={version}+cpu"]
    return [f"torch=={version}", "--index-url", CPU_WHEELS]


def pinned_version(project: Path = PROJECT) -> str:
    """The version of torch that pyproject.toml pins."""
    version: str = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["npair-viz"]["torch"]
    return version


def has_nvidia_driver() -> bool:
    """Whether this machine has an NVIDIA driver, in a container or under WSL too."""
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()


def versions_known_to_pip() -> set[str]:
    """Every version of torch that pip finds with this machine's own settings; empty where it finds none."""
    # `pip install --dry-run` would tell as well, but the pip that comes with Python 3.11 downloads the wheel for it.
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", "torch"], stdout=subprocess.PIPE, text=True, check=False
    )
    return set(re.split(r"[\s,()]+", listing.stdout))


def main() -> int:
    """Run pip and return its exit status."""
    arguments = pip_arguments(
        pinned_version(),
        platform=sys.platform,
        has_nvidia_driver=has_nvidia_driver(),
        known_to_pip=versions_known_to_pip(),
    )
    return subprocess.run([sys.executable, "-m", "pip", "install", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
