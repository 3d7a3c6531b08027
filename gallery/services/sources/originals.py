"""Photos' files, wherever they lie: the way to them for whoever reads one."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from analysis.photo_folders import opened, status_of
from gallery.jobs import queue
from gallery.models import Photo
from gallery.services import files


def path_of(photo: Photo) -> Path:
    """Return where the photo's file lies, and a path at which nothing is where a link has taken its place.

    Who may write into a folder on the server could have it lead anywhere.
    """
    if not photo.is_in_place:
        return photo.original
    with suppress(OSError):
        if status_of(photo.original) is not None:
            return photo.original
    return photo.folder / "original"


def open_file(photo: Photo) -> BinaryIO:
    """Open the photo's file for reading; raises OSError."""
    return opened(photo.original) if photo.is_in_place else photo.original.open("rb")


def size_of(photo: Photo) -> int:
    """Return how many bytes the photo's file has; raises OSError where it can't be opened."""
    with open_file(photo) as file:
        return file.seek(0, io.SEEK_END)


def lies_at(photo: Photo, path: Path) -> None:
    """Say that the file of a photo that is read in place lies there, be it there again or moved."""
    photo.lies_at, photo.filename, photo.is_gone = f"{path}", files.display_name(path.name), False
    _back(photo, ["lies_at", "filename"])


def keep(photo: Photo, chunks: Iterable[bytes]) -> None:
    """Keep a file of the same content for a photo that was read in place."""
    photo.lies_at, photo.is_gone = "", False
    files.write(photo.original, chunks)
    _back(photo, ["lies_at"])


def _back(photo: Photo, changed: list[str]) -> None:
    photo.changed_at = timezone.now()
    photo.save(update_fields=[*changed, "is_gone", "changed_at"])
    if photo.job.is_failed:  # Perhaps for want of its file.
        queue.enqueue(photo)
