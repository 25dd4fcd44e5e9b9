"""Every number on screen, computed once by the public functions, as one frozen object."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.geometry.limits import SEARCHED_DIMENSIONS
from npair_viz.linalg import unit_rows
from npair_viz.losses import objectives
from npair_viz.losses.gradients import NPairGradients, npair_gradients
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.objectives import Objective
from npair_viz.theory.optimal_pairs import plain_tao
from npair_viz.theory.phase import Phase, phase
from npair_viz.theory.ruler import LossRuler, loss_ruler
from npair_viz.validation import check_count, check_l2_reg

# A searched ruler or phase takes a tenth of a second, and points move far more often than tao does.
_ruler = lru_cache(maxsize=1024)(loss_ruler)
_phase = lru_cache(maxsize=1024)(phase)


@dataclass(frozen=True, eq=False)
class Reading:
    """Every number of a paired scene at one setting; row i of each tensor is pair i. Made by `read`.

    Beside m extra negatives each anchor has n + m candidates: columns n, n + 1, ... of each matrix are the extra ones.

    Attributes:
        scene: The pairs.
        selected: The pair whose anchor is looked at.
        tao: The temperature.
        l2_reg: The weight of the penalty.
        objective: "mc" or "ovo".
        normalize: Whether the loss divides rows by their lengths.
        same: Classes declared to be one class.
        is_negative: (n, n) bool, whether candidate j is a negative of anchor i.
        losses: (n,), of each anchor, without the penalty.
        push_shares: (n, n), each negative's part of each anchor's push.
        effective: (n,), how many negatives share the push, see `effective_negatives`.
        forces: The closed forms of the loss.
        ruler: The range of the loss; None for raw vectors, and where some pairs are not each other's negatives. Where
            no floor is known it is searched for in up to three dimensions, and a lower bound in more.
        phase: The optimum of raw vectors, likewise; None for unit vectors, and where some pairs are not each other's
            negatives, and beside extra negatives. These pairs themselves count as found.

    >>> from npair_viz.data.scenes import named
    >>> reading = read(named("line-up"), tao=0.5)
    >>> reading.name, reading.names[reading.hardest], [round(share, 2) for share in reading.shares]
    ('3', '8', [0.37, 0.58, 0.03, 0.01])
    """

    scene: Scene
    selected: int
    tao: float
    l2_reg: float
    objective: Objective
    normalize: bool
    same: tuple[int, ...]
    is_negative: Tensor
    losses: Tensor
    push_shares: Tensor
    effective: Tensor
    forces: NPairGradients
    ruler: LossRuler | None
    phase: Phase | None

    @property
    def n(self) -> int:
        """How many pairs there are."""
        return self.scene.n

    @property
    def names(self) -> tuple[str, ...]:
        """What each pair is called: its class; behind them the extra negatives."""
        extra = self.is_negative.shape[1] - self.n
        pairs = map(self.scene.class_name, self.scene.classes)
        return (*pairs, *(f"extra {number}" for number in range(1, extra + 1)))

    @property
    def name(self) -> str:
        """What the selected pair is called."""
        return self.names[self.selected]

    @property
    def loss(self) -> float:
        """The whole loss, penalty included."""
        return self.forces.loss.item()

    @property
    def npair(self) -> float:
        """The loss without its penalty."""
        return self.forces.npair.item()

    @property
    def penalty(self) -> float:
        """What l2_reg adds."""
        return self.forces.penalty.item()

    @property
    def shares(self) -> list[float]:
        """The selected anchor's line-up: the share of every candidate."""
        return self.forces.weights[self.selected].tolist()

    @property
    def negatives(self) -> list[int]:
        """The candidates that the selected anchor is compared with, most similar first: pairs, by their positives."""
        nearest_first = self.forces.similarities[self.selected].argsort(descending=True, stable=True).tolist()
        counts = self.is_negative[self.selected].tolist()
        return [j for j in nearest_first if counts[j]]

    @property
    def hardest(self) -> int | None:
        """The selected anchor's most similar negative; None where it has no negative."""
        return self.negatives[0] if self.negatives else None

    @property
    def norms(self) -> Tensor:
        """The length of each point, anchors first, (2n,)."""
        lengths: Tensor = torch.linalg.vector_norm(self.scene.embeddings, dim=1)
        return lengths


