"""TIFF's directories: those of TIFF and BigTIFF files, of RAW files made of them, and EXIF's."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Literal

from analysis.headers.reader import NoPicture, Reader, ReadTooMuch

WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC, MAKE = 0x100, 0x101, 0x103, 0x106, 0x10F
ORIENTATION, DIRECTORIES, DNG_VERSION = 0x112, 0x14A, 0xC612
SIDEWAYS = {5, 6, 7, 8}  # Orientations that swap width and height.
# What only a sensor's values have: a colour filter's mosaic or linear values (TIFF/EP, DNG), and the
# compressions of Sony, Nikon and Pentax.
SENSOR_PHOTOMETRIC = {32803, 34892}
SENSOR_COMPRESSION = {32767, 34713, 65535}
MAKERS = {"NIKON": "NEF", "SONY": "ARW", "PENTAX": "PEF", "RICOH": "PEF", "SAMSUNG": "SRW"}
MOST_DIRECTORIES = 8
FRACTION, MOST_FRACTIONS = 5, 4
NUMBERS = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q"}  # Of TIFF's types those that sizes come in.
TEXTS = {
    1,
    2,
    7,
    129,
}  # And those of text, as programs write it: bytes, ASCII, undefined, EXIF 3's UTF-8.

Order = Literal["<", ">"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a TIFF stores numbers: its byte order, and whether offsets have 8 bytes."""

    order: Order
    big: bool

    def number(self, data: bytes, kind: str) -> int:
        return int(struct.unpack(f"{self.order}{kind}", data)[0])


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of a directory: its type and count, and its value or where that lies."""

    kind: int
    count: int
    value: bytes


Directory = dict[int, Entry]


def layout(reader: Reader) -> tuple[Layout, int]:
    """Return the layout of a TIFF and where its first directory lies; raises NoPicture."""
    head = reader.at(0, 8)
    order: Order = "<" if head[:2] == b"II" else ">"
    # Olympus and Panasonic write letters of their own in place of 42.
    found = Layout(order, big=struct.unpack(f"{order}H", head[2:4])[0] == 43)
    if found.big:
        return found, found.number(reader.at(8, 8), "Q")
    return found, found.number(head[4:8], "L")


def directory(reader: Reader, layout: Layout, place: int) -> Directory:
    """Return the entries of the directory at `place`, of each tag the last; raises NoPicture."""
    head, size = (8, 20) if layout.big else (2, 12)
    count = layout.number(reader.at(place, head), "Q" if layout.big else "H")
    data = reader.up_to(place + head, count * size)
    kind, wide = ("HHQ", 12) if layout.big else ("HHL", 8)
    entries: Directory = {}
    for start in range(0, len(data) - size + 1, size):
        tag, form, number = struct.unpack_from(f"{layout.order}{kind}", data, start)
        entries[tag] = Entry(form, number, data[start + wide : start + size])
    return entries


def value(reader: Reader, layout: Layout, entries: Directory, tag: int) -> list[int]:
    """Return the numbers of a tag, of which at most MOST_DIRECTORIES, or none if it has none."""
    entry = entries.get(tag)
    letter = NUMBERS.get(entry.kind, "") if entry else ""
    if not entry or not letter:
        return []
    count = min(entry.count, MOST_DIRECTORIES)
    size = struct.calcsize(f"={letter}")
    data = entry.value
    if entry.count * size > len(data):
        place = layout.number(data, "Q" if layout.big else "L")
        data = reader.up_to(place, count * size)
    count = min(count, len(data) // size)
    return list(struct.unpack(f"{layout.order}{count}{letter}", data[: count * size]))


def fractions(reader: Reader, layout: Layout, entries: Directory, tag: int) -> list[float]:
    """Return the fractions of a tag, of which at most MOST_FRACTIONS; none where one is none or cut."""
    entry = entries.get(tag)
    if entry is None or entry.kind != FRACTION or not entry.count:
        return []
    size = 8 * min(entry.count, MOST_FRACTIONS)
    data = entry.value
    if size > len(data):
        data = reader.up_to(layout.number(data, "Q" if layout.big else "L"), size)
    if len(data) < size:
        return []
    parts = struct.unpack(f"{layout.order}{size // 4}L", data[:size])
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    return [] if any(not below for _, below in pairs) else [above / below for above, below in pairs]


def text(reader: Reader, layout: Layout, entries: Directory, tag: int, longest: int) -> bytes:
    """Return the text of a tag up to its first NUL, of which at most `longest` bytes, or b""."""
    entry = entries.get(tag)
    if entry is None or entry.kind not in TEXTS:
        return b""
    data = entry.value
    if entry.count > len(data):
        place = layout.number(data, "Q" if layout.big else "L")
        data = reader.up_to(place, min(entry.count, longest))
    return data[: entry.count].partition(b"\0")[0]


def size(reader: Reader) -> tuple[tuple[int, int] | None, int]:
    """Return the stored size of a TIFF's first picture, if it says one, and its orientation."""
    found, place = layout(reader)
    entries = directory(reader, found, place)
    sides = [value(reader, found, entries, tag)[:1] for tag in (WIDTH, HEIGHT)]
    if not all(sides):
        return None, 1
    return (sides[0][0], sides[1][0]), _orientation(reader, found, entries)


