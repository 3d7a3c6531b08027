"""Which files in a folder are photos that somebody put there: by their names, as they are not opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "webp", "gif", "tif", "tiff", "bmp"),
        *("heic", "heif", "hif", "avif", "ico"),
        *("dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "pef", "srw"),
    )
)
# Folders that systems keep for themselves: of a Mac's archives, of NAS' thumbnails, of what was deleted.
KEPT_BY_SYSTEMS = frozenset({"__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN"})


def is_photo(name: str) -> bool:
    """Tell whether a file's name ends as a photo's does."""
    return PurePosixPath(name).suffix.lower() in EXTENSIONS


def is_hidden(name: str) -> bool:
    """Tell whether systems hide a file or folder of that name, so that nobody meant it."""
    return name.startswith(".") or name in KEPT_BY_SYSTEMS


def photos_under(folder: Path, without: Path | None = None) -> Iterator[Path]:
    """Yield the photos of a folder and of those in it, in no order; `without` is not gone into.

    What systems hide is left out, and so is a folder that cannot be read.
    """
    skipped = without.resolve() if without else None
    for parent, folders, names in os.walk(folder):
        seen = [name for name in folders if not is_hidden(name)]
        # In place: os.walk goes into what is left in there.
        folders[:] = [
            name for name in seen if not skipped or (Path(parent) / name).resolve() != skipped
        ]
        yield from (Path(parent) / n for n in names if is_photo(n) and not is_hidden(n))
