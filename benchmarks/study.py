"""Train one encoder in many ways, many times, and say which orderings hold: `python -m benchmarks.study --help`."""

import argparse
import math
from collections.abc import Hashable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from benchmarks import record, study_chart, study_text
from benchmarks.arms import ARMS, Arm, other_loss
from npair_viz.geometry.point_descent import default_lr, descend
from npair_viz.theory.phase import phase
from npair_viz.training.datasets import named
from npair_viz.training.train import MOST_CLASSES, Settings, train

RESULTS = Path(__file__).parent / "results"
KEPT = ("loss", "floor", "mean_norm", "effective_negatives", "recall", "nmi", "alignment", "uniformity")
TOLD = 100  # steps between two moments: the last loss is the mean over so many
LAW_PAIRS, LAW_DIMENSION, LAW_STEPS = 8, 9, 2000
LAW = ((0.1, 0.5), (0.1, 2.0), (0.5, 0.1), (0.5, 0.5), (1.0, 0.02), (1.0, 0.25), (1.0, 0.6), (3.0, 0.1), (3.0, 0.2))


@dataclass(frozen=True)
class Law:
    """What points come to that descend freely, seed by seed, and what `npair_viz.phase` foretells."""

    tao: float
    l2_reg: float
    norms: list[float]
    losses: list[float]
    optimal_norm: float
    optimal_loss: float


def trained(arm: Arm, seed: int) -> dict[str, float]:
    """The last moment of a run; world, split, encoder and batches all come from the seed."""
    world, loss = named(arm.world, seed), other_loss(arm.loss)
    *_, last = train(world, steps=arm.steps, every=TOLD, loss=loss, seed=seed, **arm.settings)
    return {name: _rounded(getattr(last, name)) for name in KEPT}


def descended(tao: float, l2_reg: float, seed: int, steps: int = LAW_STEPS) -> tuple[float, float]:
    """Mean length and loss of eight raw pairs after a free descent."""
    generator = torch.Generator("cpu").manual_seed(seed)
    shape = 2, LAW_PAIRS, LAW_DIMENSION
    anchors, positives = tao**0.5 * torch.randn(shape, generator=generator, dtype=torch.float64)
    lr = 5 * default_lr(LAW_PAIRS, tao) / max(1.0, 2 * l2_reg * tao)
    end = descend(anchors, positives, steps=steps, tao=tao, l2_reg=l2_reg, normalize=False, lr=lr)
    norms = torch.linalg.vector_norm(torch.cat([end.anchors, end.positives]), dim=1)
    return _rounded(norms.mean().item()), _rounded(end.losses[-1].item())


def law(tao: float, l2_reg: float, seeds: int, steps: int = LAW_STEPS) -> Law:
    """Descents from so many seeds beside the phase law."""
    found = [descended(tao, l2_reg, seed, steps) for seed in range(seeds)]
    told = phase(LAW_PAIRS, tao, l2_reg, dimension=LAW_DIMENSION)
    norms, losses = ([one[i] for one in found] for i in (0, 1))
    return Law(tao, l2_reg, norms, losses, _rounded(told.optimal_norm), _rounded(told.optimal_loss))


def way(arm: Arm) -> Hashable:
    """What two arms share that train in the same way."""
    settings = Settings(**arm.settings)
    return arm.world, arm.loss, arm.steps, replace(settings, n_classes=settings.n_classes or MOST_CLASSES)


def study(arms: tuple[Arm, ...], seeds: int, law_steps: int = LAW_STEPS, workers: int = 2) -> dict[str, Any]:
    """All runs, in two processes, with a bar that shows how many are done."""
    from tqdm import tqdm  # of the extra [bench]: what only imports this file does without

    runs: dict[Hashable, list[dict[str, float]]] = {way(arm): [{} for _ in range(seeds)] for arm in arms}
    each = {way(arm): arm for arm in arms}.items()  # arms that train in the same way are one in several tables
    laws: list[Any] = [None] * len(LAW)
    with ProcessPoolExecutor(workers, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        jobs: dict[Any, tuple[list[Any], int]] = {
            pool.submit(trained, arm, seed): (runs[how], seed) for seed in range(seeds) for how, arm in each
        }
        jobs |= {pool.submit(law, *one, seeds, law_steps): (laws, i) for i, one in enumerate(LAW)}
        for job in tqdm(as_completed(jobs), total=len(jobs), unit="run"):
            found, place = jobs[job]
            found[place] = job.result()
    return {
        "arms": [{**asdict(arm), "runs": _columns(runs[way(arm)])} for arm in arms],
        "law": [asdict(one) for one in laws],
    }


def _columns(runs: list[dict[str, float]]) -> dict[str, list[float | None]]:
    return {name: [None if math.isnan(one[name]) else one[name] for one in runs] for name in KEPT}


def _rounded(number: float) -> float:
    return float(f"{number:.5g}")


def main() -> None:
    """Run, write the record, and the text that is written from it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seeds and a tenth of the steps")
    parser.add_argument("--seeds", type=int, help="runs of each arm (default 10; quick: 2)")
    parser.add_argument(
        "--output", type=Path, help="where the JSON goes, beside it the text as .md and the chart as .html"
    )
    asked = parser.parse_args()
    seeds, shorter = asked.seeds or (2 if asked.quick else 10), 10 if asked.quick else 1
    head = record.head_of({"seeds": seeds, "quick": asked.quick})
    found = study(tuple(replace(arm, steps=arm.steps // shorter) for arm in ARMS), seeds, LAW_STEPS // shorter)
    output = asked.output or RESULTS / f"{record.now()[:10]}-study.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(record.in_lines(head, **found), encoding="utf-8")
    study_chart.write(output)
    print(f"{study_text.write(output)}, {output.with_suffix('.html').name}")


if __name__ == "__main__":
    main()
