"""The boxes of HEIF and AVIF (ISO/IEC 14496-12 and 23008-12): the photo among the pictures.

The web process has its size from here and the child its colours, so that both follow the same boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.headers.reader import NoPicture, Reader, ReadTooMuch

# As many items as numbers of 16 bits tell apart; a phone's photo of tiles has hundreds. A crafted box
# of 8 MB lists 2.7 million of them, which took 0.5 to 0.8 s.
MOST_ITEMS = 2**16

Size = tuple[int, int]
Crop = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A box's name and where its content begins and ends."""

    name: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The photo's size as stored and as it is seen, None where that is in doubt.

    `crop` is what is seen of the stored pixels, before any turn: left, top, right, bottom.
    """

    stored: Size | None = None
    seen: Size | None = None
    crop: Crop | None = None


def picture(reader: Reader) -> Picture:
    """Return what the boxes say of the photo; raises NoPicture if the file ends before they do."""
    try:
        return _turned(reader, properties(reader))
    except (ReadTooMuch, struct.error):
        return Picture()


def colours(reader: Reader) -> tuple[int, int] | None:
    """Return the numbers of H.273 for the photo's primaries and transfer curve, None if it has none.

    Raises NoPicture if the file ends before them, ReadTooMuch.
    """
    for box in properties(reader):
        if box.name == b"colr" and reader.at(box.start, 4) == b"nclx":
            primaries, transfer = struct.unpack(">HH", reader.at(box.start + 4, 4))
            return primaries, transfer
    return None


def properties(reader: Reader) -> list[Box]:
    """Return the photo's properties in the order in which they apply: `ispe`, `irot`, `colr` and others.

    There are none where the boxes contradict each other. Raises NoPicture if the file ends before
    they do, ReadTooMuch.
    """
    try:
        return _properties(reader)
    except (struct.error, IndexError):
        return []


def brands(reader: Reader) -> frozenset[bytes]:
    """Return what the first box says that the file is, or is like."""
    length = struct.unpack(">L", reader.at(0, 4))[0]
    listed = reader.up_to(16, max(0, min(length, 512) - 16))
    names = {listed[start : start + 4] for start in range(0, len(listed) - 3, 4)}
    return frozenset(names | {reader.at(8, 4)})


def children(reader: Reader, start: int, end: int) -> Iterator[Box]:
    """Give the boxes between two places; one that claims to end behind `end` ends there."""
    for box in _boxes(reader, start, end):
        yield Box(box.name, box.start, min(box.end, end))


def claimed_end(reader: Reader) -> int:
    """Return where the last box of a file says that it ends, which may be behind the file's end."""
    return max((box.end for box in _boxes(reader, 0, reader.length)), default=0)


def _boxes(reader: Reader, start: int, end: int) -> Iterator[Box]:
    while start + 8 <= end:
        length, name = struct.unpack(">L4s", reader.at(start, 8))
        content = start + 8
        if length == 1:
            length = struct.unpack(">Q", reader.at(content, 8))[0]
            content += 8
        elif length == 0:
            length = end - start
        if length < content - start:
            return
        yield Box(name, content, start + length)
        start += length


def _properties(reader: Reader) -> list[Box]:
    top = {box.name: box for box in children(reader, 0, reader.length)}
    if b"meta" not in top:
        if b"moov" in top:
            return []
        raise NoPicture
    meta = top[b"meta"]
    parts = {box.name: box for box in children(reader, meta.start + 4, meta.end)}
    if not {b"pitm", b"iprp"} <= parts.keys():
        return []
    photo = _primary(reader, parts[b"pitm"])
    within = list(children(reader, parts[b"iprp"].start, parts[b"iprp"].end))
    listed = [
        one for box in within if box.name == b"ipco" for one in children(reader, box.start, box.end)
    ]
    numbers = _of(reader, [box for box in within if box.name == b"ipma"], photo)
    return [listed[number - 1] for number in numbers if number]


def _primary(reader: Reader, box: Box) -> int:
    version = reader.at(box.start, 4)[0]
    return int.from_bytes(reader.at(box.start + 4, 2 if version == 0 else 4), "big")


def _of(reader: Reader, tables: list[Box], photo: int) -> list[int]:
    """Return the numbers of the photo's properties, counted from 1, in the order in which they apply.

    The standard lists an item once over all tables; should it be twice, the first counts, as in libheif.
    """
    items = 0
    for table in tables:
        data = reader.at(table.start, table.end - table.start)
        items += struct.unpack_from(">L", data, 4)[0]
        if items > MOST_ITEMS:
            raise ReadTooMuch
        numbers = _listed(data, photo)
        if numbers is not None:
            return numbers
    return []


def _listed(data: bytes, photo: int) -> list[int] | None:
    """Return the numbers that one table has for the photo, None if it doesn't list it."""
    version, wide = data[0], data[3] & 1
    item, unit = 2 if version == 0 else 4, 2 if wide else 1
    form = ">H" if version == 0 else ">L"
    place = 8
    for _ in range(struct.unpack_from(">L", data, 4)[0]):
        number = struct.unpack_from(form, data, place)[0]
        count = data[place + item]
        place += item + 1
        if number == photo:
            # The highest bit says only that who does not know the property must not show the photo.
            values = struct.unpack_from(f">{count}{'H' if wide else 'B'}", data, place)
            return [value & (0x7FFF if wide else 0x7F) for value in values]
        place += count * unit
    return None


def _turned(reader: Reader, found: list[Box]) -> Picture:
    """Apply what crops and turns a picture to its size. A mirrored one keeps it."""
    names = [box.name for box in found]
    if b"ispe" not in names:
        return Picture()
    place = found[names.index(b"ispe")].start
    width, height = struct.unpack(">LL", reader.at(place + 4, 8))
    stored, crop, quarters = (width, height), None, 0
    for box in found:
        if box.name == b"clap":
            crop = _crop(stored, struct.unpack(">8l", reader.at(box.start, 32)))
            # Cropped twice, or after it was turned, as no encoder does: the decoder decides.
            if crop is None or quarters or names.count(b"clap") > 1:
                return Picture(stored)
        elif box.name == b"irot":
            quarters += reader.at(box.start, 1)[0]
    if crop:
        width, height = crop[2] - crop[0], crop[3] - crop[1]
    return Picture(stored, (height, width) if quarters % 2 else (width, height), crop)


def _crop(size: Size, clap: tuple[int, ...]) -> Crop | None:
    """Return the clean aperture; None where decoders would round it, each its own way."""
    width, across, height, down, x, of_x, y, of_y = clap
    if (across, down) != (1, 1) or min(width, height, of_x, of_y) < 1:
        return None
    # Twice the first column and row: those of whole pixels are even.
    left, odd_left = divmod(2 * x, of_x)
    top, odd_top = divmod(2 * y, of_y)
    left, top = left + size[0] - width, top + size[1] - height
    if odd_left or odd_top or left % 2 or top % 2 or min(left, top) < 0:
        return None
    left, top = left // 2, top // 2
    inside = left + width <= size[0] and top + height <= size[1]
    return (left, top, left + width, top + height) if inside else None
