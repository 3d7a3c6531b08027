"""A file's format and size from its bytes, in pure Python within a budget: safe for the web process.

It refuses only what it is certain of: something that is no photo, a photo without a picture, a size
that was surely read. In doubt it leaves the size open, and the child's decoder decides. Markup in a
photo is no reason to refuse it, as programs write it there themselves (Photoshop its print settings);
what keeps a browser from running it is how originals are served: as a download, of the photo's type,
not to be sniffed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from analysis.headers import boxes, jpeg, pictures, tiff
from analysis.headers.kinds import RAW, format_of
from analysis.headers.reader import NoPicture, Reader, ReadTooMuch

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Header:
    """What a file claims to be.

    `width` and `height` are those of the upright photo and `pixels` their number as stored, each None
    in doubt. `held` is the bytes that decoding it needs beside its pixels, at whatever size it is
    wanted: progressive JPEGs have them. `crop` is what a HEIF's boxes want to be seen of it.
    """

    format: str
    width: int | None = None
    height: int | None = None
    pixels: int | None = None
    held: int = 0
    crop: boxes.Crop | None = None

    @property
    def is_raw(self) -> bool:
        return self.format in RAW


def read_header(file: BinaryIO) -> Header:
    """Return the header of a photo; raises UnreadablePhoto, with a sentence of its own for each kind.

    Time and memory are bounded for any file.
    """
    reader = Reader(file)
    try:
        name = format_of(reader)
        try:
            header = _header(reader, name)
        except ReadTooMuch:
            header = Header(name)
    finally:
        file.seek(0)
    return header


def _header(reader: Reader, name: str) -> Header:
    if name == "JPEG":
        frame = jpeg.frame(reader)
        size = frame.width, frame.height
        return _upright(name, size, frame.orientation, frame.held)
    if name in {"HEIF", "AVIF"}:
        return _boxed(name, boxes.picture(reader))
    if name == "TIFF":
        return _upright(name, *tiff.size(reader))
    if name == "PNG":
        return _upright(name, *pictures.png(reader))
    if name == "WEBP":
        return _upright(name, *pictures.webp(reader))
    if name == "GIF":
        return _upright(name, pictures.gif(reader), 1)
    if name == "BMP":
        return _upright(name, pictures.bmp(reader), 1)
    return Header(name)  # An icon or a RAW file holds several pictures; its decoder chooses.


def _upright(name: str, size: Size | None, orientation: int | None, held: int = 0) -> Header:
    """Return the header of a photo stored at `size`, to be turned by EXIF's orientation, if known."""
    if size is None:
        return Header(name)
    _check(size)
    pixels = size[0] * size[1]
    if orientation is None:
        return Header(name, pixels=pixels, held=held)
    width, height = size[::-1] if orientation in tiff.SIDEWAYS else size
    return Header(name, width, height, pixels, held)


def _boxed(name: str, picture: boxes.Picture) -> Header:
    if picture.stored is None:
        return Header(name)
    _check(picture.stored)
    width, height = picture.seen or (None, None)
    return Header(name, width, height, picture.stored[0] * picture.stored[1], crop=picture.crop)


def _check(size: Size) -> None:
    if min(size) < 1:
        raise NoPicture
