"""Decoding: a file of any accepted format becomes an upright RGB array no larger than needed."""

from __future__ import annotations

import io
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile, ImageOps

from analysis.errors import (
    TOO_LARGE,
    TOO_MANY_PIXELS,
    AnalysisError,
    PhotoTooLarge,
    UnreadablePhoto,
)
from analysis.headers import UNREADABLE
from analysis.limits import DEFAULT_LIMITS, Limits

Pixels = NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF")
# Nothing is gained above this: encodings of four large photos move by 0.04 to 0.08 against those of
# the full size, no more than at 3000 (0.6 is the tolerance), and 12 megapixels take half the time.
WORKING_SIDE = 2048
TRUNCATED = "This file ends too early, so a part of the photo is missing or blurred."
NO_TRANSPARENCY = (255, 255, 255)
TURNED = {5, 6, 7, 8}  # EXIF orientations that swap width and height.
END_OF_IMAGE = b"\xff\xd9"

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """An upright photo: `pixels` is uint8 RGB (h, w, 3), contiguous.

    `width` and `height` are those of the upright original and `scale` is the number of pixels here
    for one pixel there (1 or less). `note` is a sentence if only a part could be read, else empty.
    """

    pixels: Pixels
    width: int
    height: int
    scale: float
    format: str
    note: str = ""


def decode(path: Path, limits: Limits = DEFAULT_LIMITS, full_size: bool = False) -> DecodedPhoto:
    """Decode the first frame of a photo, its format told by its content.

    The longest side is at most WORKING_SIDE unless `full_size`. Raises UnreadablePhoto,
    PhotoTooLarge, or OSError if the file cannot be opened.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadablePhoto(UNREADABLE)
    size = status.st_size
    if size > limits.max_bytes:
        sentence = TOO_LARGE.format(size=size / 2**20, limit=limits.max_bytes / 2**20)
        raise PhotoTooLarge(sentence)
    with path.open("rb") as file, warnings.catch_warnings():
        # Pillow warns of oddities (broken EXIF, many pixels) that are judged here by the result.
        warnings.simplefilter("ignore")
        try:
            return _decode(file, limits, full_size)
        except (AnalysisError, MemoryError):
            raise
        except Exception as error:
            # Decoders raise whatever a malformed file makes them trip over.
            if isinstance(error, OSError) and _is_jpeg(file):
                return _decode_truncated(file, limits, full_size)
            raise UnreadablePhoto(UNREADABLE) from error


def _is_jpeg(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(3) == b"\xff\xd8\xff"


def _decode_truncated(file: IO[bytes], limits: Limits, full_size: bool) -> DecodedPhoto:
    """Decode what a JPEG without its end holds: libjpeg fills the rest when it meets the marker."""
    file.seek(0)
    try:
        return _decode(io.BytesIO(file.read() + END_OF_IMAGE), limits, full_size, TRUNCATED)
    except (AnalysisError, MemoryError):
        raise
    except Exception as error:
        raise UnreadablePhoto(UNREADABLE) from error


def _decode(file: IO[bytes], limits: Limits, full_size: bool, note: str = "") -> DecodedPhoto:
    image = _open(file, limits)
    width, height = image.size
    target = (width, height) if full_size else _fit(width, height, WORKING_SIDE)
    if image.format in {"JPEG", "MPO"}:
        image.draft(None, target)
    image.load()
    # Pillow turns a TIFF while it loads and pillow_heif a HEIF when it opens: neither then has the tag.
    if image.getexif().get(ExifTags.Base.Orientation, 1) in TURNED:
        width, height, target = height, width, target[::-1]
    upright = _to_rgb(image)
    if upright.size != target:
        upright = upright.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return DecodedPhoto(
        pixels=np.asarray(upright, dtype=np.uint8),
        width=width,
        height=height,
        scale=max(target) / max(width, height),
        format="JPEG" if image.format == "MPO" else str(image.format),
        note=note,
    )


def _open(file: IO[bytes], limits: Limits) -> Image.Image:
    """Open a photo without decoding it; Pillow refuses too many pixels before it allocates them."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # face_recognition sets it for all who import it.
    # Pillow raises above twice this number, also for a frame that is larger than its header said.
    Image.MAX_IMAGE_PIXELS = -(-limits.max_pixels // 2)
    too_large = PhotoTooLarge(TOO_MANY_PIXELS.format(limit=limits.max_pixels / 1e6))
    try:
        image = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise too_large from error
    if image.width * image.height > limits.max_pixels:
        raise too_large
    return image


def _fit(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """Return the size scaled down, never up, so that its longest side is at most `longest_side`."""
    ratio = min(1.0, longest_side / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _to_rgb(image: Image.Image) -> Image.Image:
    """Return a loaded image upright, in 8-bit RGB, transparent parts over white."""
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I") or image.mode == "F":
        image = _to_eight_bits(image)
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        canvas = Image.new("RGB", rgba.size, NO_TRANSPARENCY)
        canvas.paste(rgba, mask=rgba.getchannel("A"))
        return canvas
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Map grey of more than 8 bits to 0..255 by its range, where Pillow's own conversion clips.

    16-bit grey has a known range. Wider integers and floats are taken to be 0..1, 0..255 or 0..65535
    if they fit there, else to reach from their least to their greatest value.
    """
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    elif low >= 0:
        tops = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
        low, high = next(((0.0, top) for top in tops if high <= top), (low, high))
    grey = (values - low) * (255.0 / ((high - low) or 1.0))
    return Image.fromarray(np.rint(grey).clip(0, 255).astype(np.uint8))
