"""What still pictures are drawn with: words, marks, arrows, bars and the ruler, each as a piece of SVG."""

import math
from collections.abc import Sequence
from html import escape

from torch import Tensor

from npair_viz.geometry.look import (
    DASHES,
    FADED,
    FORCES,
    LINE,
    OUTLINE,
    PAPER,
    ROLE_WORDS,
    SHAPES,
    TEXT,
    class_colours,
)
from npair_viz.geometry.narration import fixed, percent
from npair_viz.geometry.reading import Reading
from npair_viz.losses.objectives import has_one_vote
from npair_viz.stage.bases import photo
from npair_viz.stage.places import Frame

MOST_BARS = 6
SHORT_NAME = 3  # letters that fit into a mark at full size
LARGER = 1.15  # marks with a photo
INNER = {"anchor": 23, "partner": 22, "negative": 27}  # the side of the largest square in each shape


def text(x: float, y: float, words: str, size: int, align: str = "middle") -> str:
    """Words that begin, end or have their middle at a place."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{align}" fill="{TEXT}">{escape(words)}</text>'


def role_of(reading: Reading, index: int) -> str:
    """What a point is to the selected anchor: anchor, partner or negative."""
    if index < reading.n:
        return "anchor"
    return "partner" if index - reading.n == reading.selected else "negative"


def mark(reading: Reading, index: int, x: float, y: float, *, is_behind: bool = False) -> str:
    """A point as the shape of its role in the colour of its class, or as its photo; what does not act is faded."""
    pair, role, images = index % reading.n, role_of(reading, index), reading.scene.images
    colour = class_colours(reading.n, reading.selected, reading.hardest)[pair]
    acts = pair == reading.selected or (index >= reading.n and bool(reading.is_negative[reading.selected, pair]))
    inside = _named(role, reading.names[pair], "none" if is_behind else colour)
    if images is not None:
        inside = _pictured(role, images[index], colour)
    called = f"<title>{escape(f'{ROLE_WORDS[role]} {reading.names[pair]}')}</title>"
    return f'<g transform="translate({x} {y})" opacity="{1.0 if acts else FADED:g}">{called}{inside}</g>'


def marks(reading: Reading, shown: Tensor, frame: Frame) -> str:
    """All points of a reading at their places (2n, k); what lies behind a globe is hollow."""
    behind = (shown[:, 2] < 0).tolist() if shown.shape[1] == 3 else [False] * len(shown)
    return "".join(mark(reading, index, *frame.at(row), is_behind=behind[index]) for index, row in enumerate(shown))


def arrow(name: str, x: float, y: float, across: float, down: float, edge: float = 0) -> str:
    """An arrow in a force's colour and dash; it begins `edge` pixels from its place, where a mark ends."""
    colour, dash = FORCES[name]
    turn, length = math.degrees(math.atan2(down, across)), math.hypot(across, down)
    x, y = x + edge * across / length, y + edge * down / length
    return (
        f'<path stroke="{colour}" stroke-width="3" stroke-dasharray="{DASHES[dash]}" '
        f'd="M{x:.1f} {y:.1f}l{across:.1f} {down:.1f}"/>'
        f'<path fill="{colour}" transform="translate({x + across:.1f} {y + down:.1f}) rotate({turn:.0f})" '
        'd="M4 0L-8 -5V5z"/>'
    )


def origin(frame: Frame, *, has_rim: bool, is_line: bool = False) -> str:
    """The centre, with the circle of length 1 round it, or the line of points that have one dimension."""
    x, y = round(frame.x, 1), round(frame.y, 1)
    rim = f'<circle cx="{x:g}" cy="{y:g}" r="{frame.unit:.1f}" fill="none" stroke="{LINE}"/>'
    if is_line:
        rim = (
            f'<path d="M{x - frame.unit * frame.reach:.1f} {y:g}h{2 * frame.unit * frame.reach:.1f}" stroke="{LINE}"/>'
        )
    return f'{rim if has_rim or is_line else ""}<path d="M{x - 5:g} {y:g}h10M{x:g} {y - 5:g}v10" stroke="{TEXT}"/>'


def role_keys(x: float, y: float, apart: float = 92) -> str:
    """What the shapes mean."""
    return "".join(
        f'<g transform="translate({x + apart * k:g} {y:g})"><g fill="none" stroke="{OUTLINE}" stroke-width="3" '
        f'transform="scale(0.5)"><path d="{SHAPES[role]}"/></g>{text(14, 5, meaning, 13, "start")}</g>'
        for k, (role, meaning) in enumerate(ROLE_WORDS.items())
    )


