"""Words that lead to a place of the stage: a page opens the scene, the experiment or the mission behind its #."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from npair_viz.data.scenes import NAMES, named
from npair_viz.geometry.experiments import EXPERIMENTS, Experiment
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.stage.scene_states import state_of, why_not_on_stage


def word_of(name: str) -> str:
    """How a name is written behind the # of an address; capitals do not count there.

    >>> word_of("loose heap"), word_of("E3")
    ('loose-heap', 'e3')
    """
    return name.lower().replace(" ", "-")


@cache
def links_of_the_stage() -> dict[str, dict[str, Any]]:
    """Where each word leads: a state, and what is asked there; or why it can't be shown."""
    scenes = {name: _link(name, name) for name in NAMES}
    missions = {name: _link(name, one.scene, mission=as_json(one)) for name, one in MISSIONS.items()}
    experiments = {name: _experiment(name, one) for name, one in EXPERIMENTS.items()}
    return {word_of(name): link for name, link in {**scenes, **missions, **experiments}.items()}


def _experiment(name: str, one: Experiment) -> dict[str, Any]:
    settings = {"tao": one.tao, "l2_reg": one.l2_reg, "normalize": one.normalize}
    return _link(name, one.scene, settings, task=f"{name}: {one.title}")


def _link(name: str, scene: str, settings: Mapping[str, Any] = MappingProxyType({}), **asked: Any) -> dict[str, Any]:
    """A scene with its settings as a state, with what is asked there; or why it can't be shown."""
    if why := why_not_on_stage(scene):
        return {"trouble": f"{name} has {why}: explore({scene!r}) shows it"}
    return {"state": state_of(named(scene), **settings), **asked}
