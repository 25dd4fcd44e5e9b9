"""Scenes and settings to the saved states of a stage, and the readings of these."""

from dataclasses import replace
from functools import cache
from typing import Any

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import NAMES, REAL, named
from npair_viz.geometry.kept_states import check_known
from npair_viz.geometry.limits import MOST_PAIRS, RESTING_L2_REG
from npair_viz.stage.bases import Bases
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.saved import lean, told
from npair_viz.stage.state import SETTINGS, VERSION, State
from npair_viz.stage.wire import settings_of

OWN = "yours"  # the scene of data that only their kernel holds


def draws_of(scene: str | Scene, *others: object) -> Draws:
    """What a stage of a scene draws its pairs from: a scene of few dimensions needs nothing but its points.

    Errors: TypeError for anything else, and for what stands beside a scene.
    """
    if others or not isinstance(scene, str | Scene):
        got = ", ".join(type(one).__name__ for one in (scene, *others))
        raise TypeError(f"scene must be a scene or its name, got {got}: own data open by explore(embeddings, labels)")
    return Draws(None if isinstance(scene, str) or _stands_alone(scene) else scene)


def first_state(scene: str | Scene, draws: Draws, **settings: Any) -> State:
    """The state that a scene opens with.

    Errors: ValueError where the scene can't be shown or a setting is wrong; TypeError for an unknown setting.
    """
    check_known(settings, [name for name in SETTINGS if name != "scene"])
    if isinstance(scene, str):
        state = changed(State(), draws, scene=scene)
    elif draws.data is not None:
        state = changed(State(), draws, scene=OWN)
    else:
        scene = scene.paired()
        if scene.n > MOST_PAIRS:
            raise ValueError(f"a stage shows at most {MOST_PAIRS} pairs, got {scene.n}: explore() shows more")
        points, labels = scene.embeddings.double().tolist(), scene.labels.tolist()
        state = lean(changed(State(), draws, scene=scene.name, points=points, labels=labels), draws)
    is_raw = settings.get("surface") == "plane" or settings.get("normalize") is False
    if is_raw or (isinstance(scene, Scene) and scene.is_raw):
        state = changed(state, draws, surface="plane", l2_reg=RESTING_L2_REG)
    return changed(state, draws, **settings)


def state_of(scene: str | Scene, **settings: Any) -> dict[str, Any]:
    """A scene as a saved state.

    Args:
        scene: A scene or its name.
        settings: Those of a state, in place of the scene's defaults.

    Returns:
        The state as JSON, with its points and labels.

    Raises:
        ValueError: The scene can't be shown, or a setting is wrong.
        TypeError: A setting is unknown.

    >>> state_of("line-up", tao=0.1)["tao"]
    0.1
    """
    draws = draws_of(scene)
    return told(first_state(scene, draws, **settings), draws)


@cache
def scenes_of_the_stage() -> dict[str, dict[str, Any]]:
    """The states of all named scenes by name, each with the base of its points: what a page needs to show it."""
    return {name: page_state(first_state(name, Draws()), Draws()) for name in NAMES if not why_not_on_stage(name)}


@cache
def scenes_beside_python() -> dict[str, dict[str, Any]]:
    """The same for a page that can ask Python: of data that take a while to load it has the settings alone."""
    names = [name for name in NAMES if name not in REAL]
    known = {name: page_state(first_state(name, Draws()), Draws()) for name in names}
    return {name: known.get(name) or {**settings_of(State(scene=name)), "version": VERSION} for name in NAMES}


def page_state(state: State, draws: Draws) -> dict[str, Any]:
    """A state with all that a page needs to show it, as JSON; moved points of many dimensions are those of its base."""
    bases, saved = Bases(draws), told(state, draws)
    base = bases.of(state)
    if base.span is not None:
        base = replace(base, points=base.inside(bases.rows(state)))
        saved |= {"points": None, "labels": None}
    return {**saved, "base": base.as_json()}


def why_not_on_stage(name: str) -> str:
    """Why a named scene can't be shown on a page here; "" if it can.

    >>> why_not_on_stage("pixels")
    ''
    """
    try:
        named(name)
    except ModuleNotFoundError as error:
        return str(error)
    return ""


def _stands_alone(scene: Scene) -> bool:
    return scene.dimension <= 3 and scene.images is None and scene.class_names is None and scene.is_paired
