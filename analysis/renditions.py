"""Small pictures made of a photo: thumbnails and face crops, as JPEG."""

from __future__ import annotations

import io

from PIL import Image

from analysis.images import DecodedPhoto
from analysis.results import Box

QUALITY = 85
MARGIN = 0.25  # Of the face's larger side, on each side: a face reads as a portrait with its hair.
BACKGROUND = (128, 128, 128)


def thumbnail(photo: DecodedPhoto, longest_side: int) -> bytes:
    """Return the photo as JPEG with its longest side at most `longest_side`, never enlarged."""
    image = Image.fromarray(photo.pixels)
    ratio = min(1.0, longest_side / max(image.size))
    size = (max(1, round(image.width * ratio)), max(1, round(image.height * ratio)))
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return jpeg(image, QUALITY)


def face_crop(photo: DecodedPhoto, box: Box, size: int = 160) -> bytes:
    """Return the face in `box` (pixels of the upright original) as a square JPEG of `size` pixels.

    The square has some margin. Near an edge it moves inwards; grey fills what the photo lacks.
    """
    image = Image.fromarray(photo.pixels)
    side = max(1, round(max(box.width, box.height) * photo.scale * (1 + 2 * MARGIN)))
    left = _start((box.left + box.right) / 2 * photo.scale, side, image.width)
    top = _start((box.top + box.bottom) / 2 * photo.scale, side, image.height)
    square = Image.new("RGB", (side, side), BACKGROUND)
    inside = (
        max(0, left),
        max(0, top),
        min(image.width, left + side),
        min(image.height, top + side),
    )
    square.paste(image.crop(inside), (inside[0] - left, inside[1] - top))
    return jpeg(square.resize((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0), QUALITY)


def _start(centre: float, side: int, length: int) -> int:
    """Return where a square of `side` starts: about `centre`, moved into 0..length, or centred on it."""
    if side >= length:
        return (length - side) // 2
    return min(length - side, max(0, round(centre - side / 2)))


def jpeg(image: Image.Image, quality: int) -> bytes:
    """Return an RGB image as a small progressive JPEG without any metadata of its source."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()
