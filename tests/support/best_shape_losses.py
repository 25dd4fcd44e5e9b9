"""The least losses that Python's search and JavaScript's find for the same pairs."""

from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.node import answers

L2_REG = 0.02  # of raw pairs
ASKED = f"""([n, d, tao, objective, isRaw]) => {{
    if (d <= 3) return isRaw ? phaseOf(n, tao, {L2_REG}, objective, d).loss : lossRuler(n, tao, objective, d).floor;
    const pressure = 2 * {L2_REG} * tao; // beyond three dimensions the page searches for nothing by itself
    return isRaw ? bestRaw(n, d, pressure, objective, simplexRest(n, objective, pressure).size).loss
        : bestUnits(n, d, tao, objective).loss;
}}"""
NEEDED = {"theory": "lossRuler, phaseOf, simplexRest", "search": "bestRaw, bestUnits"}


def floors(cells):
    """Of the cells (n, d, tao, objective, is_raw) those without a closed form: with Python's floor and JavaScript's."""
    for cell, theirs in zip(cells, answers(cells, ASKED, NEEDED), strict=True):
        n, d, tao, objective, is_raw = cell
        if is_raw:
            rest = phase(n, tao, L2_REG, objective=objective, dimension=d)
            ours, is_exact = rest.optimal_loss, rest.exact
        else:
            ruler = loss_ruler(n, tao, objective=objective, dimension=d)
            ours, is_exact = ruler.floor, ruler.exact
        if not is_exact:
            yield cell, ours, theirs
