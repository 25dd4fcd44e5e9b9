"""Photos of rows as images that plotly takes."""

import numpy as np
from PIL import Image
from torch import Tensor

from npair_viz.figures.traces import array


def picture_of(image: Tensor) -> Image.Image:
    """Ink on paper: 0 is white and 1 is black."""
    return Image.fromarray((255 * (1 - array(image))).astype(np.uint8))
