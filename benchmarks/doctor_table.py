"""What the doctor says of real batches with planted faults, and of healthy ones: `python -m benchmarks.doctor_table`.

The rows lie beside the repository, in ../shared/data; without them there is nothing to do. The whole table, five
temperatures and five orders of the rows, takes about twenty minutes on two cores; --half 0 or 1 takes half of the rows.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npair_viz import Report, doctor
from tests.support import sick_batches as sick
from tests.support.repository import ROOT

DATA = ROOT.parent / "shared" / "data"
TAOS = (0.02, 0.05, 0.1, 0.5, 1.0)
ORDERS = 5

Batch = Callable[[int], tuple[Tensor, Tensor]]  # of a seed: rows and labels in an order of their own


class Texts:
    """The rows with their sections, those whose text stands in two sections left out."""

    def __init__(self, half: int | None) -> None:
        held = np.load(DATA / "package_texts.npz")
        texts, sections = held["texts"], held["labels"]
        of_text: dict[str, set[str]] = {}
        for text, section in zip(texts, sections, strict=True):
            of_text.setdefault(text, set()).add(section)
        kept = np.array([len(of_text[text]) == 1 for text in texts])
        if half is not None:
            kept &= np.arange(len(kept)) % 2 == half
        self.rows = torch.from_numpy(held["embeddings"][kept].astype("float32"))
        self.texts, self.sections = texts[kept], sections[kept]
        names, sizes = np.unique(self.sections, return_counts=True)
        self.by_size = names[np.argsort(-sizes, kind="stable")]

    def of(self, sections: Any, most: int | None = None, rows: Tensor | None = None) -> Batch:
        """A batch of these sections, in an order that a seed says."""
        at = np.flatnonzero(np.isin(self.sections, sections) & ~self._stands_twice(rows))
        labels = torch.from_numpy(np.unique(self.sections[at], return_inverse=True)[1])
        held = self.rows[at] if rows is None else rows[at]

        def batch(seed: int) -> tuple[Tensor, Tensor]:
            order = torch.randperm(len(at), generator=sick.generator(seed))[:most]
            return held[order], labels[order]

        return batch

    def _stands_twice(self, rows: Tensor | None) -> Any:
        """Which rows, made of texts, equal a row of another section: they have the same words in another order."""
        if rows is None:
            return np.zeros(len(self.texts), dtype=bool)
        same = np.unique(np.round(rows.numpy(), 5), axis=0, return_inverse=True)[1].ravel()
        sections = np.unique(self.sections, return_inverse=True)[1]
        least, most = np.full(same.max() + 1, len(sections)), np.zeros(same.max() + 1, dtype=int)
        np.minimum.at(least, same, sections)
        np.maximum.at(most, same, sections)
        return (least != most)[same]

    def lot(self, seed: int, count: int = 20) -> Any:
        """Sections by lot out of the forty largest."""
        return np.random.default_rng(seed).choice(self.by_size[:40], count, replace=False)

    def lsa(self, dimensions: int) -> Tensor:
        """Latent semantic analysis of the same texts."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        words = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(self.texts)
        found = TruncatedSVD(dimensions, random_state=0).fit_transform(words)
        found[np.linalg.norm(found, axis=1) == 0, 0] = 1e-3  # no known word
        return torch.from_numpy(found.astype("float32"))


def sick_batches(texts: Texts) -> dict[str, Callable[[int], sick.Sick]]:
    """By name: a seed, which orders the rows, to a batch with one fault."""
    whole, small, many = texts.of(texts.by_size[:20]), texts.of(texts.by_size[:20], 800), texts.of(texts.by_size)
    found: dict[str, Callable[[int], sick.Sick]] = {}

    def of(plant: Callable[..., sick.Sick], batch: Batch, seed: int) -> sick.Sick:
        return plant(*batch(seed), seed)

    def of_pairs(plant: Callable[..., sick.Sick], batch: Batch, seed: int) -> sick.Sick:
        return plant(batch(seed)[0], seed)

    for name, plant in sick.OF_ROWS.items():
        found[f"{name}, 20 sections"] = partial(of, plant, whole)
    for name in ("labels shuffled", "10 % wrong labels", "20 % wrong labels", "5 % wrong labels", "split class"):
        found[f"{name}, 800 rows"] = partial(of, sick.OF_ROWS[name], small)
    for rank in (2, 6, 12):
        found[f"rank {rank}, 50 sections"] = partial(of, sick.of_rank(rank), many)
    for name in ("labels shuffled", "10 % wrong labels", "hubs"):
        found[f"{name}, 50 sections"] = partial(of, sick.OF_ROWS[name], many)
    for name, on_pairs in sick.OF_PAIRS.items():
        found[f"{name}, 800"] = partial(of_pairs, on_pairs, small)
    return found


