"""The look that every picture shares: colours of classes and forces, and the lines that forces are drawn with."""

INK = "rgb(1, 2, 3)"  # black, and the one colour that the explorer's style sheet swaps for the theme's foreground
QUIET = "rgba(128, 128, 128, 0.4)"
GREY = "rgb(140, 140, 140)"  # 3:1 on white paper and on black
PALE = (205, 205, 205)
OUTLINE = "rgb(40, 40, 40)"
CLEAR = "rgba(0, 0, 0, 0)"
CLASS_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7")  # Okabe and Ito's, less the forces' two
FORCES = {"pull": ("#0072B2", "solid"), "push": ("#D55E00", "dash"), "shrink": (GREY, "dot"), "net": (INK, "solid")}
SCALE = "Viridis"
FADED = 0.25


def class_colours(n: int, selected: int, hardest: int | None) -> list[str]:
    """A colour a pair; beyond five pairs only the selected one and its hardest negative have one."""
    if n <= len(CLASS_COLOURS):
        return list(CLASS_COLOURS[:n])
    shown = {selected: CLASS_COLOURS[0], hardest: CLASS_COLOURS[1]}
    return [shown.get(i, GREY) for i in range(n)]
