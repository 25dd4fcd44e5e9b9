"""What is kept of a training run that is watched: numbers, pictures and alerts, as plain values."""

from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Picture:
    """Rows in a plane at one step.

    Attributes:
        step: At which step they were taken.
        places: (m, 2) float32 on the CPU, the coordinates in the plane.
        classes: (m,) int64, the class of each row; rows of a pair have one class.
        sides: (m,) int64, 0 for an anchor's row and 1 for a positive's; all 0 for the rows of one encoder.
        held: The share of the rows' squared length that lies in the plane, 0 to 1.
        same_rows: Whether row i is the same input in every picture, so that it moves from one to the next.
    """

    step: int
    places: Tensor
    classes: Tensor
    sides: Tensor
    held: float
    same_rows: bool


@dataclass(frozen=True)
class Alert:
    """Something that went wrong in a run.

    Attributes:
        name: A short name of its kind, such as "collapse".
        step: The step at which it was seen.
        words: What was seen, with its numbers.
        mend: What to try.
    """

    name: str
    step: int
    words: str
    mend: str


@dataclass(frozen=True, eq=False)
class Recording:
    """What a monitor has kept of a run.

    Attributes:
        name: The run's name, "" if it has none.
        rows: One dict a sample: step, loss, floor, chance, score and more, see `Monitor`.
        pictures: At most 200, in order of steps.
        alerts: In order of steps, each kind at most once.
    """

    name: str = ""
    rows: list[dict[str, float]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
