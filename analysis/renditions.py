"""Small pictures made of a photo: thumbnails and face crops, as JPEG."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from analysis import shown
from analysis.alignment import FIVE_OF_68, AlignedFace, shape_of
from analysis.detection import Region
from analysis.errors import UnreadablePhoto
from analysis.images import DecodedPhoto, Pixels
from analysis.results import Array, Box
from analysis.sentences import say

QUALITY = 85
# For walls on phones and slow lines: 12 KB a photo on average, 24 KB at most, of forty photos.
SMALL_SIDE, SMALL_QUALITY = 320, 75
MARGIN = 0.25  # Of the face's larger side, on each side: a face reads as a portrait with its hair.
BACKGROUND = (128, 128, 128)


def thumbnail(photo: DecodedPhoto, longest_side: int) -> bytes:
    """Return the photo as JPEG with its longest side at most `longest_side`, never enlarged."""
    height, width = photo.pixels.shape[:2]
    ratio = min(1.0, longest_side / max(width, height))
    return jpeg(_resized(photo.pixels, max(1, round(width * ratio)), max(1, round(height * ratio))))


def card(photo: DecodedPhoto, longest_side: int) -> bytes:
    """Return as `thumbnail` does what the library's wall shows: of a panorama or strip a part.

    A whole panorama of 35:1 at 640 px would be 18 px high, and a blur where it is shown.
    """
    height, width = photo.pixels.shape[:2]
    left, top, wide, high = shown.on_wall(width, height)
    part = photo.pixels[top : top + high, left : left + wide]
    return thumbnail(replace(photo, pixels=part), longest_side)


def small(card: bytes) -> bytes:
    """Return what `card` returned once more, so small that a wall of it comes over a slow line.

    Raises UnreadablePhoto if the file is broken.
    """
    try:
        with Image.open(io.BytesIO(card)) as image:
            image.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
            return out.getvalue()
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadablePhoto(say("unreadable")) from error


def face_crop(photo: DecodedPhoto, box: Box, size: int = 160) -> bytes:
    """Return the face in `box` (pixels of the upright original) as a square JPEG of `size` pixels.

    The square has some margin. Near an edge it moves inwards; grey fills what the photo lacks.
    """
    height, width = photo.pixels.shape[:2]
    left, top, side = _square(box, width, height, photo.scale)
    inside = photo.pixels[max(0, top) : top + side, max(0, left) : left + side]
    if inside.shape[:2] != (side, side):
        square = np.full((side, side, 3), BACKGROUND, dtype=np.uint8)
        y, x = max(0, -top), max(0, -left)
        square[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
        inside = square
    return jpeg(_resized(inside, size, size))


def kept_face(crop: bytes, box: Box, width: int, height: int, landmarks: Array) -> AlignedFace:
    """Return the face that a crop of `face_crop` shows, as what tells ages takes it.

    `box` and `landmarks` (68 or 5) are those in the photo, which is `width` x `height`. Raises
    UnreadablePhoto. With 160 px, ages are 1.2 years off those of the photo on average, and as often right.
    """
    try:
        with Image.open(io.BytesIO(crop)) as image:
            pixels = np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadablePhoto(say("unreadable")) from error
    left, top, side = _square(box, width, height, 1.0)
    scale = len(pixels) / side
    five = landmarks[list(FIVE_OF_68)] if len(landmarks) == 68 else landmarks
    points = (five - np.array([left, top])) * scale
    edges = np.array([box.left - left, box.top - top, box.right - left, box.bottom - top]) * scale
    region = Region(*edges.tolist())
    return AlignedFace(pixels, region, region, shape_of(region, points))


def _square(box: Box, width: int, height: int, scale: float) -> tuple[int, int, int]:
    """Return where a crop starts and its side, on a photo of this size, its `scale` times the box's."""
    side = max(1, round(max(box.width, box.height) * scale * (1 + 2 * MARGIN)))
    left = _start((box.left + box.right) / 2 * scale, side, width)
    return left, _start((box.top + box.bottom) / 2 * scale, side, height), side


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the pixels at another size.

    Down to a half, four neighbours are as good as Lanczos (48 to 54 dB against it on four large
    photos) in a tenth of the time: 6 to 10 ms for the preview. Below, all pixels have to count.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    smaller = max(width, height) / max(pixels.shape) < 0.5
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=method), dtype=np.uint8)


def _start(centre: float, side: int, length: int) -> int:
    """Return where a square of `side` starts: about `centre`, moved into 0..length, or centred on it."""
    if side >= length:
        return (length - side) // 2
    return min(length - side, max(0, round(centre - side / 2)))


def jpeg(pixels: Pixels) -> bytes:
    """Return RGB pixels as JPEG without any metadata of their source.

    Neither progressive nor optimised: a preview of 2048 px takes 9 ms instead of 32 and is 6 % larger.
    """
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
