"""Large AVIFs, which Pillow holds three times beside the decoder's own planes, reduced as those planes.

libavif is called in the library that Pillow's wheel brings, or the system's. Its planes take 1.5 bytes a
pixel of most photos; libyuv, within it, reduces them before they become RGB.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

SO_VERSION = "16"  # Within it libavif keeps the structures below: it is libavif 1.
OK = 0
# As Pillow has it: neither bounds of a crop nor the number of bits have to be said as the standard wants.
LENIENT = 0b100
FORMATS = {"RGB": 0, "RGBA": 1}


class _Image(ctypes.Structure):
    """The beginning of avifImage of avif/avif.h."""

    _fields_ = [("width", ctypes.c_uint32), ("height", ctypes.c_uint32)]


class _Decoder(ctypes.Structure):
    """The beginning of avifDecoder."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("codec", "threads", "source", "progressive")),
        *((name, ctypes.c_int) for name in ("incremental", "ignore_exif", "ignore_xmp")),
        *((name, ctypes.c_uint32) for name in ("most_pixels", "longest_side", "most_images")),
        ("strict", ctypes.c_uint32),
        ("image", ctypes.POINTER(_Image)),
    ]


class _Rgb(ctypes.Structure):
    """avifRGBImage."""

    _fields_ = [
        *((name, ctypes.c_uint32) for name in ("width", "height", "depth")),
        *((name, ctypes.c_int) for name in ("format", "upsampling", "downsampling")),
        *((name, ctypes.c_int) for name in ("avoid_libyuv", "ignore_alpha", "is_premultiplied")),
        *((name, ctypes.c_int) for name in ("is_float", "threads")),
        ("pixels", ctypes.c_void_p),
        ("stride", ctypes.c_uint32),
    ]


@cache
def _libavif() -> ctypes.CDLL | None:
    """Return libavif 1, which importing Pillow has loaded already; None if there is none to be found."""
    bundled = sorted((Path(PIL.__file__).parents[1] / "pillow.libs").glob("libavif-*.so*"))
    name = f"{bundled[0]}" if bundled else ctypes.util.find_library("avif")
    if not name or f".so.{SO_VERSION}" not in name:
        return None
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    library.avifDecoderCreate.restype = ctypes.POINTER(_Decoder)
    library.avifDecoderSetIOMemory.argtypes = [
        ctypes.POINTER(_Decoder), ctypes.c_char_p, ctypes.c_size_t,
    ]  # fmt: skip
    library.avifImageScale.argtypes = [
        ctypes.POINTER(_Image), ctypes.c_uint32, ctypes.c_uint32, ctypes.c_char_p,
    ]  # fmt: skip
    return library


def reduced(content: bytes, mode: str, size: tuple[int, int], factor: int) -> Image.Image | None:
    """Return the first frame in a `mode` of FORMATS, its sides divided by `factor` and rounded up.

    None if it can't be decoded so.
    """
    if (library := _libavif()) is None or mode not in FORMATS:
        return None
    decoder = library.avifDecoderCreate()
    if not decoder:
        return None
    try:
        decoder.contents.strict = LENIENT
        if not _decoded(library, decoder, content, size):
            return None
        smaller = -(-size[0] // factor), -(-size[1] // factor)
        if smaller != size and not _scaled(library, decoder, smaller):
            return None
        return _converted(library, decoder, mode, smaller)
    finally:
        library.avifDecoderDestroy(decoder)


def _decoded(
    library: ctypes.CDLL,
    decoder: ctypes._Pointer[_Decoder],
    content: bytes,
    size: tuple[int, int],
) -> bool:
    failed = (
        library.avifDecoderSetIOMemory(decoder, content, len(content))
        or library.avifDecoderParse(decoder)
        or library.avifDecoderNextImage(decoder)
    )
    if failed:
        return False
    image = decoder.contents.image.contents
    return (image.width, image.height) == size


def _scaled(
    library: ctypes.CDLL, decoder: ctypes._Pointer[_Decoder], size: tuple[int, int]
) -> bool:
    words = ctypes.create_string_buffer(256)  # avifDiagnostics, which must not be NULL here
    return bool(library.avifImageScale(decoder.contents.image, *size, words) == OK)


def _converted(
    library: ctypes.CDLL, decoder: ctypes._Pointer[_Decoder], mode: str, size: tuple[int, int]
) -> Image.Image | None:
    image, rgb = decoder.contents.image, _Rgb()
    library.avifRGBImageSetDefaults(ctypes.byref(rgb), image)
    pixels = np.empty((size[1], size[0], len(mode)), dtype=np.uint8)
    rgb.depth, rgb.format = 8, FORMATS[mode]
    rgb.pixels, rgb.stride = pixels.ctypes.data, pixels.strides[0]
    failed = library.avifImageYUVToRGB(image, ctypes.byref(rgb)) != OK
    return None if failed else Image.fromarray(pixels)
