"""What an eye would check on a page: what overlaps, what is cut off, what is too pale to read."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator

EYE = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
LABELS = ".widget-label, .npair-why, .npair-sentence, .npair-status, .npair-task"
STAGE_WORDS = "p:not(.live), h3, label, output.loss, .bars .name, .bars b, .ends > span, .steps, .dead, figcaption span"
STAGE = f"button, select, input, textarea, .board, .matrix, .curve, .chart > svg, {STAGE_WORDS}"
CONTROLS = f"button, select, input, .slider-container, .js-plotly-plot, {LABELS}"
PLOT_TEXTS = ".annotation text, .xaxislayer-above text, .yaxislayer-above text, .infolayer text, .bartext"


def faults(stage: Locator) -> list[Any]:
    """What lies over each other and what is cut off, among the controls and words of a stage."""
    return overlapping(stage, STAGE) + cut_off(stage, STAGE)


def overlapping(explorer: Locator, selector: str, slack: float = 1) -> list[list[str]]:
    """Pairs of seen things, neither inside the other, that share more than `slack` pixels both ways."""
    return _look(explorer, "overlapping", selector, slack)


def cut_off(explorer: Locator, selector: str = CONTROLS) -> list[str]:
    """Buttons whose words do not fit, and what a box without a scroll bar hides in part."""
    return _look(explorer, "cutOff", selector)


def outside_the_plot(explorer: Locator) -> list[str]:
    """Texts of the plot that reach beyond its edge."""
    return _look(explorer, "outside", ".js-plotly-plot text")


def pale(explorer: Locator, selector: str, least: float = 4.5) -> list[Any]:
    """Seen texts with less contrast against the page behind them than WCAG asks for, each with its contrast."""
    return _look(explorer, "pale", selector, least)


def _look(explorer: Locator, what: str, *arguments: object) -> Any:
    return explorer.evaluate(
        f"(root, rest) => {{ const eye = {EYE} return eye.{what}(root, ...rest); }}", list(arguments)
    )
