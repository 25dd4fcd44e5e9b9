"""The project's own files agree with each other and with pyproject.toml, the one place with versions."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from tests.support.repository import ROOT
from tools.biome import install
from tools.install_torch import CPU_WHEELS, pinned_version, pip_arguments

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = PYPROJECT["tool"]["npair-viz"]["torch"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))


def make_commands(text: str) -> set[str]:
    """The targets of every `make` that stands in code: after a backtick or at the start of a line."""
    return set(re.findall(r"(?:^|`)\s*(?:\$ |- run: )?make ([a-z]+)", text, re.MULTILINE))


def in_a_fresh_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


# --- versions


def test_conda_asks_for_what_pyproject_asks() -> None:
    *conda, pip = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    torch = next(need for need in PYPROJECT["project"]["dependencies"] if need.startswith("torch"))
    assert conda == [f"python{PYPROJECT['project']['requires-python']}", f"py{torch}", "pip"]
    assert pip == {"pip": ["-e .[lab]"]}
    assert "lab" in PYPROJECT["project"]["optional-dependencies"]


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    newest, *_ = re.findall(r"^## (\d\S*)", text_of("CHANGELOG.md"), re.MULTILINE)
    assert newest == PYPROJECT["project"]["version"]


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load(text_of("CITATION.cff"))
    project = PYPROJECT["project"]
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["title"].startswith("npair_viz")


def test_the_makefile_names_no_version() -> None:
    assert not re.findall(r"\d+\.\d+", text_of("Makefile"))


def test_the_pinned_torch_is_one_that_the_library_takes() -> None:
    (floor,) = re.findall(r"torch>=([\d.]+)", " ".join(PYPROJECT["project"]["dependencies"]))
    assert [int(part) for part in PIN.split(".")] >= [int(part) for part in floor.split(".")]
    assert pinned_version() == PIN


def test_the_message_to_an_older_python_names_the_floor() -> None:
    (floor,) = re.findall(r"needs Python ([\d.]+)", text_of("tools/install_torch.py"))
    assert PYPROJECT["project"]["requires-python"] == f">={floor}"


# --- commands


def test_the_readme_tells_people_commands_that_exist() -> None:
    told = make_commands(text_of("README.md"))
    assert {"lab", "test"} <= told <= targets()


def test_contributing_is_short_and_tells_people_commands_and_tests_that_exist() -> None:
    text = text_of("CONTRIBUTING.md")
    assert len(text.splitlines()) < 80
    assert {"check", "lint", "types", "test", "notebooks"} <= make_commands(text) <= targets()
    places = re.findall(r"(?<= )(?:tests|npair_viz)/[\w/.]+", " ".join(re.findall(r"`\.venv/bin/pytest (.+?)`", text)))
    assert len(places) > 10
    assert [place for place in places if not (ROOT / place).exists()] == []
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in written] == []


def test_hooks_before_a_commit_call_commands_that_exist() -> None:
    (local,) = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    assert {hook["entry"].removeprefix("make ") for hook in local["hooks"]} == {"lint", "types"} <= targets()


def test_every_file_that_load_reads_has_its_row() -> None:
    from npair_viz.data.load import READERS

    told = re.findall(r"^\| (`\..+?) \|", text_of("SECURITY.md"), re.MULTILINE)
    assert sorted(re.findall(r"`(\.\w+)`", " ".join(told))) == sorted(READERS)


def test_the_readme_pins_the_torch_that_make_installs() -> None:
    pins = re.findall(r"torch==([\d.]+)", text_of("README.md"))
    assert set(pins) == {PIN}


@pytest.mark.slow  # 11 s: a process that opens every explorer
def test_the_python_of_the_readme_runs_without_a_warning(tmp_path: Path) -> None:
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text_of("README.md"), re.MULTILINE | re.DOTALL))
    assert {"loss_ruler(", "explore("} <= set(re.findall(r"\w+\(", code))
    told = """
said = [(one.kind, one.severity) for one in report.findings]
assert said == [("swapped", "warning")], report
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code + told], cwd=tmp_path, check=True)


def test_the_readme_lists_every_scene_with_its_question() -> None:
    from npair_viz.data.scenes import NAMES, named

    told = re.findall(r"^\| `(.+)` \| (.+\?) \|$", text_of("README.md"), re.MULTILINE)
    assert told == [(name, named(name).question) for name in NAMES]


def test_continuous_integration_calls_what_the_readme_tells_people_to_call() -> None:
    assert make_commands(text_of(".ci/run")) == {"test"}
    workflow = yaml.safe_load(text_of(".github/workflows/ci.yml"))
    calls = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert calls == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_every_command_of_the_makefile_is_listed_by_help() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert make_commands(listed) == targets()


# --- biome, the linter of JavaScript


def test_lint_runs_one_version_of_biome_on_every_script_that_is_written_by_hand() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", PYPROJECT["tool"]["npair-viz"]["biome"])
    assert "python -m tools.biome check" in text_of("Makefile").split("lint:")[1].split("\n\n")[0]
    *linted, written = json.loads(text_of("biome.json"))["files"]["includes"]
    scripts = {path for path in ROOT.glob("*/**/*.js") if not re.search(r"/(build|\.venv[^/]*)/", str(path))}
    assert {path for pattern in linted for path in ROOT.glob(pattern)} == scripts
    assert [path.name for path in ROOT.glob(written.removeprefix("!"))] == ["constants.js"]


