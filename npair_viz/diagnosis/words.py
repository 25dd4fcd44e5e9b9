"""Words for rows and classes: their numbers, names and texts as a sentence of the doctor shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from npair_viz.diagnosis.report import MAX_KEPT, row_list

SIDES = ("anchor", "positive")
LONGEST = 60  # letters of a text that a sentence shows


@dataclass(frozen=True)
class Words:
    """How rows and classes are called.

    Attributes:
        class_names: The word for label i is the i-th; None where the labels are numbers.
        texts: One a row; None where there are none.
        pairs: How many pairs were given as pairs, whose rows are anchors, then positives; 0 where rows were given.

    >>> Words(texts=("a cat", "a dog"), class_names=("pet",)).told(1, 0)
    'row 1 (pet: "a dog")'
    >>> Words(pairs=3).listed([1, 2, 4])
    'anchors 1, 2, positive 1'
    """

    class_names: tuple[str, ...] | None = None
    texts: tuple[str, ...] | None = None
    pairs: int = 0

    def listed(self, rows: Sequence[int]) -> str:
        """Row numbers in a sentence; of pairs, each side's own."""
        if not self.pairs:
            return row_list(rows)
        both = [(side, [row % self.pairs for row in rows if row // self.pairs == k]) for k, side in enumerate(SIDES)]
        return ", ".join(row_list(of_side, side) for side, of_side in both if of_side)

    def at(self, rows: Sequence[int]) -> dict[str, object]:
        """Row numbers for programs: at most 1,000, and of pairs each side's own."""
        if not self.pairs:
            return {"at rows": list(rows[:MAX_KEPT])}
        return {
            f"at {side}s": [row % self.pairs for row in rows if row // self.pairs == k][:MAX_KEPT]
            for k, side in enumerate(SIDES)
        }

    def of_class(self, label: int) -> str:
        """A class by its name, or by its number."""
        return f"class {label}" if self.class_names is None else self.class_names[label]

    def told(self, row: int, label: int | None = None) -> str:
        """A row with its class and its text, where it has them."""
        text = self.text(row)
        about = [] if label is None else [self.of_class(label)]
        told = ": ".join([*about, *([text] if text else [])])
        name = f"{SIDES[row // self.pairs]} {row % self.pairs}" if self.pairs else f"row {row}"
        return f"{name} ({told})" if told else name

    def text(self, row: int) -> str:
        """A row's text in quotation marks, shortened; empty where there is none."""
        text = " ".join(self.texts[row].split()) if self.texts else ""
        return f'"{text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"}"' if text else ""


def sentence(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]
