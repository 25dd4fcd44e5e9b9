"""Writers of files of named arrays, one a format."""

import numpy as np
import torch
from safetensors.torch import save_file


def save_npz(path, **entries):
    np.savez(path, **{name: np.array(one) for name, one in entries.items()})


def save_pt(path, **entries):
    torch.save({name: torch.tensor(one) for name, one in entries.items()}, path)


def save_safetensors(path, **entries):
    save_file({name: torch.tensor(one) for name, one in entries.items()}, path)


SAVERS = {".npz": save_npz, ".pt": save_pt, ".pth": save_pt, ".safetensors": save_safetensors}
