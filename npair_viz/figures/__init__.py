"""Tensors to plotly figures: each picture is made once by `add_…` and changed in place by `update_…`; no widgets."""
