"""What a call costs: its matrix products, and the largest tensor that it makes."""

from collections.abc import Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode, addmm_flop


def multiplied(call: Callable[[], object], d: int) -> float:
    """How many products of two rows of d numbers a call takes, or of as much work."""
    in_place = {torch.ops.aten.addmm_: lambda *shapes, **_: addmm_flop(*shapes)}  # torch counts addmm alone
    with FlopCounterMode(display=False, custom_mapping=in_place) as counter:
        call()
    return counter.get_total_flops() / (2 * d)


class Largest(TorchDispatchMode):
    """Remembers the number of entries of the largest tensor that any operation gave."""

    entries = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for one in out if isinstance(out, (tuple, list)) else [out]:
            if isinstance(one, torch.Tensor):
                self.entries = max(self.entries, one.numel())
        return out
