"""Rows made like embeddings of real texts: sections of unequal size that share topics, around a common axis."""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def sections(classes: int = 12, largest: int = 200, d: int = 48, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Rows (b, d) and labels (b,) in random order: sizes fall from the largest to a third of it."""
    draws = torch.Generator().manual_seed(seed)
    sizes = torch.linspace(largest, largest / 3, classes).long()
    labels = torch.arange(classes).repeat_interleave(sizes)
    labels = labels[torch.randperm(len(labels), generator=draws)]
    centres, topics = (normalize(torch.randn(count, d, generator=draws)) for count in (classes, 30))
    topic = torch.randint(30, (len(labels),), generator=draws)
    rough = torch.randn(len(labels), d, generator=draws) / d**0.5
    return 0.9 * centres[labels] + 0.7 * topics[topic] + 1.4 * rough + 0.15, labels