def read(
    scene: Scene,
    *,
    selected: int = 0,
    tao: float | Tensor = 0.5,
    l2_reg: float = 0.0,
    objective: Objective = "mc",
    normalize: bool = True,
    same: Sequence[int] = (),
    negatives: Tensor | None = None,
) -> Reading:
    """Compute every number of a scene at one setting.

    Args:
        scene: Pairs; a scene that is not paired yet is paired by the first two rows of each class.
        selected: The pair whose anchor is looked at.
        tao: The temperature.
        l2_reg: The weight of the penalty.
        objective: "mc" or "ovo".
        normalize: Whether the loss divides rows by their lengths.
        same: Classes declared to be one class, and so not each other's negatives.
        negatives: (m, d), extra negatives of every anchor, in the dtype of the scene.

    Returns:
        The numbers.

    Raises:
        ValueError: A setting is wrong.
        TypeError: `scene` is no Scene, or a setting is of the wrong type.

    Source: `npair_gradients`, `loss_ruler` and `phase`.

    >>> from npair_viz.data.scenes import named
    >>> round(read(named("line-up"), tao=0.5).loss, 4)
    0.484
    """
    if not isinstance(scene, Scene):
        raise TypeError(f"scene must be a Scene, got {type(scene).__name__}: use scenes.named or scenes.from_data")
    scene = scene.paired()
    objectives.check_objective(objective)
    tao, l2_reg = plain_tao(tao), check_l2_reg(l2_reg)
    if check_count("selected", selected, least=0) >= scene.n:
        raise ValueError(f"selected must be a pair from 0 to {scene.n - 1}, got {selected}")
    anchors, positives = scene.anchors, scene.positives
    labels = true_labels(scene, same)
    setting: dict[str, Any] = {"tao": tao, "l2_reg": l2_reg, "objective": objective, "normalize": normalize}
    forces = npair_gradients(anchors, positives, labels=labels, negatives=negatives, **setting)
    n, dimension, m = scene.n, scene.dimension, 0 if negatives is None else len(negatives)
    is_negative = torch.nn.functional.pad(Negatives(labels).mask(n, n, anchors.device), (0, m), value=True)
    logits = objectives.negative_logits(objectives.margins(forces.similarities, tao), is_negative)
    losses, log_weights = objectives.losses_and_log_weights(logits, objective)
    push_shares = log_weights.softmax(dim=1) * is_negative
    whole = int(is_negative.sum()) == n * (n - 1 + m)
    shape: dict[str, Any] = {"objective": objective, "dimension": dimension, "search": dimension <= SEARCHED_DIMENSIONS}
    ruler = _ruler_beside(forces.npair.item(), _ruler(n, tao, negatives=m, **shape)) if whole and normalize else None
    has_phase = whole and not normalize and not m
    return Reading(
        scene=scene,
        selected=selected,
        **setting,
        same=tuple(same),
        is_negative=is_negative,
        losses=losses,
        push_shares=push_shares,
        effective=objectives.effective(push_shares),
        forces=forces,
        ruler=ruler,
        phase=_phase_beside(forces.loss.item(), _phase(n, tao, l2_reg, **shape)) if has_phase else None,
    )


def _ruler_beside(npair: float, ruler: LossRuler) -> LossRuler:
    """The ruler where pairs of loss `npair` count as found."""
    return ruler if ruler.exact or npair >= ruler.floor else replace(ruler, floor=npair, is_bound=False)


def _phase_beside(loss: float, phase: Phase) -> Phase:
    """The phase where raw pairs of that loss count as found."""
    return phase if phase.exact or loss >= phase.optimal_loss else replace(phase, optimal_loss=loss, is_bound=False)


def true_labels(scene: Scene, same: Sequence[int] = ()) -> Tensor:
    """Labels of the pairs (n,), the same one for all classes in `same`."""
    unknown = sorted(set(same) - set(scene.classes))
    if unknown:
        raise ValueError(f"same must name classes of the scene, {scene.classes}, got {unknown}")
    labels = [same[0] if one in same else one for one in scene.classes]
    return torch.tensor(labels, dtype=torch.int64, device=scene.embeddings.device)


def seen_rows(reading: Reading) -> tuple[Tensor, Tensor]:
    """Anchors and positives as the loss sees them, (n, d) each: unit images where it normalizes."""
    rows = reading.scene.anchors, reading.scene.positives
    return (unit_rows(rows[0]), unit_rows(rows[1])) if reading.normalize else rows
