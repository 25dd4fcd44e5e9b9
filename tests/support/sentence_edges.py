"""States a little below and a little above each number that decides what the sentence says."""

import math

from npair_viz.data.scenes import at_degrees
from npair_viz.theory.ruler import loss_ruler
from tests.support.saved_states import checked_state

RAW = {"surface": "plane", "normalize": False, "tao": 1.0, "l2_reg": 0.0}


def state(anchors, positives, classes, **settings):
    return checked_state({**RAW, "points": [*anchors, *positives], "labels": [*classes, *classes], **settings})


def voted(*shares):
    """The first anchor gives these shares, its partner's first; no other anchor has a direction."""
    anchors = [[1.0, 0.0], *[[0.0, 0.0]] * (len(shares) - 1)]
    return state(anchors, [[math.log(share), 0.0] for share in shares], range(3, 3 + len(shares)))


def two_pairs(loss):
    """Two opposite pairs on the circle at tao 1 with this loss."""
    angle = math.degrees(math.acos(-math.log(math.expm1(loss)) / 2))
    rows = at_degrees(0, 180, angle, 180 + angle).tolist()
    return state(rows[:2], rows[2:], (3, 8), surface="sphere", normalize=True)


def with_loss(loss, part=None):
    """Two raw pairs; the first anchor has this loss, the second log 2; l2_reg makes its change that part of all."""
    x = -math.log(math.expm1(loss))
    lifted = 0.0 if part is None else (loss - LOG2) * (1 / part - 1) / (2 + x * x)
    return state([[1.0, 0.0], [0.0, 1.0]], [[x, 0.0], [0.0, 0.0]], (3, 8), l2_reg=lifted)


LOG2 = math.log(2)
RULER = loss_ruler(2, 1.0, dimension=2)
# a state, and a part of what is said of it
EDGES = [
    (voted(0.0949, *[0.9051 / 30] * 30), "picks its partner: 9.5 %, against 3.0 % for 4."),
    (voted(0.0951, *[0.9049 / 30] * 30), "picks its partner: 10 %, against 3 % for 4."),
    (voted(0.2549, 0.2549, 0.2451, 0.2451), "can't tell anyone apart: 25 % each."),
    (voted(0.2551, 0.2551, 0.2449, 0.2449), "wavers: 26 % for its partner, 26 % for 4."),
    (voted(1.199 / 60.199, *[1 / 60.199] * 59), "can't tell anyone apart: 1.7 % each."),
    (voted(1.201 / 60.201, *[1 / 60.201] * 59), "picks its partner: 2.0 %, against 1.7 % for 4."),
    (voted(0.4049, 0.4, 0.1951), "wavers: 40 % for its partner, 40 % for 4."),
    (voted(0.4051, 0.4, 0.1949), "picks its partner: 41 %, against 40 % for 4."),
    (voted(0.4, 0.4049, 0.1951), "wavers: 40 % for its partner, 40 % for 4."),
    (voted(0.4, 0.4051, 0.1949), "picks the wrong one: 41 % for 4, 40 % for its partner."),
    (voted(0.2, 0.4, 0.3951, 0.0049), "wavers between wrong ones: 40 % for 4, 40 % for 5."),
    (voted(0.2, 0.4, 0.3949, 0.0051), "picks the wrong one: 40 % for 4, 20 % for its partner."),
    (voted(0.899, 0.1, 0.001), "picks its partner: 90 %, against 10 % for 4."),
    (voted(0.901, 0.098, 0.001), "is sure of its partner: 90 %."),
    (voted(0.5, 0.2995, 0.2005), "About 2.0 of 2 negatives share the push."),
    (voted(0.5, 0.3005, 0.1995), "60 % of the push comes from 4."),
    (two_pairs(1.049 * RULER.chance), "is a little above chance (0.693)"),
    (two_pairs(1.051 * RULER.chance), "is above chance: sure, and wrong."),
    *(
        (two_pairs(RULER.chance + score * (RULER.floor - RULER.chance)), f": {way} of the way from chance")
        for score, way in ((0.00495, "under 1 %"), (0.00505, "1 %"), (0.99495, "99 %"), (0.99505, "over 99 %"))
    ),
]
# a state before an act and after it, and a part of what is said of the act
CHANGES = [
    (with_loss(LOG2), with_loss(LOG2 + 0.0099), "act: loss 0.693 → 0.698. 100 % of the push"),
    (with_loss(LOG2), with_loss(LOG2 + 0.0101), "act: loss 0.693 → 0.698. Most of it is anchor 3: 0.69 → 0.70."),
    (with_loss(LOG2), with_loss(LOG2 + 0.1, part=0.501), "Most of it is anchor 3: 0.69 → 0.79."),
    (with_loss(LOG2), with_loss(LOG2 + 0.1, part=0.499), "Anchor 3 changes most: 0.69 → 0.79."),
]
