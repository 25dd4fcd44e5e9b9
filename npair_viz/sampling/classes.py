"""The classes of a batch: their labels, their rows and their sizes."""

import torch
from torch import Tensor


def classes_of(labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Group rows by class; waits for the device.

    Args:
        labels: (b,) integers.

    Returns:
        The classes (c,) in ascending order, the index of each row's class (b,), and the classes' sizes (c,), all int64.
    """
    keys, member, sizes = torch.unique(labels.long(), return_inverse=True, return_counts=True)
    return keys, member, sizes
