"""High-dimensional points on a flat screen: planes through the origin, and what each of them keeps."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision, unit_rows


@dataclass(frozen=True, eq=False)
class Plane:
    """Orthonormal axes (k, d) through the origin; k is 2, or 3 for points of a sphere.

    held: the share of the points' squared lengths that lies in the plane, 0 to 1.
    kept: the pair whose anchor's similarities the plane keeps exactly, or None where it keeps all or nobody's.
    """

    axes: Tensor
    held: float
    kept: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the picture is the space itself."""
        return self.axes.shape[0] >= self.axes.shape[1]

    @property
    def is_flat(self) -> bool:
        """Whether the picture has two dimensions."""
        return self.axes.shape[0] == 2

    def project(self, rows: Tensor) -> Tensor:
        """Coordinates (m, k) of rows (m, d): points, or forces on them."""
        return rows.to(self.axes.dtype) @ self.axes.T


def whole_space(rows: Tensor) -> Plane:
    """The picture of points that have two or three dimensions (or one: then the second stays 0)."""
    d = rows.shape[1]
    rows = in_working_precision(rows)
    return Plane(torch.eye(max(d, 2), d, dtype=rows.dtype, device=rows.device), held=1.0)


def anchor_plane(anchors: Tensor, positives: Tensor, chosen: int, rival: int | None) -> Plane:
    """The plane of the chosen anchor and the way from its `rival` to its positive: upwards a, rightwards p − p_rival.

    a·x is read off the vertical axis, so all similarities of that anchor are exact.
    Where these two span no plane, the positive and then the first coordinates take the place of what is missing.
    Shapes: anchors, positives (n, d) with d ≥ 2; rival the row of the hardest negative, or None where there is none.
    Source: linear algebra; a plane that contains a keeps every a·x.

    >>> rows = torch.eye(4)
    >>> plane = anchor_plane(rows, rows.roll(1, 0), chosen=0, rival=1)
    >>> bool(((plane.project(rows)[:, 1] - rows @ rows[0]).abs() < 1e-6).all())
    True
    """
    anchors, positives = in_working_precision(anchors), in_working_precision(positives)
    positive = positives[chosen]
    across = positive if rival is None else positive - positives[rival]
    spare = torch.eye(3, len(positive), dtype=positive.dtype, device=positive.device)
    up, right = _orthonormal(torch.stack([anchors[chosen], across, positive, *spare]))
    axes = torch.stack([right, up])
    return Plane(axes, held(torch.cat([anchors, positives]), axes), kept=chosen)


def principal_plane(anchors: Tensor, positives: Tensor) -> Plane:
    """The plane through the origin that holds most of the rows' squared lengths: their first two principal axes.

    The mean is not taken away: the loss sees angles at the origin. Shapes: anchors, positives (n, d) with d ≥ 2.
    """
    rows = in_working_precision(torch.cat([anchors, positives]))
    axes = _with_fixed_signs(torch.linalg.svd(rows, full_matrices=False).Vh[:2])
    return Plane(axes, held(rows, axes))


def principal_axes(rows: Tensor, k: int) -> Tensor:
    """The first k principal axes (k, d) of many rows (m, d) through the origin, by a randomized decomposition.

    Source: Halko, Martinsson and Tropp (2011), as `torch.svd_lowrank`; torch's global generator stays where it was.
    """
    k = min(k, *rows.shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _, _, axes = torch.svd_lowrank(rows, q=min(2 * k, *rows.shape), niter=4)
    return _with_fixed_signs(axes.T[:k])


def toured(axes: Tensor, turn: float, seed: int = 0) -> Tensor:
    """Two orthonormal axes (2, d) on a slow way through the space of `axes` (k, d): at each whole turn a random plane.

    The way begins at the first two axes and is continuous in `turn`.
    Source: the grand tour of Asimov (1985), here between planes by a straight line that is made orthonormal.
    """
    ahead = turn - math.floor(turn)
    frames = [_random_frame(len(axes), math.floor(turn) + step, seed).to(axes) for step in (0, 1)]
    mixed = (1 - ahead) * frames[0] + ahead * frames[1]
    first, second = _orthonormal(torch.cat([mixed, frames[1]]))
    return torch.stack([first, second]) @ axes


def _random_frame(k: int, number: int, seed: int) -> Tensor:
    """Directions (2, k) of the plane of that number; the first one is that of the first two axes."""
    if number == 0:
        return torch.eye(2, k, device="cpu")
    generator = torch.Generator("cpu").manual_seed(1000 * seed + number)
    return torch.stack(_orthonormal(torch.randn(k, k, generator=generator, device="cpu")))


def _with_fixed_signs(axes: Tensor) -> Tensor:
    largest = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True))  # a sign of its own would flip the picture
    return axes * largest.sign()


def badge(plane: Plane, dimension: int, name: str = "") -> str:
    """What the picture keeps, in words for its corner; empty where it keeps everything."""
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
    return up, unit_rows(_beside(right, up))[0]  # twice: the first time rounding leaves a part of a short rest


def _beside(rows: Tensor, direction: Tensor) -> Tensor:
    """Rows (m, d) without their part along a direction of length 1."""
    return rows - (rows @ direction).unsqueeze(1) * direction
