"""EXIF's texts that say when a photo was taken, by which camera and lens, and where."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar

from analysis.headers import tiff
from analysis.headers.reader import NoPicture, Reader, ReadTooMuch
from analysis.shot import Angle

EXIF, GPS, XMP = 0x8769, 0x8825, 0x2BC  # Tags of the directories below, and of XMP in a TIFF.
LONGEST = 64
LONGEST_NAME = 256
LONGEST_XMP = 2**20
Read = TypeVar("Read")


class Clock(NamedTuple):
    """The texts of a date, of its offset from UTC and of the fraction of its second; "" if it has none."""

    date: str = ""
    offset: str = ""
    fraction: str = ""


class Said(NamedTuple):
    """What EXIF says: when the photo was taken, made digital (scanned), and changed; by what, and where.

    `xmp` is what a TIFF holds of that. Texts are as they stand there.
    """

    original: Clock = Clock()
    digitized: Clock = Clock()
    changed: Clock = Clock()
    maker: str = ""
    model: str = ""
    lens: str = ""
    latitude: Angle = Angle()
    longitude: Angle = Angle()
    xmp: bytes = b""


ORIGINAL, DIGITIZED, CHANGED = (
    (0x9003, 0x9011, 0x9291),
    (0x9004, 0x9012, 0x9292),
    (0x132, 0x9010, 0x9290),
)
MODEL, LENS = 0x110, 0xA434
LATITUDE, LONGITUDE = (1, 2), (3, 4)  # Tags of the side and the parts, in the directory of GPS.


def said(exif: bytes) -> Said:
    """Return what a photo's EXIF says, as far as it can be read."""
    while exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    return said_by_tiff(Reader(io.BytesIO(exif)))._replace(xmp=b"")


def said_by_tiff(reader: Reader) -> Said:
    """Return the same of a TIFF, or of a RAW file that is one; nothing of other files."""
    try:
        if reader.at(0, 2) not in {b"II", b"MM"}:
            return Said()
        layout, place = tiff.layout(reader)
        first = tiff.directory(reader, layout, place)
    except (NoPicture, ReadTooMuch, struct.error):
        return Said()
    # RAW files made of TIFF have all tags in the first; where both have one, EXIF's own counts.
    entries = first | _below(reader, layout, first, EXIF)
    where = _below(reader, layout, first, GPS)

    def text(tag: int, longest: int = LONGEST) -> bytes:
        return _unless_broken(lambda: tiff.text(reader, layout, entries, tag, longest), b"")

    def clock(tags: tuple[int, int, int]) -> Clock:
        return Clock(*(text(tag).decode("ascii", "replace") for tag in tags))

    def name(tag: int) -> str:
        return text(tag, LONGEST_NAME).decode("utf-8", "replace")

    def angle(side: int, parts: int) -> Angle:
        letter = _unless_broken(lambda: tiff.text(reader, layout, where, side, 2), b"")
        none: list[float] = []
        found = _unless_broken(lambda: tiff.fractions(reader, layout, where, parts), none)
        return Angle(tuple(found), letter.decode("ascii", "replace"))

    return Said(
        original=clock(ORIGINAL),
        digitized=clock(DIGITIZED),
        changed=clock(CHANGED),
        maker=name(tiff.MAKE),
        model=name(MODEL),
        lens=name(LENS),
        latitude=angle(*LATITUDE),
        longitude=angle(*LONGITUDE),
        xmp=text(XMP, LONGEST_XMP),
    )


def _below(
    reader: Reader, layout: tiff.Layout, entries: tiff.Directory, tag: int
) -> tiff.Directory:
    """Return the directory that a tag leads to. One that is broken leaves all else to count."""
    with suppress(NoPicture, ReadTooMuch, struct.error):
        if found := tiff.value(reader, layout, entries, tag):
            return tiff.directory(reader, layout, found[0])
    return {}


def _unless_broken(read: Callable[[], Read], otherwise: Read) -> Read:
    try:
        return read()
    except ReadTooMuch:
        return otherwise
