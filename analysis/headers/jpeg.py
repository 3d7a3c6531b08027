"""JPEG's segments up to its first scan."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from analysis.headers.reader import NoPicture, Reader
from analysis.headers.tiff import exif_orientation

# JPEG, B.1.1.3: what begins a frame, and what has no length.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
START, END, SCAN, EXIF = 0xD8, 0xD9, 0xDA, 0xE1
ALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """A JPEG's picture. `held` is the bytes of coefficients that a decoder has to keep for all of it:
    none if each block can be made into pixels as it comes."""

    width: int
    height: int
    orientation: int
    held: int


def frame(reader: Reader) -> Frame:
    """Return a JPEG's frame; raises NoPicture where no decoder can find one."""
    place, exif, found, progressive = 2, b"", b"", False
    while True:
        marker, place = _marker(reader, place)
        if marker is None:
            break
        if marker in ALONE:
            continue
        length = struct.unpack(">H", reader.at(place, 2))[0]
        if marker in FRAMES:
            found = reader.at(place + 2, max(6, length - 2))
            progressive = marker in PROGRESSIVE
        elif marker == EXIF and not exif:
            exif = _exif(reader, place + 2, length - 2)
        elif marker == SCAN:
            scanned = reader.up_to(place + 2, 1)
            # One part after the other, each component alone, is held as a whole too.
            progressive = progressive or (bool(found) and scanned < found[5:6])
            break
        place += max(2, length)
    if not found:
        raise NoPicture
    height, width = struct.unpack(">HH", found[1:5])
    return Frame(width, height, exif_orientation(exif), _held(found) if progressive else 0)


def _marker(reader: Reader, place: int) -> tuple[int | None, int]:
    """Return the next marker and the place behind it, None at the end of the file.

    What lies between segments is skipped, as by decoders.
    """
    while block := reader.up_to(place, 2):
        if block[0] != 0xFF:
            block = reader.up_to(place, BLOCK)
            skipped = block.find(b"\xff")
            place += len(block) if skipped < 0 else skipped
        elif len(block) < 2:
            break
        elif block[1] in (0x00, 0xFF):
            place += 2 if block[1] == 0 else 1
        elif block[1] < 0xC0 or block[1] in (START, END):
            raise NoPicture
        else:
            return block[1], place + 2
    return None, place


def _exif(reader: Reader, place: int, length: int) -> bytes:
    begins = reader.up_to(place, 6) == b"Exif\0\0"
    return reader.up_to(place, length) if begins and length > 6 else b""


def _held(found: bytes) -> int:
    """Return the bytes of all coefficients, two each, of components that may be sampled more thinly."""
    height, width = struct.unpack(">HH", found[1:5])
    sampling = [(byte >> 4 or 1, byte & 15 or 1) for byte in found[7::3]]
    across, down = (
        max((h for h, _ in sampling), default=1),
        max((v for _, v in sampling), default=1),
    )
    return sum(2 * width * h // across * height * v // down for h, v in sampling)
