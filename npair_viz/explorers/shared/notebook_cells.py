"""What an explorer says to the notebook cell that made it: torch starts; what an earlier run left open is closed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Closes(Protocol):
    """What a cell opened, and a later run of the cell closes."""

    def close(self) -> None:
        """Take it off the page and free what it holds there."""


STARTING = '<div style="height: 600px; font-size: 18px; padding: 1em">Starting torch, about 5 s.</div>'
_OPEN: dict[str, tuple[int, list[Closes]]] = {}


@contextmanager
def said_that_torch_starts() -> Iterator[None]:
    """Around an import that loads torch: a notebook shows a box of the explorer's size, so that little jumps."""
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
    """Close what an earlier run of the same cell left open: each figure is some 5 MB of script in the browser."""
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
    """What a notebook shows of a widget and the figures in it, and the text for a viewer that has no widgets."""
    for figure in figures:
        figure._repr_mimebundle_()  # a new view starts from what plotly sends here, not from later changes
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return {**data, "text/plain": text}
