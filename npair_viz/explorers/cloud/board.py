"""Everything of a cloud that is on the page: its picture, controls, words and lists, and how they show a state."""

from collections.abc import Callable, Collection

import ipywidgets as widgets
from plotly import graph_objects as go

from npair_viz.explorers.cloud.colouring import COLOURS
from npair_viz.explorers.cloud.controls import GROUPS, LEVELS, arrange, make_controls, make_lines, make_moments
from npair_viz.explorers.cloud.lists import LINES, LOOKED, lines_of, table_of
from npair_viz.explorers.cloud.looking import Looking
from npair_viz.explorers.cloud.motions import Motions
from npair_viz.explorers.cloud.rows import ALL_LOOKED, Embeddings
from npair_viz.explorers.cloud.state import CHANGES, LISTS, EmbeddingState
from npair_viz.explorers.cloud.tables import looked_at
from npair_viz.explorers.cloud.words import legend_words, nearest_words, progress
from npair_viz.explorers.shared.closing import close_all
from npair_viz.explorers.shared.fields import show_choices, show_history, show_run, show_settings
from npair_viz.explorers.shared.layout import make_words, parts
from npair_viz.explorers.shared.picture import Picture
from npair_viz.explorers.shared.picture_pace import PicturePace
from npair_viz.explorers.shared.screen import Screen
from npair_viz.explorers.shared.status import to_note, to_speak, to_task
from npair_viz.figures.clouds import Cloud, add_cloud
from npair_viz.geometry.history import History


class Board:
    """The widgets of a cloud.

    Args:
        sync: Shows the state, by `show` and `show_runs`.
        level: Which parts are there at first.
        hide: More parts to leave out.
        lock: Controls to disable.
        task: A line above the picture.
        is_moving: Whether there is a before and an after.
    """

    def __init__(
        self,
        sync: Callable[[], None],
        *,
        level: int,
        hide: Collection[str],
        lock: Collection[str],
        task: str,
        is_moving: bool,
    ) -> None:
        self.controls = {**make_controls(), **(make_moments() if is_moving else {})}
        empty = dict.fromkeys(("legend", "nearest", "batch", "progress", "drawn"), "")
        self.words = make_words(task=to_task(task), **empty)
        names = [*self.controls, *self.words]
        self.figure = add_cloud(go.Figure())
        self.picture = Picture(self.figure, scrollZoom=True)
        self._place = widgets.VBox([self.controls["lines"]])
        placed = {**self.controls, "lines": self._place}
        self.widget = arrange(self.picture, placed, self.words, parts((*LEVELS[level], *hide), names, GROUPS))
        self.screen = Screen(self.widget, self.controls, self.words, sync, parts(lock, names, GROUPS))
        self.pace = PicturePace(self.picture.sheet)
        self.sync, self.tell, self.close = self.screen.sync, self.screen.tell, self.screen.close
        self._go: Callable[[int | None], None] = lambda row: None
        self._listed: object = None
        self._is_lookable = False

    def show(
        self,
        embeddings: Embeddings,
        state: EmbeddingState,
        history: History[EmbeddingState],
        cloud: Cloud,
        sentence: str,
    ) -> None:
        """Set every control and every text to a state and what is drawn of it."""
        show_choices(self.controls["colour"], (*COLOURS, *embeddings.columns), state.colour)
        show_choices(self.controls["listed"], LISTS if embeddings.moving is None else (*LISTS, CHANGES), state.listed)
        show_settings(self.controls, vars(state))
        show_history(self.controls, history)
        self.controls["l2_reg"].disabled = state.normalize
        self.controls["tour"].disabled = cloud.scene.dimension <= 2
        self.controls["only"].disabled = not state.selected_rows
        texts = {
            "sentence": to_speak(sentence),
            "nearest": nearest_words(cloud.scene, state.row, cloud.nearest),
            "batch": f'<div class="npair-batch">{cloud.batch}</div>',
            "legend": legend_words(cloud.colouring),
            "drawn": to_note(_where(cloud, state)),
        }
        for name, text in texts.items():
            self.words[name].value = text
        self._show_list(embeddings, state)

    def show_runs(self, motions: Motions, looking: Looking) -> None:
        """Show on the buttons what a click does to the tour, to the way from before to after, and to the look."""
        show_run(self.controls["tour"], motions.tour.is_running, "Tour", "Stop")
        if "move" in self.controls:
            show_run(self.controls["move"], motions.move.is_running, "Move", "Stop")
        look, is_looking = self.controls["look"], looking.is_running
        look.description, look.icon = ("cancel", "stop") if is_looking else ("look", "search")
        look.layout.display = "" if is_looking or self._is_lookable else "none"

    def on_line(self, go: Callable[[int | None], None]) -> None:
        """Call `go` with the row of each line that is chosen."""
        self._go = go

    def _exchange(self, lines: list[tuple[str, int]]) -> None:
        """Put another list in the place of the one that is there.

        The page tells the number of a line alone. What it tells of a list that is gone goes to a closed widget, and
        chooses no line of this one.
        """
        former, self.controls["lines"] = self.controls["lines"], make_lines(lines)
        self.screen.on_value(self.controls["lines"], lambda row: self._go(row))
        self._place.children = [self.controls["lines"]]
        close_all(former)

    def _show_list(self, embeddings: Embeddings, state: EmbeddingState) -> None:
        looked = embeddings.looked if state.listed in LOOKED else None
        shown = (state.listed, state.row if state.listed == "neighbours" else None, state.selected_rows, looked)
        controls = self.controls
        if shown != self._listed:  # a table of all rows takes a moment
            table = table_of(state.listed, embeddings, state.row, state.selected_rows)
            self._exchange([] if table is None else lines_of(state.listed, table, embeddings))
            self._listed, self._count = shown, 0 if table is None else len(table)
        lines = controls["lines"]
        rows = [row for _, row in lines.options]
        lines.value = state.row if state.row in rows else None
        self._is_lookable = state.listed in LOOKED and not embeddings.is_looked()
        is_open = state.listed != "none"
        lines.layout.display = "" if is_open and rows else "none"
        for name, is_shown in {
            "every": state.listed in LOOKED and len(embeddings.scene.labels) > ALL_LOOKED,
            "worst": True,
            "csv": is_open and bool(rows),
        }.items():
            controls[name].layout.display = "" if is_shown else "none"
        self.words["progress"].value = _told(embeddings, state, self._count, looked) if is_open else ""


