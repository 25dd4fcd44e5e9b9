"""The state of a training lab, one frozen object that can be saved as JSON, and the sentence about its runs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from npair_viz.explorers.shared.typed import CALLED, NUMBERS, written
from npair_viz.figures.training import PANELS
from npair_viz.geometry.kept_states import as_listed, check_known, check_version
from npair_viz.geometry.narration import fixed, percent
from npair_viz.training.datasets import WORLDS, World, named
from npair_viz.training.snapshot import Snapshot
from npair_viz.training.train import CHOICES, NAMES, Settings, settings_of
from npair_viz.validation import check_choice, check_count

EVERY = 5  # steps between two snapshots: few, so that a pause takes effect at once
OWN = ("world", "against", "steps", "step", "panel")


@dataclass(frozen=True)
class LabState:
    """The state of a training lab. `against`: settings of the second run; `step`: the step that is shown."""

    world: str = "digits"
    settings: Settings = field(default_factory=Settings)
    against: Settings | None = None
    steps: int = 300
    step: int = 0
    panel: str = ""
    version: int = 1

    def to_json(self) -> str:
        """The state as JSON text; train_and_watch(**json.loads(text)) opens it again, with your own data in front."""
        own = {name: getattr(self, name) for name in (*OWN, "version")}
        own["against"] = None if self.against is None else differences(self.against, self.settings)
        return json.dumps({**own, **asdict(self.settings)})

    @property
    def runs(self) -> tuple[object, ...]:
        """What the runs depend on: states in which it is equal show the same runs."""
        return self.world, self.settings, self.against, self.steps


def changed_lab(state: LabState, data: World | None, **changes: Any) -> LabState:
    """The state after `changes`, checked; if they change the runs, at step 0. Changes apply to both runs.

    Args:
        state: The state before.
        data: A person's own data, if there are any.
        changes: Settings; `against` is a dictionary of those in which the second run differs, or None for one run.

    Returns:
        The state.

    Raises:
        ValueError: A setting is wrong.
        TypeError: A setting is unknown or of the wrong type.
    """
    check_version(changes.pop("version", state.version))
    check_known(changes, (*OWN, *NAMES))
    differs = changes.get("against", state.against and differences(state.against, state.settings))
    own = {name: changes.get(name, getattr(state, name)) for name in OWN}
    if own["world"] == "yours" and data is None:
        raise ValueError("the world 'yours' needs your data: train_and_watch(inputs, labels, **state)")
    check_choice("world", own["world"], tuple(WORLDS) if data is None else ("yours", *WORLDS))
    check_choice("panel", own["panel"], tuple(PANELS))
    if differs is not None and not isinstance(differs, dict):
        raise TypeError(f"against must be settings such as {{'tao': 1.0}} or None, got {differs!r}")
    mine = {**asdict(state.settings), **{name: changes[name] for name in NAMES if name in changes}}
    world = world_of(own["world"], mine["seed"], data)
    settings = _checked(world, mine)
    own["against"] = _checked(world, {**mine, **differs}) if differs else None
    after = LabState(**own, settings=settings)
    is_other_run = after.runs != state.runs
    step = 0 if is_other_run and "step" not in changes else after.step
    if check_count("step", step, least=0) > check_count("steps", after.steps):
        raise ValueError(f"step must be at most steps, {after.steps}, got {step}")
    return LabState(**{**own, "step": step}, settings=settings)


def _checked(world: World, settings: dict[str, Any]) -> Settings:
    """Settings, checked, as plain numbers and flags for JSON."""
    checked = settings_of(world, **settings)
    plain: dict[str, Any] = {name: float(getattr(checked, name)) for name in NUMBERS}
    return replace(checked, **plain, **as_listed(checked, CHOICES))


def world_of(name: str, seed: int, data: World | None) -> World:
    """The world of that name, split by the seed; your own data are already split."""
    return data if name == "yours" and data is not None else _named(name, check_count("seed", seed, least=0))


@lru_cache(maxsize=4)  # it is needed whenever a step is shown
def _named(name: str, seed: int) -> World:
    return named(name, seed)


def moment_at(step: int) -> int:
    """The number of the first snapshot at or after a step."""
    return -(-step // EVERY)


def differences(settings: Settings, other: Settings) -> dict[str, Any]:
    """The settings in which the first differs from the other, by name."""
    return {name: getattr(settings, name) for name in NAMES if getattr(settings, name) != getattr(other, name)}


def run_names(state: LabState) -> list[str]:
    """The name of each run: the settings in which the two differ, or the tao of a single one."""
    if state.against is None:
        return [_called({"tao": state.settings.tao})]
    differing = differences(state.against, state.settings)
    return [_called({name: getattr(state.settings, name) for name in differing}), _called(differing)]


def tell(state: LabState, runs: Sequence[Sequence[Snapshot]], shown: int) -> str:
    """The sentence under the picture: the loss on its range, and each run's recall on classes it was not trained on."""
    moment = runs[0][shown]
    best = "there is no best" if moment.floor == 0 else f"the best possible {fixed(moment.floor, 3)}"
    loss = f"Step {moment.step}: loss {fixed(moment.loss, 3)}; chance is {fixed(moment.chance, 3)}, {best}."
    served = [f"{percent(run[shown].recall)}" for run in runs]
    if len(runs) > 1:
        each = " and ".join(f"{one} with {name}" for one, name in zip(served, run_names(state), strict=True))
    else:
        each = f"{served[0]} (untrained {percent(runs[0][0].recall)})"
    return f"{loss} Of rows whose classes it never met, {each} have their own kind nearest."


def _called(settings: dict[str, Any]) -> str:
    return ", ".join(f"{CALLED.get(name, name)} {written(name, value)}" for name, value in settings.items())
