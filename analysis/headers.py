"""A file's format and size from its first bytes, in pure Python: safe for the web process."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import BinaryIO

import imagesize

from analysis.errors import UnreadablePhoto
from analysis.sentences import say

UNREADABLE = say("unreadable")
EDGE_BYTES = 4096
MOST_CALLS = 20_000
# A JPEG may carry megabytes of XMP, a depth map for one, in segments that are read on the way.
MOST_BYTES = 8 * 2**20
# The boxes of a HEIF file are read into Python objects forty times their size.
MOST_BOX_BYTES = 2**18
MARKUP = re.compile(rb"<\s*(!doctype|html|svg|script|body|iframe)[\s>/]", re.IGNORECASE)

SIGNATURES = (
    ("JPEG", re.compile(rb"\xff\xd8\xff")),
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("GIF", re.compile(rb"GIF8[79]a")),
    ("WEBP", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("TIFF", re.compile(rb"II\*\0|MM\0\*")),
    ("AVIF", re.compile(rb"....ftypavi[fs]", re.DOTALL)),
    ("HEIF", re.compile(rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)),
    ("BMP", re.compile(rb"BM.{12}[\x0c\x28\x38\x40\x6c\x7c]\0", re.DOTALL)),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a file claims to be. Width and height are upright, but in HEIF and AVIF as stored."""

    format: str
    width: int
    height: int


class ReadTooMuch(Exception):
    """The size of a photo stands nowhere near the start of this file's structure."""


class FrugalReader:
    """Reads from `file` until it has had `most_bytes` or MOST_CALLS calls; then ReadTooMuch.

    Whoever made the file decides how many segments or boxes it has; this bounds what they cost.
    """

    def __init__(self, file: BinaryIO, most_bytes: int) -> None:
        self._file = file
        self._bytes_left = most_bytes
        self._calls_left = MOST_CALLS

    def read(self, size: int = -1) -> bytes:
        self._count_call()
        if not 0 <= size <= self._bytes_left:
            raise ReadTooMuch
        self._bytes_left -= size
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._count_call()
        return self._file.seek(offset, whence)

    def _count_call(self) -> None:
        self._calls_left -= 1
        if self._calls_left < 0:
            raise ReadTooMuch


def read_header(file: BinaryIO) -> Header:
    """Return the header of a photo; raises UnreadablePhoto for anything else.

    Time and memory are bounded for any file. A file with markup in its first or last 4 KB is
    refused even if it starts as an image does, since a browser that sniffs could run it. Markup
    further in is not found: what keeps it from running is how the site serves originals.
    """
    file.seek(0)
    head = file.read(EDGE_BYTES)
    name = next((name for name, signature in SIGNATURES if signature.match(head)), None)
    if name is None or MARKUP.search(head) or MARKUP.search(_tail(file)):
        raise UnreadablePhoto(UNREADABLE)
    width, height = _size(file, boxes=name in {"HEIF", "AVIF"})
    if width < 1 or height < 1:
        raise UnreadablePhoto(UNREADABLE)
    return Header(name, width, height)


def _size(file: BinaryIO, *, boxes: bool) -> tuple[int, int]:
    """Return width and height, (-1, -1) where imagesize fails: it lets no exception through.

    The rotation of a HEIF file takes imagesize through tables in which a kilobyte may claim
    gigabytes, so it is left to the decoder.
    """
    reader = FrugalReader(file, MOST_BOX_BYTES if boxes else MOST_BYTES)
    width, height = imagesize.get(reader, exif_rotation=not boxes)
    file.seek(0)
    return int(width), int(height)


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - EDGE_BYTES))
    return file.read(EDGE_BYTES)
