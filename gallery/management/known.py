"""Reads what people are known by for commands: folders, zips and files, as anybody may have made them."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError

from analysis.known import folders, zipped
from analysis.known.files import kind_of
from analysis.known.known import Known
from analysis.known.layouts import Listing
from analysis.processes import Child, ChildFailed
from gallery import installed
from gallery.children.requests import ReadKnown


def pictures_of(path: Path, into: Path) -> Listing | None:
    """Return whose pictures a folder holds, or a zip, unpacked `into` a folder; None of another file.

    Raises KnownRefused or OSError.
    """
    match kind_of(path):
        case "folder":
            return folders.listed(path)
        case "zip":
            return zipped.unpacked(path, into, limits=installed.limits())
    return None


def read_known(path: Path, *, memory: int, timeout: float) -> Known:
    """Return what a known.bin, JSON or NPZ holds, read by a process of so many bytes and seconds at most.

    Raises KnownRefused, OSError, or CommandError where that process came to an end.
    """
    child = Child(memory, installed.weights())
    try:
        reply = child.ask(ReadKnown(path), timeout)
    finally:
        child.stop()
    if isinstance(reply, ChildFailed):
        raise CommandError(f"{path} could not be read: {reply.clause}")
    if isinstance(reply, Exception):
        raise reply
    return reply
