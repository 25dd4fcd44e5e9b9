"""What is said under a picture: its sentence, what was taken for what, and what cannot be done."""

import html
from collections.abc import Callable
from typing import Any


def attempt(act: Callable[[], None], sync: Callable[[], None], status: Any) -> None:
    """Do what a control asks; what can't be done is said in words, and the controls go back to what is shown."""
    try:
        act()
    except (ValueError, TypeError, ImportError) as error:
        sync()
        status.value = to_warn(str(error))


def to_task(task: str) -> str:
    """What a person is asked to do, above the picture; empty where nothing is asked."""
    return f'<div class="npair-task"><b>{html.escape(task)}</b></div>' if task else ""


def to_warn(message: str) -> str:
    """What could not be done, for the status line."""
    return f'<div class="npair-status" role="alert">{html.escape(message)}</div>'


def to_note(message: str) -> str:
    """What was done otherwise than asked, for the status line; empty where there is nothing to say."""
    return message and f'<div class="npair-status npair-note" role="status">{html.escape(message)}</div>'


def to_speak(sentence: str) -> str:
    """The sentence, large, and read aloud by screen readers."""
    return f'<div class="npair-sentence" role="status" aria-live="polite">{html.escape(sentence)}</div>'
