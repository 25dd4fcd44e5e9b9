from npair_viz.data import scenes as scenes
from npair_viz.data.load import load as load
from npair_viz.data.pairs import Pairs as Pairs
from npair_viz.data.scene import Scene as Scene
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
__version__: str
