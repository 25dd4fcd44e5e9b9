"""A real JupyterLab as `make lab` starts it, and a real Chromium that looks at it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from npair_viz.stage.page import page as page_text
from npair_viz.stage.scene_states import draws_of, first_state, page_state, scenes_of_the_stage
from npair_viz.stage.traits import by_pair
from tests.support.chromium import launched, path_of_chromium
from tests.support.explorer_page import OPENING, untroubled
from tests.support.jupyterlab import (
    LAPTOP,
    Lab,
    ask,
    change_theme,
    end_kernels,
    in_kernel,
    note_troubles,
    opened,
    wear,
    write_notebook,
)
from tests.support.repository import ROOT
from tests.support.stage_page import WINDOW, sentence

CELL = "from npair_viz import explore\ne = explore('line-up')\ne"
START = "e.reset()\ne.set(view='anchor plane', drawer='', landscape=False)"
LIGHT = "JupyterLab Light"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium."""
    return path_of_chromium()


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Chromium without a window, the same for all tests."""
    with launched(chromium_path) as browser:
        yield browser


@pytest.fixture(scope="session")
def lab(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the notebooks, with the project's settings and no one's own."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    own = {f"JUPYTER_{kind}_DIR": str(root / f".{kind.lower()}") for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{kind}_DIR": str(root / f".{kind.lower()}") for kind in ("SETTINGS", "WORKSPACES")}
    token = os.urandom(16).hex()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={root}", f"--LabApp.app_settings_dir={ROOT / 'settings'}"]
    command += ["--LabApp.expose_app_in_browser=True"]
    command += ["--ServerApp.tornado_settings={'ws_ping_interval': 0}"]  # else it drops a page silent for 90 s
    with (
        subprocess.Popen(command, cwd=root, env=os.environ | own, stderr=subprocess.PIPE, text=True) as server,
        ThreadPoolExecutor(1) as reader,
    ):
        try:
            lab = Lab(serving_url(server.stderr), token, root)
            reader.submit(keep, server.stderr, root / ".jupyter.log")
            ask(lab, "GET", "api/status")
            yield lab
        finally:
            server.terminate()


def serving_url(log: IO[str]) -> str:
    """The address that a starting server logs."""
    lines = []
    for line in log:
        lines.append(line)
        if address := re.search(r"(http://127\.0\.0\.1:\d+/)lab", line):
            return address[1]
    raise RuntimeError("JupyterLab stopped while it started:\n" + "".join(lines))


def keep(log: IO[str], file: Path) -> None:
    """Move the rest of `log` to a file: a pipe that nobody reads would stop the server."""
    with file.open("w", buffering=1) as kept:
        kept.writelines(log)


@pytest.fixture
def theme() -> str:
    """The theme of JupyterLab; a test that wants another parametrises `theme`."""
    return LIGHT


@pytest.fixture
def page(lab: Lab, chromium: Browser, theme: str) -> Iterator[Page]:
    """A fresh page of a laptop's size, that at its end has logged no error and asked nothing in vain."""
    wear(lab, theme)
    troubles: list[str] = []
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        note_troubles(page, troubles)
        yield page
        assert not troubles, troubles
    end_kernels(lab)


@pytest.fixture
def device() -> dict[str, Any]:
    """What the stage's page is opened with beside its size; a test that wants fingers parametrises `device`."""
    return {}


@pytest.fixture
def stage_page(chromium: Browser, tmp_path: Path, device: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Open a page of the stage at a scene; at the end nothing was asked of a network, and no error was logged."""
    troubles: list[str] = []
    with chromium.new_context(viewport=WINDOW, offline=True, **device) as context:

        def open_page(scene: Any = "line-up", options: dict[str, Any] | None = None, **settings: Any) -> Page:
            path = tmp_path / f"page{len(context.pages)}.html"
            draws = draws_of(scene)
            state = page_state(first_state(scene, draws, **by_pair(settings, scene, draws)), draws)
            path.write_text(
                page_text(state, {"scenes": scenes_of_the_stage(), "turns": False, **(options or {})}), encoding="utf-8"
            )
            page = context.new_page()
            note_troubles(page, troubles)
            page.on("request", lambda asked: asked.url.startswith(("file:", "blob:")) or troubles.append(asked.url))
            page.goto(path.as_uri())
            return page

        yield open_page
    assert troubles == []


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """One page with one explorer of pairs, which most of the tests of a module share."""
    with opened(chromium, write_notebook(lab, "explorer.ipynb", CELL)) as page:
        expect(sentence(page)).to_contain_text(OPENING)
        yield page
    end_kernels(lab)


@pytest.fixture
def desk(notebook: Page) -> Iterator[Page]:
    """The notebook with its explorer as it opens, in a laptop's window and the light theme; nothing may raise."""
    notebook.set_viewport_size(LAPTOP)
    change_theme(notebook, LIGHT)
    in_kernel(notebook, START)
    expect(sentence(notebook)).to_contain_text(OPENING)
    notebook.locator("[data-npair=stage]").first.evaluate("stage => stage.scrollIntoView()")
    with untroubled(notebook):
        yield notebook
        in_kernel(notebook, "pass")  # by then the kernel has answered for all that came before
