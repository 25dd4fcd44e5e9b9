"""Links of the stage's page: the word behind the # of its address names a scene, an experiment or a mission."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from npair_viz.data.scenes import NAMES
from npair_viz.geometry.experiments import EXPERIMENTS, Experiment
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.stage.scene_states import state_of, why_not_on_stage


def word_of(name: str) -> str:
    """A name as it is written behind the # of an address, in small letters.

    >>> word_of("loose heap"), word_of("E3")
    ('loose-heap', 'e3')
    """
    return name.lower().replace(" ", "-")


@cache
def links_of_the_stage() -> dict[str, dict[str, Any]]:
    """What each word opens: {"state": ..., and its task or mission}, or {"trouble": why it can't be shown}."""
    scenes = {name: _link(name, name) for name in NAMES}
    missions = {name: _link(name, one.scene, mission=as_json(one)) for name, one in MISSIONS.items()}
    experiments = {name: _experiment(name, one) for name, one in EXPERIMENTS.items()}
    return {word_of(name): link for name, link in {**scenes, **missions, **experiments}.items()}


def _experiment(name: str, one: Experiment) -> dict[str, Any]:
    settings = {"tao": one.tao, "l2_reg": one.l2_reg, "normalize": one.normalize}
    return _link(name, one.scene, settings, task=f"{name}: {one.title}")


def _link(name: str, scene: str, settings: Mapping[str, Any] = MappingProxyType({}), **asked: Any) -> dict[str, Any]:
    """What one word opens: a scene's state with its task or mission, or why it can't be shown."""
    if why := why_not_on_stage(scene):
        return {"trouble": f"{name} can't be shown here: {why}"}
    return {"state": state_of(scene, **settings), **asked}
