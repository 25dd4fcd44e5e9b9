"""Boards to look at: plain figures, without widgets."""

import torch
from npair_viz.explorers.pairs.board import add_board, update_board
from npair_viz.explorers.pairs.pictures import picture_of
from npair_viz.explorers.pairs.state import State, changed, reading_of
from plotly import graph_objects as go

from npair_viz.data.scenes import from_data

SIXTY_FOUR = from_data(torch.randn(24, 64, generator=torch.Generator().manual_seed(1)), [k // 2 for k in range(24)])
WORLDS = {
    "circle": State(),
    "plane": State(normalize=False, l2_reg=0.02),
    "globe": State(scene="globe"),
    "raw globe": State(scene="globe", normalize=False, l2_reg=0.02),
    "pixels": State(scene="pixels"),
    "principal axes": State(scene="pixels", view="principal axes"),
    "yours": State(scene="yours", normalize=False, l2_reg=0.1),
    "one pair": State(scene="one pair"),
    "merged": State(same=(3, 8)),
}


def picture(state, before=None, **changes):
    data = SIXTY_FOUR if state.scene == "yours" else None
    state = changed(state, data, **changes)
    former = None if before is None else reading_of(before, data)
    return picture_of(state, reading_of(state, data), former)


def board(state, before=None, **changes):
    figure = add_board(go.Figure())
    update_board(figure, picture(state, before, **changes))
    return figure


def seen(figure):
    return [trace for trace in figure.data if trace.visible is None or trace.visible]
