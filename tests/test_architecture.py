"""docs/architecture.md is true: what it names is there, what is there it names, and imports keep its order of rooms."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import ROOT

PACKAGE = ROOT / "npair_viz"
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PAGES = ("docs/architecture.md", "docs/formulas.md", "CONTRIBUTING.md", "SECURITY.md")
PATH = re.compile(r"`([\w.-]*\w(?:/[\w.-]+)*/?)`")
SUFFIX = re.compile(r"\w\.(py|md|js|css|json|toml|yml|yaml|cff)$")
HELD = re.compile(r"`(\w+)` in `([\w./]+)`")
ENTRIES = ("__init__", "loss")  # they may name any room, and no room imports from them


def order(text: str = TEXT) -> dict[str, int]:
    """How far down each room stands in the page's list."""
    (block,) = re.findall(r"^## The order of the rooms\n.*?^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return {room: place for place, line in enumerate(block.splitlines()) for room in line.split()}


def found(path: str) -> Path | None:
    """Where a path of a page leads, from the root or from the package."""
    return next((base / path for base in (ROOT, PACKAGE) if (base / path).exists()), None)


def room_of(file: Path, package: Path) -> str:
    return file.relative_to(package).parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """The rooms that a file imports from, each with its line, wherever the import stands; "" is the package itself."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            one_by_one = node.module == "npair_viz"
            names = [f"npair_viz.{alias.name}" for alias in node.names] if one_by_one else [str(node.module)]
        elif isinstance(node, ast.ImportFrom):
            names = ["npair_viz.a relative import"]
        for name in names:
            package, _, inside = name.partition(".")
            if package == "npair_viz":
                yield node.lineno, inside.partition(".")[0]


def upward(package: Path) -> list[str]:
    """The imports that point to a room below, or past all rooms."""
    places = order()
    return [
        f"{file.relative_to(package)}:{line} imports {room or 'the package itself'}"
        for file in sorted(package.rglob("*.py"))
        if room_of(file, package) not in ENTRIES
        for line, room in imported(file)
        if places.get(room, len(places)) > places[room_of(file, package)]
    ]


def tracked() -> set[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("only a clone knows which files belong to it")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.partition("/")[0] for line in listed.splitlines()}


# --- the order


def test_no_import_points_to_a_room_below() -> None:
    assert upward(PACKAGE) == []


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {room_of(file, PACKAGE) for file in PACKAGE.rglob("*.py")}
    assert rooms - {*ENTRIES} == set(order())


@pytest.mark.parametrize(
    "line",
    [
        "from npair_viz.theory.phase import phase",
        "import npair_viz.explorers.explore as it",
        "def later():\n    from npair_viz.data import load",
        "if TYPE_CHECKING:\n    from npair_viz.geometry import reading",
        "from npair_viz import explore",
        "import npair_viz",
        "from ..theory import ruler",
    ],
)
def test_an_import_that_points_to_a_room_below_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "losses").mkdir()
    (tmp_path / "losses" / "npair.py").write_text(f"from npair_viz.sampling import pairs\n{line}\n", encoding="utf-8")
    assert len(upward(tmp_path)) == 1


# --- what the pages name


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    paths = {path for path in PATH.findall(text) if "/" in path or SUFFIX.search(path)}
    links = {target.partition("#")[0] for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text)}
    assert paths
    assert [path for path in sorted(paths) if found(path) is None] == []
    assert [link for link in sorted(links) if not ((ROOT / page).parent / link).exists()] == []


def test_what_the_page_finds_in_a_file_is_there() -> None:
    told = HELD.findall(TEXT)
    assert len(told) > 20
    assert [pair for pair in told if not re.search(rf"\b{pair[0]}\b", _text_of(pair[1]))] == []


def test_every_entry_of_the_repository_and_of_the_package_has_its_line() -> None:
    inside = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}
    assert [name for name in sorted(tracked() | inside) if not re.search(rf"`{re.escape(name)}/?`", TEXT)] == []


def test_twenty_five_changes_or_more_have_their_file() -> None:
    table = TEXT.partition("## To change X, open Y")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE)[2:]
    assert len(rows) >= 25
    assert [what for what, where in rows if "`" not in where] == []


def _text_of(path: str) -> str:
    file = found(path)
    return "" if file is None else file.read_text(encoding="utf-8")
