"""Photos of every format as cameras, phones and programs write them, made here by code.

Each shows the same four quarters, upright 96 x 64 px unless its name says otherwise.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

WIDTH, HEIGHT = 96, 64
RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 180, 30), (30, 30, 220), (128, 128, 128)
MEGABYTE = 2**20
pillow_heif.register_heif_opener()
# What a camera stores for each EXIF orientation of the same scene.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
PLIST = b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"><plist/>'
File = Callable[[], bytes]


def scene(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Return the upright picture: red, green, blue and grey quarters."""
    image = Image.new("RGB", (width, height), GREY)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def saved(image: Image.Image, image_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def of(image_format: str, mode: str = "RGB", **options: Any) -> File:
    return lambda: saved(in_mode(mode), image_format, **options)


def in_mode(mode: str) -> Image.Image:
    """Return the scene in a mode of Pillow's, each quarter of one value."""
    if mode == "P":
        return scene().quantize(16)
    return scene().convert(mode, dither=Image.Dither.NONE)


def oriented(image_format: str, orientation: int, order: str = "<", **options: Any) -> File:
    """Return what makes a photo that was stored turned, with EXIF that says so."""

    def make() -> bytes:
        stored = scene().transpose(STORED[orientation])
        return saved(stored, image_format, exif=exif(orientation, order), **options)

    return make


def exif(orientation: int, order: str = "<", note: int = 0) -> bytes:
    """Return EXIF with an orientation, in either byte order, and `note` bytes of the maker's."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 8)
    entry = struct.pack(f"{order}HHLHH", 0x0112, 3, 1, orientation, 0)
    ifd = struct.pack(f"{order}H", 1) + entry + bytes(4)
    return b"Exif\0\0" + head + ifd + b"n" * note


def profile(length: int) -> bytes:
    """Return the colour profile of sRGB, in as many bytes as one of a camera with its tables has."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb + np.random.default_rng(0).bytes(length - len(srgb))


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg_with(*added: bytes, at: int = 2, **options: Any) -> File:
    """Return what makes a JPEG with `added` behind its start or, if `at` is 0, before its frame."""

    def make() -> bytes:
        content = of("JPEG", **options)()
        place = at or content.index(b"\xff\xc0")
        return content[:place] + b"".join(added) + content[place:]

    return make


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def png_with(added: bytes, before: bytes = b"IDAT", image: Image.Image | None = None) -> File:
    def make() -> bytes:
        content = saved(image or scene(), "PNG")
        place = content.index(before) - 4
        return content[:place] + added + content[place:]

    return make


def jpegs() -> Iterator[tuple[str, File]]:
    for orientation in STORED:
        yield f"orientation {orientation}", oriented("JPEG", orientation)
    yield "orientation 6, big-endian", oriented("JPEG", 6, ">")
    for mode in ("L", "CMYK", "YCbCr"):
        yield mode, of("JPEG", mode)
    yield "progressive", of("JPEG", progressive=True)
    yield "restarts", of("JPEG", restart_marker_rows=1)
    yield "in full colour", of("JPEG", subsampling=0)
    yield "8 MB of metadata first", jpeg_with(*[segment(0xE2, b"x" * 65533)] * 130)
    yield "20 MB of metadata first", jpeg_with(*[segment(0xED, b"x" * 65533)] * 320)
    yield "a large maker's note", of("JPEG", exif=exif(1, note=65_000))
    yield "EXIF behind 9 MB", exif_behind_much
    yield (
        "orientation in XMP only",
        jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
    )
    both = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), segment(0xE1, exif(1))
    yield "XMP says another orientation than EXIF", jpeg_with(*both)
    yield "Photoshop's print settings", jpeg_with(segment(0xED, b"Photoshop 3.0\x008BIM" + PLIST))
    yield "a web page in its comment", of("JPEG", comment=b"<html><body>hello</body></html>")
    yield "a web page behind it", lambda: of("JPEG")() + b"<html><script>1</script></html>"
    yield "a film behind it", lambda: of("JPEG")() + b"\0\0\0\x18ftypmp42" + bytes(99_999)
    yield "fill bytes", jpeg_with(b"\xff" * 9)
    yield "junk between segments", jpeg_with(b"junk", at=20)
    yield "broken EXIF", jpeg_with(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"))
    yield "two EXIF", jpeg_with(segment(0xE1, exif(1)), segment(0xE1, exif(6)))
    later = [Image.new("RGB", (WIDTH * 2, HEIGHT * 2))]
    yield "an index of two pictures", of("MPO", save_all=True, append_images=later)


def exif_behind_much() -> bytes:
    content = oriented("JPEG", 8)()
    return content[:2] + segment(0xE2, b"x" * 65533) * 140 + content[2:]


def pngs() -> Iterator[tuple[str, File]]:
    for orientation in STORED:
        yield f"orientation {orientation}", oriented("PNG", orientation)
    for mode in ("1", "L", "LA", "P", "RGBA"):
        yield mode, of("PNG", mode)
    yield "16 bits of grey", lambda: saved(deep(), "PNG")
    for name in ("tEXt", "zTXt", "iTXt"):
        yield f"2 MB of {name}", png_with(text(name, 2 * MEGABYTE))
    yield "100 pieces of text", png_with(text("zTXt", MEGABYTE) * 100)
    yield "2 MB of profile", of("PNG", icc_profile=profile(2 * MEGABYTE))
    yield "3 MB of EXIF", of("PNG", exif=exif(1, note=3 * MEGABYTE))
    behind = chunk(b"eXIf", exif(6)[6:])
    yield "EXIF behind the picture", png_with(behind, b"IEND", scene().transpose(STORED[6]))
    yield "orientation in XMP only", png_with(text("iTXt", 0, b"XML:com.adobe.xmp", XMP))
    yield "a wrong checksum of its text", png_with(text("tEXt", 9)[:-1] + b"?")
    later = [Image.new("RGB", (WIDTH, HEIGHT))]
    yield "animated", of("PNG", save_all=True, append_images=later)


def deep() -> Image.Image:
    return Image.fromarray(np.asarray(scene().convert("L"), dtype=np.uint16) * 257)


def text(name: str, length: int, keyword: bytes = b"Comment", words: bytes = b"") -> bytes:
    words = words or b"many words " * (length // 11)
    if name == "zTXt":
        words = b"\0" + zlib.compress(words)
    return chunk(name.encode(), keyword + b"\0" + (b"\0\0\0\0" if name == "iTXt" else b"") + words)
