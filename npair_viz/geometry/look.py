"""The look that every picture shares: type, space, colours in both themes, lines of forces, shapes of roles, motion.

`docs/look.md` says where each is used; `make constants` copies it into the stage's script and style sheet.
"""

from typing import NamedTuple


class Themed(NamedTuple):
    """A colour in a light and in a dark theme."""

    light: str
    dark: str


INK = "rgb(1, 2, 3)"  # black; not 0, 0, 0, so that the explorer's style sheet can replace it by the theme's foreground
QUIET = "rgba(128, 128, 128, 0.4)"
GREY = "rgb(140, 140, 140)"  # 3:1 on white paper and on black
OTHERS = "rgb(166, 166, 166)"  # of classes that have no colour of their own: a digit on it is 7:1
OUTLINE = "rgb(40, 40, 40)"
CLEAR = "rgba(0, 0, 0, 0)"
# Okabe and Ito's without the forces' two; green and pink are lighter, so that a digit on them is 7:1.
CLASS_COLOURS = ("#E69F00", "#56B4E9", "#7BC68E", "#F0E442", "#D685B6")
FORCES = {"pull": ("#0072B2", "solid"), "push": ("#D55E00", "dash"), "shrink": (GREY, "dot"), "net": (INK, "solid")}
DASHES = {"solid": "none", "dash": "7 3", "dot": "2 3"}  # plotly's names, in pixels
# Paths of about 36 pixels around the origin.
SHAPES = {
    "anchor": "M0-17A17 17 0 1 1 0 17A17 17 0 1 1 0-17Z",
    "partner": "M0-22L22 0L0 22L-22 0Z",
    "negative": "M-16-16H16V16H-16Z",
}
ROLE_WORDS = {"anchor": "anchor", "partner": "its partner", "negative": "negative"}
LANE = 0.05  # on the circle all arrows lie on one tangent: pull and push are moved apart by this part of the radius
SCALE_COLOURS = ("#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725")  # Viridis for what plotly does not draw
PAPER, TEXT, LINE = "#ffffff", "#111111", "#999999"  # of pictures that have no theme
# Text is 7:1 on paper and on tint, marks and lines of controls 3:1; a hair is never information.
THEME = {
    "paper": Themed("#fffefa", "#161512"),
    "tint": Themed("#f6f3ea", "#1f1d19"),
    "ink": Themed("#1b1917", "#efebe2"),
    "soft": Themed("#544f48", "#b9b2a6"),
    "rule": Themed("#8b857b", "#7d776d"),
    "hair": Themed("#dcd7cc", "#37342e"),
    "accent": Themed("#9c1238", "#ff9db1"),
    "pull": Themed(FORCES["pull"][0], "#3f9fdc"),
    "push": Themed("#cf5000", "#ef7a35"),
    "shrink": Themed("#6f6a63", "#a39d94"),
    "better": Themed("#0c6b63", "#58c8bb"),
    "worse": Themed("#8a4a10", "#e0a15e"),
}
SERIF = (
    '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Book Antiqua", Charter, '
    '"Bitstream Charter", Georgia, serif'
)
SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
SIZES = {"small": 14, "plain": 16, "large": 20, "head": 28, "title": 40}  # pixels
MOVE = 420  # milliseconds in which points, bars and numbers go to where an act puts them at once
BOARD = 448  # pixels, both ways
CIRCLE_REACH = 1.3  # of a picture round the circle, so that arrows have room
FADED = 0.25


def class_colours(n: int, selected: int, hardest: int | None) -> list[str]:
    """The colour of each pair; with more than five pairs all are grey but the selected one and its hardest negative."""
    if n <= len(CLASS_COLOURS):
        return list(CLASS_COLOURS[:n])
    shown = {selected: CLASS_COLOURS[0], hardest: CLASS_COLOURS[1]}
    return [shown.get(i, OTHERS) for i in range(n)]
