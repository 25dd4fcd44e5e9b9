"""The system's browsers."""

import os
import shutil

import pytest


def path_of(browser: str, *commands: str) -> str:
    """The path of a browser; without one the tests that ask are skipped, and under CI they fail."""
    variable = browser.upper()
    found = os.environ.get(variable) or next(filter(None, map(shutil.which, commands)), None)
    if found:
        return found
    reason = (
        f"NO TEST RAN IN {variable}: none of {', '.join(commands)} is on the PATH. "
        f"Install {browser}, or name one: {variable}=/path/to/{commands[0]} make test"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
