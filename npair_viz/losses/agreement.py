"""What all ranks must share with `gather=True`: settings and forms, compared as one number each."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from struct import pack, unpack

from npair_viz.losses.objectives import Objective
from npair_viz.validation import FLOATS

CLOSE = 1e-5  # by which parts of a learned tao may differ, which each rank rounds for itself


def _as_bits(value: str | float) -> int:
    """A number, or a word of at most eight letters, as the 64 bits that are sent."""
    packed = value.encode().ljust(8, b"\0") if isinstance(value, str) else pack("<d", value)
    return int.from_bytes(packed, "little", signed=True)


def _as_word(bits: int) -> str:
    return repr(bits.to_bytes(8, "little", signed=True).rstrip(b"\0").decode())


def _as_float(bits: int) -> float:
    (value,) = unpack("<d", bits.to_bytes(8, "little", signed=True))
    return float(value)


def _as_given(is_given: int) -> str:
    return "some" if is_given else "None"


def _as_pairs(key: int) -> str:
    return f"pairs #{key % 0xFFFF:04x}" if key else "None"


# what must be the same on every rank, how its number is turned into text, and what to do about a difference
SAME = "give the loss the same settings on every rank"
ALIKE: tuple[tuple[str, Callable[[int], object], str], ...] = (
    ("embeddings.shape[1]", int, "one encoder serves all ranks"),
    ("embeddings.dtype", FLOATS.__getitem__, "convert them alike on every rank"),
    ("embeddings.requires_grad", bool, "backward waits for every rank; let an empty batch go through the encoder, too"),
    ("tao.requires_grad", bool, "learn tao on every rank or on none"),
    ("negatives", _as_given, "pass negatives[:0] where a rank has none"),
    ("negatives.requires_grad", bool, "backward waits for every rank: let them be learned on every rank or on none"),
    ("negative_labels", _as_given, "pass the labels of negatives on every rank or on none"),
    ("objective", _as_word, SAME),
    ("reduction", _as_word, SAME),
    ("policy", _as_word, SAME),
    ("normalize", bool, SAME),
    ("symmetric", bool, SAME),
    ("l2_reg", _as_float, SAME),
    ("pairs_per_class", int, SAME),
    ("max_pairs", lambda most: most or None, SAME),
    ("tao", _as_float, "start from one value; a learned tao changes alike on all ranks, by one optimizer on each"),
    ("pairs", _as_pairs, "select them from the batch of all ranks: pairs = loss.select(embeddings, target) on each"),
)


@dataclass(frozen=True)
class Settings:
    """Settings of the loss that all ranks must share."""

    objective: Objective
    reduction: str
    policy: str
    normalize: bool
    symmetric: bool
    l2_reg: float
    pairs_per_class: int
    max_pairs: int | None

    def as_numbers(self) -> list[int]:
        """One number a setting, in the order of ALIKE."""
        words = [_as_bits(word) for word in (self.objective, self.reduction, self.policy)]
        flags = [int(self.normalize), int(self.symmetric)]
        return [*words, *flags, _as_bits(float(self.l2_reg)), self.pairs_per_class, self.max_pairs or 0]


def check_alike(kinds: list[list[int]]) -> None:
    """Raise where the ranks' numbers differ: one list a line of ALIKE, one number a rank."""
    for (what, read, mend), values in zip(ALIKE, kinds, strict=True):
        if len(set(values)) > 1 and not _are_close([read(value) for value in values]):
            came = ", ".join(str(read(value)) for value in values)
            raise ValueError(f"{what} must be the same on every rank, got {came} from rank 0 on: {mend}")


def _are_close(values: list[object]) -> bool:
    numbers = [one for one in values if isinstance(one, float)]
    return len(numbers) == len(values) and all(math.isclose(one, numbers[0], rel_tol=CLOSE) for one in numbers)
