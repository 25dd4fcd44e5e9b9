"""Words that lead to a place of the stage: a page opens the scene, the experiment or the mission behind its #."""

from functools import cache
from typing import Any

from npair_viz.data.scenes import named
from npair_viz.geometry.experiments import EXPERIMENTS, Experiment
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.stage.scene_states import scenes_of_the_stage, state_of


def word_of(name: str) -> str:
    """How a name is written behind the # of an address; capitals do not count there.

    >>> word_of("loose heap"), word_of("E3")
    ('loose-heap', 'e3')
    """
    return name.lower().replace(" ", "-")


@cache
def links_of_the_stage() -> dict[str, dict[str, Any]]:
    """Where each word leads: a state, and what is asked there; or why it can't be shown."""
    scenes: dict[str, dict[str, Any]] = {name: {"state": state} for name, state in scenes_of_the_stage().items()}
    missions = {
        name: {"state": state_of(named(mission.scene)), "mission": as_json(mission)}
        for name, mission in MISSIONS.items()
    }
    experiments = {name: _experiment(name, experiment) for name, experiment in EXPERIMENTS.items()}
    return {word_of(name): link for name, link in {**scenes, **missions, **experiments}.items()}


def _experiment(name: str, start: Experiment) -> dict[str, Any]:
    if start.scene not in scenes_of_the_stage():
        return {"trouble": f"{name} has more dimensions than the stage: explore({start.scene!r}) shows it"}
    state = state_of(named(start.scene), tao=start.tao, l2_reg=start.l2_reg, normalize=start.normalize)
    return {"state": state, "task": f"{name}: {start.title}"}
