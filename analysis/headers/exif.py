"""EXIF's texts that say when a photo was taken."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from typing import NamedTuple

from analysis.headers import tiff
from analysis.headers.reader import NoPicture, Reader, ReadTooMuch

EXIF, XMP = 0x8769, 0x2BC  # Tags of the directory below, and of XMP in a TIFF.
LONGEST = 64
LONGEST_XMP = 2**20


class Clock(NamedTuple):
    """The texts of a date, of its offset from UTC and of the fraction of its second; "" if it has none."""

    date: str = ""
    offset: str = ""
    fraction: str = ""


class Dates(NamedTuple):
    """What EXIF says: when the photo was taken, made digital (scanned), and changed."""

    original: Clock = Clock()
    digitized: Clock = Clock()
    changed: Clock = Clock()


ORIGINAL, DIGITIZED, CHANGED = (
    (0x9003, 0x9011, 0x9291),
    (0x9004, 0x9012, 0x9292),
    (0x132, 0x9010, 0x9290),
)


def dates(exif: bytes) -> Dates:
    """Return the dates of a photo's EXIF, as far as it can be read."""
    while exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    return dates_of_tiff(Reader(io.BytesIO(exif)))[0]


def dates_of_tiff(reader: Reader) -> tuple[Dates, bytes]:
    """Return the dates and the XMP of a TIFF, or of a RAW file that is one; nothing of other files."""
    try:
        if reader.at(0, 2) not in {b"II", b"MM"}:
            return Dates(), b""
        layout, place = tiff.layout(reader)
        first = tiff.directory(reader, layout, place)
    except (NoPicture, ReadTooMuch, struct.error):
        return Dates(), b""
    below: tiff.Directory = {}
    with suppress(NoPicture, ReadTooMuch, struct.error):  # What the first says counts all the same.
        if found := tiff.value(reader, layout, first, EXIF):
            below = tiff.directory(reader, layout, found[0])
    # RAW files made of TIFF have all tags in the first; where both have one, EXIF's own counts.
    entries = first | below

    def text(tag: int, longest: int = LONGEST) -> bytes:
        try:
            return tiff.text(reader, layout, entries, tag, longest)
        except ReadTooMuch:
            return b""

    clocks = (
        Clock(*(text(tag).decode("ascii", "replace") for tag in tags))
        for tags in (ORIGINAL, DIGITIZED, CHANGED)
    )
    return Dates(*clocks), text(XMP, LONGEST_XMP)
