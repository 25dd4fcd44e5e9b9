"""Turns the arguments of `explore` into an explorer with its first state and its data."""

from typing import Any

from npair_viz.data import scenes
from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.explorers.pairs.layout import LEVELS
from npair_viz.explorers.pairs.state import State, changed
from npair_viz.explorers.shared.kept_states import VERSION, check_version
from npair_viz.explorers.shared.opening import check_names, check_present, own_data
from npair_viz.geometry.limits import MOST_PAIRS
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
    """An explorer of a named scene or of embeddings with labels; of many rows an `EmbeddingExplorer`."""
    check_choice("level", level, tuple(LEVELS))
    check_names("hide", hide)
    check_names("lock", lock)
    if not isinstance(task, str):
        raise TypeError(f"task must be text, got {task!r}")
    check_present(present)
    check_version(settings.pop("version", VERSION))  # from a state that was saved as JSON
    data = own_data(scene_or_embeddings, labels, scenes.Scene, scenes.from_data, "explore", "embeddings")
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
    """Whether data have too many rows for marks."""
    return not data.is_paired and len(data.labels) > 2 * MOST_PAIRS
