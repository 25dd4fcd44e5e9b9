"""Turns the arguments of `explore` into an explorer with its first state and its data."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from os.path import isfile, splitext
from typing import TYPE_CHECKING, Any

from npair_viz.data import scenes
from npair_viz.data.own_data import as_scene_or_pairs
from npair_viz.data.pairs import Pairs
from npair_viz.data.scene import Scene
from npair_viz.diagnosis.comparison import Comparison
from npair_viz.explorers.cloud.colouring import checked_columns
from npair_viz.explorers.cloud.moving import Moving
from npair_viz.explorers.cloud.state import CHANGES
from npair_viz.explorers.cloud.state import FIELDS as CLOUD_FIELDS
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.explorers.shared.opening import check_present, own_data
from npair_viz.geometry.kept_states import check_known
from npair_viz.geometry.limits import RESTING_L2_REG
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws, is_whole_picture
from npair_viz.stage.saved import state_from, upgraded
from npair_viz.stage.state import FIELDS, State
from npair_viz.validation import check_choice

if TYPE_CHECKING:
    from npair_viz.explorers.cloud.explorer import EmbeddingExplorer

FIRST = "line-up"  # the scene of a call without arguments
BY_NAME = "explore(anchors=a, positives=p)"
PICTURES = ("pairs", "cloud")
COMPARED = {"view": "principal axes", "colour": "move", "listed": CHANGES}  # the first look at a comparison
# What an explorer's `set` does not take.
ARGUMENTS = ("picture", "level", "hide", "lock", "task", "present", "texts", "images", "class_names", "columns")


def opened(
    given: object,
    labels: object,
    *,
    anchors: object = None,
    positives: object = None,
    texts: object = None,
    images: object = None,
    class_names: tuple[str, ...] | None = None,
    columns: object = None,
    picture: str | None = None,
    level: int,
    hide: tuple[str, ...],
    lock: tuple[str, ...],
    task: str,
    present: bool,
    **settings: Any,
) -> "Explorer | EmbeddingExplorer":
    """An explorer of a named scene or of data: of at most 64 whole pairs their picture, of anything else the cloud."""
    check_present(present)
    check_choice("picture", picture, (None, *PICTURES))
    shown: dict[str, Any] = {"level": level, "hide": hide, "lock": lock, "task": task, "is_present": present}
    if isinstance(given, str) and labels is not None and "points" in settings:  # a state with points of its own
        _check_settings(settings, is_cloud=False)
        return Explorer(state_from({**settings, "labels": labels}, Draws()), **shown)
    moving = Moving(given) if isinstance(given, Comparison) else None
    if moving is not None:
        if picture == "pairs":
            raise ValueError("a comparison opens as a cloud: leave picture='pairs' out")
        given, picture = moving.scene, "cloud"
        columns = {**moving.columns(), **checked_columns(columns, len(moving.scene.labels))}
        settings = {**COMPARED, **settings}
        if moving.scene.is_paired and isinstance(texts, tuple | list) and len(texts) == 2:
            texts = [*texts[0], *texts[1]]
    beside = {"texts": texts, "images": images, "class_names": class_names}
    data = _data_of(given, labels, anchors, positives, {name: one for name, one in beside.items() if one is not None})
    if data is None and picture == "cloud":
        raise ValueError(f"the scene {given!r} opens as pairs: bring embeddings and labels for a cloud")
    is_cloud = data is not None and (picture == "cloud" or (picture is None and not is_whole_picture(data)))
    _check_settings(settings if columns is None else {**settings, "columns": columns}, is_cloud=is_cloud)
    if data is not None and is_cloud:
        from npair_viz.explorers.cloud.explorer import EmbeddingExplorer  # it loads plotly; no picture of pairs does

        if moving is not None:
            moving.scene = data
        return EmbeddingExplorer(data, settings, columns=columns, moving=moving, **shown)
    draws = Draws(data)
    state = changed(State(), draws, scene="yours" if data is not None else given)
    if level == 3:
        state = changed(state, draws, normalize=False, drawer="phase map", l2_reg=RESTING_L2_REG)
    state = changed(state, draws, **upgraded(settings))
    return Explorer(state, data, **shown)


def _data_of(
    given: object, labels: object, anchors: object, positives: object, beside: Mapping[str, Any]
) -> Scene | None:
    """The data, with what was given beside them; None where a scene is named."""
    shape = tuple(getattr(labels, "shape", ()))
    if len(shape) == 2 and shape == tuple(getattr(given, "shape", ())):
        raise TypeError(f"labels must be one class a row, got shape {shape}: pairs go by name, {BY_NAME}")
    is_file = isinstance(given, str) and given not in scenes.NAMES and (splitext(given)[1] or isfile(given))
    if is_file and labels is None:
        raise ValueError(f"no scene is called {given!r}: a file opens by explore(load({given!r}))")
    if anchors is None and positives is None:
        data = own_data(given, labels, Scene, partial(_made, **beside), "explore", "embeddings")
        if data is None and beside:
            raise TypeError(f"{', '.join(beside)} go with embeddings, and {given!r} names a scene: leave them out")
        data = replace(data, **beside) if data is given and data is not None else data
    elif not isinstance(given, str) or given != FIRST:
        raise TypeError("anchors and positives are all the data: leave the scene or the embeddings out")
    else:
        data = _made(None, labels, anchors=anchors, positives=positives, **beside)
    if data is not None and data.n_classes == 0:
        raise ValueError("a pair needs two rows of one class, and each row has a class of its own: bring more rows")
    return data


def _check_settings(settings: Mapping[str, Any], *, is_cloud: bool) -> None:
    """Raise TypeError for settings that the picture does not have."""
    if clouds := [] if is_cloud else sorted(settings.keys() & {*CLOUD_FIELDS, "columns"} - {*FIELDS}):
        use = 'explore(embeddings, labels, **settings), with picture="cloud" for few rows'
        raise TypeError(f"{', '.join(clouds)} go with a cloud: {use}")
    check_known(settings.keys() - {"version"}, (*(CLOUD_FIELDS if is_cloud else FIELDS), *ARGUMENTS))


def _made(given: object, labels: object, **parts: Any) -> Scene:
    """A scene of a person's own data; pairs become a paired one."""
    held = as_scene_or_pairs(given, labels, **parts)
    return scenes.from_pairs(held) if isinstance(held, Pairs) else held