def _where(cloud: Cloud, state: EmbeddingState) -> str:
    """Where the rows are drawn, and how many there are."""
    if state.moment == 1:
        return _how_many(cloud, state)
    places = "of before" if state.moment == 0 else "between before and after"
    return f"Places are {places}; who is nearest, bars and losses are of after. {_how_many(cloud, state)}".strip()


def _how_many(cloud: Cloud, state: EmbeddingState) -> str:
    drawn, whole = len(cloud.drawn), len(cloud.scene.labels)
    selected = len(state.selected_rows)
    if state.only and selected:
        some = "" if drawn == selected else f"{drawn:,} of "
        return f"Drawn: the anchor, its marks, and {some}the {selected:,} selected rows."
    near = "" if drawn == whole else f"Drawn: {drawn:,} of {whole:,} rows, by lot. The nearest are those of all rows. "
    return f"{near}Selected: {selected:,} rows." if selected else near.strip()


def _told(embeddings: Embeddings, state: EmbeddingState, count: int, looked: object) -> str:
    """What a list holds, or how to fill it."""
    scene = embeddings.scene
    if state.listed == "selected rows" and not count:
        return progress("Nothing is selected: type into find, or drag a lasso or a box.")
    if state.listed in LOOKED and looked is None:
        return progress("Press look: it compares rows with all others.")
    if state.listed == "neighbours":
        return progress(f"the {count:,} nearest to {scene.row_name(state.row)}, of {scene.facing(state.row)}")
    of = f"; looked at {looked_at(embeddings.scene, embeddings.look())}" if state.listed in LOOKED else ""
    first = f"the first {LINES} of {count:,}" if count > LINES else f"{count:,}"
    return progress(f"{first} {'pairs' if state.listed == 'twins' else 'rows'}{of}")
