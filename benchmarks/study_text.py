"""The study in words: `python -m benchmarks.study_text results/x-study.json` writes it anew beside its JSON."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.arms import CLAIMS, Claim

CERTAIN = 2.0  # standard errors of the mean difference
COLUMNS = {"recall": "Recall@1", "nmi": "NMI", "loss": "loss", "floor": "floor", "mean_norm": "mean length"}
VERDICTS = {1: "holds", 0: "can't be said", -1: "the other way round"}


def verdict(better: Sequence[float], worse: Sequence[float]) -> int:
    """1 where the first is larger by more than two standard errors of the paired differences, −1 the other way, else 0.

    Run i of one and run i of the other share world, split, first weights and the order of chance: they are pairs.
    """
    differences = [a - b for a, b in zip(better, worse, strict=True)]
    limit = CERTAIN * stdev(differences) / math.sqrt(len(differences))
    return 0 if abs(mean(differences)) <= limit else int(math.copysign(1, mean(differences)))


def text(found: dict[str, Any]) -> str:
    """Tables with means and standard deviations over the seeds, the orderings, and the law."""
    arms = {arm["name"]: arm for arm in found["arms"]}
    claims = [_claim(claim, arms) for claim in CLAIMS if {claim.better, claim.worse} <= set(arms)]
    seeds, versions = found["settings"]["seeds"], found["versions"]
    parts = [
        f"# The study: {seeds} seeds an arm, torch {versions['torch']}, {found['date'][:10]}",
        "Each number is the mean ± the standard deviation over the seeds, on classes that were never trained on. A seed"
        " draws the world, its split by class, the first weights and the batches, and is the same in each arm."
        "\nUnless an arm says otherwise: normalized, tao 0.1, l2_reg 0, mc, 32 classes of two rows a step (digits: 5),"
        " Adam at 0.001, embeddings of 64 numbers, and the same 300 steps for everyone.",
        "## Which orderings hold",
        "An ordering *holds* where Recall@1 differs by more than two standard errors of the paired differences."
        " *Wins*: in how many seeds the first was ahead.",
        _table(["first", "against", "expected by", "difference", "wins", "verdict"], claims),
        *(f"## {name}\n\n{_arms(group)}" for name, group in groupby(found["arms"], key=lambda arm: arm["table"])),
        "## Points descended, against the phase law",
        f"Eight raw pairs in nine dimensions, free descents from {seeds} seeds.",
        _table(
            ["tao", "l2_reg", "2·l2_reg·tao", "mean length", "foretold", "loss", "foretold"],
            [_law(one) for one in found["law"]],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _arms(group: Iterable[dict[str, Any]]) -> str:
    rows = [[arm["name"], *(spread(arm["runs"][name]) for name in COLUMNS)] for arm in group]
    return _table(["", *COLUMNS.values()], rows)


def _claim(claim: Claim, arms: dict[str, dict[str, Any]]) -> list[str]:
    better, worse = (arms[name]["runs"]["recall"] for name in (claim.better, claim.worse))
    differences = [a - b for a, b in zip(better, worse, strict=True)]
    wins = f"{sum(one > 0 for one in differences)} of {len(differences)}"
    said = VERDICTS[verdict(better, worse)]
    return [claim.better, claim.worse, claim.source, f"{spread(differences, sign='+')}", wins, said]


def _law(one: dict[str, Any]) -> list[str]:
    pressure = 2 * one["l2_reg"] * one["tao"]
    foretold = [f"{one[name]:.4f}" for name in ("optimal_norm", "optimal_loss")]
    measured = [spread(one[name], digits=4) for name in ("norms", "losses")]
    told = [measured[0], foretold[0], measured[1], foretold[1]]
    return [f"{one['tao']:g}", f"{one['l2_reg']:g}", f"{pressure:g}", *told]


def spread(numbers: Sequence[float | None], *, digits: int = 3, sign: str = "") -> str:
    """Mean ± standard deviation; a dash where there is none.

    >>> spread([1.0, 2.0, 3.0])
    '2.000 ± 1.000'
    """
    there = [one for one in numbers if one is not None]
    if not there:
        return "–"
    return f"{mean(there):{sign}.{digits}f} ± {stdev(there):.{digits}f}"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(path: Path) -> str:
    """Write the text of a study's JSON beside it, as .md; what is told at the end of a run."""
    told = text(json.loads(path.read_text(encoding="utf-8")))
    path.with_suffix(".md").write_text(told, encoding="utf-8")
    return f"{path} and {path.with_suffix('.md').name}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(write(Path(name)))
