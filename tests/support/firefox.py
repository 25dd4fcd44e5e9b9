"""A real Firefox for tests, without a window. Playwright drives none but its own; this one takes WebDriver BiDi."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

from tests.support.browsers import path_of

PATIENCE = 60  # seconds; a machine that does much else at a time is slow to start a browser
QUIET_FIREFOX = {
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
KEYS = {"Enter": "\ue007", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
CONTROL = "\ue009"


def path_of_firefox() -> str:
    """The system's Firefox; without one the tests that ask are skipped, and under CI they fail."""
    return path_of("Firefox", "firefox-esr", "firefox")


class Firefox:
    """One window of a Firefox; `troubles` are the errors that its pages have thrown or logged."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self.socket, self.asked, self.troubles = socket, 0, []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.window = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **params: Any) -> Any:
        """The answer to a command of WebDriver BiDi."""
        self.asked += 1
        self.socket.send(json.dumps({"id": self.asked, "method": method, "params": params}))
        while (message := json.loads(self.socket.recv())).get("id") != self.asked:
            entry = message.get("params", {})
            if entry.get("level") == "error":
                self.troubles.append(entry["text"])
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['message']}")
        return message["result"]

    def open(self, address: str, width: int, height: int) -> None:
        """Show a page in a window of this size, and wait until it is loaded."""
        self.send("browsingContext.setViewport", context=self.window, viewport={"width": width, "height": height})
        for url in ("about:blank", address):  # from the same page a late "complete" would be that of the page before
            self.send("browsingContext.navigate", context=self.window, url=url, wait="complete")

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page, which JSON can carry."""
        wrapped = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        target = {"context": self.window}
        answer = self.send("script.evaluate", expression=wrapped, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']['text']}")
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str) -> None:
        """Wait until a JavaScript expression holds."""
        deadline = time.monotonic() + PATIENCE
        while not self.ask(expression):
            assert time.monotonic() < deadline, f"never came true: {expression}"
            time.sleep(0.05)

    def drag(self, *places: tuple[float, float]) -> None:
        """Move the mouse along places with its button held."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50} for x, y in places]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act("pointer", [moves[0], down, *moves[1:], up], parameters={"pointerType": "mouse"})

    def click(self, selector: str) -> None:
        """Click the first element that a selector finds."""
        find = f"document.querySelector({json.dumps(selector)})"
        self.ask(f"{find}.scrollIntoView({{block: 'nearest'}})")
        box = self.ask(f"{find}.getBoundingClientRect()")
        self.drag((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))

    def press(self, *keys: str, held: tuple[str, ...] = ()) -> None:
        """Press keys, by their names or as single letters, while others are held."""
        taps = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._act("key", [{"type": "keyDown", "value": key} for key in held] + taps)
        self._act("key", [{"type": "keyUp", "value": key} for key in held])

    def retype(self, selector: str, text: str) -> None:
        """Put a text in place of what a field holds, by hand."""
        self.click(selector)
        self.press("a", held=(CONTROL,))
        self.press(*text, "Enter")

    def _act(self, kind: str, actions: list[dict[str, Any]], **given: Any) -> None:
        source = {"type": kind, "id": kind, "actions": actions, **given}
        self.send("input.performActions", context=self.window, actions=[source])


@contextmanager
def running(path: str, profile: Path) -> Iterator[Firefox]:
    """A Firefox without a window and with an empty profile, until the block ends."""
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in QUIET_FIREFOX.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as firefox:
        try:
            said = iter(firefox.stderr)
            found = next(filter(None, (re.search(r"WebDriver BiDi listening on (\S+)", line) for line in said)))
            socket = websocket.create_connection(f"{found[1]}/session", timeout=PATIENCE, suppress_origin=True)
            yield Firefox(socket)
            socket.close()
        finally:
            firefox.terminate()
            firefox.communicate()
