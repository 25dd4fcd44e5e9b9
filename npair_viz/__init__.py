"""The N-pair loss (Sohn, 2016) in torch, and JupyterLab explorers that show its geometry.

Every public name, by the room it lives in. A room is opened when one of its names is first used: a trainer that wants
the loss loads torch alone, and a notebook that explores can say so before torch has started.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from npair_viz import scenes
    from npair_viz.diagnostics import effective_negatives, suggest_tao
    from npair_viz.examination import doctor
    from npair_viz.exercises import exercise
    from npair_viz.explorers import explore, train_and_watch
    from npair_viz.explorers.explorer import Explorer
    from npair_viz.explorers.predict import predict
    from npair_viz.explorers.prediction import Prediction
    from npair_viz.explorers.training import TrainingLab
    from npair_viz.files import load
    from npair_viz.flow import descend
    from npair_viz.gradients import NPairGradients, npair_gradients
    from npair_viz.loss import N_PAIR, NPairLoss, NPairWarning, npair_loss
    from npair_viz.metrics import alignment, nmi, recall_at_k, tolerance, uniformity
    from npair_viz.mining import mine_hard_classes
    from npair_viz.narration import narrate
    from npair_viz.optima import OptimalPairs, optimal_pairs
    from npair_viz.reading import Reading, read
    from npair_viz.report import Finding, Report
    from npair_viz.scenes import Scene
    from npair_viz.selection import PairSelection, select_pairs
    from npair_viz.stage import Stage
    from npair_viz.theory import LossRuler, Phase, loss_ruler, phase
    from npair_viz.training import train
    from npair_viz.worlds import World

_ROOMS = {
    "diagnostics": ("effective_negatives", "suggest_tao"),
    "examination": ("doctor",),
    "exercises": ("exercise",),
    "explorers": ("explore", "train_and_watch"),
    "explorers.explorer": ("Explorer",),
    "explorers.predict": ("predict",),
    "explorers.prediction": ("Prediction",),
    "explorers.training": ("TrainingLab",),
    "files": ("load",),
    "flow": ("descend",),
    "gradients": ("NPairGradients", "npair_gradients"),
    "loss": ("N_PAIR", "NPairLoss", "NPairWarning", "npair_loss"),
    "metrics": ("alignment", "nmi", "recall_at_k", "tolerance", "uniformity"),
    "mining": ("mine_hard_classes",),
    "narration": ("narrate",),
    "optima": ("OptimalPairs", "optimal_pairs"),
    "reading": ("Reading", "read"),
    "report": ("Finding", "Report"),
    "scenes": ("Scene",),
    "selection": ("PairSelection", "select_pairs"),
    "stage": ("Stage",),
    "theory": ("LossRuler", "Phase", "loss_ruler", "phase"),
    "training": ("train",),
    "worlds": ("World",),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}
__all__ = [
    "N_PAIR",
    "Explorer",
    "Finding",
    "LossRuler",
    "NPairGradients",
    "NPairLoss",
    "NPairWarning",
    "OptimalPairs",
    "PairSelection",
    "Phase",
    "Prediction",
    "Reading",
    "Report",
    "Scene",
    "Stage",
    "TrainingLab",
    "World",
    "alignment",
    "descend",
    "doctor",
    "effective_negatives",
    "exercise",
    "explore",
    "load",
    "loss_ruler",
    "mine_hard_classes",
    "narrate",
    "nmi",
    "npair_gradients",
    "npair_loss",
    "optimal_pairs",
    "phase",
    "predict",
    "read",
    "recall_at_k",
    "scenes",
    "select_pairs",
    "suggest_tao",
    "tolerance",
    "train",
    "train_and_watch",
    "uniformity",
]


def __getattr__(name: str) -> object:
    if name == "scenes":
        return import_module("npair_viz.scenes")
    if name not in _HOMES:
        raise AttributeError(f"module 'npair_viz' has no attribute {name!r}")
    return getattr(import_module(f"npair_viz.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
