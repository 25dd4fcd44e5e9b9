"""The samples of a run that an alert looks at."""

from collections.abc import Callable, Sequence

Row = dict[str, float]
Rows = Sequence[Row]
Find = Callable[[Rows], tuple[str, str] | None]  # what was seen and what to try; None where nothing is wrong
SOON = 3, 20  # samples, and steps, over which something must be seen
STILL = 5, 40  # the same, of what stands still
LONG = 10, 200  # and of what a run may start with: a loss above chance, a narrow cone
SLOW = 20, 500  # and of a start that leads nowhere


def lasting(rows: Rows, span: tuple[int, int]) -> Rows:
    """The last rows that are so many and lie so many steps apart; none where the run is shorter.

    >>> [row["step"] for row in lasting([{"step": 10.0 * k} for k in range(5)], (3, 20))]
    [20.0, 30.0, 40.0]
    """
    samples, steps = span
    for first in range(len(rows) - samples, -1, -1):
        if rows[-1]["step"] - rows[first]["step"] >= steps:
            return rows[first:]
    return []


def halves(rows: Rows, name: str) -> tuple[float, float]:
    """The means of a number over the first and the second half of some rows."""
    values, middle = [row[name] for row in rows], len(rows) // 2
    return sum(values[:middle]) / middle, sum(values[middle:]) / (len(values) - middle)
