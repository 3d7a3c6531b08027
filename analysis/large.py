"""Large WebPs and AVIFs, which Pillow decodes whole and holds several times, reduced as they are decoded.

The most memory that a process had, in MB, of which it needs 60 without a photo:

                             Pillow   here
    WebP, 100 megapixels       1590    104
    lossless, 100              1640    582
    animated, 64               1040     82
    AVIF, 100                   915    295

libwebp scales while it decodes, but Pillow has no way to ask for it: it is called in the library that
Pillow's wheel brings, or the system's. `avif` does likewise by libavif; OpenCV took 1630 MB for an AVIF.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np
import PIL
from PIL import Image

from analysis import avif

ABI = 0x0200  # libwebp's decoder keeps its structures within a major version.
MODE_RGB, MODE_RGBA = 0, 1


class _Features(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_int) for name in ("width", "height", "alpha", "animation", "format")
    ] + [("pad", ctypes.c_uint32 * 5)]


class _Rgba(ctypes.Structure):
    _fields_ = [("pixels", ctypes.c_void_p), ("stride", ctypes.c_int), ("size", ctypes.c_size_t)]


class _Planes(ctypes.Union):
    """The larger side of it, YUVA, has four pointers, four strides and four sizes."""

    _fields_ = [("rgba", _Rgba), ("yuva", ctypes.c_uint64 * 10)]


class _Buffer(ctypes.Structure):
    _fields_ = [
        ("colorspace", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("is_external_memory", ctypes.c_int),
        ("planes", _Planes),
        ("pad", ctypes.c_uint32 * 4),
        ("private_memory", ctypes.c_void_p),
    ]


class _Options(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_int)
        for name in (
            *("bypass_filtering", "no_fancy_upsampling", "use_cropping", "crop_left", "crop_top"),
            *("crop_width", "crop_height", "use_scaling", "scaled_width", "scaled_height"),
            *("use_threads", "dithering_strength", "flip", "alpha_dithering_strength"),
        )
    ] + [("pad", ctypes.c_uint32 * 5)]


class _Config(ctypes.Structure):
    """WebPDecoderConfig of webp/decode.h."""

    _fields_ = [("input", _Features), ("output", _Buffer), ("options", _Options)]


@cache
def _libwebp() -> ctypes.CDLL | None:
    """Return libwebp, which importing Pillow has loaded already; None if there is none to be found."""
    bundled = sorted((Path(PIL.__file__).parents[1] / "pillow.libs").glob("libwebp-*.so*"))
    name = f"{bundled[0]}" if bundled else ctypes.util.find_library("webp")
    try:
        library = ctypes.CDLL(name) if name else None
    except OSError:
        return None
    if library:
        library.WebPDecode.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
    return library


def reduced(image: Image.Image, file: IO[bytes], factor: int) -> Image.Image | None:
    """Return the first frame of an opened WebP or AVIF, RGB or RGBA, its sides divided by `factor`.

    They are rounded up. An AVIF is neither cropped nor turned.

    None if it is of another format, or is not whole: then Pillow says what is wrong with it.
    """
    if image.format not in {"WEBP", "AVIF"}:
        return None
    file.seek(0)
    if image.format == "AVIF":
        return avif.reduced(file.read(), image.mode, image.size, factor)
    return _webp(file.read(), image.size, factor)


def _webp(content: bytes, size: tuple[int, int], factor: int) -> Image.Image | None:
    """Decode a still WebP, or the first frame of an animated one on its canvas."""
    if (library := _libwebp()) is None:
        return None
    frame, place, frame_size = content, (0, 0), size
    if content[12:16] == b"VP8X" and content[20] & 2:  # The flag of an animation.
        try:
            frame, place, frame_size = _first_frame(content)
        except (struct.error, StopIteration):
            return None
    found = _scaled(library, frame, frame_size, factor)
    if found is None or frame_size == size:
        return found
    canvas = Image.new("RGBA", (-(-size[0] // factor), -(-size[1] // factor)))
    canvas.paste(found, (place[0] // factor, place[1] // factor))
    return canvas


def _first_frame(content: bytes) -> tuple[bytes, tuple[int, int], tuple[int, int]]:
    """Return the first frame of an animation as a WebP of its own, its place and its size."""
    start, size = next(
        (start, size) for kind, start, size in _chunks(content, 12) if kind == b"ANMF"
    )
    x, y, width, height = (
        int.from_bytes(content[start + at : start + at + 3], "little") for at in (0, 3, 6, 9)
    )
    parts = content[start + 16 : start + size]
    features = struct.pack("<B3x", 0x10) + content[start + 6 : start + 12]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + features + parts
    frame = b"RIFF" + struct.pack("<I", len(body)) + body
    return frame, (2 * x, 2 * y), (width + 1, height + 1)


def _chunks(content: bytes, place: int) -> Iterator[tuple[bytes, int, int]]:
    """Give the kind, the start and the size of each chunk of a RIFF file, which may have millions."""
    while place + 8 <= len(content):
        kind, size = struct.unpack_from("<4sI", content, place)
        yield kind, place + 8, size
        place += 8 + size + size % 2


def _scaled(
    library: ctypes.CDLL, content: bytes, size: tuple[int, int], factor: int
) -> Image.Image | None:
    config = _Config()
    if not library.WebPInitDecoderConfigInternal(ctypes.byref(config), ABI):
        return None
    if library.WebPGetFeaturesInternal(
        content, ctypes.c_size_t(len(content)), ctypes.byref(config), ABI
    ):
        return None
    if (config.input.width, config.input.height) != size:
        return None
    mode = "RGBA" if config.input.alpha else "RGB"
    width, height = -(-size[0] // factor), -(-size[1] // factor)
    pixels = np.zeros((height, width, len(mode)), dtype=np.uint8)
    config.options.use_scaling = factor > 1
    config.options.scaled_width, config.options.scaled_height = width, height
    config.output.colorspace = MODE_RGBA if config.input.alpha else MODE_RGB
    config.output.is_external_memory = 1
    place = config.output.planes.rgba
    place.pixels, place.stride, place.size = pixels.ctypes.data, pixels.strides[0], pixels.nbytes
    failed = library.WebPDecode(content, len(content), ctypes.byref(config))
    library.WebPFreeDecBuffer(ctypes.byref(config.output))
    return None if failed else Image.fromarray(pixels)
