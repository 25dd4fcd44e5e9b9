"""Turns the arguments of `explore` into an explorer with its first state and its data."""

from typing import Any

from npair_viz.data import scenes
from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.explorers.shared.opening import check_present, own_data
from npair_viz.geometry.limits import RESTING_L2_REG
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws, is_whole_picture
from npair_viz.stage.saved import upgraded
from npair_viz.stage.state import State
from npair_viz.validation import check_choice

PICTURES = ("pairs", "cloud")


def opened(
    scene_or_embeddings: object,
    labels: object,
    *,
    picture: str | None = None,
    level: int,
    hide: tuple[str, ...],
    lock: tuple[str, ...],
    task: str,
    present: bool,
    **settings: Any,
) -> Explorer | EmbeddingExplorer:
    """An explorer of a named scene or of data: of at most 64 whole pairs their picture, of anything else the cloud."""
    check_present(present)
    check_choice("picture", picture, (None, *PICTURES))
    data = own_data(scene_or_embeddings, labels, scenes.Scene, scenes.from_data, "explore", "embeddings")
    if data is not None and (picture == "cloud" or (picture is None and not is_whole_picture(data))):
        return EmbeddingExplorer(data, settings, level=level, hide=hide, lock=lock, task=task, is_present=present)
    if data is None and picture == "cloud":
        raise ValueError(f"the scene {scene_or_embeddings!r} opens as pairs: bring embeddings and labels for a cloud")
    draws = Draws(data)
    state = changed(State(), draws, scene="yours" if data is not None else scene_or_embeddings)
    if level == 3:
        state = changed(state, draws, normalize=False, drawer="phase map", l2_reg=RESTING_L2_REG)
    state = changed(state, draws, **upgraded(settings))
    return Explorer(state, data, level=level, hide=hide, lock=lock, task=task, is_present=present)
