"""What a person does in JupyterLab, as functions on a Playwright page."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from playwright.sync_api import Browser, Locator, Page, Request, expect

LAPTOP = {"width": 1280, "height": 800}
IMPATIENCE = "[anywidget] Failed to initialize model."  # what a page logs if a widget isn't ready in two seconds
# A server logs its address a moment before it listens there.
PATIENT = urllib3.Retry(connect=8, backoff_factor=0.1)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab. `url` ends in a slash; `root` is the folder it shows."""

    url: str
    token: str
    root: Path

    def notebook(self, name: str) -> str:
        """The address that opens notebooks/`name` and nothing else."""
        return f"{self.url}lab/tree/notebooks/{name}?reset&token={self.token}"


def ask(lab: Lab, method: str, path: str, content: object = None) -> Any:
    """The server's answer to a request of its REST interface."""
    key = {"Authorization": f"token {lab.token}"}
    answer = urllib3.request(method, lab.url + path, json=content, headers=key, retries=PATIENT, timeout=60)
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.reason}")
    return answer.json() if answer.data else None


def wear(lab: Lab, theme: str) -> None:
    """Set the theme of every page that is opened from now on."""
    ask(lab, "PUT", "lab/api/settings/@jupyterlab/apputils-extension:themes", {"raw": json.dumps({"theme": theme})})


def change_theme(page: Page, theme: str) -> None:
    """Set the theme of an open page, and wait until JupyterLab no longer covers it with its splash."""
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)


def end_kernels(lab: Lab) -> None:
    """Stop every kernel, so that the next page starts its own."""
    for kernel in ask(lab, "GET", "api/kernels"):
        ask(lab, "DELETE", f"api/kernels/{kernel['id']}")


def open_notebook(page: Page, address: str) -> None:
    """Open a notebook and wait until it and its kernel are there."""
    page.goto(address)
    expect(page.locator("#jp-main-statusbar")).to_contain_text(re.compile(r"Python.* \| Idle"), timeout=60_000)


def run_all_cells(page: Page) -> None:
    """Run > Run All Cells, and wait until the last one has run."""
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def note_troubles(page: Page, troubles: list[str]) -> None:
    """Note from now on what a page logs as an error, throws, or asks for in vain.

    That a widget was not ready within two seconds says only that the machine is busy: such a widget is drawn and goes
    on, see test_slow_page.py.
    """
    page.on("console", lambda said: said.type == "error" and said.text != IMPATIENCE and troubles.append(said.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda asked: is_withdrawn(asked) or troubles.append(f"{asked.url}: {asked.failure}"))


def is_withdrawn(asked: Request) -> bool:
    """Whether JupyterLab itself no longer wanted the answer to one of two requests, which it makes of its own accord.

    It lists its folders again and again. And it puts a Markdown cell on the page before it finds where the pictures
    are: it asks for them beside its own address first.
    """
    is_astray = asked.resource_type == "image" and "/lab/tree/" in asked.url
    return asked.failure == "net::ERR_ABORTED" and (is_astray or "/api/contents/notebooks?" in asked.url)


@contextmanager
def opened(chromium: Browser, address: str) -> Iterator[Page]:
    """A page with a notebook whose cells have run, that at its end has logged no error and asked nothing in vain."""
    troubles: list[str] = []
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        note_troubles(page, troubles)
        open_notebook(page, address)
        run_all_cells(page)
        yield page
        assert not troubles, troubles


def write_notebook(lab: Lab, name: str, *sources: str) -> str:
    """Put a notebook with these code cells into the folder, and give the address that opens it."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{i}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for i, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / "notebooks" / name).write_text(json.dumps(content))
    return lab.notebook(name)


# The kernel hears widgets in a thread of their own, and a page tells it ten times a second.
TELL = """() => {
    window.told = [...document.querySelectorAll("[data-npair=stage]")].flatMap(({ stage }) => stage?.store ?? []);
    for (const store of window.told) {
        store.flush();
        store.last_told = store.seq;
    }
}"""
IS_HEARD = "() => window.told.every(store => store.heard >= store.last_told)"


def in_kernel(page: Page, code: str) -> str:
    """What `code` prints in the kernel of the open notebook, which has heard by then what stages did on the page."""
    page.evaluate(TELL)
    page.wait_for_function(IS_HEARD)
    return page.evaluate(
        """async code => {
            const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext);
            const future = panel.sessionContext.session.kernel.requestExecute({code, store_history: false});
            let said = '';
            future.onIOPub = message => { said += message.content.text ?? message.content.evalue ?? ''; };
            await future.done;
            return said;
        }""",
        code,
    )


def start_in_kernel(page: Page, code: str) -> None:
    """Run `code` in the kernel of the open notebook, without waiting for its end."""
    page.evaluate(
        """code => {
            const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext);
            panel.sessionContext.session.kernel.requestExecute({code, store_history: false});
        }""",
        code,
    )


def listen(page: Page) -> None:
    """Keep from now on what the kernel says that a person would not see but in the log: errors and its stderr."""
    page.evaluate(
        """() => {
            const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext);
            const isListening = 'kernelTroubles' in window;
            window.kernelTroubles = [];
            if (!isListening) panel.sessionContext.session.kernel.iopubMessage.connect((_, {header, content}) => {
                if (header.msg_type === 'error' || content.name === 'stderr')
                    window.kernelTroubles.push(content.evalue ?? content.text);
            });
        }"""
    )


def kernel_troubles(page: Page) -> list[str]:
    """What the kernel of the open notebook has complained of since `listen`.

    An answer of the page may be under way to a figure that the kernel closes: "No such comm" is no trouble.
    """
    return [said for said in page.evaluate("window.kernelTroubles") if not said.startswith("No such comm")]


def in_picture(explorer: Locator, ask: str, argument: object = None) -> Any:
    """The answer of a JavaScript function of the explorer's plotly element and an argument."""
    return explorer.locator(".js-plotly-plot").evaluate(ask, argument)
