"""The stage as a static picture, for slides, papers and viewers without JavaScript."""

from textwrap import wrap

import torch

from npair_viz.geometry.look import BOARD, GREY, LINE, PAPER
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.projection import Plane, badge
from npair_viz.geometry.reading import Reading, seen_rows
from npair_viz.stage import strokes
from npair_viz.stage.places import EDGE, Frame, arrows, frame_for, places, plane_for

WIDTH = 780
SIDE, SIDE_WIDTH = BOARD + 12, WIDTH - BOARD - 24  # the line-up and the ruler, beside the board
SPACING = 22  # of lines
LETTERS, BADGE_LETTERS = 96, 62  # of a line


def still(
    reading: Reading,
    plane: Plane | None = None,
    *,
    surface: str | None = None,
    point: str = "anchor",
    sentence: str | None = None,
) -> str:
    """A reading as SVG: its points, the forces on one of them, its line-up, its ruler and its sentence, on white.

    Args:
        reading: What to draw.
        plane: The plane to project the points to; None draws few dimensions as they are, and more in the plane of the
            selected anchor.
        surface: "sphere" draws points at length 1, "plane" where they were set; None follows the loss.
        point: Whose forces are drawn: the "anchor" of the selected pair or its "positive".
        sentence: The words below; None tells the reading.

    Returns:
        The SVG element.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> still(read(named("line-up"))).count("<title>anchor")
    4
    """
    plane = plane_for(reading) if plane is None else plane
    is_held = reading.normalize if surface is None else surface == "sphere"
    words = wrap(narrate(reading) if sentence is None else sentence, LETTERS)
    height = BOARD + SPACING * (len(words) + 1) + 20
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" role="img">',
            f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
            f'<svg width="{BOARD}" height="{BOARD}">{_board(reading, plane, point, is_held=is_held)}</svg>',
            *_side(reading),
            strokes.role_keys(22, BOARD + 12, 104),
            strokes.force_keys(_forces(reading), 350, BOARD + 12),
            *(strokes.text(8, BOARD + SPACING * (k + 2), line, 15, "start") for k, line in enumerate(words)),
            "</svg>",
        ]
    )


def _board(reading: Reading, plane: Plane, point: str, *, is_held: bool) -> str:
    """The points and forces; a nested element cuts off what leaves it."""
    shown = places(reading, plane, is_held=is_held)
    frame = frame_for(shown, plane, is_held=is_held)
    forces = arrows(reading, plane, frame, point=point, is_held=is_held)
    told = wrap(badge(plane, reading.scene.dimension, reading.name), BADGE_LETTERS)
    return "".join(
        [
            strokes.origin(frame, has_rim=is_held, is_line=reading.scene.dimension == 1),
            "" if is_held or not reading.normalize else _images(reading, plane, frame),
            *(strokes.arrow(name, *ways, edge=EDGE) for name, ways in forces.items()),
            strokes.marks(reading, shown, frame),
            *(strokes.text(BOARD / 2, 16 + 16 * k, line, 12) for k, line in enumerate(told)),
        ]
    )


def _images(reading: Reading, plane: Plane, frame: Frame) -> str:
    """Where a loss that normalizes sees points of the plane: hollow dots on the circle."""
    dots = (frame.at(row) for row in plane.project(torch.cat(seen_rows(reading))))
    return "".join(f'<circle cx="{x}" cy="{y}" r="5" fill="none" stroke="{GREY}"/>' for x, y in dots)


def _side(reading: Reading) -> list[str]:
    shown = strokes.candidates(reading)
    more = 1 + len(reading.negatives) - len(shown)
    left, top = SIDE + 118, 46
    end = top + 27 * len(shown) + (SPACING if more else 0)
    return [
        strokes.text(SIDE, 30, strokes.asked(reading), 16, "start"),
        *(strokes.bar(reading, row, j, left=left, top=top, width=140) for row, j in enumerate(shown)),
        strokes.text(left - 10, end - 7, f"and {more} more", 12, "end") if more else "",
        f'<path d="M{SIDE} {end + 8}h{SIDE_WIDTH}" stroke="{LINE}" stroke-width="0.5"/>',
        strokes.ruler(reading, SIDE, end + 48, SIDE_WIDTH),
    ]


def _forces(reading: Reading) -> list[str]:
    return ["pull", "push", *([] if reading.normalize else ["shrink"]), "net"]
