"""The N-pair loss (Sohn, 2016) in torch, and JupyterLab explorers that show its geometry.

Every public name, by the module it lives in. A module is imported when one of its names is first used: a trainer that
wants the loss loads torch alone, and a notebook that explores can say so before torch has started.
"""

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.data import scenes as scenes
    from npair_viz.data.load import load as load
    from npair_viz.data.scenes import Scene as Scene
    from npair_viz.diagnosis.examine import doctor as doctor
    from npair_viz.diagnosis.report import Finding as Finding
    from npair_viz.diagnosis.report import Report as Report
    from npair_viz.exercises.exercises import exercise as exercise
    from npair_viz.explorers.cloud.explorer import EmbeddingExplorer as EmbeddingExplorer
    from npair_viz.explorers.explore import explore as explore
    from npair_viz.explorers.lab.lab import TrainingLab as TrainingLab
    from npair_viz.explorers.lab.train_and_watch import train_and_watch as train_and_watch
    from npair_viz.explorers.pairs.explorer import Explorer as Explorer
    from npair_viz.explorers.predict.predict import predict as predict
    from npair_viz.explorers.predict.prediction import Prediction as Prediction
    from npair_viz.geometry.narration import narrate as narrate
    from npair_viz.geometry.point_descent import descend as descend
    from npair_viz.geometry.reading import Reading as Reading
    from npair_viz.geometry.reading import read as read
    from npair_viz.losses.gradients import NPairGradients as NPairGradients
    from npair_viz.losses.gradients import npair_gradients as npair_gradients
    from npair_viz.losses.npair import N_PAIR as N_PAIR
    from npair_viz.losses.npair import NPairLoss as NPairLoss
    from npair_viz.losses.npair import NPairWarning as NPairWarning
    from npair_viz.losses.npair import npair_loss as npair_loss
    from npair_viz.sampling.hard_classes import mine_hard_classes as mine_hard_classes
    from npair_viz.sampling.pairs import PairSelection as PairSelection
    from npair_viz.sampling.pairs import select_pairs as select_pairs
    from npair_viz.stage.widget import Stage as Stage
    from npair_viz.theory.effective_negatives import effective_negatives as effective_negatives
    from npair_viz.theory.effective_negatives import suggest_tao as suggest_tao
    from npair_viz.theory.optimal_pairs import OptimalPairs as OptimalPairs
    from npair_viz.theory.optimal_pairs import optimal_pairs as optimal_pairs
    from npair_viz.theory.phase import Phase as Phase
    from npair_viz.theory.phase import phase as phase
    from npair_viz.theory.ruler import LossRuler as LossRuler
    from npair_viz.theory.ruler import loss_ruler as loss_ruler
    from npair_viz.training import datasets
    from npair_viz.training.datasets import World as World
    from npair_viz.training.metrics import alignment as alignment
    from npair_viz.training.metrics import nmi as nmi
    from npair_viz.training.metrics import recall_at_k as recall_at_k
    from npair_viz.training.metrics import tolerance as tolerance
    from npair_viz.training.metrics import uniformity as uniformity
    from npair_viz.training.train import train as train

    worlds = datasets

_MODULES = {"scenes": "npair_viz.data.scenes", "worlds": "npair_viz.training.datasets"}
_NAMES = {
    "npair_viz.theory.effective_negatives": ("effective_negatives", "suggest_tao"),
    "npair_viz.diagnosis.examine": ("doctor",),
    "npair_viz.exercises.exercises": ("exercise",),
    "npair_viz.explorers.explore": ("explore",),
    "npair_viz.explorers.lab.train_and_watch": ("train_and_watch",),
    "npair_viz.explorers.predict.predict": ("predict",),
    "npair_viz.data.load": ("load",),
    "npair_viz.geometry.point_descent": ("descend",),
    "npair_viz.losses.gradients": ("NPairGradients", "npair_gradients"),
    "npair_viz.losses.npair": ("N_PAIR", "NPairLoss", "NPairWarning", "npair_loss"),
    "npair_viz.training.metrics": ("alignment", "nmi", "recall_at_k", "tolerance", "uniformity"),
    "npair_viz.sampling.hard_classes": ("mine_hard_classes",),
    "npair_viz.geometry.narration": ("narrate",),
    "npair_viz.theory.optimal_pairs": ("OptimalPairs", "optimal_pairs"),
    "npair_viz.geometry.reading": ("Reading", "read"),
    "npair_viz.diagnosis.report": ("Finding", "Report"),
    "npair_viz.data.scenes": ("Scene",),
    "npair_viz.sampling.pairs": ("PairSelection", "select_pairs"),
    "npair_viz.theory.phase": ("Phase", "phase"),
    "npair_viz.theory.ruler": ("LossRuler", "loss_ruler"),
    "npair_viz.training.train": ("train",),
    "npair_viz.training.datasets": ("World",),
}
# Classes of widgets; `explore`, `train_and_watch` and `predict`, which make them, can be imported without the packages.
_WIDGETS = {
    "npair_viz.explorers.cloud.explorer": ("EmbeddingExplorer",),
    "npair_viz.explorers.pairs.explorer": ("Explorer",),
    "npair_viz.explorers.predict.prediction": ("Prediction",),
    "npair_viz.explorers.lab.lab": ("TrainingLab",),
    "npair_viz.stage.widget": ("Stage",),
}
_HOMES = {name: home for home, names in {**_NAMES, **_WIDGETS}.items() for name in names}
_CAN_SHOW = all(find_spec(package) for package in ("anywidget", "ipywidgets", "plotly"))
_MISSING = set() if _CAN_SHOW else {name for names in _WIDGETS.values() for name in names}
__all__ = sorted({*_MODULES, *_HOMES} - _MISSING)  # what `import *`, `dir` and `help` may ask for


def __getattr__(name: str) -> object:
    if name == "__version__":
        return version("npair-viz")
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name not in _HOMES:
        raise AttributeError(f"module 'npair_viz' has no attribute {name!r}")
    with needed_for(name):
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
