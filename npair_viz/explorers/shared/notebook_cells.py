"""An explorer and its notebook cell: a notice while torch starts, and the end of what an earlier run opened."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Closes(Protocol):
    """Anything that a cell opens, and that is closed when the cell runs again."""

    def close(self) -> None:
        """Remove it from the page and free its widgets."""


STARTING = '<div style="height: 600px; font-size: 18px; padding: 1em">Starting torch, about 5 s.</div>'
_OPEN: dict[str, tuple[int, list[Closes]]] = {}


@contextmanager
def said_that_torch_starts() -> Iterator[None]:
    """Put around an import that loads torch: shows a box as high as the explorer, so that the page does not jump."""
    shell: Any = None
    if "torch" not in sys.modules and "IPython" in sys.modules:
        from IPython import get_ipython

        shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        yield
        return
    box = {"transient": {"display_id": f"npair-{id(shell)}"}, "metadata": {}}
    shell.display_pub.publish({"text/html": STARTING}, **box)
    try:
        yield
    finally:
        shell.display_pub.publish({"text/html": ""}, **box, update=True)


def replace_former(explorer: Closes) -> None:
    """Close what an earlier run of the same cell opened, with all of its data."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "get_parent"):
        return
    cell = shell.get_parent().get("metadata", {}).get("cellId", "")
    if not cell:
        return
    count, former = _OPEN.get(cell, (shell.execution_count, []))
    if count != shell.execution_count:
        for one in former:
            one.close()
        former = []
    _OPEN[cell] = (shell.execution_count, [*former, explorer])


def bundle_of(widget: Any, text: str, *figures: Any) -> dict[str, Any]:
    """The MIME bundle of a widget and the figures in it, with a text for viewers without widgets."""
    for figure in figures:
        figure._repr_mimebundle_()  # plotly sends the present figure here; without it a new view shows an older one
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return {**data, "text/plain": text}
