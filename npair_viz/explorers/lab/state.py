"""All that a training lab remembers, as one frozen object that JSON can carry, and what is said of its runs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from npair_viz.explorers.shared.kept_states import as_listed, check_known, check_version
from npair_viz.explorers.shared.typed import CALLED, NUMBERS, written
from npair_viz.figures.training import PANELS
from npair_viz.geometry.narration import fixed, percent
from npair_viz.training.datasets import WORLDS, World, named
from npair_viz.training.snapshot import Snapshot
from npair_viz.training.train import CHOICES, NAMES, Settings, settings_of
from npair_viz.validation import check_choice, check_count

EVERY = 5  # steps between two moments: so short that a pause need not wait
OWN = ("world", "against", "steps", "step", "panel")


@dataclass(frozen=True)
class LabState:
    """One moment of a training lab. `against`: settings of the second run; `step`: the moment that is shown."""

    world: str = "digits"
    settings: Settings = field(default_factory=Settings)
    against: Settings | None = None
    steps: int = 300
    step: int = 0
    panel: str = ""
    version: int = 1

    def to_json(self) -> str:
        """The state as JSON text.

        To come back: kept = json.loads(text), train_and_watch(**kept); your own inputs and labels go in front.
        """
        own = {name: getattr(self, name) for name in (*OWN, "version")}
        own["against"] = None if self.against is None else differences(self.against, self.settings)
        return json.dumps({**own, **asdict(self.settings)})

    @property
    def runs(self) -> tuple[object, ...]:
        """What the runs depend on: states that agree in it show moments of the same runs."""
        return self.world, self.settings, self.against, self.steps


def changed_lab(state: LabState, data: World | None, **changes: Any) -> LabState:
    """The state after `changes`, checked: a run with other settings starts afresh, and follows the first's changes.

    against: the settings in which the second run differs from the first, or None for one run.
    Errors: ValueError or TypeError that names the setting.
    """
    check_version(changes.pop("version", state.version))
    check_known(changes, (*OWN, *NAMES))
    differs = changes.get("against", state.against and differences(state.against, state.settings))
    own = {name: changes.get(name, getattr(state, name)) for name in OWN}
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
    """Settings, checked, with plain numbers and flags that JSON can carry."""
    checked = settings_of(world, **settings)
    plain: dict[str, Any] = {name: float(getattr(checked, name)) for name in NUMBERS}
    return replace(checked, **plain, **as_listed(checked, CHOICES))


def world_of(name: str, seed: int, data: World | None) -> World:
    """The world that a state names; your own data keep their split."""
    return data if name == "yours" and data is not None else _named(name, check_count("seed", seed, least=0))


@lru_cache(maxsize=4)  # every moment that is shown asks for it
def _named(name: str, seed: int) -> World:
    return named(name, seed)


def moment_at(step: int) -> int:
    """The number of the first moment at or after a step."""
    return -(-step // EVERY)


def differences(settings: Settings, other: Settings) -> dict[str, Any]:
    """The settings in which the first differs from the other, by name."""
    return {name: getattr(settings, name) for name in NAMES if getattr(settings, name) != getattr(other, name)}


def run_names(state: LabState) -> list[str]:
    """What each run is called: what tells the two apart, or of a single one its tao."""
    if state.against is None:
        return [_called({"tao": state.settings.tao})]
    differing = differences(state.against, state.settings)
    return [_called({name: getattr(state.settings, name) for name in differing}), _called(differing)]


def tell(state: LabState, runs: Sequence[Sequence[Snapshot]], shown: int) -> str:
    """The sentence under the picture: where the loss stands, and how each run serves classes that it never met."""
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
