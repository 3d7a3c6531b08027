"""Opens photos: a file as it is, of RAW the preview, of what is damaged the part that is there."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, TypeVar, cast

from PIL import Image, TiffImagePlugin

from analysis import cut_short, pillow, raw
from analysis.colour import colours_of
from analysis.errors import AnalysisError, PhotoTooLarge, UnreadablePhoto
from analysis.headers import Header, read_header
from analysis.headers.kinds import UNREADABLE
from analysis.limits import DEFAULT_LIMITS, Limits, too_many_pixels
from analysis.sentences import Sentence, say
from analysis.taken import Told, told_by, told_by_raw

TRUNCATED, IN_PART, DAMAGED = say("truncated"), say("damaged_in_part"), say("damaged")
Read = TypeVar("Read")
# What is made of a file, which is to have so many pixels at most; the note is there if it is a part.
Reader = Callable[[IO[bytes], Header, int, Sentence | None], Read]


def read(path: Path, limits: Limits, reader: Reader[Read]) -> tuple[Header, Read]:
    """Return a photo's header and what `reader` makes of it, or of the part that is there of it.

    Raises UnreadablePhoto, PhotoTooLarge, or OSError if the file cannot be opened.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadablePhoto(UNREADABLE)
    with path.open("rb") as file:
        header = read_header(file)
        limits.check(header, status.st_size)
        if header.is_raw:
            return header, _read_raw(path, file, limits, reader)
        return header, _read_file(file, header, limits, reader)


def _read_raw(path: Path, file: IO[bytes], limits: Limits, reader: Reader[Read]) -> Read:
    """Read the preview of a RAW file, or else the thumbnail that those made of TIFF begin with."""
    try:
        source: IO[bytes] = io.BytesIO(raw.preview(path))
        claimed = read_header(cast(BinaryIO, source))
        limits.check(claimed, 0)
        return _read_file(source, claimed, limits, reader)
    except UnreadablePhoto:
        try:
            return _read_file(file, Header("TIFF"), limits, reader)
        except UnreadablePhoto as error:
            raise UnreadablePhoto(raw.NO_PREVIEW) from error


def _read_file(file: IO[bytes], header: Header, limits: Limits, reader: Reader[Read]) -> Read:
    most = limits.pixels_of(header)
    try:
        with pillow.told(most):
            return reader(file, header, most, None)
    except (AnalysisError, MemoryError):
        raise
    except Exception as error:
        # Decoders raise whatever a malformed file makes them trip over.
        return _read_part(file, header, most, reader, error)


def _read_part(
    file: IO[bytes], header: Header, most: int, reader: Reader[Read], failure: Exception
) -> Read:
    """Read what is there of a file that is cut short or damaged; raises UnreadablePhoto."""
    tolerant = header.format in cut_short.TOLERATED
    is_cut = not tolerant or "truncated" in f"{failure}"  # As Pillow says it of all of these.
    for part in cut_short.parts(file, header):
        try:
            with pillow.told(most, tolerant):
                return reader(part, header, most, TRUNCATED if is_cut else IN_PART)
        except (AnalysisError, MemoryError):
            raise
        except Exception as error:
            failure = error
    raise UnreadablePhoto(DAMAGED) from failure


def opened(file: IO[bytes], most: int) -> Image.Image:
    """Open a photo without decoding it; Pillow refuses too many pixels before it allocates them."""
    too_large = PhotoTooLarge(too_many_pixels(most))
    file.seek(0)
    try:
        image = Image.open(file, formats=pillow.FORMATS)
    except Image.DecompressionBombError as error:
        raise too_large from error
    if image.width * image.height > most:
        raise too_large
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        # By it Pillow would turn a TIFF whose orientation stands in XMP alone; no browser does.
        image.info.pop("xmp", None)
    return image


def conversion(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return what `decode` does to a photo's colours (`DecodedPhoto.colour`), without decoding it.

    Raises as `decode` does, where the file can't even be opened.
    """

    def said(file: IO[bytes], header: Header, most: int, note: Sentence | None) -> str:
        return colours_of(opened(file, most), file).conversion

    return read(path, limits, said)[1]


def told(path: Path, limits: Limits = DEFAULT_LIMITS) -> Told:
    """Return what a photo says of when and how it was taken (`DecodedPhoto.told`), without decoding it.

    Raises as `conversion` does.
    """

    def said(file: IO[bytes], header: Header, most: int, note: Sentence | None) -> Told:
        return told_by(opened(file, most), file)

    header, found = read(path, limits, said)
    return told_by_raw(path, found) if header.is_raw else found
