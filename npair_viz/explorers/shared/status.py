"""The texts around a picture as HTML: task, sentence, notes and errors."""

import html

TOLD = (ValueError, TypeError, ImportError)  # errors whose message is for the user


def to_task(task: str) -> str:
    """The task above the picture; "" for none."""
    return f'<div class="npair-task"><b>{html.escape(task)}</b></div>' if task else ""


def to_warn(message: str) -> str:
    """An error for the status line; "" for none."""
    return message and f'<div class="npair-status" role="alert">{html.escape(message)}</div>'


def to_note(message: str) -> str:
    """A note for the status line, such as what was done in another way than asked; "" for none."""
    return message and f'<div class="npair-status npair-note" role="status">{html.escape(message)}</div>'


def to_speak(sentence: str) -> str:
    """The sentence, in large type, announced by screen readers."""
    words = html.escape(sentence).replace(" %", "&nbsp;%")  # no line begins with %
    return f'<div class="npair-sentence" role="status" aria-live="polite">{words}</div>'
