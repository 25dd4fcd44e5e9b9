"""Pictures of rows as images that plotly can show."""

import numpy as np
from PIL import Image
from torch import Tensor

from npair_viz.figures.traces import array


def picture_of(image: Tensor) -> Image.Image:
    """A grey picture (h, w) from 0, white, to 1, black."""
    return Image.fromarray((255 * (1 - array(image))).astype(np.uint8))
