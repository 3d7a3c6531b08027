"""Whether a file still shows the picture that it showed, pixel for pixel in the same place.

Programs write names and tags into photos, and then what was said of their faces holds. Another photo
under the same name has other faces in their places.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from analysis.images import decode
from analysis.limits import DEFAULT_LIMITS, Limits

SIDE = 32
# The most that two of 1,541 photos reach is 0.91; a photo and its thumbnail reach 0.999, in grey, darker or
# with more contrast or colour 0.987. What was brightened until much of it is white (0.80) is taken for
# another.
SAME = 0.95
FLAT = 3.0  # A picture without a pattern is told by its light alone.


def looks_the_same(
    path: Path, thumbnail: Path, size: tuple[int, int], limits: Limits = DEFAULT_LIMITS
) -> bool:
    """Return whether a photo has that size, upright, and looks like the thumbnail of what it was.

    Raises as `decode` does, or OSError where there is no thumbnail.
    """
    photo = decode(path, limits)
    if (photo.width, photo.height) != size:
        return False
    with Image.open(thumbnail) as image:
        return _alike(_small(Image.fromarray(photo.pixels)), _small(image))


def _alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    if min(one.std(), other.std()) < FLAT:
        return bool(abs(one - other).mean() < FLAT)
    return bool(np.corrcoef(one.ravel(), other.ravel())[0, 1] >= SAME)


def _small(image: Image.Image) -> NDArray[np.float32]:
    grey = image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(grey, dtype=np.float32)
