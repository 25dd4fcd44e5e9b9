"""The stage: points to drag, drawn and computed by the browser itself, in a notebook or on a page without a kernel."""

from npair_viz.optional_imports import needed_for

with needed_for("Stage"):
    from npair_viz.stage.widget import Stage

__all__ = ["Stage"]