def force_keys(names: Sequence[str], x: float, y: float, apart: float = 90) -> str:
    """What the arrows mean."""
    return "".join(
        arrow(name, x + apart * k, y, 28, 0) + text(x + 36 + apart * k, y + 5, name, 13, "start")
        for k, name in enumerate(names)
    )


def candidates(reading: Reading) -> list[int]:
    """The pairs that have a bar: the partner, then the most similar negatives.

    >>> from npair_viz.data.scenes import named
    >>> from npair_viz.geometry.reading import read
    >>> candidates(read(named("line-up")))
    [0, 1, 2, 3]
    """
    return [reading.selected, *reading.negatives][:MOST_BARS]


def asked(reading: Reading) -> str:
    """The question that the bars answer.

    >>> from npair_viz.data.scenes import named
    >>> from npair_viz.geometry.reading import read
    >>> asked(read(named("line-up")))
    'Who does anchor 3 pick?'
    """
    anchor = f"anchor {reading.name}"
    return f"Who does {anchor} pick?" if has_one_vote(reading.objective) else f"Which duels of {anchor} are undecided?"


def bar(
    reading: Reading,
    row: int,
    j: int,
    *,
    left: float = 460,
    top: float = 46,
    width: float = 260,
    tail: str = " partner",
) -> str:
    """A candidate and its share; a share of 1 is `width` long, and the partner's name has a tail."""
    y, share = top + 27 * row, reading.shares[j]
    is_vote = has_one_vote(reading.objective)
    is_opponent = not is_vote and j == reading.selected  # it is in every duel and has no share of its own
    said = percent(share) if is_vote else "" if is_opponent else fixed(share, 2)
    label = f"◆ {reading.names[j]}{tail}" if j == reading.selected else f"■ {reading.names[j]}"
    colour = class_colours(reading.n, reading.selected, reading.hardest)[j]
    length = 0.0 if is_opponent else width * min(max(share, 0.0), 1.0)
    return (
        text(left - 10, y + 15, label, 14, "end")
        + f'<rect x="{left}" y="{y}" width="{length:.1f}" height="20" fill="{colour}" stroke="{OUTLINE}"/>'
        + text(round(left + 8 + length, 1), y + 15, said, 14, "start")
    )


def ruler(reading: Reading, x: float, y: float, width: float) -> str:
    """The loss between the best that these points can do, chance, and the worst; the loss alone where there is none."""
    loss = f"Loss {fixed(reading.loss, 3)}"
    if reading.ruler is None or reading.n == 1:
        return text(x, y, loss, 14, "start")
    place = x + width * (1 - min(max(reading.ruler.score(reading.npair), -1), 1)) / 2
    best, chance = (fixed(end + reading.penalty, 3) for end in (reading.ruler.floor, reading.ruler.chance))
    least = "lower bound" if reading.ruler.is_bound else "best here"
    ends = ((0.0, f"{best} {least}", "start"), (0.5, f"{chance} chance", "middle"), (1.0, "sure, wrong", "end"))
    return (
        text(round(min(max(place, x + 30), x + width - 30), 1), y - 12, loss, 14)
        + f'<path d="M{x} {y}h{width}M{x + width / 2} {y - 4}v8" stroke="{LINE}" stroke-width="3"/>'
        + f'<path d="M{place:.1f} {y - 1}l-6 -8h12z" fill="{TEXT}"/>'
        + "".join(text(x + width * part, y + 20, words, 12, align) for part, words, align in ends)
    )


def _named(role: str, name: str, colour: str) -> str:
    size = 16 if len(name) <= SHORT_NAME else 10
    shape = f'<g fill="{colour}" stroke="{OUTLINE}" stroke-width="2"><path d="{SHAPES[role]}"/></g>'
    return f"{shape}{text(0, 5, name, size)}"


def _pictured(role: str, image: Tensor, colour: str) -> str:
    """The photo in the shape of its role, which has the colour of the class round it."""
    half = INNER[role] * LARGER / 2
    return (
        f'<path d="{SHAPES[role]}" transform="scale({LARGER})" fill="{colour}" stroke="{OUTLINE}" stroke-width="1.3"/>'
        f'<rect x="{-half}" y="{-half}" width="{2 * half}" height="{2 * half}" fill="{PAPER}"/>'
        f'<image x="{-half}" y="{-half}" width="{2 * half}" height="{2 * half}" href="{photo(image)}" '
        'style="image-rendering: pixelated"/>'
    )
