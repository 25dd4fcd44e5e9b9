"""Pairs of any dimension as the page has them, and what torch says of them in their dtype."""

from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import of_pairs
from npair_viz.geometry.reading import Reading, read
from npair_viz.linalg import unit_rows

SIZES = {1: 5, 2: 7, 3: 6, 4: 9, 17: 21, 64: 12, 384: 31}  # pairs by dimension: no two numbers alike
DTYPES = ("float64", "float32", "bfloat16", "float16")
DEFAULTS: dict[str, Any] = {
    **{"scene": "yours", "selected": 0, "point": "anchor", "tao": 0.5, "l2_reg": 0.0, "normalize": True},
    **{"surface": "sphere", "objective": "mc", "dtype": "float64", "same": [], "steps": 0},
    **{"view": "anchor plane", "drawer": "", "landscape": False},
}


def own_pairs(d: int, n: int | None = None, seed: int = 0) -> Tensor:
    """Rows (2n, d) of lengths about 1, positives near their anchors."""
    generator = torch.Generator().manual_seed(1000 * seed + d)
    n = SIZES[d] if n is None else n
    anchors, noise = torch.randn(2, n, d, generator=generator, dtype=torch.float64) / d**0.5
    return torch.cat([1.2 * anchors, anchors + 0.7 * noise])


def state_of_rows(rows: Tensor, **settings: Any) -> dict[str, Any]:
    """A state of rows (2n, d), free where the loss doesn't normalize."""
    n, is_raw = len(rows) // 2, settings.get("normalize") is False
    lengths = {"surface": "plane", "l2_reg": 0.02} if is_raw else {}
    labels = [3 * i + 2 for i in range(n)] * 2
    base = {"names": None, "images": None, "rows": None, "isSpan": False, "dimension": rows.shape[1]}
    return {**DEFAULTS, "points": rows.tolist(), "labels": labels, "base": base, **lengths, **settings}


def in_its_span(state: dict[str, Any]) -> tuple[dict[str, Any], Tensor]:
    """The state with its rows, rounded in their dtype, in coordinates of their own span, and the axes (k, d) of it."""
    rows = scene_of_rows(state).embeddings.double()
    _, sizes, axes = torch.linalg.svd(rows, full_matrices=False)
    axes = axes[sizes > 1e-12 * sizes.max()]
    base = {**state["base"], "isSpan": True}
    return {**state, "points": (rows @ axes.T).tolist(), "base": base}, axes


def scene_of_rows(state: dict[str, Any]) -> Scene:
    """The pairs as they stand, in the state's dtype; on the sphere every row has length 1."""
    rows = torch.tensor(state["points"], dtype=torch.float64)
    rows = unit_rows(rows) if state["surface"] == "sphere" else rows
    rows, n = rows.to(getattr(torch, state["dtype"])), len(rows) // 2
    return of_pairs(state["scene"], "", rows[:n], rows[n:], state["labels"][:n])


def reading_by_torch(state: dict[str, Any]) -> Reading:
    """Every number of a state, computed in the state's dtype."""
    names = ("selected", "tao", "l2_reg", "objective", "normalize", "same")
    return read(scene_of_rows(state), **{name: state[name] for name in names})
