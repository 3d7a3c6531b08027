"""Reads files of a folder as they are now, those that are not as they were when they were last read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import File

from analysis.headers import Header
from analysis.photo_folders import Found, Kind, opened, written
from gallery.models import SourceFile, SourceFolder
from gallery.services import photos
from gallery.services.photos import UploadRefused
from gallery.words import Words, say

CHUNK = 1024 * 1024
# Who writes a file takes pauses: a copy over a slow line, a card that is read. Until it has been left
# alone for so long it waits.
QUIET = 10.0
SAID = {
    Kind.VIDEO: say("source_video"),
    Kind.LINK: say("source_link"),
    Kind.CLOSED: say("source_closed"),
    Kind.UNNAMEABLE: say("source_unnameable"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it is: its content, or `why` that is not taken.

    Without a `sha256` nothing is known of it, as it is being written or can't be read.
    """

    found: Found
    sha256: str = ""
    header: Header | None = None
    why: Words | None = None

    @property
    def path(self) -> str:
        return self.found.path

    @property
    def modified(self) -> datetime:
        return datetime.fromtimestamp(self.found.modified / 1e9, UTC)


def see(
    folder: SourceFolder, found: Sequence[Found], known: Mapping[str, SourceFile], now: float
) -> list[Seen]:
    """Return photos of the folder as they are; those `known` by path that are as they were are not read."""
    return [_seen(folder, one, known.get(one.path), now) for one in found]


def is_as_it_was(found: Found, record: SourceFile | None) -> bool:
    return record is not None and (record.size, record.modified) == (found.size, found.modified)


def read(folder: SourceFolder, found: Found) -> Seen:
    """Read a file to its end; without a content if it changed meanwhile or can't be read."""
    try:
        with opened(folder.root / found.path) as file:
            return _read(file, found)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else f"{error}"
        return Seen(found, why=say("source_unreadable", reason=reason))


def _seen(folder: SourceFolder, found: Found, record: SourceFile | None, now: float) -> Seen:
    if record is not None and is_as_it_was(found, record):
        return Seen(found, record.sha256, why=record.note)
    if abs(now - found.changed / 1e9) < QUIET:
        return Seen(found)
    return read(folder, found)


def _read(file: BinaryIO, found: Found) -> Seen:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    status = os.fstat(file.fileno())
    if (status.st_size, written(status)) != (found.size, found.modified):
        return Seen(found)
    try:
        header = photos.check(File(file, name=Path(found.path).name))
    except UploadRefused as refusal:
        return Seen(found, digest.hexdigest(), why=refusal.sentence)
    return Seen(found, digest.hexdigest(), header)
