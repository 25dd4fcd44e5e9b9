"""What a hand does with a cloud: each control, a click on a mark, a lasso."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from npair_viz.explorers.cloud.board import Board
from npair_viz.explorers.cloud.colouring import DISAGREEMENT
from npair_viz.explorers.cloud.lists import LINES, LOOKED
from npair_viz.explorers.cloud.looking import Looking
from npair_viz.explorers.cloud.motions import Motions
from npair_viz.explorers.cloud.state import CHANGES, FIELDS
from npair_viz.explorers.cloud.words import file_words
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.typed import asked_by
from npair_viz.figures.candidate_bars import BARS
from npair_viz.figures.clouds import CLOUDS, MARKED
from npair_viz.figures.present_mode import enlarge_cloud

if TYPE_CHECKING:
    from pandas import DataFrame

    from npair_viz.explorers.cloud.explorer import EmbeddingExplorer


def connect(
    explorer: "EmbeddingExplorer",
    board: Board,
    motions: Motions,
    looking: Looking,
    touch: Callable[[str, dict[str, Any]], None],
) -> None:
    """Connect controls and picture with what they do.

    Args:
        explorer: Whose methods are called.
        board: Its widgets.
        motions: Its runs.
        looking: Its look at many rows.
        touch: Applies settings that a control of that name has.
    """
    screen, controls = board.screen, board.controls
    special = {"colour", "listed"}
    for name in ("typed tao", *(controls.keys() & set(FIELDS) - special)):
        screen.on_value(controls[name], partial(_set, explorer, touch, name))
    screen.on_value(controls["colour"], partial(_colour, explorer, looking))
    screen.on_value(controls["listed"], partial(_list, explorer, looking))
    screen.on_value(controls["find"], partial(_find, explorer))
    board.on_line(partial(_go, explorer))
    presses: dict[str, Callable[[], None]] = {
        "tour": lambda: motions.tour.toggle(partial(explorer.set, view="tour")),
        "move": lambda: motions.move.toggle(partial(explorer.set, moment=float(explorer.state.moment == 0))),
        "look": lambda: looking.cancel() if looking.is_running else looking.start(board.sync),
        "every": lambda: looking.start(board.sync, every=True),
        "worst": lambda: looking.start(explorer.worst),
        "csv": partial(_offer_file, explorer, board),
        "select": explorer.select,
        "draw": explorer.draw,
        "undo": explorer.undo,
        "redo": explorer.redo,
        "reset": explorer.reset,
    }
    for name in presses.keys() & controls.keys():
        screen.on_press(controls[name], presses[name])
    connect_switch(controls["present"], board.picture, board.widget, partial(_enlarge, explorer))
    board.picture.on_click(partial(_choose, explorer, board))
    board.picture.on_select(partial(_select, explorer, board))


def _set(explorer: "EmbeddingExplorer", touch: Callable[[str, dict[str, Any]], None], name: str, value: Any) -> None:
    changes = asked_by(name, value, explorer.state.l2_reg)
    n, most = changes.get("n_classes"), explorer.scene.n_classes
    if n is not None and not 2 <= n <= most:
        raise ValueError(f"classes must be all or from 2 to {most:,}, got {n:,}")
    touch(name, changes)


def _enlarge(explorer: "EmbeddingExplorer", figure: Any, is_present: bool) -> None:
    enlarge_cloud(figure, is_present)
    explorer.set()  # drawn again: large type has room for fewer letters


def _find(explorer: "EmbeddingExplorer", query: str) -> None:
    explorer.find(query)


def _go(explorer: "EmbeddingExplorer", row: int | None) -> None:
    if row is not None:
        explorer.set(row=row)


def _colour(explorer: "EmbeddingExplorer", looking: Looking, colour: str) -> None:
    if colour == DISAGREEMENT:
        looking.start(partial(explorer.set, colour=colour))
    else:
        explorer.set(colour=colour)


def _list(explorer: "EmbeddingExplorer", looking: Looking, listed: str) -> None:
    explorer.set(listed=listed)
    if listed in LOOKED:
        looking.start(partial(explorer.set, listed=listed))


def _offer_file(explorer: "EmbeddingExplorer", board: Board) -> None:
    """Make a file of the list that is open."""
    listed = explorer.state.listed
    tables: dict[str, Callable[[], DataFrame]] = {
        "neighbours": lambda: explorer.neighbours(k=LINES).head(LINES),
        "suspects": explorer.suspects,
        "twins": explorer.twins,
        "selected rows": explorer.selection,
        CHANGES: explorer.changes,
    }
    if listed in tables:  # none is open until one is chosen
        name = f"neighbours of {explorer.scene.row_name(explorer.state.row)}" if listed == "neighbours" else listed
        board.words["progress"].value = file_words(name.replace(" ", "_"), tables[listed]())


def _choose(explorer: "EmbeddingExplorer", board: Board, name: str, row: int | None) -> None:
    """Make the row of a mark the anchor."""
    if name in (*CLOUDS, *MARKED, *BARS) and "row" not in board.screen.locked:
        board.screen.attempt(partial(explorer.set, row=row))


def _select(explorer: "EmbeddingExplorer", board: Board, marks: dict[str, list[int]]) -> None:
    """Select the rows within a lasso or a box."""
    rows = [row for name in CLOUDS for row in marks.get(name, [])]
    board.screen.attempt(partial(explorer.set, selected_rows=rows))
