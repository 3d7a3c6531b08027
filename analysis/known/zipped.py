"""A zip of pictures of people, from anybody: no name in it is ever a path, no size in it is believed."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from analysis.known import archives
from analysis.known.known import KnownRefused
from analysis.known.layouts import (
    Layout,
    LeftOut,
    Listing,
    Parts,
    arranged,
    natural,
    parts_of,
    shown,
)
from analysis.limits import DEFAULT_LIMITS, MEGABYTE, Limits, too_many_bytes
from analysis.photo_files import is_hidden, is_photo
from analysis.sentences import Sentence, say

MOST_UNPACKED = 4096 * MEGABYTE
# Photos do not get smaller in a zip; uncompressed scans may, a little.
TIMES = 20
SMALL = 64 * MEGABYTE  # What so little is packed into doesn't matter.
UTF8 = 0x800  # The flag of a name that is UTF-8.
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".alz", ".egg"})
DRIVE = re.compile(r"\A[A-Za-z]:(?=/)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A picture in a zip, and the folders and file that its path there names."""

    parts: Parts
    info: ZipInfo


def unpacked(
    file: Path,
    into: Path,
    layout: Layout | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
    most: int = MOST_UNPACKED,
    entries: int = archives.ENTRIES,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Listing:
    """Unpack the pictures of a zip into a folder, as `extracted` does, and return whose they are."""
    found, left_out = extracted(
        file, into, limits=limits, most=most, entries=entries, progress=progress
    )
    listing = arranged(found, layout, wrapped=True)
    left_out += listing.left_out
    return replace(listing, left_out=tuple(sorted(left_out, key=lambda one: natural(one.shown))))


def extracted(
    file: Path,
    into: Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    most: int = MOST_UNPACKED,
    entries: int = archives.ENTRIES,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[list[tuple[str, Path]], list[LeftOut]]:
    """Unpack the pictures of a zip into a folder, as numbered files; return their paths in both.

    `most` bounds the bytes of all together and `limits` those of each; `progress` is told how many of how
    many are done. Raises OSError, or KnownRefused for a zip that is damaged, encrypted, or holds too much;
    then nothing is left in the folder. What is wrong with single pictures is said of those left out.
    """
    with archives.opened(file, entries) as archive:
        pictures, left_out = _pictures(archive, limits.most_bytes)
        _check_sizes([entry.info for entry in pictures], file.stat().st_size, most)
        outcomes = _unpack_all(archive, pictures, into, progress)
    found = [("/".join(entry.parts), place) for entry, place, why in outcomes if why is None]
    left_out += [LeftOut(shown(entry.parts), why) for entry, _, why in outcomes if why]
    return found, left_out


def _pictures(archive: ZipFile, most: int) -> tuple[list[_Entry], list[LeftOut]]:
    """Return the pictures of at most so many bytes, and what else was meant."""
    pictures: list[_Entry] = []
    left_out: list[LeftOut] = []
    for info in archive.infolist():
        within = _path(info)
        parts = parts_of(within)
        if not parts or within.endswith("/") or any(map(is_hidden, parts)):
            continue
        if PurePosixPath(parts[-1]).suffix.lower() in ARCHIVES:
            left_out.append(LeftOut(shown(parts), say("zip_within")))
        elif is_photo(parts[-1]):
            archives.check(info)
            if why := _refusal(info, most):
                left_out.append(LeftOut(shown(parts), why))
            else:
                pictures.append(_Entry(parts, info))
    return pictures, left_out


def _refusal(info: ZipInfo, most: int) -> Sentence | None:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where the zip was made by Windows.
    if kind not in (0, stat.S_IFREG):
        return say("zip_link")
    return too_many_bytes(info.file_size, most) if info.file_size > most else None


def _path(info: ZipInfo) -> str:
    """Return an entry's path within the zip, of "/", whatever system and language wrote it."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        name = _decoded(name.encode("cp437"))  # Which `zipfile` took the bytes for.
    return DRIVE.sub("", name.replace("\\", "/"), count=1)


def _decoded(raw: bytes) -> str:
    """Return a name that does not say what it is written in: UTF-8, Windows' Korean, or as DOS had it."""
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _check_sizes(pictures: Sequence[ZipInfo], packed: int, most: int) -> None:
    """Raise KnownRefused for pictures that say to be too large together, or that no photos can be."""
    size = sum(info.file_size for info in pictures)
    if size > most:
        raise KnownRefused(say("zip_large", limit=most // MEGABYTE))
    if size > max(SMALL, TIMES * packed):
        raise KnownRefused(say("zip_bomb", times=size // max(packed, 1)))


def _unpack_all(
    archive: ZipFile, pictures: Sequence[_Entry], into: Path, progress: Callable[[int, int], None]
) -> list[tuple[_Entry, Path, Sentence | None]]:
    """Write each picture to a file, and return what was wrong with it; all go if one cannot be written."""
    outcomes: list[tuple[_Entry, Path, Sentence | None]] = []
    written: list[Path] = []
    try:
        for number, entry in enumerate(pictures, start=1):
            suffix = PurePosixPath(entry.parts[-1]).suffix.lower()  # One of those that photos have.
            place = into / f"{number:06}{suffix}"
            with place.open("xb") as target:
                written.append(place)
                why = _unpack(archive, entry.info, target)
            if why:
                place.unlink()
            outcomes.append((entry, place, why))
            progress(number, len(pictures))
    except BaseException:
        for place in written:
            place.unlink(missing_ok=True)
        raise
    return outcomes


def _unpack(archive: ZipFile, info: ZipInfo, target: BinaryIO) -> Sentence | None:
    """Write a picture, and return what is wrong with it; never more bytes than it says to have."""
    left = info.file_size
    try:
        with archive.open(info) as stream:
            for piece in archives.pieces(stream):
                left -= len(piece)
                if left < 0:
                    return say("zip_damaged_picture")
                target.write(piece)
    except archives.DAMAGED:
        return say("zip_damaged_picture")
    return None if left == 0 else say("zip_damaged_picture")
