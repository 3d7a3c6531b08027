"""Writing a photo's files so that a reader never sees half of one."""

from __future__ import annotations

import logging
import os
import shutil
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

log = logging.getLogger(__name__)


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `path` and the folders above it; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with partial.open("wb") as out:
            out.writelines(chunks)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
        _sync(path.parent)  # Else a power cut could take the name away again.
    finally:
        partial.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


@contextmanager
def removed_if_raised(path: Path) -> Iterator[None]:
    """Remove a file or folder where what is done within raises."""
    try:
        yield
    except BaseException:
        if path.is_dir():
            remove_folder(path)
        else:
            remove([path])
        raise


def remove_folder(folder: Path) -> None:
    """Remove a photo's files; what cannot be removed now is swept at a later start."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError:
        log.exception("%s could not be removed.", folder)


def display_name(name: str) -> str:
    """Return the last part of the name, for show only: no file is ever opened by it."""
    whole = unicodedata.normalize("NFC", name).replace("\\", "/")
    plain = PurePosixPath(whole).name.replace("%22", '"')  # So browsers send a quotation mark.
    return "".join(letter for letter in plain if letter.isprintable())[-255:] or "photo"
