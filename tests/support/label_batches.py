"""Batches of labels, and what a policy selects from them."""

import torch
from hypothesis import settings
from hypothesis import strategies as st
from torch import Tensor

from npair_viz.sampling.pairs import PairSelection, select_pairs
from tests.support.random_draws import WIDTHS, seeded

thoroughly = settings(max_examples=60, deadline=None, derandomize=True)
EXAMPLE = torch.tensor([3, 3, 3, 8, 8, 0, 1, 1, 1, 1])


@st.composite
def batches(draw: st.DrawFn, largest: int = 19) -> Tensor:
    dtype = draw(st.sampled_from([*WIDTHS, torch.bool]))
    low, high = (0, 1) if dtype == torch.bool else (torch.iinfo(dtype).min, torch.iinfo(dtype).max)
    ends = st.sampled_from([low, 0, high])
    pool = draw(st.lists(st.one_of(ends, st.integers(low, high)), min_size=1, max_size=6))
    return torch.tensor(draw(st.lists(st.sampled_from(pool), max_size=largest)), dtype=dtype)


def choose(labels: Tensor, policy: str, seed: int = 0, **settings: int | None) -> PairSelection:
    """Any policy, on whole-numbered embeddings: their products are exact, and ties are many."""
    rows = torch.randint(-2, 3, (len(labels), 3), generator=seeded(seed)).double()
    return select_pairs(labels, policy=policy, embeddings=rows, generator=seeded(seed), **settings)


def pairs_of(chosen: PairSelection) -> list[tuple[int, int]]:
    valid = chosen.valid
    return list(zip(chosen.anchors[valid].tolist(), chosen.positives[valid].tolist(), strict=True))
