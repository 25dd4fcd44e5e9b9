"""Projections of high-dimensional points: planes through the origin, and what each of them preserves."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision, unit_rows


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through the origin, or a space of three dimensions for points of a sphere.

    Attributes:
        axes: (k, d), orthonormal, k = 2 or 3.
        held: The share of the points' squared lengths that lies in the plane, 0 to 1.
        kept: The pair whose anchor's similarities are exact in the plane; None where all are, or none.
    """

    axes: Tensor
    held: float
    kept: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the plane is the whole space, so that nothing is lost."""
        return self.axes.shape[0] >= self.axes.shape[1]

    def project(self, rows: Tensor) -> Tensor:
        """Coordinates (m, k) of rows (m, d): points, or forces on them."""
        return rows.to(self.axes.dtype) @ self.axes.T


def whole_space(rows: Tensor) -> Plane:
    """The plane of points that have two or three dimensions (or one: then the second coordinate is 0)."""
    d = rows.shape[1]
    rows = in_working_precision(rows)
    return Plane(torch.eye(max(d, 2), d, dtype=rows.dtype, device=rows.device), held=1.0)


def anchor_plane(anchors: Tensor, positives: Tensor, chosen: int, rival: int | None) -> Plane:
    """The plane of the chosen anchor and the vector from its `rival` to its positive: a up, p − p_rival to the right.

    a·x is the vertical coordinate of x, so all similarities of that anchor are exact. Where these two vectors span no
    plane, the positive and then the other rows in their order replace what is missing; where all rows lie on a line,
    unit vectors do. So the picture depends on the rows' products alone, and a page draws it from their own span.

    Args:
        anchors: (n, d) with d ≥ 2.
        positives: (n, d).
        chosen: The pair of the anchor.
        rival: The pair of its hardest negative, None where it has no negative.

    Returns:
        The plane, its `kept` being `chosen`.

    Source: linear algebra; a plane that contains a keeps every a·x.

    >>> rows = torch.eye(4)
    >>> plane = anchor_plane(rows, rows.roll(1, 0), chosen=0, rival=1)
    >>> bool(((plane.project(rows)[:, 1] - rows @ rows[0]).abs() < 1e-6).all())
    True
    """
    anchors, positives = in_working_precision(anchors), in_working_precision(positives)
    positive = positives[chosen]
    across = positive if rival is None else _difference(positive, positives[rival])
    spare = torch.eye(3, len(positive), dtype=positive.dtype, device=positive.device)
    first = torch.stack([anchors[chosen], across, positive])
    up, right = _orthonormal(torch.cat([first, anchors, positives, spare]))
    axes = torch.stack([right, up])
    return Plane(axes, held(torch.cat([anchors, positives]), axes), kept=chosen)


def principal_plane(anchors: Tensor, positives: Tensor) -> Plane:
    """The plane through the origin with most of the squared lengths of anchors and positives (n, d), d ≥ 2.

    Its axes are the first two principal axes of the rows; the mean is not subtracted, since angles at the origin count.
    Along each axis the farthest row, the first of equally far ones, is positive.
    """
    rows = in_working_precision(torch.cat([anchors, positives]))
    axes = _towards_farthest(rows, torch.linalg.svd(rows, full_matrices=False).Vh[:2])
    return Plane(axes, held(rows, axes))


def principal_axes(rows: Tensor, k: int) -> Tensor:
    """The first k principal axes (k, d) of many rows (m, d) through the origin, by a randomized decomposition.

    torch's global generator is left as it was.
    Source: Halko, Martinsson and Tropp (2011), as `torch.svd_lowrank`.
    """
    k = min(k, *rows.shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _, _, axes = torch.svd_lowrank(rows, q=min(2 * k, *rows.shape), niter=4)
    return _with_fixed_signs(axes.T[:k])


def toured(axes: Tensor, turn: float, seed: int = 0) -> Tensor:
    """Two orthonormal axes (2, d) in the span of `axes` (k, d), continuous in `turn`: at 0 the first two of `axes`.

    At each later whole turn they span a random plane.
    Source: the grand tour of Asimov (1985); between planes the axes are interpolated linearly and made orthonormal.
    """
    ahead = turn - math.floor(turn)
    frames = [_random_frame(len(axes), math.floor(turn) + step, seed).to(axes) for step in (0, 1)]
    mixed = (1 - ahead) * frames[0] + ahead * frames[1]
    first, second = _orthonormal(torch.cat([mixed, frames[1]]))
    return torch.stack([first, second]) @ axes


def _random_frame(k: int, number: int, seed: int) -> Tensor:
    """Orthonormal directions (2, k) of plane `number`; plane 0 is that of the first two axes."""
    if number == 0:
        return torch.eye(2, k, device="cpu")
    generator = torch.Generator("cpu").manual_seed(1000 * seed + number)
    return torch.stack(_orthonormal(torch.randn(k, k, generator=generator, device="cpu")))


def _with_fixed_signs(axes: Tensor) -> Tensor:
    largest = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True))  # else the signs, and so the picture, may flip
    return axes * largest.sign()


def _towards_farthest(rows: Tensor, axes: Tensor) -> Tensor:
    """Axes with the signs that make the farthest row along each positive, whatever the coordinates of the rows are."""
    along = rows @ axes.T
    is_far = along.abs() >= (1 - 1e-9) * along.abs().amax(dim=0)
    first = along.gather(0, is_far.int().argmax(dim=0, keepdim=True))
    return torch.where(first.T < 0, -axes, axes)


def badge(plane: Plane, dimension: int, name: str = "") -> str:
    """What is exact in the picture, in words for its corner; empty where everything is."""
    if plane.is_exact:
        return ""
    if plane.held > 1 - 1e-6:
        return f"{dimension}-d, but all points lie in this plane: exact"
    exact = "no angle is exact" if plane.kept is None else f"exact for anchor {name} alone"
    return f"shadow of {dimension}-d: {exact}; {min(round(100 * plane.held), 99)} % of squared length is in this plane"


def held(rows: Tensor, axes: Tensor) -> float:
    """The share of the squared lengths of rows (m, d) that lies in the span of orthonormal axes (k, d), 0 to 1."""
    whole = rows.square().sum()
    return ((rows @ axes.T).square().sum() / whole).item() if whole > 0 else 1.0


def _orthonormal(candidates: Tensor) -> tuple[Tensor, Tensor]:
    """Two orthonormal directions from the first two candidates that span a plane, by Gram and Schmidt."""
    units = unit_rows(candidates)
    up = units[int(units.any(dim=1).int().argmax())]
    rests = _beside(units, up)
    spans = torch.linalg.vector_norm(rests, dim=1) > 100 * torch.finfo(units.dtype).eps
    right = unit_rows(rests[spans][:1])
    return up, unit_rows(_beside(right, up))[0]  # again: rounding may leave a part along `up`


def _difference(row: Tensor, other: Tensor) -> Tensor:
    """row − other, or zero where that is rounding."""
    way = row - other
    length = torch.linalg.vector_norm(row)
    is_way = torch.linalg.vector_norm(way) > 100 * torch.finfo(row.dtype).eps * length
    return way if is_way else torch.zeros_like(way)


def _beside(rows: Tensor, direction: Tensor) -> Tensor:
    """Rows (m, d) without their part along a direction of length 1."""
    return rows - (rows @ direction).unsqueeze(1) * direction