def raw_format(reader: Reader) -> str | None:
    """Return which camera's RAW file a TIFF is, None if it is an ordinary one.

    Every RAW made of TIFF begins as a photo of its own, a thumbnail; what tells it is a directory
    whose picture is the sensor's values, or DNG's version.
    """
    try:
        found, place = layout(reader)
        entries = directory(reader, found, place)
        if DNG_VERSION in entries:
            return "DNG"
        below = value(reader, found, entries, DIRECTORIES)
        every = [entries, *(directory(reader, found, place) for place in below)]
        if any(_is_of_sensor(reader, found, one) for one in every):
            return _by_maker(reader, found, entries)
    except (NoPicture, ReadTooMuch):
        pass
    return None


def _is_of_sensor(reader: Reader, layout: Layout, entries: Directory) -> bool:
    photometric = value(reader, layout, entries, PHOTOMETRIC)[:1]
    compression = value(reader, layout, entries, COMPRESSION)[:1]
    return not SENSOR_PHOTOMETRIC.isdisjoint(photometric) or not SENSOR_COMPRESSION.isdisjoint(
        compression
    )


def _by_maker(reader: Reader, layout: Layout, entries: Directory) -> str:
    entry = entries.get(MAKE)
    if entry is None or entry.count <= len(entry.value):
        return "RAW"
    place = layout.number(entry.value, "Q" if layout.big else "L")
    maker = reader.up_to(place, min(entry.count, 40)).decode("latin1").upper()
    return next((name for word, name in MAKERS.items() if maker.startswith(word)), "RAW")


def exif_orientation(exif: bytes) -> int:
    """Return the orientation that EXIF says, 1 to 8; 1 where it says none or is broken.

    Both readers ask here: the header check with what it found in the file, and the decoder with what
    Pillow did. XMP's orientation counts for neither, as in browsers.
    """
    while exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    reader = Reader(io.BytesIO(exif))
    try:
        if reader.at(0, 4) not in {b"II*\0", b"MM\0*"}:
            return 1
        found, place = layout(reader)
        return _orientation(reader, found, directory(reader, found, place))
    except (NoPicture, ReadTooMuch):
        return 1


def _orientation(reader: Reader, layout: Layout, entries: Directory) -> int:
    entry = entries.get(ORIENTATION)
    if entry is None or entry.count != 1:
        return 1
    found = value(reader, layout, entries, ORIENTATION)
    return found[0] if found and 1 <= found[0] <= 8 else 1
