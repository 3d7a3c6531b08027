"""Reads files of known people for commands, as anybody may have made them."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError

from analysis.known.known import Known
from analysis.processes import Child, ChildFailed
from gallery import installed
from gallery.children.requests import ReadKnown


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
