"""What the study compares: arms that differ in one thing, and the orderings that the paper leads one to expect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

STEPS = 300
TAOS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0)
L2_REGS = (0.0, 0.002, 0.02, 0.1, 0.2, 0.4, 0.6)  # at tao 1 raw vectors collapse from 0.5 on
SIZES = (4, 8, 16, 32)


@dataclass(frozen=True)
class Arm:
    """One way to train, on one world; `loss` names another loss than this project's."""

    table: str
    name: str
    world: str = "blends"
    settings: dict[str, Any] = field(default_factory=dict)
    loss: str = ""
    steps: int = STEPS


@dataclass(frozen=True)
class Claim:
    """That one arm finds unseen classes better than another; `source` says who leads one to expect it."""

    better: str
    worse: str
    source: str


def _batches(n: int, pairs: int = 32) -> dict[str, Any]:
    """So many classes a batch, and as many batches a step as give 32 pairs."""
    return {"n_classes": n, "groups": pairs // n}


def _mined(n: int, word: str) -> dict[str, Any]:
    return {"n_classes": n, "mining": word == "hard"}


ARMS = (
    Arm("negatives", "untrained", steps=0),
    Arm("negatives", "one negative", settings=_batches(2)),
    Arm("negatives", "ovo, 31 negatives", settings={"objective": "ovo"}),
    Arm("negatives", "mc, 31 negatives"),
    *(Arm("classes, 32 pairs a step", f"{n} classes, 32 pairs", settings=_batches(n)) for n in SIZES),
    *(Arm("classes, one batch a step", f"{n} classes, one batch", settings={"n_classes": n}) for n in SIZES),
    *(Arm("mining", f"{n} {word} classes", settings=_mined(n, word)) for n in (8, 16) for word in ("random", "hard")),
    *(
        Arm("mining", f"8 {word} classes, {4 * STEPS} steps", settings=_mined(8, word), steps=4 * STEPS)
        for word in ("random", "hard")
    ),
    *(Arm("tao", f"tao {tao:g}", settings={"tao": tao}) for tao in TAOS),
    *(
        Arm("l2_reg, raw", f"l2_reg {l2_reg:g}", settings={"tao": 1.0, "normalize": False, "l2_reg": l2_reg})
        for l2_reg in L2_REGS
    ),
    Arm("baselines", "N-pair, tao 0.1"),
    Arm("baselines", "NTXent, temperature 0.1", loss="NTXent"),
    Arm("baselines", "triplet, all", loss="triplet"),
    Arm("baselines", "triplet, semihard", loss="semihard"),
    Arm("digits", "digits, untrained", world="digits", steps=0),
    Arm("digits", "digits, one negative", world="digits", settings=_batches(2, 6)),
    Arm("digits", "digits, ovo", world="digits", settings={"objective": "ovo"}),
    Arm("digits", "digits, mc", world="digits"),
    Arm("digits", "digits, mc, tao 1", world="digits", settings={"tao": 1.0}),
    Arm("digits", "digits, triplet", world="digits", loss="triplet"),
)
PAPER = "Sohn (2016)"
CLAIMS = (
    Claim("mc, 31 negatives", "one negative", PAPER),
    Claim("ovo, 31 negatives", "one negative", PAPER),
    Claim("mc, 31 negatives", "ovo, 31 negatives", PAPER),
    Claim("8 classes, 32 pairs", "4 classes, 32 pairs", PAPER),
    Claim("16 classes, 32 pairs", "8 classes, 32 pairs", PAPER),
    Claim("32 classes, 32 pairs", "16 classes, 32 pairs", PAPER),
    Claim("32 classes, one batch", "4 classes, one batch", PAPER),
    Claim("8 hard classes", "8 random classes", PAPER),
    Claim("16 hard classes", "16 random classes", PAPER),
    Claim(f"8 hard classes, {4 * STEPS} steps", f"8 random classes, {4 * STEPS} steps", PAPER),
    Claim("mc, 31 negatives", "triplet, all", PAPER),
    Claim("mc, 31 negatives", "triplet, semihard", PAPER),
    Claim("l2_reg 0.02", "l2_reg 0", PAPER),
    Claim("l2_reg 0.02", "tao 1", PAPER),
    Claim("tao 0.1", "tao 1", "practice"),
    Claim("tao 0.1", "tao 0.02", "practice"),
    Claim("mc, 31 negatives", "l2_reg 0.02", "practice"),
    Claim("mc, 31 negatives", "NTXent, temperature 0.1", "this project"),
    Claim("digits, mc", "digits, untrained", "this project"),
    Claim("digits, mc", "digits, one negative", PAPER),
    Claim("digits, mc", "digits, ovo", PAPER),
    Claim("digits, mc", "digits, triplet", PAPER),
)


def other_loss(name: str) -> Callable[[Tensor, Tensor], Tensor] | None:
    """A loss of pytorch-metric-learning by its name, with its own defaults but for NTXent's temperature."""
    if not name:
        return None
    from pytorch_metric_learning import losses, miners

    if name == "NTXent":
        return losses.NTXentLoss(temperature=0.1)
    triplet = losses.TripletMarginLoss()
    if name == "triplet":
        return triplet
    miner = miners.TripletMarginMiner(margin=0.2, type_of_triplets="semihard")
    return lambda embeddings, labels: triplet(embeddings, labels, miner(embeddings, labels))
