"""RAW files as cameras make them, as small as LibRaw opens them: a mosaic, and a JPEG as preview."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SHORT, LONG, ASCII, BYTE, RATIONAL, SRATIONAL = 3, 4, 2, 1, 5, 10
SIZES = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, SRATIONAL: 8}
CFA, RGB, YCBCR, JPEG_COMPRESSION = 32803, 2, 6, 7

Tags = dict[int, tuple[int, bytes | tuple[int, ...]]]


@dataclass
class Directory:
    """A TIFF directory: for each tag its type and values; `data` is the picture that it describes."""

    tags: Tags
    data: bytes = b""
    below: list[Directory] = field(default_factory=list)


def tiff(directory: Directory, magic: bytes = b"II*\0") -> bytes:
    """Return a little-endian TIFF of one directory and those below it."""
    content = bytearray(magic + struct.pack("<L", 8))
    _write(content, directory)
    return bytes(content)


def dng(
    preview: bytes, size: tuple[int, int], orientation: int = 1, more: Tags | None = None
) -> bytes:
    """Return a DNG of a mosaic of 64 x 48 pixels, with a preview of `size`, as JPEG or else as pixels."""
    width, height = size
    is_jpeg = preview.startswith(b"\xff\xd8")
    shown = Directory(
        {
            0xFE: (LONG, (1,)),
            0x100: (LONG, (width,)),
            0x101: (LONG, (height,)),
            0x102: (SHORT, (8, 8, 8)),
            0x103: (SHORT, (JPEG_COMPRESSION if is_jpeg else 1,)),
            0x106: (SHORT, (YCBCR if is_jpeg else RGB,)),
            0x115: (SHORT, (3,)),
            0x116: (LONG, (height,)),
        },
        preview,
    )
    sensor = _sensor()
    sensor.tags[0xFE] = (LONG, (0,))
    first: Tags = {
        0x10F: (ASCII, b"Made\0"),
        0x110: (ASCII, b"Camera of tests\0"),
        0x112: (SHORT, (orientation,)),
        0xC612: (BYTE, b"\x01\x04\0\0"),
        0xC614: (ASCII, b"Made Camera of tests\0"),
        0xC621: (SRATIONAL, (1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1)),
        0xC628: (RATIONAL, (1, 1, 1, 1, 1, 1)),
        0xC65A: (SHORT, (21,)),
    }
    shown.tags |= first | (more or {})
    shown.below = [sensor]
    return tiff(shown)


def camera_tiff(maker: bytes) -> bytes:
    """Return a RAW of the kind that Nikon, Sony and Pentax make: a thumbnail, below it the mosaic."""
    tags: Tags = {
        0x100: (LONG, (8,)),
        0x101: (LONG, (8,)),
        0x102: (SHORT, (8, 8, 8)),
        0x103: (SHORT, (1,)),
        0x106: (SHORT, (RGB,)),
        0x115: (SHORT, (3,)),
        0x116: (LONG, (8,)),
        0x10F: (ASCII, maker + b"\0"),
    }
    return tiff(Directory(tags, bytes(192), [_sensor()]))


def _sensor() -> Directory:
    width, height = 64, 48
    return Directory(
        {
            0x100: (LONG, (width,)),
            0x101: (LONG, (height,)),
            0x102: (SHORT, (16,)),
            0x103: (SHORT, (1,)),
            0x106: (SHORT, (CFA,)),
            0x115: (SHORT, (1,)),
            0x116: (LONG, (height,)),
            0x828D: (SHORT, (2, 2)),
            0x828E: (BYTE, b"\0\1\1\2"),
        },
        bytes(range(256)) * (width * height * 2 // 256),
    )


def _write(content: bytearray, directory: Directory) -> int:
    """Append a directory with all it needs; return where it lies."""
    start = len(content)
    tags = dict(directory.tags)
    if directory.data:
        tags |= {0x111: (LONG, (0,)), 0x117: (LONG, (len(directory.data),))}
    if directory.below:
        tags[0x14A] = (LONG, (0,) * len(directory.below))
    content += bytes(2 + 12 * len(tags) + 4)
    places = {}
    for number, tag in enumerate(sorted(tags)):
        kind, values = tags[tag]
        packed = _packed(kind, values)
        place = start + 2 + 12 * number
        count = len(packed) // SIZES[kind]
        places[tag] = place + 8
        if len(packed) > 4:
            places[tag] = len(content)
            content += packed + bytes(len(packed) % 2)
            packed = struct.pack("<L", places[tag])
        content[place : place + 12] = struct.pack("<HHL", tag, kind, count) + packed.ljust(4, b"\0")
    content[start : start + 2] = struct.pack("<H", len(tags))
    if directory.data:
        struct.pack_into("<L", content, places[0x111], len(content))
        content += directory.data + bytes(len(directory.data) % 2)
    for number, below in enumerate(directory.below):
        struct.pack_into("<L", content, places[0x14A] + 4 * number, _write(content, below))
    return start


def _packed(kind: int, values: bytes | tuple[int, ...]) -> bytes:
    if isinstance(values, bytes):
        return values
    letter = {SHORT: "H", LONG: "L", RATIONAL: "L", SRATIONAL: "l"}[kind]
    return struct.pack(f"<{len(values)}{letter}", *values)