def test_without_a_network_the_linter_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"registry": "http://127.0.0.1:9", "cache": str(tmp_path / "cache"), "fetch_retries": "0"}
    for name, value in settings.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    assert re.match(r"npm could not fetch Biome [\d.]+, .* needs the network once", str(install(tmp_path / "biome")))


# --- torch's installer


@pytest.mark.parametrize(
    ("platform", "has_nvidia_driver", "known_to_pip", "expected"),
    [
        ("darwin", False, {"9.1"}, ["torch==9.1"]),
        ("win32", False, {"9.1"}, ["torch==9.1"]),
        ("linux", True, {"9.1"}, ["torch==9.1"]),
        ("linux", True, {"9.1", "9.1+cpu"}, ["torch==9.1"]),
        ("linux", False, {"9.1"}, ["torch==9.1", "--index-url", CPU_WHEELS]),
        ("linux", False, {"9.1", "9.0+cpu"}, ["torch==9.1", "--index-url", CPU_WHEELS]),
        ("linux", False, {"9.1", "9.1+cpu", "9.1+cu130"}, ["torch==9.1+cpu"]),
        ("linux", False, set(), ["torch==9.1", "--index-url", CPU_WHEELS]),
    ],
)
def test_a_linux_laptop_without_a_driver_gets_a_cpu_build(
    platform: str, has_nvidia_driver: bool, known_to_pip: set[str], expected: list[str]
) -> None:
    asked = pip_arguments("9.1", platform=platform, has_nvidia_driver=has_nvidia_driver, known_to_pip=known_to_pip)
    assert asked == expected


# --- the package


def test_the_library_without_a_screen_loads_torch_and_nothing_for_the_screen() -> None:
    headless = "NPairLoss, npair_gradients, loss_ruler, phase, optimal_pairs, suggest_tao, read, narrate, scenes"
    heavy = {"plotly", "ipywidgets", "anywidget", "sklearn", "triton", "pandas", "IPython", "jupyterlab"}
    code = f"import sys, torch\nprint(*sys.modules)\nfrom npair_viz import {headless}\nprint(*sys.modules)"
    by_torch, by_us = (set(line.split()) for line in in_a_fresh_python(code).splitlines())
    assert "npair_viz.losses.npair" in by_us - by_torch
    assert not (by_us - by_torch) & heavy


def test_without_its_extra_explore_says_what_to_install() -> None:
    code = """
import sys
sys.modules["ipywidgets"] = None
from npair_viz import explore
try:
    explore()
except ModuleNotFoundError as error:
    print(error)
"""
    assert in_a_fresh_python(code).startswith("explore needs ipywidgets, which the library alone does not install")


def test_importing_the_package_loads_not_even_torch_so_that_a_notebook_can_say_that_torch_starts() -> None:
    assert (
        in_a_fresh_python("import sys, npair_viz\nfrom npair_viz import explore\nprint('torch' in sys.modules)")
        == "False\n"
    )


def test_every_public_name_is_listed_typed_and_there() -> None:
    import npair_viz

    assert {*npair_viz.__all__, "__version__"} == set(dir(npair_viz))
    typed = text_of("npair_viz/__init__.pyi")
    assert sorted(re.findall(r"(?: as |^)(\w+)(?: =.*)?$", typed, re.MULTILINE)) == npair_viz.__all__
    for name in npair_viz.__all__:
        assert getattr(npair_viz, name) is not None


def test_the_version_is_that_of_pyproject() -> None:
    import npair_viz

    assert npair_viz.__version__ == PYPROJECT["project"]["version"]


ALL_AT_ONCE = [
    "from npair_viz import *; print(npair_loss, explore, scenes)",
    "import inspect, npair_viz; print(dict(inspect.getmembers(npair_viz))['npair_loss'])",
    "import pydoc, npair_viz; print(pydoc.render_doc('npair_viz'))",
]
BY_NAME = "import npair_viz\ntry:\n    npair_viz.Explorer\nexcept ModuleNotFoundError as error:\n    print(error)"
TORCH_ALONE = f"""
import contextlib, io, json, sys
for package in ("anywidget", "ipywidgets", "plotly", "sklearn", "triton", "pandas", "numpy"):
    sys.modules[package] = None
import torch
said = {{}}
for code in {[*ALL_AT_ONCE, BY_NAME]}:
    for name in [name for name in sys.modules if name.partition(".")[0] == "npair_viz"]:
        del sys.modules[name]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {{}})
    said[code] = printed.getvalue()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said_where_torch_is_alone() -> dict[str, str]:
    """What each code prints in a process where torch is alone, the same for all; the package is imported anew."""
    said: dict[str, str] = json.loads(in_a_fresh_python(TORCH_ALONE))
    return said


@pytest.mark.parametrize("code", ALL_AT_ONCE)
def test_where_torch_is_alone_all_that_can_be_imported_is_listed(
    code: str, said_where_torch_is_alone: dict[str, str]
) -> None:
    assert "npair_loss" in said_where_torch_is_alone[code]


def test_where_torch_is_alone_a_widget_asked_for_by_name_says_what_to_install(
    said_where_torch_is_alone: dict[str, str],
) -> None:
    told = r"Explorer needs \w+, which the library alone does not install: pip install"
    assert re.match(told, said_where_torch_is_alone[BY_NAME])


def test_a_wheel_holds_the_whole_package_and_its_types(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    copytree(ROOT / "npair_viz", tmp_path / "npair_viz")
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("npair_viz/")}
    assert "npair_viz/py.typed" in packed
    assert packed == {
        str(path.relative_to(ROOT))
        for path in (ROOT / "npair_viz").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
