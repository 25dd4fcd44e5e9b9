"""The look that every picture shares: colours of classes and forces, lines of forces, and shapes of roles.

`make constants` copies it into the stage's script and style sheet.
"""

INK = "rgb(1, 2, 3)"  # black; not 0, 0, 0, so that the explorer's style sheet can replace it by the theme's foreground
QUIET = "rgba(128, 128, 128, 0.4)"
GREY = "rgb(140, 140, 140)"  # 3:1 on white paper and on black
OUTLINE = "rgb(40, 40, 40)"
CLEAR = "rgba(0, 0, 0, 0)"
CLASS_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7")  # Okabe and Ito's, without the forces' two
FORCES = {"pull": ("#0072B2", "solid"), "push": ("#D55E00", "dash"), "shrink": (GREY, "dot"), "net": (INK, "solid")}
DASHES = {"solid": "none", "dash": "7 3", "dot": "2 3"}  # plotly's names, in pixels
FOCUS = "#0072B2"  # the outline of what has the keyboard focus
# Paths of about 30 pixels around the origin.
SHAPES = {
    "anchor": "M0-13A13 13 0 1 1 0 13A13 13 0 1 1 0-13Z",
    "partner": "M0-17L17 0L0 17L-17 0Z",
    "negative": "M-12-12H12V12H-12Z",
}
ROLE_WORDS = {"anchor": "anchor", "partner": "its partner", "negative": "negative"}
LANE = 0.05  # on the circle all arrows lie on one tangent: pull and push are moved apart by this part of the radius
SCALE_COLOURS = ("#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725")  # Viridis for what plotly does not draw
PAPER, TEXT, LINE = "#fff", "#111", "#999"  # of pictures that have no theme
BOARD = 448  # pixels, both ways
CIRCLE_REACH = 1.3  # of a picture round the circle, so that arrows have room
FADED = 0.25


def class_colours(n: int, selected: int, hardest: int | None) -> list[str]:
    """The colour of each pair; with more than five pairs all are grey but the selected one and its hardest negative."""
    if n <= len(CLASS_COLOURS):
        return list(CLASS_COLOURS[:n])
    shown = {selected: CLASS_COLOURS[0], hardest: CLASS_COLOURS[1]}
    return [shown.get(i, GREY) for i in range(n)]
