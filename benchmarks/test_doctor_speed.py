"""How soon the doctor has looked at 100,000 rows, and how much memory a million rows take: `make bench`."""

import sys
from statistics import median
from time import perf_counter

import numpy
import pytest

from benchmarks.test_memory import MIB, growth
from npair_viz import doctor

MOST_SECONDS, MOST_TIMES = 5, 3
ROWS, D, CLASSES = 100_000, 256, 1_000


def test_a_hundred_thousand_rows_are_examined_within_five_seconds() -> None:
    draw = numpy.random.default_rng(0)
    labels = numpy.arange(ROWS) % CLASSES
    centres = draw.standard_normal((CLASSES, D), dtype=numpy.float32)
    rows = centres[labels] + 1.5 * draw.standard_normal((ROWS, D), dtype=numpy.float32)
    seconds = []
    for _ in range(3):
        begin = perf_counter()
        doctor(rows, labels, tao=0.1)
        seconds.append(perf_counter() - begin)
    print(f"\nexamined in {median(seconds):.2f} s, at most {max(seconds):.2f} s")
    assert median(seconds) <= MOST_SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the largest resident size")
def test_a_million_rows_are_examined_within_three_times_their_memory() -> None:
    prepare = (
        "from npair_viz import doctor\nimport numpy\n"
        "rows = numpy.random.default_rng(0).standard_normal((1_000_000, 128), dtype=numpy.float32)\n"
        "labels = numpy.arange(1_000_000) // 20\ndoctor(rows[:1000], labels[:1000])"
    )
    grown = growth(prepare, "doctor(rows, labels, tao=0.1)")
    data = 1_000_000 * 128 * 4
    print(f"\n{grown:.0f} MiB, {grown * MIB / data:.2f} times the data")
    assert grown * MIB <= MOST_TIMES * data
