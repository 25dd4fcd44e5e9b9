"""The contrast of what is drawn, WCAG's, against the pixels that it lies on: a picture with it, and one without."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

# Every element with words of its own that is seen, but for what is disabled: its words, its colour with what its
# parents' opacity leaves of it, and the boxes of its words.
WORDS = """(root) => {
    const colourOf = (one, name) => {
        const style = getComputedStyle(one), found = style[name].match(/[\\d.]+/g).map(Number);
        const mixed = style[name].startsWith("color(srgb");
        const [red, green, blue, alpha = 1] = found.map((x, k) => (mixed && k < 3 ? 255 * x : x));
        let seen = alpha;
        for (let box = one; box; box = box.parentElement) seen *= Number(getComputedStyle(box).opacity);
        return [red, green, blue, seen];
    };
    const ownWords = (one) => [...one.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    const boxOf = ({ left, top, right, bottom }) => [left + scrollX, top + scrollY, right + scrollX, bottom + scrollY];
    const boxesOf = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].map(boxOf);
    };
    const isField = (one) => one.matches("select, textarea, input:is([type=text], :not([type]))");
    return [...root.querySelectorAll("*")].flatMap((one) => {
        const isLeftOut = one.matches(":disabled, option, script, style, .live");
        if (isLeftOut || !one.checkVisibility({ visibilityProperty: true })) return [];
        const nodes = isField(one) ? [] : ownWords(one);
        if (!nodes.length && !(isField(one) && one.value)) return [];
        const words = isField(one) ? one.value : nodes.map((node) => node.data).join(" ").trim();
        const boxes = isField(one) ? [boxOf(one.getBoundingClientRect())] : nodes.flatMap(boxesOf);
        return [{ words, colour: colourOf(one, one instanceof SVGElement ? "fill" : "color"), boxes }];
    });
}"""
# Lines by a selector: what they are called, their colour and that of what they surround, and their box.
LINES = """(root, selector) => {
    const colour = (one, name) => {
        const found = getComputedStyle(one)[name];
        if (found === "none") return null;
        const [red, green, blue, alpha = 1] = found
            .match(/[\\d.]+/g)
            .map((x, k) => (found.startsWith("color(srgb") && k < 3 ? 255 * Number(x) : Number(x)));
        return [red, green, blue, alpha * Number(getComputedStyle(one).opacity)];
    };
    return [...root.querySelectorAll(selector)].flatMap((one) => {
        if (!one.checkVisibility({ visibilityProperty: true })) return [];
        const { left, top, right, bottom } = one.getBoundingClientRect();
        const called = one.closest("[data-point]")?.dataset.point ?? one.dataset.arrow ?? one.getAttribute("class");
        const box = [left + scrollX - 4, top + scrollY - 4, right + scrollX + 4, bottom + scrollY + 4];
        return [{ words: called, colour: colour(one, "stroke"), fill: colour(one, "fill"), boxes: [box] }];
    });
}"""
NO_WORDS = "* { color: transparent !important; } svg text { fill: transparent !important; }"
NO_LINE = "%s { stroke: transparent !important; }"
NO_SHAPE = "%s { stroke: transparent !important; fill: transparent !important; }"
LEAST_CHANGE = 8  # of 255: less is not drawn
MOST_CROSSED = 10  # percent of a word or a line that something else may cross


@dataclass(frozen=True)
class Drawn:
    """A word or a line and its contrast."""

    called: str
    contrast: float


class Picture:
    """A page as it is now; what is asked of it is drawn once more without that."""

    def __init__(self, page: Page, *, whole: bool = False) -> None:
        self.page, self.whole = page, whole  # whole: with what is below the window
        self.seen = self._shot("")

    def words(self, root: Locator) -> list[Drawn]:
        """Every word that is seen within a root, unless it is disabled."""
        told = root.evaluate(WORDS)
        return self._measured(told, self._shot(NO_WORDS))

    def lines(self, root: Locator, selector: str) -> list[Drawn]:
        """The lines of a drawing that a selector names."""
        told = root.evaluate(LINES, selector)
        return self._measured(told, self._shot(NO_LINE % selector))

    def shapes(self, root: Locator, selector: str) -> list[Drawn]:
        """The shapes of a drawing, each by its outline or its filling, whichever stands out of what is outside it."""
        told = root.evaluate(LINES, selector)
        outlined, below = self._shot(NO_LINE % selector), self._shot(NO_SHAPE % selector)
        return self._measured(told, below, (outlined == below).all(2))

    def _measured(self, all_of_them: list[dict[str, Any]], below: Any, where: Any = None) -> list[Drawn]:
        found = []
        for one in all_of_them:
            ink = np.array(one["colour"])
            grounds = np.concatenate([self._grounds(ink, below, where, _cut(box)) for box in one["boxes"]])
            if len(grounds):
                inks = [ink] if one.get("fill") is None else [ink, np.array(one["fill"])]
                contrasts = np.max([_contrasts(ink, grounds) for ink in inks], axis=0)
                found.append(Drawn(one["words"], float(np.percentile(contrasts, MOST_CROSSED))))
        return found

    def _grounds(self, ink: Any, below: Any, where: Any, cut: Any) -> Any:
        """The pixels under what an ink has drawn within a cut; what another one has drawn there is left out."""
        seen, ground = self.seen[cut].astype(float), below[cut].astype(float)
        inked = _over(ink, ground)
        drawn = (np.abs(seen - ground).max(2) > LEAST_CHANGE) & (_away(seen, inked) <= _away(ground, inked) / 2)
        return ground[drawn if where is None else drawn & where[cut]]

    def _shot(self, style: str) -> Any:
        shot = self.page.screenshot(full_page=self.whole, style=style, animations="disabled", caret="hide")
        return np.asarray(Image.open(BytesIO(shot)).convert("RGB"))


def pale(drawn: list[Drawn], least: float) -> list[tuple[str, float]]:
    """What has less contrast."""
    return sorted((one.called, round(one.contrast, 2)) for one in drawn if one.contrast < least)


def _cut(box: list[float]) -> tuple[slice, slice]:
    left, top, right, bottom = (max(0, round(x)) for x in box)
    return slice(top, bottom), slice(left, right)


def _over(colour: Any, grounds: Any) -> Any:
    return colour[3] * colour[:3] + (1 - colour[3]) * grounds


def _away(one: Any, other: Any) -> Any:
    return np.linalg.norm(one - other, axis=2)


def _contrasts(colour: Any, grounds: Any) -> Any:
    """Of a colour on each of some pixels."""
    low, high = np.sort([_luminance(_over(colour, grounds)), _luminance(grounds)], axis=0)
    return (high + 0.05) / (low + 0.05)


def _luminance(colours: Any) -> Any:
    parts = colours / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
