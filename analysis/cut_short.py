"""Files that end too early: what a decoder has to be given to show what they hold.

JPEG gets the marker of its end, and Pillow leaves what a PNG, GIF, TIFF or BMP lacks empty if told to.
WebP, HEIC and AVIF decoders refuse a file that lacks a byte, so theirs are filled up to the length that
they claim: what stands where the fill is comes out blurred or as noise.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import IO

from analysis.headers import Header, boxes
from analysis.headers.reader import NoPicture, Reader, ReadTooMuch

SCAN, TABLES, END_OF_IMAGE = b"\xff\xda", b"\xff\xc4", b"\xff\xd9"  # Markers in a JPEG.
# Of a large photo, of which each attempt takes seconds.
FEW, MANY_PIXELS = 2, 50_000_000
# dav1d gives up where an arithmetic code runs over its end, which depends on what is decoded there:
# of 16 AVIFs of one tile, cut at 30 to 90 %, 14 were shown with one of these.
TOLERATED = {"PNG", "GIF", "TIFF", "BMP", "ICO"}
FILLS = {"WEBP": (0,), "HEIF": (0,), "AVIF": (0x00, 0xFF, 0x55, 0xAA, 0x80, 0x7F)}


def parts(file: IO[bytes], header: Header) -> Iterator[IO[bytes]]:
    """Give files to try in place of one that could not be decoded, the most promising first."""
    if header.format == "JPEG":
        yield from _jpeg_ends(file)
    elif header.format in FILLS:
        few = (header.pixels or 0) > MANY_PIXELS
        yield from islice(_filled(file, header.format), FEW if few else None)
    else:
        file.seek(0)
        yield file


def _jpeg_ends(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give what a JPEG without its end holds: libjpeg fills the rest when it meets the marker.

    Where the cut goes through the head of a scan or its Huffman tables, the photo ends before them.
    """
    file.seek(0)
    content = file.read()
    for end in sorted((len(content), content.rfind(SCAN), content.rfind(TABLES)), reverse=True):
        yield io.BytesIO(content[: max(0, end)] + END_OF_IMAGE)


def _filled(file: IO[bytes], image_format: str) -> Iterator[IO[bytes]]:
    file.seek(0)
    content = file.read()
    missing = _claimed(content, image_format) - len(content)
    if 0 < missing <= len(content) * 100:  # A length that is itself damaged may be anything.
        for fill in FILLS[image_format]:
            yield io.BytesIO(content + bytes([fill]) * missing)


def _claimed(content: bytes, image_format: str) -> int:
    """Return the bytes that a file says it has."""
    if image_format == "WEBP":
        return 8 + int.from_bytes(content[4:8], "little")
    try:
        return boxes.claimed_end(Reader(io.BytesIO(content)))
    except (NoPicture, ReadTooMuch):
        return 0
