"""What a person passes to `explore`, as the state and the data that an explorer starts from."""

from typing import Any

from npair_viz.data import scenes
from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.explorers.pairs.layout import LEVELS
from npair_viz.explorers.pairs.state import State, changed
from npair_viz.explorers.shared.kept_states import VERSION, check_version
from npair_viz.explorers.shared.screen import check_names, check_present
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
    """An explorer of a named scene, or of embeddings with labels; of many rows the one that shows them as a cloud."""
    check_choice("level", level, tuple(LEVELS))
    check_names("hide", hide)
    check_names("lock", lock)
    if not isinstance(task, str):
        raise TypeError(f"task must be text, got {task!r}")
    check_present(present)
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


def _brought(scene_or_embeddings: object, labels: object) -> scenes.Scene | None:
    if isinstance(scene_or_embeddings, scenes.Scene):
        return scene_or_embeddings
    if isinstance(scene_or_embeddings, str):
        if labels is not None:
            raise TypeError(f"labels go with embeddings, and {scene_or_embeddings!r} names a scene: leave them out")
        return None
    if labels is None:
        raise TypeError("embeddings need their labels: explore(embeddings, labels), one class a row")
    return scenes.from_data(scene_or_embeddings, labels)
