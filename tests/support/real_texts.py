"""Real rows with texts, from beside the repository; where they are not, tests that ask are skipped."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from npair_viz import scenes
from npair_viz.data.scene import Scene
from tests.support.repository import ROOT

PATH = ROOT.parent / "shared" / "data" / "package_texts.npz"


def real_texts() -> Scene:
    """6,000 embedded texts with the sections they stand in."""
    if not PATH.exists():
        pytest.skip(f"{PATH.name} is not beside the repository")
    with np.load(PATH) as held:
        rows, words, texts = held["embeddings"], held["labels"], held["texts"]
    names, labels = np.unique(words, return_inverse=True)
    scene = scenes.from_data(torch.from_numpy(rows.astype("float32")), labels, class_names=tuple(names.tolist()))
    return replace(scene, texts=tuple(texts.tolist()))
