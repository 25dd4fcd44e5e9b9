"""Takes the samples of a run, and turns them into rows, pictures and alerts once they have arrived."""

import math
import time
import warnings
import weakref
from collections import deque
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.geometry.projection import Plane
from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.watching import Compared
from npair_viz.training.alerts import alerts_of
from npair_viz.training.in_flight import InFlight
from npair_viz.training.measures import ROUND, Settings, row_of, settings_of, shown, taken
from npair_viz.training.pictures import Means, means_with, picture_of, sides_of
from npair_viz.training.recording import Recording
from npair_viz.training.sample_rows import SampleRows
from npair_viz.training.threads import one_thread

PAUSE = 0.5  # seconds between two pictures
MOST_ON_THE_WAY = 8  # samples that have not arrived; what a slow device would add to them is left out
LEFT_OUT = "the encoder failed on the sample, which the monitor leaves out from now on, the loss's numbers go on"
MEND = "give inputs as your loop gives them to the encoder: same type, dtype and device"


@dataclass(frozen=True, eq=False)
class Sample:
    """A step that was sampled, on its way from the device."""

    step: int
    seconds: float
    settings: Settings
    tao_range: tuple[float, float] | None
    is_pictured: bool
    embedded: SampleRows | None
    sent: InFlight


@dataclass(frozen=True, eq=False)
class Shown:
    """What a picture of a step is made of, on the CPU: rows as the loss compares them, and their pairs' classes."""

    step: int
    seconds: float
    rows: Tensor
    classes: Tensor | None
    embedded: SampleRows | None


