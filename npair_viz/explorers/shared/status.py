"""What is said under a picture: its sentence, what was taken for what, and what cannot be done."""

import html

TOLD = (ValueError, TypeError, ImportError)  # what is raised in words


def to_task(task: str) -> str:
    """What a person is asked to do, above the picture; empty where nothing is asked."""
    return f'<div class="npair-task"><b>{html.escape(task)}</b></div>' if task else ""


def to_warn(message: str) -> str:
    """What could not be done, for the status line; empty where there is nothing to say."""
    return message and f'<div class="npair-status" role="alert">{html.escape(message)}</div>'


def to_note(message: str) -> str:
    """What was done otherwise than asked, for the status line; empty where there is nothing to say."""
    return message and f'<div class="npair-status npair-note" role="status">{html.escape(message)}</div>'


def to_speak(sentence: str) -> str:
    """The sentence, large, and read aloud by screen readers."""
    return f'<div class="npair-sentence" role="status" aria-live="polite">{html.escape(sentence)}</div>'
