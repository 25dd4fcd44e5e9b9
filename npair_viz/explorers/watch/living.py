"""The living picture of a run that is watched: a widget that grows with the run, and the same as one HTML file."""

import sys
import weakref
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from npair_viz.optional_imports import needed_for

with needed_for("the living picture"):
    import anywidget
    import ipywidgets as widgets
    import traitlets

from npair_viz.explorers.shared.parts import Parts
from npair_viz.explorers.watch.parts import NOTHING, parts_of, thinned
from npair_viz.stage.bundle import bundle, source, style_sheet
from npair_viz.stage.page import in_script, whole_page
from npair_viz.training.recording import Recording

MOST_PICTURES = 60  # on a page
PAUSE = 0.25  # seconds between two messages of a cell: a loop may take a thousand steps in one
STYLE = style_sheet() + source("recording.css")
PAGE = """<main><div id="recording"></div></main>
<noscript>This picture needs JavaScript: allow scripts for this page.</noscript>
<script type="module">
{script}
openRecording(document.getElementById("recording"), {given});
</script>"""


class LivingRecording(anywidget.AnyWidget):
    """A recording as a picture that a notebook shows while it grows.

    Nothing on the page waits for the kernel: to pause, to go back and to play again is the page's own business. So a
    cell that displays the picture and then trains sees it move, although its kernel hears nothing until the cell ends.
    A page that is reloaded meanwhile gets everything then.

    Args:
        recording: What a monitor keeps; call `tell` when it has grown.
        finish: Called at the end of each cell of a notebook, so that the recording gets what is still on its way.

    >>> recording = Recording()
    >>> living = LivingRecording(recording)
    >>> recording.rows.append({"step": 0, "loss": 1.5})
    >>> living.tell()
    >>> living.parts.sent
    2
    """

    _esm = bundle("entry/recording") + "\nexport default { render: renderRecording };\n"
    _css = STYLE
    parts = traitlets.Instance(Parts).tag(sync=True, **widgets.widget_serialization)

    _leave: Callable[[], None] | None = None
    _told_at = -PAUSE

    def __init__(self, recording: Recording, finish: Callable[[], object] = lambda: None) -> None:
        self.recording, self._finish = recording, finish
        parts, self._known = parts_of(recording)
        super().__init__(parts=Parts(parts))
        self._leave = _at_each_end_of_a_cell(self)

    def tell(self) -> None:
        """Send what is new since the last call: the last rows, new pictures, which pictures are gone, alerts.

        Within a cell of a notebook a call may come too soon after the last one: then what is new goes with the next
        call, or at the end of the cell.
        """
        if self._leave is None or monotonic() >= self._told_at + PAUSE:
            self.tell_now()

    def tell_now(self) -> None:
        """The same, however soon."""
        changes, known = parts_of(self.recording, self._known)
        self.parts.take(changes)
        self._known = known  # not before: an interrupt may come between
        self.parts.tell()
        self._told_at = monotonic()

    def close(self) -> None:
        """Take the picture off the page and let go of its data."""
        if self._leave is not None:
            self._leave()
        layout = self.layout
        super().close()
        layout.close()
        self.parts.close()
        self.parts.let_go()
        self.recording, self._known = Recording(), NOTHING

    def _repr_mimebundle_(self, **given: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        recording = self.recording
        words = f"{recording.name or 'A run'}: {len(recording.rows)} samples, {len(recording.alerts)} alerts."
        return {**data, "text/plain": words}, metadata


def page(recording: Recording) -> str:
    """The picture of a recording as one HTML file, which needs no kernel and no network."""
    shown = replace(recording, pictures=thinned(recording.pictures, MOST_PICTURES))
    parts = {**parts_of(shown)[0], "left_out": len(recording.pictures) - len(shown.pictures)}
    body = PAGE.format(script=bundle("entry/recording"), given=in_script(parts))
    return whole_page(recording.name or "A run that is watched", f"body {{ margin: 0; }} {STYLE}", body)


def _at_each_end_of_a_cell(living: LivingRecording) -> Callable[[], None] | None:
    """Let the picture tell what is left, as long as it lives; returns the end of that, None outside of a notebook."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    shell: Any = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return None
    reference = weakref.ref(living)

    def tell(*_: object) -> None:
        if (one := reference()) is not None:
            one._finish()
            one.tell_now()

    def leave() -> None:
        if tell in shell.events.callbacks["post_run_cell"]:
            shell.events.unregister("post_run_cell", tell)

    shell.events.register("post_run_cell", tell)
    return leave