def towers_at(texts: Texts, tao: float) -> dict[str, Callable[[int], sick.Sick]]:
    """Gap and common direction: a warning where they cost a tenth of log n at this tao, else a note."""
    small = texts.of(texts.by_size[:20], 800)
    found: dict[str, Callable[[int], sick.Sick]] = {}
    for name, plant in (
        *((f"gap {height}", partial(sick.apart, height)) for height in (0.3, 0.5, 0.8)),
        *((f"common direction {cosine}", partial(sick.in_a_cone, cosine)) for cosine in (0.3, 0.5, 0.8)),
    ):

        def batch(seed: int, plant: Any = plant) -> sick.Sick:
            made = plant(False)(small(seed)[0], seed)
            return plant(_cost(made, tao) < 0.1)(small(seed)[0], seed)

        found[f"{name}, 800"] = batch
    return found


def _cost(made: sick.Sick, tao: float) -> float:
    """How far the loss falls without the means, as a share of log n, by plain cross-entropy."""
    sides = made.given["anchors"], made.given["positives"]
    centred = [torch.nn.functional.normalize(side - side.mean(dim=0)) for side in sides]
    target = torch.arange(len(sides[0]))
    before, after = (
        torch.nn.functional.cross_entropy(left @ right.T / tao, target) for left, right in (sides, centred)
    )
    return float(before - after) / float(np.log(len(target)))


def healthy_batches(texts: Texts) -> dict[str, Callable[[int], dict[str, Any]]]:
    """By name: a seed to what the doctor is given."""
    labelled: dict[str, Batch] = {}
    for count in (5, 8, 10, 15, 20, 30, 50):
        labelled[f"the {count} largest sections"] = texts.of(texts.by_size[:count])
    for count in (10, 20, 30):
        labelled[f"the {count} largest, 800 rows"] = texts.of(texts.by_size[:count], 800)
    labelled["sections 6 to 25"] = texts.of(texts.by_size[5:25])
    labelled["sections 11 to 30"] = texts.of(texts.by_size[10:30])
    for seed in range(5):
        labelled[f"20 sections by lot, {seed}"] = texts.of(texts.lot(seed))
    for seed in range(2):
        labelled[f"20 sections by lot, 800 rows, {seed}"] = texts.of(texts.lot(10 + seed), 800)
    for dimensions in (64, 200):
        rows = texts.lsa(dimensions)
        labelled[f"LSA of {dimensions} dimensions, 20 sections"] = texts.of(texts.by_size[:20], rows=rows)
        labelled[f"LSA of {dimensions} dimensions, by lot"] = texts.of(texts.lot(20), rows=rows)
    found: dict[str, Callable[[int], dict[str, Any]]] = {
        name: lambda seed, batch=batch: sick.rows_with(*batch(seed)) for name, batch in labelled.items()
    }
    every = texts.of(texts.by_size)
    for noise in (0.5, 1.0, 2.0):
        found[f"documents and noise {noise}"] = lambda seed, noise=noise: sick.pairs_with(
            *sick.towers(every(seed)[0][:1500], seed, noise)
        )
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.doctor_table", description=__doc__)
    parser.add_argument("--half", type=int, choices=(0, 1), help="every other row alone, from 0 or from 1 on")
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--taos", type=float, nargs="+", default=TAOS)
    parser.add_argument("--only", default="", help="batches whose name holds this")
    asked = parser.parse_args()
    if not Path(DATA).exists():
        print(f"no rows in {DATA.parent.name}/{DATA.name} beside the repository: nothing to do")
        return
    texts, began = Texts(asked.half), time.perf_counter()
    for title, lines in (("sick", _sick(texts, asked)), ("healthy", _healthy(texts, asked))):
        print(f"\n| {title} | right | at tao |\n| --- | --- | --- |")
        for line in lines:
            print(line, flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s")


def _sick(texts: Texts, asked: argparse.Namespace) -> Iterator[str]:
    names = [*sick_batches(texts), *towers_at(texts, 1.0)]
    for name in (one for one in names if asked.only in one):
        right: dict[float, list[str]] = {}
        for seed in range(asked.orders):
            for tao in asked.taos:
                made = (sick_batches(texts) | towers_at(texts, tao))[name](seed)
                report = sick.examined(made, tao)
                right.setdefault(tao if made.tao is None else made.tao, []).append(
                    "" if sick.is_named(made, report) else f"order {seed}: {_said(report)}"
                )
                if made.tao is not None:
                    break
        yield _line(name, right)


def _healthy(texts: Texts, asked: argparse.Namespace) -> Iterator[str]:
    for name, batch in healthy_batches(texts).items():
        right: dict[float, list[str]] = {}
        for seed in range(asked.orders if asked.only in name else 0):
            for tao in asked.taos:
                report = doctor(**batch(seed), tao=tao)
                right.setdefault(tao, []).append(
                    "" if sick.is_left_alone(report, tao) else f"order {seed}: {_said(report)}"
                )
        if right:
            yield _line(name, right)


def _said(report: Report) -> str:
    return ", ".join(f"{one.severity} {one.kind}" for one in report.findings[:2]) or "nothing"


def _line(name: str, right: dict[float, list[str]]) -> str:
    misses = [f"{tao:g} ({miss})" for tao, said in right.items() for miss in said if miss]
    count = sum(len(said) for said in right.values())
    return f"| {name} | {count - len(misses)}/{count} | {'; '.join(misses) or 'all'} |"


if __name__ == "__main__":
    main()
