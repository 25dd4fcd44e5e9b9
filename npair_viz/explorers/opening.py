"""What a person passes to `explore`, as the state and the data that an explorer starts from."""

from typing import Any

from npair_viz import scenes
from npair_viz.checks import check_choice
from npair_viz.explorers.explorer import Explorer
from npair_viz.explorers.layout import LEVELS, check_names
from npair_viz.explorers.state import VERSION, State, changed, check_version


def opened(
    scene_or_embeddings: object,
    labels: object,
    *,
    level: int,
    hide: tuple[str, ...],
    lock: tuple[str, ...],
    task: str,
    **settings: Any,
) -> Explorer:
    """An explorer of a named scene, or of embeddings with labels."""
    check_choice("level", level, tuple(LEVELS))
    check_names("hide", hide)
    check_names("lock", lock)
    if not isinstance(task, str):
        raise TypeError(f"task must be text, got {task!r}")
    check_version(settings.pop("version", VERSION))  # of a state that was kept as JSON
    data = _brought(scene_or_embeddings, labels)
    scene = "yours" if data is not None else scene_or_embeddings
    state = changed(State(), data, scene=scene)
    if level == 3:
        state = changed(state, data, normalize=False, drawer="phase map", l2_reg=0.02)
    state = changed(state, data, **settings)
    hidden = (*LEVELS[level], *hide)
    return Explorer(state, data, hide=hidden, lock=lock, task=task, l2_reg_is_live=level == 3)


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