class Sampler:
    """Fills a recording from the steps of a run; with `rows`, these are embedded at each sample."""

    def __init__(self, recording: Recording, rows: SampleRows | None) -> None:
        self.recording, self.rows = recording, rows
        self.error: Exception | None = None  # of the encoder
        self._on_the_way: deque[Sample] = deque()
        self._started: float | None = None
        self._pictured = self._told = -PAUSE  # seconds since the start
        self._unpictured: Shown | None = None  # the newest, where it came too soon after the last picture
        self._plane: Plane | None = None
        self._means: Means | None = None
        self._on_tao: Tensor | None = None  # the gradient since the last sample
        self._hook: torch.utils.hooks.RemovableHandle | None = None
        self._is_new = False
        self._before: Tensor | None = None  # the sample's rows

    def take(self, step: int, compared: Compared) -> None:
        """Take a sample; nothing waits."""
        self.take_in(wait=False)
        if len(self._on_the_way) >= MOST_ON_THE_WAY:
            return
        now = time.monotonic()
        self._started = now if self._started is None else self._started
        seconds = now - self._started
        is_pictured = seconds >= self._pictured + PAUSE
        parts = taken(compared)
        parts |= self._embedded() or shown(compared)
        tao_range = None
        if isinstance(compared.tao, Tensor) and compared.tao.requires_grad:
            tao_range = compared.tao_range
            parts |= self._gradient_of(compared.tao)
        if is_pictured:
            self._pictured = seconds
        settings = settings_of(compared)
        self._on_the_way.append(Sample(step, seconds, settings, tao_range, is_pictured, self.rows, InFlight(parts)))
        self.take_in(wait=False)

    def take_in(self, *, wait: bool) -> None:
        """Turn what has arrived into rows, pictures and alerts; with `wait`, all that is on its way."""
        while self._on_the_way and (wait or self._on_the_way[0].sent.has_arrived()):
            sample = self._on_the_way.popleft()
            sample.sent.wait()
            with torch.no_grad(), one_thread():
                self._keep(sample)

    def picture_last(self) -> None:
        """Keep a picture of the last sample, which may have come too soon after the one before; waits for it."""
        self.take_in(wait=True)
        if self._unpictured is not None:
            self._pictured = self._unpictured.seconds
            with torch.no_grad(), one_thread():
                self._keep_picture(self._unpictured)

    def has_news(self) -> bool:
        """Whether there is something new to show, and the last time was long enough ago."""
        now = time.monotonic()
        if not self._is_new or now < self._told + PAUSE:
            return False
        self._is_new, self._told = False, now
        return True

    def let_go(self) -> None:
        """Look no longer at the gradient of tao."""
        if self._hook is not None:
            self._hook.remove()
        self._on_tao = self._hook = None

    def _embedded(self) -> dict[str, Tensor]:
        """The rows of the sample; nothing from the first time on that its encoder fails, which is said once."""
        if self.rows is None:
            return {}
        try:
            return {"sample": self.rows.embed()}
        except Exception as error:  # whatever it is, the numbers of the loss go on
            self.rows, self.error = None, error
            warnings.warn(f"{LEFT_OUT}: {type(error).__name__}: {error}; {MEND}", NPairWarning, stacklevel=5)
            return {}

    def _keep(self, sample: Sample) -> None:
        arrived = sample.sent.tensors
        row = {"step": float(sample.step), "seconds": sample.seconds, **row_of(arrived, sample.settings)}
        if "on_tao" in arrived:
            row["tao_gradient"] = float(arrived["on_tao"])
        if (it := sample.embedded) is not None:
            row["recall"], row["sample_rows"] = it.recall(arrived["sample"]), float(len(it.classes))
            row["sample_move"] = self._move_to(arrived["sample"])
        self.recording.keep_row(row)
        self._unpictured = self._shown(sample, are_units=row["roundness"] <= ROUND) or self._unpictured
        if sample.is_pictured and self._unpictured is not None:
            self._keep_picture(self._unpictured)
        known = {alert.name for alert in self.recording.alerts}
        self.recording.alerts.extend(alerts_of(self.recording.rows, sample.tao_range, known))
        self._is_new = True

    def _move_to(self, rows: Tensor) -> float:
        """How far a row of the sample moved since the sample before, root mean square; NaN at the first."""
        before, self._before = self._before, rows
        if before is None or before.shape != rows.shape:
            return math.nan
        return float((rows.double() - before.double()).square().sum(dim=1).mean().sqrt())

    def _shown(self, sample: Sample, *, are_units: bool) -> Shown | None:
        """The rows of a sample as the loss compares them: `are_units`, whether it puts them on the sphere."""
        arrived = sample.sent.tensors
        rows = arrived["rows" if sample.embedded is None else "sample"]
        if not (rows.numel() and rows.isfinite().all()):
            return None
        rows = unit_rows(rows) if are_units else rows
        return Shown(sample.step, sample.seconds, rows, arrived.get("classes"), sample.embedded)

    def _keep_picture(self, it: Shown) -> None:
        self._unpictured, rows = None, it.rows
        same_rows, pairs = it.embedded is not None, len(rows) // 2
        if it.embedded is not None:
            classes, sides = it.embedded.classes, torch.zeros(len(rows), dtype=torch.int64, device="cpu")
            if it.embedded.are_pairs:
                classes, sides = classes.repeat(2), sides_of(pairs)
        else:
            classes, sides = torch.arange(pairs, device="cpu").repeat(2), sides_of(pairs)
            if it.classes is not None:
                classes = it.classes.repeat(2)
                self._means = means_with(self._means, rows, it.classes)
                if self._means.are_followed:
                    rows, classes, same_rows = self._means.rows, self._means.classes, True
                    sides = torch.zeros(len(rows), dtype=torch.int64, device="cpu")
        picture, self._plane = picture_of(it.step, rows, classes, sides, self._plane, same_rows=same_rows)
        self.recording.keep_picture(picture)

    def _gradient_of(self, tao: Tensor) -> dict[str, Tensor]:
        """The gradient that tao got since the last sample, if it got one; its next one is noted."""
        arrived = {} if self._on_tao is None else {"on_tao": self._on_tao}
        self.let_go()
        sampler = weakref.ref(self)

        def note(gradient: Tensor) -> None:
            if (alive := sampler()) is not None:
                alive._on_tao = gradient.detach().clone()

        self._hook = tao.register_hook(note)  # type: ignore[no-untyped-call]  # torch's
        return arrived
