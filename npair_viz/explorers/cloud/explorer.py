"""The embedding explorer: real data as a cloud, and the line-up of any row."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from plotly import graph_objects as go

from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.board import Board
from npair_viz.explorers.cloud.choosing import found_rows
from npair_viz.explorers.cloud.colouring import COLOURS, checked_columns
from npair_viz.explorers.cloud.hands import connect
from npair_viz.explorers.cloud.looking import Looking
from npair_viz.explorers.cloud.motions import Motions
from npair_viz.explorers.cloud.moving import Moving
from npair_viz.explorers.cloud.rows import Embeddings
from npair_viz.explorers.cloud.sentence import tell_embeddings
from npair_viz.explorers.cloud.state import FIELDS, EmbeddingState, changed_embeddings, seen_alike
from npair_viz.explorers.cloud.tables import frame_of, neighbours_frame, suspects_frame, twins_frame
from npair_viz.explorers.shared.attributes import Fixed
from npair_viz.explorers.shared.closing import give_memory_back
from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.figures.clouds import Cloud, update_cloud
from npair_viz.geometry.acts import CLOSED, Acts
from npair_viz.geometry.candidates import LineUp
from npair_viz.validation import check_count

if TYPE_CHECKING:
    from pandas import DataFrame


class EmbeddingExplorer(Fixed, called="explorer", settings=FIELDS):
    """Many rows as a cloud, and who is near one of them. Made by `explore`, used by its controls or by `set`.

    A click on a row makes it the anchor. The rows nearest to it, of its own class and of others, are those among all
    rows. Its line-up is its class's positive and those of all other classes in the batch. The loss, the shares and the
    forces are always those of the full vectors. A row of pairs is compared with the rows of the other side alone.

    Attributes:
        figure: The plotly figure with its named traces; what is changed in it by hand is shown with the next act.
        controls: The widgets by name.
        widget: All of it, as a notebook shows it.
        selected_rows: The numbers of the selected rows, in order; it may be set, to row numbers or a mask.
        columns: What else is known of each row, by name, to colour by; it may be set to a data frame of b rows.

    >>> from npair_viz.data.scenes import digits
    >>> explorer = EmbeddingExplorer(digits(), {"row": 3, "tao": 0.05})
    >>> explorer.reading.partner, len(explorer.reading.rivals)
    (13, 9)
    >>> explorer.selected_rows = [3, 17]
    >>> explorer.undo()
    >>> explorer.selected_rows
    []
    """

    figure: go.Figure
    controls: dict[str, Any]
    widget: Any
    _reading: LineUp
    _cloud: Cloud
    _own: ClassVar[frozenset[str]] = frozenset({"selected_rows", "columns"})

    def __init__(
        self,
        scene: Scene,
        settings: dict[str, Any],
        *,
        level: int = 2,
        hide: Collection[str] = (),
        lock: Collection[str] = (),
        task: str = "",
        is_present: bool = False,
        columns: Any = None,
        moving: Moving | None = None,
    ) -> None:
        self._embeddings = Embeddings(scene, checked_columns(columns, len(scene.labels)), moving)
        self._worst = 0
        state = self._opening(settings)
        self._board = Board(self._sync, level=level, hide=hide, lock=lock, task=task, is_moving=bool(moving))
        self.figure, self.controls, self.widget = self._board.figure, self._board.controls, self._board.widget
        self._picture, self._words = self._board.picture, self._board.words
        tell, pace = self._board.tell, self._board.pace
        self._motions = Motions(self, lambda state: self._acts.show(state), tell, pace)
        self._looking = Looking(self._embeddings, tell, self._words["progress"], pace)
        self._acts = Acts(state, self._draw, self._board.sync, self._motions.pause, seen_alike)
        connect(self, self._board, self._motions, self._looking, self._touch)
        self._acts.show(state)
        self.controls["present"].value = is_present

    def _opening(self, settings: dict[str, Any]) -> EmbeddingState:
        """The state with these settings; without a row, at the batch's anchor with the largest loss."""
        first = int(self._embeddings.batch(EmbeddingState()).anchors[0])
        state = self._after(EmbeddingState(), {"row": first, **settings})
        return state if "row" in settings else replace(state, row=self._embeddings.most_lost(state))

    def _after(self, state: EmbeddingState, changes: dict[str, Any]) -> EmbeddingState:
        held = self._embeddings
        return changed_embeddings(state, held.scene, held.columns, is_moving=held.moving is not None, **changes)

    @property
    def state(self) -> EmbeddingState:
        """The state that is shown, frozen; `state.to_json()` saves it as text."""
        return self._acts.state

    @property
    def reading(self) -> LineUp:
        """The line-up of the chosen row in the batch, with every number on screen."""
        return self._reading

    @property
    def scene(self) -> Scene:
        """All rows, their classes, texts and pictures."""
        return self._embeddings.scene

    @property
    def sentence(self) -> str:
        """The words about the batch."""
        return self._sentence

    @property
    def selected_rows(self) -> list[int]:
        """The numbers of the selected rows, in order."""
        return list(self.state.selected_rows)

    @selected_rows.setter
    def selected_rows(self, rows: Any) -> None:
        self.set(selected_rows=rows)

    @property
    def columns(self) -> dict[str, Sequence[Any]]:
        """What else is known of each row, by name."""
        return self._embeddings.columns

    @columns.setter
    def columns(self, columns: Any) -> None:
        held = checked_columns(columns, len(self.scene.labels))
        if self.state.colour not in (*COLOURS, *held):
            self.set(colour=COLOURS[0])
        self._embeddings.columns = held
        self._board.sync()

    def set(self, **changes: Any) -> None:
        """Change settings, such as row=17, tao=0.05, policy="hardest", colour="class"; `undo` takes them back.

        Args:
            changes: Settings of `explore` for embeddings.

        Raises:
            ValueError: A setting is wrong.
            TypeError: A setting is unknown or of the wrong type.

        >>> from npair_viz.data.scenes import digits
        >>> explorer = EmbeddingExplorer(digits(), {"row": 3})
        >>> explorer.set(row=17, tao=0.05)
        >>> explorer.reading.partner
        7
        """
        self._acts.act(self._after(self.state, changes))

    def neighbours(self, row: int | None = None, k: int = 10) -> "DataFrame":
        """The k rows of its own class and the k rows of other classes with the largest cosines to a row, of all rows.

        The first k of the table are so the k nearest of all. A row of pairs is compared with the other side alone.

        Args:
            row: The row; None for the anchor.
            k: How many of each.

        Returns:
            Columns row, class, text, cosine and own class, the nearest first; of pairs also what each row is called.

        Raises:
            ValueError: There is no such row, or k is below 1.
            TypeError: row or k is no whole number.

        >>> from npair_viz.data.scenes import digits
        >>> EmbeddingExplorer(digits(), {"row": 3}).neighbours(5, k=1)["class"].tolist()
        [9, 5]
        """
        row = self.state.row if row is None else check_count("row", row, least=0)
        if row >= len(self.scene.labels):
            raise ValueError(f"row must be from 0 to {len(self.scene.labels) - 1}, got {row}")
        return neighbours_frame(self.scene, self._embeddings.neighbours(row, check_count("k", k)))

    def suspects(self, *, every: bool = False) -> "DataFrame":
        """Rows in order of doubt: cosine of the nearest row of another class − cosine of the nearest of its own.

        Up to 20,000 rows all are looked at; of more 2,000 by lot, each against all rows. `attrs["looked at"]` says so.

        Args:
            every: Whether to look at all rows, however many there are; 100,000 take a minute or two.

        Returns:
            Columns row, class, text, doubt, the nearest other and own row, and how many of the 15 nearest disagree.

        >>> from npair_viz.data.scenes import digits
        >>> table = EmbeddingExplorer(digits(), {"row": 3}).suspects()
        >>> table.attrs["looked at"], len(table)
        ('all 1,797 rows', 1797)
        """
        return suspects_frame(self.scene, self._embeddings.look(every))

    def twins(self, *, every: bool = False) -> "DataFrame":
        """Each row with the row nearest to it, the nearest pairs first: equal rows have cosine 1.

        Args:
            every: As in `suspects`.

        Returns:
            Columns row, class, text, twin, its class and cosine; each pair once.
        """
        return twins_frame(self.scene, self._embeddings.look(every))

    def changes(self) -> "DataFrame":
        """Of a comparison, its rows with what changed, those that moved farthest first."""
        return self._embeddings.changes()

    def selection(self) -> "DataFrame":
        """The selected rows: columns row, class and text."""
        return frame_of(self.scene, self.selected_rows)

    def find(self, query: str) -> list[int]:
        """Select the rows whose text has all words of the query, or those of class:name, or rows by their numbers.

        Args:
            query: What is looked for; case does not count; "" selects none.

        Returns:
            The selected rows.

        Raises:
            ValueError: Nothing is found.

        >>> from npair_viz.data.scenes import digits
        >>> EmbeddingExplorer(digits(), {"row": 3}).find("class: 3")[:3]
        [3, 13, 23]
        """
        self.set(selected_rows=found_rows(self.scene, query), only=self.state.only and bool(query.strip()))
        return self.selected_rows

    def select(self) -> None:
        """Add the anchor to the selected rows, or take it out if it is one of them."""
        self.set(selected_rows=sorted({self.state.row} ^ {*self.state.selected_rows}))

    def draw(self) -> None:
        """Take other pairs into the batch, by lot."""
        self.set(policy="random", seed=self.state.seed + (self.state.policy == "random"))

    def worst(self) -> None:
        """Go to the row that is most like another class, the first of `suspects`; called again, to the next one."""
        rows = self._embeddings.look().suspects
        if not len(rows):
            raise ValueError("no row has both a nearest row of its own class and one of another class")
        self._worst = (self._worst + 1) % len(rows) if self.state.row == rows[self._worst % len(rows)] else 0
        self.set(row=int(rows[self._worst]))

    def undo(self) -> None:
        """Take the last act back."""
        self._acts.undo()

    def redo(self) -> None:
        """Do again the act that was taken back."""
        self._acts.redo()

    def reset(self) -> None:
        """Go back to the start; `undo` takes it back."""
        self._acts.reset()

    def close(self) -> None:
        """Stop, remove the explorer from the page and free all rows; its state and its sentence stay."""
        self._motions.pause()
        self._looking.close()
        self._board.close()
        self._acts.close()
        self._embeddings = self._reading = self._cloud = CLOSED
        give_memory_back()

    def _draw(self, state: EmbeddingState) -> None:
        cloud = self._embeddings.cloud(state)
        batch, losses = self._embeddings.batch(state), self._embeddings.losses(state)
        sentence = tell_embeddings(batch, losses, state, cloud.line_up)
        with self._picture.changing():
            update_cloud(self.figure, cloud)
        self._reading, self._sentence, self._cloud = cloud.line_up, sentence, cloud

    def _sync(self) -> None:
        self._board.show(self._embeddings, self.state, self._acts.history, self._cloud, self._sentence)
        self._board.show_runs(self._motions, self._looking)

    def _touch(self, name: str, changes: dict[str, Any]) -> None:
        """Apply the value of a control."""
        self._acts.act(self._after(self.state, changes), touch=name)

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"EmbeddingExplorer. {self._sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.widget, repr(self))
