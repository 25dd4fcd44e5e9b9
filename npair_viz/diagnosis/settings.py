"""Findings from the settings alone: l2_reg without effect or too large, swapped arguments, tao out of range."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor

from npair_viz.diagnosis.report import Finding, plain
from npair_viz.losses.objectives import Objective, has_one_vote
from npair_viz.theory.phase import phase

DEFAULT_L2_REG, DEFAULT_TAO = 0.02, 1.0  # of NPairLoss
NEAR, HALFWAY = 0.8, 0.5  # of the threshold of collapse
SUPPORTED = (1e-4, 1e4)  # the smallest and the largest tao that are tested on unit vectors


@dataclass(frozen=True)
class Settings:
    """The settings of the loss, as in `NPairLoss`, and the extra negatives that it is given.

    Attributes:
        extra: (m, d), as the loss sees them; None for none.
        all_extra: How many there are, of which `extra` may be a sample.
    """

    tao: float
    l2_reg: float
    normalize: bool
    objective: Objective
    policy: str
    pairs_per_class: int = 1
    max_pairs: int | None = None
    symmetric: bool = False
    extra: Tensor | None = field(default=None, compare=False)
    all_extra: int = 0

    @property
    def n_extra(self) -> int:
        """How many extra negatives are looked at."""
        return 0 if self.extra is None else len(self.extra)


def findings_of_settings(settings: Settings, n: int, *, hears_all: bool = False) -> Iterator[Finding]:
    """Report settings that are wrong for n pairs; `hears_all`: whether nearly all negatives count alike."""
    if may_be_swapped(settings):
        yield _swapped(settings)
    elif settings.normalize:
        yield from _dead_l2_reg(settings)
    if not settings.normalize and n > 1:
        yield from _phase(settings, n, hears_all)
    low, high = SUPPORTED
    if not low <= settings.tao <= high:
        detail = f"tao = {settings.tao:g}; from {low:g} to {high:g} loss and gradients are tested to be finite."
        advice = "Temperatures in use lie between 0.01 and 1 on unit vectors."
        yield Finding("tao out of range", "warning", "tao is out of range", detail, advice, {"tao": settings.tao})


def may_be_swapped(settings: Settings) -> bool:
    """Whether l2_reg was chosen and tao was not: `NPairLoss(0.4)` sets l2_reg."""
    return settings.l2_reg not in (0, DEFAULT_L2_REG) and settings.tao == DEFAULT_TAO


def _dead_l2_reg(settings: Settings) -> Iterator[Finding]:
    l2_reg = settings.l2_reg
    if l2_reg in (0, DEFAULT_L2_REG):  # nobody chose the default
        return
    detail = f"{_constant(l2_reg)}."
    advice = "Set l2_reg=0, or normalize=False to let it hold the lengths, as the paper does. Or was it meant as tao? "
    advice += f"Then pass tao={l2_reg:g} by name."
    numbers = {"l2_reg": l2_reg, "constant": 2 * l2_reg}
    yield Finding("dead l2_reg", "warning", f"l2_reg = {l2_reg:g} moves nothing", detail, advice, numbers)


def _swapped(settings: Settings) -> Finding:
    l2_reg = settings.l2_reg
    detail = f"l2_reg = {l2_reg:g} was chosen, tao = 1 is the default: NPairLoss({l2_reg:g}) sets l2_reg, not tao."
    if settings.normalize:
        detail += f" So tao = 1 hears all negatives nearly alike, and l2_reg moves nothing. {_constant(l2_reg)}."
    advice = (
        f"If {l2_reg:g} is the temperature, write NPairLoss(tao={l2_reg:g}, l2_reg=0): both by name. If not, choose "
    )
    advice += "a tao, too."
    numbers = {"l2_reg": l2_reg, "tao": settings.tao}
    severity = "warning" if settings.normalize else "note"  # on raw vectors many set l2_reg on purpose
    return Finding("swapped", severity, "l2_reg and tao may be swapped", detail, advice, numbers)


def _constant(l2_reg: float) -> str:
    return f"Rows are normalised first, so its penalty is the constant 2·{l2_reg:g} = {2 * l2_reg:g} with no gradient"


def _phase(settings: Settings, n: int, hears_all: bool) -> Iterator[Finding]:
    if settings.l2_reg == 0:
        detail = "Vectors are raw and l2_reg = 0: longer is always better, so lengths grow as long as training lasts."
        yield Finding("no rest", "note", "nothing holds the lengths", detail, "A small l2_reg does, 0.02 say.", {})
        return
    found = phase(n, settings.tao, settings.l2_reg, objective=settings.objective)
    share = found.pressure / found.threshold
    numbers = {"2·l2_reg·tao": found.pressure, "threshold": found.threshold, "length at rest": found.optimal_norm}
    detail = (
        f"2·l2_reg·tao = {plain(found.pressure)}; from {found.threshold:g} on the origin is the best place for all."
    )
    if found.collapsed:
        advice = f"Lower l2_reg or tao: their product must stay below {found.threshold / 2:g}."
        yield Finding("collapse by l2_reg", "error", "l2_reg·tao collapses all rows", detail, advice, numbers)
    elif share >= HALFWAY:
        severity = "warning" if share >= NEAR or hears_all else "note"
        error = found.error_mass / (1 if has_one_vote(settings.objective) else n - 1)
        detail += f" At rest the rows have length {plain(found.optimal_norm)}, and {error:.0%} of the shares err."
        yield Finding("near collapse", severity, "l2_reg·tao is near collapse", detail, "Lower l2_reg or tao.", numbers)
