"""Goes through a folder of photos in one order, and never out of it: no link is followed.

What systems hide is left out, and so is whatever is neither a photo nor a video by its name.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from analysis.photo_files import is_hidden, is_photo

VIDEOS = frozenset(
    f".{name}"
    for name in (
        *("mp4", "m4v", "mov", "qt", "avi", "mkv", "webm", "wmv", "asf", "flv", "mpg", "mpeg"),
        *("mts", "m2ts", "m2t", "ts", "3gp", "3g2", "ogv", "vob", "insv", "lrv"),
    )
)
# Nanoseconds since 1970 that databases hold, until 2262: programs set clocks, and files, to anything.
LATEST = 2**63 - 1
LONGEST = 1000  # bytes of a path within the folder; databases index no long ones
DEEPEST = 64
WITHOUT_LINKS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class Kind(StrEnum):
    """What stands in a folder, by its name and without being opened."""

    PHOTO = "photo"
    VIDEO = "video"
    LINK = "link"
    CLOSED = "closed"  # a folder that cannot be read
    UNNAMEABLE = "unnameable"  # no text, or too long or too deep for one


@dataclass(frozen=True, slots=True)
class Found:
    """A file, by its `path` within the folder; bytes, and nanoseconds since 1970 of its last change.

    `modified` is when it was written, as programs may set it; `changed` as the system knows it.
    """

    path: str
    kind: Kind
    size: int = 0
    modified: int = 0
    changed: int = 0

    @property
    def is_photo(self) -> bool:
        return self.kind == Kind.PHOTO


def walk(root: Path, *, after: str = "", without: Collection[Path] = ()) -> Iterator[Found]:
    """Yield what lies in a folder and in those in it, by name; raises OSError where it cannot be read.

    Behind `after`, the path of something that was yielded, it goes on from there without looking at what
    comes before. It does not go into the folders `without`.
    """
    waiting = [_listed(root, "", PurePosixPath(after).parts, without)]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif isinstance(found, Found):
            yield found
        else:
            path, rest = found
            waiting.append(_below(root, path, rest, without))


def opened(path: Path) -> BinaryIO:
    """Open a file by its whole path for reading, if no part of that is a link; raises OSError."""
    *folders, name = path.relative_to("/").parts
    at = os.open("/", WITHOUT_LINKS | os.O_DIRECTORY)
    try:
        for folder in folders:
            below = os.open(folder, WITHOUT_LINKS | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        # Not waiting: what stands there may have become a pipe.
        file = os.fdopen(os.open(name, WITHOUT_LINKS | os.O_NONBLOCK, dir_fd=at), "rb")
    finally:
        os.close(at)
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise FileNotFoundError(f"{path} is no file.")


def status_of(path: Path) -> os.stat_result | None:
    """Return what the system says of a file, None where none is, or where a link leads there.

    Raises OSError where that can't be told, as in a folder that is closed.
    """
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    is_plain = stat.S_ISREG(status.st_mode) and os.path.realpath(path) == f"{path}"
    return status if is_plain else None


def written(status: os.stat_result) -> int:
    """Return when a file was last written, in nanoseconds since 1970, LATEST at most."""
    return min(status.st_mtime_ns, LATEST)


_Folder = tuple[str, tuple[str, ...]]  # Its path, and what to begin behind, as names from there on.


def _below(
    root: Path, path: str, after: tuple[str, ...], without: Collection[Path]
) -> Iterator[Found | _Folder]:
    try:
        yield from _listed(root, path, after, without)
    except OSError:
        yield Found(path, Kind.CLOSED)


def _listed(
    root: Path, path: str, after: tuple[str, ...], without: Collection[Path]
) -> Iterator[Found | _Folder]:
    first, *rest = after or ("",)
    with os.scandir(root / path) as entries:
        seen = sorted((one for one in entries if one.name >= first), key=lambda one: one.name)
    for entry in seen:
        if is_hidden(entry.name) or (entry.name == first and not rest and not _is_folder(entry)):
            continue
        within = f"{path}/{entry.name}" if path else entry.name
        if not _is_nameable(within):
            yield Found(within.encode("utf-8", "replace").decode(), Kind.UNNAMEABLE)
        elif _is_folder(entry):
            if Path(entry.path) not in without:
                yield within, tuple(rest) if entry.name == first else ()
        elif found := _found(entry, within):
            yield found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_nameable(path: str) -> bool:
    """Whether a path is text that a database can hold: names are bytes that may mean nothing."""
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        return False
    return length <= LONGEST and path.count("/") < DEEPEST and "\0" not in path


def _found(entry: os.DirEntry[str], path: str) -> Found | None:
    named = is_photo(entry.name), PurePosixPath(entry.name).suffix.lower() in VIDEOS
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:  # It has gone meanwhile.
        return None
    if stat.S_ISLNK(status.st_mode):
        return Found(path, Kind.LINK)
    if not stat.S_ISREG(status.st_mode) or not any(named):
        return None
    kind = Kind.PHOTO if named[0] else Kind.VIDEO
    return Found(path, kind, status.st_size, written(status), status.st_ctime_ns)
