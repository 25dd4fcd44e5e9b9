"""What a person passes to `explore` or `train_and_watch`, as the state and the data that an explorer starts from."""

from typing import Any

from npair_viz.data import scenes
from npair_viz.explorers.embeddings import EmbeddingExplorer
from npair_viz.explorers.explorer import Explorer
from npair_viz.explorers.layout import LEVELS, check_names
from npair_viz.explorers.state import VERSION, State, changed, check_version
from npair_viz.explorers.training import TrainingLab
from npair_viz.explorers.training_state import LabState, changed_lab
from npair_viz.geometry.limits import MOST_PAIRS
from npair_viz.training import datasets
from npair_viz.validation import check_choice


def opened(
    scene_or_embeddings: object,
    labels: object,
    *,
    level: int,
    hide: tuple[str, ...],
    lock: tuple[str, ...],
    task: str,
    present: bool,
    **settings: Any,
) -> Explorer | EmbeddingExplorer:
    """An explorer of a named scene, or of embeddings with labels; of many rows the one that shows them as a cloud."""
    check_choice("level", level, tuple(LEVELS))
    check_names("hide", hide)
    check_names("lock", lock)
    if not isinstance(task, str):
        raise TypeError(f"task must be text, got {task!r}")
    _check_present(present)
    check_version(settings.pop("version", VERSION))  # of a state that was kept as JSON
    data = _brought(scene_or_embeddings, labels)
    if data is not None and is_cloud(data):
        return EmbeddingExplorer(data, settings, level=level, hide=hide, lock=lock, task=task, is_present=present)
    scene = "yours" if data is not None else scene_or_embeddings
    state = changed(State(), data, scene=scene)
    if level == 3:
        state = changed(state, data, normalize=False, drawer="phase map", l2_reg=0.02)
    state = changed(state, data, **settings)
    hidden = (*LEVELS[level], *hide)
    flags = {"l2_reg_is_live": level == 3, "is_present": present}
    return Explorer(state, data, hide=hidden, lock=lock, task=task, **flags)


def is_cloud(data: scenes.Scene) -> bool:
    """Whether data have more rows than marks that can be told apart."""
    return not data.is_paired and len(data.labels) > 2 * MOST_PAIRS


def opened_lab(world_or_inputs: object, labels: object, *, present: bool, **settings: Any) -> TrainingLab:
    """A training lab on a named world, or on inputs with labels."""
    _check_present(present)
    data = _brought_world(world_or_inputs, labels, settings.get("seed", 0))
    named = {"world": "yours" if data is not None else world_or_inputs}
    return TrainingLab(changed_lab(LabState(), data, **{**named, **settings}), data, is_present=present)


def _check_present(present: object) -> None:
    if not isinstance(present, bool):
        raise TypeError(f"present must be True or False, got {present!r}")


def _brought_world(world_or_inputs: object, labels: object, seed: int) -> datasets.World | None:
    if isinstance(world_or_inputs, datasets.World):
        return world_or_inputs
    if isinstance(world_or_inputs, str):
        if labels is not None:
            raise TypeError(f"labels go with inputs, and {world_or_inputs!r} names a world: leave them out")
        return None
    if labels is None:
        raise TypeError("inputs need their labels: train_and_watch(inputs, labels), one class a row")
    return datasets.brought(world_or_inputs, labels, seed=seed)


def _brought(scene_or_embeddings: object, labels: object) -> scenes.Scene | None:
    if isinstance(scene_or_embeddings, scenes.Scene):
        return scene_or_embeddings
    if isinstance(scene_or_embeddings, str):
        if labels is not None:
            raise TypeError(f"labels go with embeddings, and {scene_or_embeddings!r} names a scene: leave them out")
        return None
    if labels is None:
        raise TypeError("embeddings need their labels: explore(embeddings, labels), one class a row")
    return scenes.brought(scene_or_embeddings, labels)
