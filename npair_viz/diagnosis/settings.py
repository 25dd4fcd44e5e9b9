"""Findings from the settings alone: l2_reg without effect or too large, swapped arguments, tao out of range."""

from collections.abc import Iterator
from dataclasses import dataclass

from npair_viz.diagnosis.report import Finding
from npair_viz.losses.objectives import Objective, has_one_vote
from npair_viz.theory.phase import phase

DEFAULT_L2_REG, DEFAULT_TAO = 0.02, 1.0  # of NPairLoss
NEAR, HALFWAY = 0.8, 0.5  # of the threshold of collapse
SUPPORTED = (1e-4, 1e4)  # the smallest and the largest tao that are tested on unit vectors


@dataclass(frozen=True)
class Settings:
    """The settings of the loss, as in `NPairLoss`."""

    tao: float
    l2_reg: float
    normalize: bool
    objective: Objective
    policy: str
    pairs_per_class: int = 1
    max_pairs: int | None = None


def findings_of_settings(settings: Settings, n: int) -> Iterator[Finding]:
    """Report settings that are wrong for n pairs, whatever the rows are."""
    if settings.normalize:
        yield from _dead_l2_reg(settings)
    elif n > 1:
        yield from _phase(settings, n)
    yield from _swapped(settings)
    low, high = SUPPORTED
    if not low <= settings.tao <= high:
        detail = f"tao = {settings.tao:g}; from {low:g} to {high:g} loss and gradients are tested to be finite."
        advice = "Temperatures in use lie between 0.01 and 1 on unit vectors."
        yield Finding("tao out of range", "warning", "tao is out of range", detail, advice, {"tao": settings.tao})


def _dead_l2_reg(settings: Settings) -> Iterator[Finding]:
    l2_reg = settings.l2_reg
    if l2_reg == 0:
        return
    constant = 2 * l2_reg
    detail = f"Rows are normalised first, so its penalty is the constant 2·{l2_reg:g} = {constant:g} with no gradient."
    advice = "Set l2_reg=0, or normalize=False to let it hold the lengths, as the paper does."
    numbers = {"l2_reg": l2_reg, "constant": constant}
    if l2_reg == DEFAULT_L2_REG:
        yield Finding("dead l2_reg", "note", f"l2_reg = {l2_reg:g} moves nothing", detail, advice, numbers)
    else:
        advice += f" Or was it meant as tao? Then pass tao={l2_reg:g} by name."
        yield Finding("dead l2_reg", "warning", f"l2_reg = {l2_reg:g} moves nothing", detail, advice, numbers)


def _swapped(settings: Settings) -> Iterator[Finding]:
    l2_reg, tao = settings.l2_reg, settings.tao
    if l2_reg in (0, DEFAULT_L2_REG) or tao != DEFAULT_TAO:
        return
    detail = f"l2_reg = {l2_reg:g} was chosen, tao = 1 is the default: NPairLoss({l2_reg:g}) sets l2_reg, not tao."
    advice = f"If {l2_reg:g} is the temperature, write NPairLoss(tao={l2_reg:g}, l2_reg=0): both by name."
    numbers = {"l2_reg": l2_reg, "tao": tao}
    severity = "warning" if settings.normalize else "note"  # on raw vectors many set l2_reg on purpose
    yield Finding("swapped", severity, "l2_reg and tao may be swapped", detail, advice, numbers)


def _phase(settings: Settings, n: int) -> Iterator[Finding]:
    if settings.l2_reg == 0:
        detail = "Vectors are raw and l2_reg = 0: longer is always better, so lengths grow as long as training lasts."
        yield Finding("no rest", "note", "nothing holds the lengths", detail, "A small l2_reg does, 0.02 say.", {})
        return
    found = phase(n, settings.tao, settings.l2_reg, objective=settings.objective)
    share = found.pressure / found.threshold
    numbers = {"2·l2_reg·tao": found.pressure, "threshold": found.threshold, "length at rest": found.optimal_norm}
    detail = f"2·l2_reg·tao = {found.pressure:.3g}; from {found.threshold:g} on the origin is the best place for all."
    if found.collapsed:
        advice = f"Lower l2_reg or tao: their product must stay below {found.threshold / 2:g}."
        yield Finding("collapse by l2_reg", "error", "l2_reg·tao collapses all rows", detail, advice, numbers)
    elif share >= HALFWAY:
        severity = "warning" if share >= NEAR else "note"
        error = found.error_mass / (1 if has_one_vote(settings.objective) else n - 1)
        detail += f" At rest the rows have length {found.optimal_norm:.3g}, and {error:.0%} of the shares err."
        yield Finding("near collapse", severity, "l2_reg·tao is near collapse", detail, "Lower l2_reg or tao.", numbers)
