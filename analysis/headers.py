"""A file's format and size from its first bytes, in pure Python: safe for the web process."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

import imagesize

from analysis.errors import UnreadablePhoto

UNREADABLE = "This file is not a photo we can read. Try a JPEG or PNG."
HEAD_BYTES = 4096
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
    """What a file claims to be. Width and height are upright where the header tells."""

    format: str
    width: int
    height: int


def read_header(file: BinaryIO) -> Header:
    """Return the header of a photo; raises UnreadablePhoto for anything else.

    A file with markup in its first bytes is refused even if it starts as an image does, since a
    browser that sniffs could run it.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    name = next((name for name, signature in SIGNATURES if signature.match(head)), None)
    if name is None or MARKUP.search(head):
        raise UnreadablePhoto(UNREADABLE)
    file.seek(0)
    try:
        width, height = imagesize.get(file)
    except (ValueError, OSError, struct.error, IndexError) as error:
        raise UnreadablePhoto(UNREADABLE) from error
    finally:
        file.seek(0)
    if width < 1 or height < 1:
        raise UnreadablePhoto(UNREADABLE)
    return Header(name, int(width), int(height))
