"""The stage: points to drag, drawn and computed by the browser itself, in a notebook or on a page without a kernel."""
