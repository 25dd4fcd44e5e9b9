"""What is kept of a training run that is watched: numbers, pictures and alerts, as plain values."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

import torch
from torch import Tensor

MOST_PICTURES = 200
MOST_ROWS = 4096  # of numbers
MOST_PLACES = 4096  # in a picture of a file
VERSION = 1
DIGITS = 6  # of a place, as it is saved: a picture shows three
Kept = TypeVar("Kept")


@dataclass(frozen=True, eq=False)
class Picture:
    """Rows in a plane at one step.

    Attributes:
        step: At which step they were taken.
        places: (m, 2) float32 on the CPU, the coordinates in the plane of rows as the loss compares them.
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

    The lists stay the same objects while they change: whoever shows them may hold on to them.

    Attributes:
        name: The run's name, "" if it has none.
        rows: One dict a sample: step, loss, floor, chance, score and more, see `Monitor`; at most 4,096.
        pictures: At most 200, in order of steps.
        alerts: In order of steps, each kind at most once.
    """

    name: str = ""
    rows: list[dict[str, float]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def keep_row(self, row: dict[str, float]) -> None:
        """Add the numbers of a sample; of very many, some go that leave the steps evenly spread."""
        _keep(self.rows, row, MOST_ROWS, lambda one: one["step"])

    def keep_picture(self, picture: Picture) -> None:
        """Add a picture; of very many, some go that leave the steps evenly spread."""
        _keep(self.pictures, picture, MOST_PICTURES, lambda one: one.step)

    def to_json(self) -> str:
        """As strict JSON, in which a number that is not finite stands as the word that Python and JavaScript know.

        >>> Recording(rows=[{"step": 0.0, "loss": math.inf}]).to_json()
        '{"version": 1, "name": "", "rows": [{"step": 0.0, "loss": "Infinity"}], "pictures": [], "alerts": []}'
        """
        whole = {
            "version": VERSION,
            "name": self.name,
            "rows": [{name: _written(value) for name, value in row.items()} for row in self.rows],
            "pictures": [_picture_as_json(picture) for picture in self.pictures],
            "alerts": [asdict(alert) for alert in self.alerts],
        }
        return json.dumps(whole, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Recording":
        """The recording that `to_json` wrote.

        Raises:
            ValueError: It is something else, or damaged.

        >>> Recording.from_json(Recording(name="first").to_json()).name
        'first'
        """
        try:
            whole = json.loads(text)
            version = _whole_number("version", whole["version"])
            if version > VERSION:
                raise ValueError(f"its version must be at most {VERSION}, got {version}: update npair_viz")
            return cls(
                _word("name", whole["name"]),
                [_row_from(row) for row in _several("rows", whole["rows"], MOST_ROWS)],
                [_picture_from(picture) for picture in _several("pictures", whole["pictures"], MOST_PICTURES)],
                [_alert_from(alert) for alert in _several("alerts", whole["alerts"], MOST_ROWS)],
            )
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            told = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ValueError(
                f"the text must be a recording as monitor.save writes it, got one where {told:.200}"
            ) from None


def _keep(kept: list[Kept], one: Kept, most: int, step: Callable[[Kept], float]) -> None:
    kept.append(one)
    if len(kept) > most:  # the one between the two that are nearest to each other, but never the first or the last
        steps = [step(each) for each in kept]
        del kept[min(range(1, most), key=lambda i: steps[i + 1] - steps[i - 1])]


def _written(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _picture_as_json(picture: Picture) -> dict[str, object]:
    places = [[_written(float(f"{value:.{DIGITS}g}")) for value in place] for place in picture.places.tolist()]
    return {
        "step": picture.step,
        "places": places,
        "classes": picture.classes.tolist(),
        "sides": picture.sides.tolist(),
        "held": _written(picture.held),
        "same_rows": picture.same_rows,
    }


def _row_from(given: Any) -> dict[str, float]:
    row = {_word("a row's key", name): _number(name, value) for name, value in _object("a row", given).items()}
    if "step" not in row:
        raise ValueError("a row has no step")
    return row


def _picture_from(given: Any) -> Picture:
    given = _object("a picture", given)
    places = [
        [_number("a place", value) for value in _several("a place", place, 2)]
        for place in _several("places", given["places"], MOST_PLACES)
    ]
    classes, sides = (
        [_whole_number(name, value) for value in _several(name, given[name], MOST_PLACES)]
        for name in ("classes", "sides")
    )
    if not len(places) == len(classes) == len(sides) or any(len(place) != 2 for place in places):
        raise ValueError("a picture's places, classes and sides are not one a row")
    if not set(sides) <= {0, 1} or not isinstance(given["same_rows"], bool):
        raise ValueError("a picture's sides must be 0 or 1, and same_rows true or false")
    return Picture(
        _whole_number("a picture's step", given["step"]),
        torch.tensor(places, dtype=torch.float32, device="cpu").view(-1, 2),
        torch.tensor(classes, dtype=torch.int64, device="cpu"),
        torch.tensor(sides, dtype=torch.int64, device="cpu"),
        _number("held", given["held"]),
        given["same_rows"],
    )


def _alert_from(given: Any) -> Alert:
    given = _object("an alert", given)
    name, words, mend = (_word(f"an alert's {part}", given[part]) for part in ("name", "words", "mend"))
    return Alert(name, _whole_number("an alert's step", given["step"]), words, mend)


def _object(what: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise ValueError(f"{what} must be an object, got {given!r:.40}")
    return given


def _several(what: str, given: Any, most: int) -> list[Any]:
    if not isinstance(given, list) or len(given) > most:
        came = f"{len(given)}" if isinstance(given, list) else f"{given!r:.40}"
        raise ValueError(f"{what} must be a list of at most {most} entries, got {came}")
    return given


def _word(what: str, given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{what} must be text, got {given!r:.40}")
    return given


def _number(what: str, given: Any) -> float:
    is_word = given in ("NaN", "Infinity", "-Infinity")
    if isinstance(given, bool) or not (is_word or isinstance(given, int | float)):
        raise ValueError(f"{what} must be a number, got {given!r:.40}")
    return float(given)


def _whole_number(what: str, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) >= 2**63:
        raise ValueError(f"{what} must be a whole number, got {given!r:.40}")
    return given
