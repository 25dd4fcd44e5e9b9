"""A state to the picture of it: what is computed for the board, and the figure that first shows it."""

from plotly import graph_objects as go

from npair_viz.data.scenes import Scene
from npair_viz.explorers.pairs.board import Picture, add_board, update_board
from npair_viz.explorers.pairs.frame import frame_of
from npair_viz.explorers.pairs.present_mode import enlarge
from npair_viz.explorers.pairs.stage_board import fits_the_stage
from npair_viz.explorers.pairs.state import State, plane_of, reading_of
from npair_viz.explorers.shared.figure_widget import living
from npair_viz.geometry.reading import Reading
from npair_viz.geometry.sweeps import landscape, landscape_places, loss_over_tao, phase_map


def first_figure(state: State, data: Scene | None, is_present: bool = False) -> go.FigureWidget:
    """The board with its first picture in it: a widget that is filled later loses messages until the page has it."""
    figure = add_board(go.Figure())
    enlarge(figure, is_present)
    reading = reading_of(state, data)
    update_board(figure, picture_of(state, reading, None, is_staged=fits_the_stage(state, reading)))
    return living(figure)


def picture_of(state: State, reading: Reading, before: Reading | None, *, is_staged: bool = False) -> Picture:
    """What the board shows at a state; what only a closed drawer needs is not computed."""
    plane = plane_of(state, reading)
    curve = loss_over_tao(reading) if state.drawer == "loss over tao" and is_whole(reading) else None
    field = None
    if state.drawer == "landscape" and has_landscape(state, reading) and not is_staged:
        field = landscape(reading, plane, landscape_places(reading, *frame_of(reading, plane)))
    phases = None
    if state.drawer == "phase map" and reading.phase is not None:
        phases = phase_map(reading.n, reading.objective, reading.scene.dimension)
    return Picture(reading, plane, before, state.drawer, curve, field, phases, is_staged)


def is_whole(reading: Reading) -> bool:
    """Whether every pair is every other's negative: only then is it known what the loss can reach."""
    return reading.ruler is not None or reading.phase is not None


def has_landscape(state: State, reading: Reading) -> bool:
    """Whether the chosen anchor can stand anywhere in the picture: not on a line or globe, nor beside its plane."""
    dimension = reading.scene.dimension
    return dimension == 2 or (dimension > 3 and state.view == "anchor plane")
