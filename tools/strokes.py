"""What the stills of the lessons have beside the pictures of a stage: a card, and photos as paths."""

from html import escape

from torch import Tensor

from npair_viz.geometry.look import LINE, PAPER

WIDTH = 780


def card(title: str, height: int, parts: list[str]) -> str:
    """A white card, since the page around it may be dark."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="10" fill="{PAPER}" stroke="{LINE}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def photo(image: Tensor, x: float, y: float, size: float) -> str:
    """Ink on paper: the pixels of one grey are one path."""
    greys = sorted(set(image.flatten().tolist()))
    pixels = [(grey, (image == grey).nonzero().tolist()) for grey in greys if grey > 0]
    ink = "".join(
        f'<path fill="{_grey(grey)}" d="{"".join(f"M{column} {row}h1v1h-1z" for row, column in places)}"/>'
        for grey, places in pixels
    )
    frame = f'<rect width="8" height="8" fill="none" stroke="{LINE}" stroke-width="0.1"/>'
    scale = f"translate({x} {y}) scale({size / image.shape[0]:g})"
    return f'<g transform="{scale}" shape-rendering="crispEdges">{ink}{frame}</g>'


def _grey(ink: float) -> str:
    return "#" + 3 * f"{round(255 * (1 - ink)):02x}"
