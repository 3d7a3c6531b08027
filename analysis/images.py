"""Decoding: a file of any accepted format becomes an upright RGB array no larger than needed.

Milliseconds of processor time, and the most memory that a child which analyses has had (of which it
needs 300 MB without a photo):

    megapixels             12      24     36              100
    JPEG                   27 ms   56 ms  110 ms          140 ms   341 MB
    JPEG, progressive      69 ms          320 ms  399 MB  760 ms   561 MB (846 MB without subsampling)
    PNG                   274 ms          830 ms  455 MB  2.1 s    691 MB (grey or a palette: 398 MB)
    TIFF                   52 ms          240 ms  452 MB  1.3 s    791 MB (float: 2.5 s, 698 MB)
    HEIC                  305 ms          0.9 s   444 MB           698 MB
    AVIF                                  0.5 s   370 MB  0.8 s   462 MB (without subsampling: 615 MB)
    WebP                  204 ms          0.3 s            0.5 s   340 MB (without loss: 679 MB)

A JPEG of 200 megapixels takes, with its 128 faces, 5.3 s and 483 MB, if progressive 6.6 s and 819 MB.

All but JPEGs and large WebPs and AVIFs are decoded whole; Pillow takes four bytes a pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, TiffImagePlugin

from analysis import large, memory, raw
from analysis.colour import AS_THEY_ARE, SRGB, Colours, colours_of
from analysis.headers import Header, tiff
from analysis.limits import DEFAULT_LIMITS, Limits, copy_factor
from analysis.opening import opened, read
from analysis.sentences import Sentence, together
from analysis.taken import NOTHING, Told, told_by, told_by_raw

Pixels = NDArray[np.uint8]

# A photo is halved while its longest side stays at least this: 3840 px become 1920, 3838 px stay. A
# JPEG is halved while it is decoded and then used as it is: to bring one of 12 megapixels from 2176 to
# 2048 px took 60 ms, to decode it takes 23.
LEAST_SIDE = 1920
# A panorama is not halved once its shorter side would be less than this, unless it has more than
# MOST_PIXELS then: one of 15600 x 440 px would become 55 px high. In a strip below THIN is no face.
LEAST_SHORT_SIDE = 640
MOST_PIXELS = 12_000_000
THIN = 64
NO_TRANSPARENCY = (255, 255, 255)
MANY_PIXELS = 20_000_000  # They take 80 MB, and a second to decode; to make room takes 6 ms.
BITS, WHITE_IS_ZERO = 0x102, 0  # TIFF's tag of bits a sample, and a value of its photometric one.
STRIP = 256  # rows; factors are powers of two too, so strips and factors fit into each other.

# What each EXIF orientation takes to bring the stored pixels upright.
TURNS: dict[int, Callable[[Pixels], cv2.typing.MatLike]] = {
    2: lambda pixels: cv2.flip(pixels, 1),
    3: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_180),
    4: lambda pixels: cv2.flip(pixels, 0),
    5: cv2.transpose,
    6: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE),
    7: lambda pixels: cv2.rotate(cv2.transpose(pixels), cv2.ROTATE_180),
    8: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """An upright photo: `pixels` is uint8 sRGB (h, w, 3), contiguous.

    `width` and `height` are those of the upright original and `scale` is the number of pixels here
    for one pixel there: 1, 1/2, 1/4 and so on. `note` is there if only a part could be read or if colours
    may be wrong. `colour` is what was done to the colours, `told` when and how the photo says that it was
    taken.
    """

    pixels: Pixels
    width: int
    height: int
    scale: float
    format: str
    note: Sentence | None = None
    colour: str = SRGB
    told: Told = NOTHING


def decode(path: Path, limits: Limits = DEFAULT_LIMITS, full_size: bool = False) -> DecodedPhoto:
    """Decode the first frame of a photo, its format told by its content.

    Unless `full_size`, it is halved while its longest side stays at least LEAST_SIDE, a panorama less
    often; with it, only while it has more than COPY_PIXELS. Raises UnreadablePhoto, PhotoTooLarge, or
    OSError if the file cannot be opened.
    """

    def decoded(file: IO[bytes], header: Header, most: int, note: Sentence | None) -> DecodedPhoto:
        return _decode(file, header, most, full_size, note)

    header, photo = read(path, limits, decoded)
    if not header.is_raw:
        return photo
    small = raw.SMALL_PREVIEW if max(photo.width, photo.height) < raw.SMALL else None
    told = told_by_raw(path, photo.told)
    return replace(photo, format=header.format, note=photo.note or small, told=told)


def _decode(
    file: IO[bytes], header: Header, most: int, full_size: bool, note: Sentence | None
) -> DecodedPhoto:
    image = opened(file, most)
    colours = colours_of(image, file)
    image_format = "JPEG" if image.format == "MPO" else f"{image.format}"
    # libheif crops a HEIF as its boxes want; libavif leaves it to its caller.
    crop = header.crop if image_format == "AVIF" else None
    width, height = (crop[2] - crop[0], crop[3] - crop[1]) if crop else image.size
    factor, halved = (copy_factor if full_size else _factor)(width, height), 1
    if image_format in {"JPEG", "HEIF"}:
        image.draft(None, (max(1, width // factor), max(1, height // factor)))
    # A progressive JPEG or a HEIC is held at full size, whatever comes out of it.
    is_held = image_format == "HEIF" or image.info.get("progressive")
    held = width * height if is_held else image.width * image.height
    if held > MANY_PIXELS:
        memory.give_back()
    small = large.reduced(image, file, factor) if held > MANY_PIXELS else None
    if small and crop:
        small = small.crop(_reduced_box(crop, factor))
    source = small or _loaded(image, crop)
    if image_format in {"JPEG", "HEIF"} or small:
        halved = round(max(width, height) / max(source.size))
    if halved == 1:
        width, height = source.size  # Some HEIF files tell their true size only now.
    pixels = _to_rgb(source, factor // halved, colours)
    # Pillow turns a TIFF while it loads and pillow_heif a HEIF when it opens; neither is turned again.
    orientation = tiff.exif_orientation(image.info.get("exif") or b"")
    if orientation in TURNS:
        pixels = np.asarray(TURNS[orientation](pixels), dtype=np.uint8)
    if orientation in tiff.SIDEWAYS:
        width, height = height, width
    return DecodedPhoto(
        pixels=pixels,
        width=width,
        height=height,
        scale=1 / factor,
        format=image_format,
        note=together(note, colours.note),
        colour=colours.conversion,
        told=told_by(image, file),
    )


def reduced(photo: DecodedPhoto) -> DecodedPhoto:
    """Return a photo of full size as `decode` gives it without, instead of decoding it twice."""
    factor = _factor(photo.width, photo.height)
    left = round(factor * photo.scale)  # The largest have been halved already.
    if left <= 1:
        return photo
    pixels = _to_rgb(Image.fromarray(photo.pixels), left, AS_THEY_ARE)
    return replace(photo, pixels=pixels, scale=1 / factor)


def _loaded(image: Image.Image, crop: tuple[int, int, int, int] | None) -> Image.Image:
    try:
        image.load()
    except OSError:
        # libtiff stops at a strip that it cannot read; those above are there.
        read = isinstance(image, TiffImagePlugin.TiffImageFile) and not image.tile
        if not (read and ImageFile.LOAD_TRUNCATED_IMAGES):
            raise
    return image.crop(crop) if crop else image


def _reduced_box(box: tuple[int, int, int, int], factor: int) -> tuple[int, int, int, int]:
    """Return a box of a photo in its reduced pixels, its size rounded up as that of a photo is."""
    left, top, right, bottom = box
    x, y = left // factor, top // factor
    return x, y, x - (left - right) // factor, y - (top - bottom) // factor


def _factor(width: int, height: int) -> int:
    """Return the power of two by which the photo is reduced."""
    factor = 1
    short, long = sorted((width, height))
    while long // (2 * factor) >= LEAST_SIDE and (
        short < THIN
        or short // (2 * factor) >= LEAST_SHORT_SIDE
        or short * long > MOST_PIXELS * factor**2
    ):
        factor *= 2
    return factor


def _to_rgb(image: Image.Image, factor: int, colours: Colours) -> Pixels:
    """Return a loaded image in 8-bit sRGB, transparent parts over white, `factor` times smaller.

    It goes in strips: whole, a photo of 100 megapixels would be in memory up to three times. Colours
    are converted last, for that costs most; until then a photo in CMYK stays what it is.
    """
    grey = image.mode.startswith("I") or image.mode == "F"
    darkest, brightest = _levels(image) if grey else (0.0, 255.0)
    width, height = -(-image.width // factor), -(-image.height // factor)
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    rows = max(STRIP, factor)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        if grey:
            strip = _to_eight_bits(strip, darkest, brightest)
        strip = _opaque(strip, colours.mode)
        strip = strip.reduce(factor) if factor > 1 else strip
        pixels[top // factor : (top + rows) // factor] = colours.to_srgb(strip)
    return pixels


def _opaque(image: Image.Image, mode: str) -> Image.Image:
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        canvas = Image.new("RGB", rgba.size, NO_TRANSPARENCY)
        canvas.paste(rgba, mask=rgba.getchannel("A"))
        image = canvas
    return image if image.mode == mode else image.convert(mode)


def _levels(image: Image.Image) -> tuple[float, float]:
    """Return which values of grey of more than 8 bits are black and white.

    16-bit grey has a known range, and so has that of 12 bits. Wider integers and floats are taken to be
    0..1, 0..255 or 0..65535 if they fit there, else to reach from their least to their greatest value.
    A TIFF may say that 0 is white.
    """
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16"):
        low, high = 0.0, 2.0 ** tags.get(BITS, (16,))[0] - 1
    else:
        low, high = _extremes(image)
        if low >= 0:
            tops = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
            low, high = next(((0.0, top) for top in tops if high <= top), (low, high))
    return (high, low) if tags.get(tiff.PHOTOMETRIC) == WHITE_IS_ZERO else (low, high)


def _extremes(image: Image.Image) -> tuple[float, float]:
    """Return the least and the greatest value. In strips: whole, they would be in memory four times."""
    ends = []
    for top in range(0, image.height, STRIP):
        box = (0, top, image.width, min(top + STRIP, image.height))
        values = _finite(image.crop(box))
        ends += [float(values.min()), float(values.max())]
    return min(ends), max(ends)


def _to_eight_bits(image: Image.Image, low: float, high: float) -> Image.Image:
    """Map `low`..`high` to 0..255, where Pillow's own conversion clips."""
    grey = (_finite(image) - low) * (255.0 / ((high - low) or 1.0))
    return Image.fromarray(np.rint(grey).clip(0, 255).astype(np.uint8))


def _finite(image: Image.Image) -> NDArray[np.float32]:
    return np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
