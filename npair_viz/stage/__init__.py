"""The stage: points to drag, computed and drawn by the browser, in a notebook or on a page without a kernel."""
