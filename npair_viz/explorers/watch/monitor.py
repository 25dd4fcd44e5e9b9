"""`Monitor`, what `watch` returns: it keeps what samples of a run say."""

import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.explorers.watch.sampler import Sampler
from npair_viz.explorers.watch.told import told
from npair_viz.linalg import is_traced
from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.losses.objectives import MC, Objective
from npair_viz.losses.watching import Compared, is_in_backward, step_aside
from npair_viz.optional_imports import needed_for
from npair_viz.training.recording import Alert, Recording
from npair_viz.training.sample_rows import sample_rows
from npair_viz.validation import check_count

if TYPE_CHECKING:
    from pandas import DataFrame

ASIDE = (
    "what a loss compares within a compiled graph, torch.func or a CUDA graph can't be seen: the monitor steps aside "
    "there; to watch, compile the encoder alone and call the loss outside"
)
FAILED = "the monitor failed and stopped watching, the run goes on"


class Monitor:
    """What is kept of a training run; made by `watch`.

    A row of numbers a sample, by these keys; `metrics` has those of the last one but step:
        step, seconds: when it was taken, since the first sample.
        loss, floor, chance: a pair, penalty included; the least that unit pairs can have, or raw ones under l2_reg, and
            the loss where all similarities are equal; NaN where nobody knows.
        score: how far the loss is from chance: 1 at the floor, 0 at chance, below 0 beyond it.
        pair_loss, penalty: the loss without the penalty, of at most 256 anchors; and the penalty.
        effective_negatives: how many negatives share an anchor's push, in the mean; of so many negatives.
        right_picks: the share of anchors that are nearer to their positive than to any negative.
        negative_cosine, side_cosine: the mean cosine of an anchor and a negative; of two rows of one side, the larger.
        gap, pair_distance: the distance of the means of anchors and positives; of a pair's rows, root mean square.
        rank, most_rank: the effective rank of at most 256 anchors, and how much their number and classes allow.
        length, length_spread: of the rows before the loss divided by it, mean and standard deviation.
        roundness: by how much the length of a compared row differs from 1, at most.
        tao, tao_gradient: the temperature; where it is learned, its gradient at the sample before.
        pairs, classes, negatives: how many there are, negatives an anchor.
        recall, sample_rows, sample_move: with `sample=`, its Recall@1, of so many rows; how far these moved.
    At most 4,096 rows and 200 pictures are kept: of a longer run, those that leave the steps evenly spread.

    Attributes:
        name: Stands before the metrics.
        every: How many steps lie between two samples.
        error: What failed inside the monitor, or in the encoder on the sample; None if nothing did.

    >>> monitor = Monitor(every=1, name="first")
    >>> rows = torch.eye(3, requires_grad=True)
    >>> monitor(rows, rows, tao=0.5)
    >>> monitor.step, round(monitor.metrics()["first/score"], 3)
    (1, 0.856)
    """

    def __init__(
        self,
        loss: NPairLoss | None = None,
        *,
        every: int = 50,
        encoder: object = None,
        sample: object = None,
        name: str = "",
    ) -> None:
        rows = None if sample is None else sample_rows(encoder, sample)
        self.name, self.every, self._step = name, every, 0
        self.error: Exception | None = None
        self._recording = Recording(name)
        self._sampler: Sampler | None = Sampler(self._recording, rows)
        self._view: Any = None
        self._open_calls = 0  # forward calls that a backward pass may repeat
        self._stepped_aside = False
        self._loss = (lambda: None) if loss is None else weakref.ref(loss)
        if loss is not None:
            if isinstance(loss._watcher, Monitor):
                loss._watcher.close()
            loss._watcher = self

    def __call__(
        self,
        anchors: Tensor,
        positives: Tensor,
        *,
        tao: float | Tensor,
        loss: float | Tensor | None = None,
        objective: Objective = MC,
        labels: Tensor | None = None,
        negatives: Tensor | None = None,
        negative_labels: Tensor | None = None,
    ) -> None:
        """Take a step of a loop with another loss of pairs.

        Args:
            anchors: (n, d), as the loss compares them: normalized if it does that.
            positives: (n, d), row i is the partner of row i of the anchors.
            tao: What similarities are divided by; one over a scale.
            loss: What the loss said, a pair; by default that of `npair_loss`.
            objective: "mc" or "ovo".
            labels: (n,) integers; rows of equal label are not each other's negatives.
            negatives: (m, d), more rows that every anchor is compared with.
            negative_labels: (m,) integers; a row of an anchor's label is no negative of it.

        Raises:
            ValueError: A shape or a setting is wrong.
            TypeError: A dtype or the type of a setting is wrong.
        """
        if is_traced():
            step_aside(self)
            return
        compared = told(anchors, positives, tao, loss, objective, labels, negatives, negative_labels)
        self.saw(lambda: compared)

    def saw(self, compared: Callable[[], Compared], by: object = None) -> None:
        """Take a forward call; `NPairLoss` calls this where it is watched."""
        is_other = by is not None and by is not self._loss()  # a replica that holds a copy of the module's attributes
        if self._sampler is None or is_other or not torch.is_grad_enabled() or self._is_repeated():
            return
        step, self._step = self._step, self._step + 1
        if step % self.every:
            return
        with self._guarded():
            found = compared()
            if found.anchors.is_cuda and torch.cuda.is_current_stream_capturing():
                self.step_aside()
            else:
                self._sampler.take(step, found)
                self.error = self._sampler.error

    def step_aside(self) -> None:
        """Say once that a call was not seen."""
        if not self._stepped_aside:
            self._stepped_aside = True
            warnings.warn(ASIDE, NPairWarning, stacklevel=2)

    def metrics(self) -> dict[str, float]:
        """The last numbers that have arrived, for any logger; it never waits. The keys are those of a row but step."""
        self._take_in(wait=False)
        before = f"{self.name}/" if self.name else ""
        last = self._recording.rows[-1] if self._recording.rows else {}
        return {before + name: value for name, value in last.items() if name != "step"}

    @property
    def step(self) -> int:
        """How many forward calls were seen; may be set, where a run goes on."""
        return self._step

    @step.setter
    def step(self, step: int) -> None:
        self._step = check_count("step", step, least=0)

    @property
    def recording(self) -> Recording:
        """All that is kept; waits for samples that are on their way from a device."""
        self._take_in(wait=True)
        return self._recording

    @property
    def rows(self) -> list[dict[str, float]]:
        """The numbers, one dict a sample."""
        return self.recording.rows

    @property
    def alerts(self) -> list[Alert]:
        """What went wrong, each kind once: name, step, words with numbers, and what to try."""
        return self.recording.alerts

    @property
    def history(self) -> "DataFrame":
        """The numbers as a data frame, one row a sample; needs pandas."""
        with needed_for("history"):
            import pandas
        return pandas.DataFrame(self.rows)

    def save(self, path: str | Path) -> None:
        """Write numbers, pictures and alerts to a file of JSON."""
        self._picture_last()
        Path(path).write_text(self.recording.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "Monitor":
        """A monitor that shows what another one saved, and watches nothing.

        Raises:
            ValueError: The file holds something else, or is damaged.
            OSError: There is no such file.
        """
        data = Path(path).read_bytes()
        try:
            recording = Recording.from_json(data.decode("utf-8"))
        except ValueError as error:  # of the decoder, too
            raise ValueError(f"{path} must hold what monitor.save wrote: {error}") from None
        return cls._closed(recording)

    def close(self) -> None:
        """Take the monitor away from the loss, the encoder and the sample; what it has kept stays."""
        self._picture_last()
        if self._view is not None and self._sampler is not None:
            self._view.tell_now()
        self._stop()

    def to_html(self) -> str:
        """The picture as one HTML page, without a kernel."""
        self._picture_last()
        return str(_living("to_html").page(self.recording))

    def __getstate__(self) -> dict[str, Any]:
        return {"recording": self.recording, "step": self.step}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy keeps what was kept, and watches nothing."""
        kept: Recording = state["recording"]
        vars(self).update(vars(Monitor._closed(kept)), _step=state["step"])

    def __repr__(self) -> str:
        rows, alerts = self.rows, ", ".join(alert.name for alert in self.alerts) or "none"
        of = f" {self.name}" if self.name else ""
        last = f", loss {rows[-1]['loss']:.4g} at step {rows[-1]['step']:.0f}" if rows else ""
        failed = f", failed: {self.error!r}" if self.error else ""
        return f"<Monitor{of}: {self.step} steps, {len(rows)} samples{last}, alerts: {alerts}{failed}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self._picture_last()
        if self._view is None:
            finish = partial(_picture_last_of, weakref.ref(self))  # the page's part lives on its own
            self._view = _living("the picture of a monitor").LivingRecording(self._recording, finish)
        self._view.tell_now()
        return bundle_of(self._view, repr(self))

    @classmethod
    def _closed(cls, recording: Recording) -> "Monitor":
        monitor = cls(name=recording.name)
        monitor._recording, monitor._sampler = recording, None
        monitor._step = int(recording.rows[-1]["step"]) + 1 if recording.rows else 0
        return monitor

    def _is_repeated(self) -> bool:
        """Whether activation checkpointing calls a second time, in backward, after a first call that was counted."""
        if not is_in_backward():
            self._open_calls += 1
            return False
        self._open_calls -= 1
        if self._open_calls >= 0:
            return True
        self._open_calls = 0  # the first call had no gradients: this is the one to count
        return False

    def _take_in(self, *, wait: bool) -> None:
        if self._sampler is not None:
            with self._guarded():
                self._sampler.take_in(wait=wait)

    def _picture_last(self) -> None:
        if self._sampler is not None:
            with self._guarded():
                self._sampler.picture_last()

    def _stop(self) -> None:
        loss = self._loss()
        if loss is not None and loss._watcher is self:
            loss._watcher = None
        if self._sampler is not None:
            self._sampler.let_go()
        self._sampler, self._loss = None, lambda: None

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Let no failure out; show what is new."""
        try:
            yield
            if self._view is not None and self._sampler is not None and self._sampler.has_news():
                self._view.tell()
        except Exception as error:  # whatever it is, the run goes on
            self.error = error
            self._stop()
            warnings.warn(f"{FAILED}: {type(error).__name__}: {error}", NPairWarning, stacklevel=4)


def _picture_last_of(monitor: weakref.ref[Monitor]) -> None:
    if (alive := monitor()) is not None:
        alive._picture_last()


def _living(what: str) -> Any:
    with needed_for(what):
        return import_module("npair_viz.explorers.watch.living")
