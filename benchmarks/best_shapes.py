"""Whether Python and JavaScript find the same best shapes, in five minutes: `python -m benchmarks.best_shapes`."""

from itertools import groupby, product

import torch

from benchmarks import record
from tests.support.best_shape_losses import L2_REG, floors

SIZES = tuple(product((5, 8, 16, 32, 64), (2, 3, 4, 8), (True, False)))  # n, d, whether rows are raw
TAOS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
ALIKE = 1.005

Found = tuple[tuple[int, int, float, str, bool], float, float]


def main() -> None:
    """Print how far one of the two is above the other, at worst, for each n, d and kind of row."""
    torch.set_num_threads(1)  # so few pairs have no work for two
    cells = [(n, d, tao, objective, raw) for (n, d, raw), tao, objective in product(SIZES, TAOS, ("mc", "ovo"))]
    found = list(floors(cells))
    misses = sum(apart(one) > ALIKE for one in found)
    print(f"# The best shapes of Python and JavaScript, torch {record.versions()['torch']}, {record.now()[:10]}\n")
    print(f"The least loss at tao {', '.join(map(str, TAOS))}, mc and ovo, raw rows with l2_reg {L2_REG}, wherever")
    print(f"it has no closed form. Of {len(found)} cells {misses} are more than 0.5 % apart. The worst of each size:\n")
    print("| n | d | rows | cells | higher / lower | at tao | objective | Python | JavaScript |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for _, group in groupby(found, key=lambda one: (*one[0][:2], one[0][4])):
        print(row(list(group)))


def row(group: list[Found]) -> str:
    """The size of a group of cells, and its worst cell."""
    worst = max(group, key=apart)
    (n, d, tao, objective, raw), ours, theirs = worst
    numbers = f"{len(group)} | {apart(worst):.5f} | {tao} | {objective} | {ours:.6g} | {theirs:.6g}"
    return f"| {n} | {d} | {'raw' if raw else 'unit'} | {numbers} |"


def apart(one: Found) -> float:
    """The higher of the two losses by the lower."""
    return max(one[1:]) / min(one[1:])


if __name__ == "__main__":
    main()
