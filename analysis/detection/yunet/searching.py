"""First searches: at what size, and in which parts of a photo."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.detection import resized
from analysis.detection.yunet.faces import Faces, joined
from analysis.detection.yunet.network import YuNetNetwork

LARGEST_SIDE = 1024
ENLARGE_TO = 800
ENLARGE_AT_MOST = 2.0
SMALLEST_SIDE = 16  # A thinner strip holds no face, and the network sees it distorted.
CANDIDATE = 0.2  # What a first look must give for a second one.

# A panorama reduced to LARGEST_SIDE would be a few pixels high: one longer than LONG times its height is
# searched in parts, each as long as twice its height and overlapping by half of that.
LONG = 3.0
PART = 2.0
OVERLAP = 0.5
SHORTEST_PART = 640

Pixels = NDArray[np.uint8]


def searched(network: YuNetNetwork, pixels: Pixels) -> Faces:
    """Return what scores CANDIDATE or more in a photo of any shape, without overlaps."""
    found = []
    for left, top, part in parts(pixels):
        height, width = part.shape[:2]
        scale = scale_of(max(height, width))
        if scale * min(height, width) >= SMALLEST_SIDE:
            found.append(search(network, part, scale).moved(left, top))
    return joined(found).without_overlaps() if found else Faces.none()


def search(network: YuNetNetwork, pixels: Pixels, scale: float) -> Faces:
    """Return what scores CANDIDATE or more in the photo at `scale`, without overlaps."""
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    found = network.search(resized(pixels, size), CANDIDATE)
    return found.scaled(width / size[0], height / size[1]).without_overlaps()


def scale_of(longest: int) -> float:
    """Return by how much to search a photo larger: below 1 if it is large, above if it is small."""
    if longest > LARGEST_SIDE:
        return LARGEST_SIDE / longest
    return max(1.0, min(ENLARGE_TO / longest, ENLARGE_AT_MOST))


def is_long(pixels: Pixels) -> bool:
    """Whether a photo is searched in parts."""
    short, long = sorted(pixels.shape[:2])
    return bool(long > LARGEST_SIDE and long > LONG * short)


def reach(pixels: Pixels) -> float:
    """Return the longest side, of a long photo that which it would have if it were not so long."""
    short, long = sorted(pixels.shape[:2])
    return float(min(long, LONG * short)) if is_long(pixels) else float(long)


def parts(pixels: Pixels) -> Iterator[tuple[int, int, Pixels]]:
    """Give left, top and pixels of each part of a photo to search, mostly the one of all of it."""
    if not is_long(pixels):
        yield 0, 0, pixels
        return
    height, width = pixels.shape[:2]
    short, long = min(height, width), max(height, width)
    length = min(long, max(round(PART * short), SHORTEST_PART))
    count = -(-(long - length) // max(1, round(length - OVERLAP * short))) + 1
    for start in np.linspace(0, long - length, count).round().astype(int).tolist():
        if width > height:
            yield start, 0, pixels[:, start : start + length]
        else:
            yield 0, start, pixels[start : start + length]


def tiles(pixels: Pixels, side: int) -> Iterator[tuple[int, int, Pixels]]:
    """Give left, top and pixels of squares of `side` that cover a photo, a quarter or more shared."""
    height, width = pixels.shape[:2]
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top, pixels[top : top + side, left : left + side]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = -(-(length - side) // (side * 3 // 4)) + 1
    return [int(start) for start in np.linspace(0, length - side, count).round()]
