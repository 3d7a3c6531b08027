"""The sizes that PNG, GIF, WebP and BMP files say."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from analysis.headers.reader import NoPicture, Reader, ReadTooMuch
from analysis.headers.tiff import exif_orientation

Size = tuple[int, int]
EXIF_FLAG = 0x08  # In WebP's extended header; without it no decoder looks for EXIF.


def png(reader: Reader) -> tuple[Size | None, int | None]:
    """Return width and height, and the orientation, None if it is too far to look for."""
    head = reader.at(8, 17)
    if head[4:8] != b"IHDR":
        return None, None
    width, height = struct.unpack(">LL", head[8:16])
    try:
        return (width, height), _png_orientation(reader)
    except ReadTooMuch:
        return (width, height), None


def _png_orientation(reader: Reader) -> int:
    """Look for EXIF among all chunks: it may come behind the picture."""
    for name, place, length in png_chunks(reader):
        if name == b"eXIf":
            return exif_orientation(reader.up_to(place, length))
    return 1


def png_chunks(reader: Reader) -> Iterator[tuple[bytes, int, int]]:
    """Give each chunk's name, where its content begins and how long it is; raises ReadTooMuch."""
    place = 8
    while len(head := reader.up_to(place, 8)) == 8:
        length, name = struct.unpack(">L4s", head)
        if name == b"IEND":
            return
        yield name, place + 8, length
        place += 12 + length


def gif(reader: Reader) -> Size:
    """Return the size of the screen, or of the first frame where that reaches further."""
    head = reader.at(6, 5)
    width, height, flags = struct.unpack("<HHB", head)
    place = 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    while True:
        block = reader.at(place, 1)
        if block == b",":
            left, top, across, down = struct.unpack("<4H", reader.at(place + 1, 8))
            return max(width, left + across), max(height, top + down)
        if block == b";":
            raise NoPicture
        place = _behind_extension(reader, place + 2) if block == b"!" else place + 1


def _behind_extension(reader: Reader, place: int) -> int:
    while length := reader.at(place, 1)[0]:
        place += 1 + length
    return place + 1


def webp(reader: Reader) -> tuple[Size | None, int | None]:
    """Return width and height, and the orientation."""
    name, data = reader.at(12, 4), reader.at(20, 10)
    if name == b"VP8 ":
        if data[3:6] != b"\x9d\x01\x2a":
            raise NoPicture
        width, height = struct.unpack("<HH", data[6:10])
        return (width & 0x3FFF, height & 0x3FFF), 1
    if name == b"VP8L":
        bits = struct.unpack("<L", data[1:5])[0]
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), 1
    if name != b"VP8X":
        return None, None
    width, height = (int.from_bytes(data[start : start + 3], "little") + 1 for start in (4, 7))
    return (width, height), _webp_orientation(reader) if data[0] & EXIF_FLAG else 1


def _webp_orientation(reader: Reader) -> int:
    place = 12
    while len(head := reader.up_to(place, 8)) == 8:
        name, length = struct.unpack("<4sL", head)
        if name == b"EXIF":
            return exif_orientation(reader.up_to(place + 8, length))
        place += 8 + length + length % 2
    return 1


def bmp(reader: Reader) -> Size | None:
    """Return width and height, in headers of 12 bytes (OS/2's first) of two bytes each."""
    length = struct.unpack("<L", reader.at(14, 4))[0]
    if length == 12:
        width, height = struct.unpack("<HH", reader.at(18, 4))
        return width, height
    width, height = struct.unpack("<ll", reader.at(18, 8))
    return (width, abs(height)) if width > 0 else None
