"""Tensors to plotly figures: each picture is made once by `add_…` and changed in place by `update_…`; no widgets."""

from npair_viz.figures.board import Picture, add_board, update_board

__all__ = ["Picture", "add_board", "update_board"]
