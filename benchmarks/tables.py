"""What is measured: each table has its contenders and its sizes, small ones first."""

from dataclasses import dataclass, replace

from benchmarks import batches, contenders
from benchmarks.contenders import Contender

Size = tuple[int, int]


@dataclass(frozen=True)
class Table:
    """`axes` names the two numbers of a size; `share` is the table's part of the run's time, beside the others'."""

    name: str
    axes: tuple[str, str]
    sizes: tuple[Size, ...]
    contenders: tuple[type[Contender], ...]
    share: float = 1

    def labelled(self, size: Size) -> dict[str, int]:
        """The size with its names, as in {"n": 64, "d": 128}."""
        return dict(zip(self.axes, size, strict=True))


def cross(ns: list[int], ds: list[int], n: int, d: int) -> tuple[Size, ...]:
    """All n at one d and all d at one n, in the order of n and then d."""
    return tuple(sorted({*((one, d) for one in ns), *((n, one) for one in ds)}))


FEW = Table(
    "few pairs",
    ("n", "d"),
    cross([8, 16, 32, 64], [], 64, 128),
    (
        contenders.Ours,
        contenders.CrossEntropy,
        batches.WithPenalty,
        batches.CrossEntropyWithPenalty,
        batches.Batch,
        batches.BatchOfGivenPairs,
        batches.PaddedBatch,
        batches.BatchByHand,
    ),
    share=2,
)
SELECTION = Table(
    "selection",
    ("rows", "classes"),
    (
        *((rows, classes) for rows in (64, 512, 4_096, 32_768) for classes in (16, rows // 2)),
        *((100_000, classes) for classes in (16, 10_000, 50_000)),
    ),
    (
        batches.SelectRandom,
        batches.SelectFirst,
        batches.SelectHardest,
        batches.AllPairs,
        batches.PythonLoop,
        batches.Sort,
    ),
    share=3,
)
PAIRS = Table(
    "pairs",
    ("n", "d"),
    cross([2**power for power in range(6, 17)], [32, 64, 128, 256, 512, 1_024], 4_096, 128),
    (
        contenders.Ours,
        contenders.GatheredNegatives,
        contenders.MetricLearning,
        contenders.CrossEntropy,
        contenders.CrossEntropyOfRows,
        contenders.LinearCrossEntropy,
        contenders.WholeProducts,
        contenders.TiledProducts,
        contenders.Liger,
        contenders.CutCrossEntropy,
        contenders.InfCL,
    ),
    share=10,
)
TABLES = (FEW, SELECTION, PAIRS)
QUICK = (
    replace(FEW, sizes=((8, 128), (64, 128))),
    replace(SELECTION, sizes=tuple(one for one in SELECTION.sizes if one[0] <= 4_096)),
    replace(PAIRS, sizes=cross([64, 256, 1_024, 4_096], [32, 512], 1_024, 128)),
)
