"""Opens a zip from anybody: what lists its contents is bounded before it is read."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from analysis.known.known import KnownRefused
from analysis.sentences import say

ENTRIES = 20_000  # LFW has 18,982 with its folders, of 5,749 people.
LINE = 256  # bytes that the list of contents may have for each: a name of 200, and its numbers
COMMENT = 2**16 + 64  # bytes at the end of a file, among which a zip is recognised
PIECE = 2**16
ENCRYPTED = 0x1
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What damaged contents raise while they are unpacked.
DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)


@contextmanager
def opened(path: Path, most: int) -> Iterator[ZipFile]:
    """Open a zip of at most so many entries; raises KnownRefused or OSError."""
    with _Careful(path.open("rb", buffering=0), most * LINE + COMMENT) as file:
        try:
            archive = ZipFile(file)
        except _ReadTooMuch:
            raise KnownRefused(say("zip_many", most=most)) from None
        except DAMAGED as error:
            raise KnownRefused(say("zip_broken")) from error
        with archive:
            if len(archive.infolist()) > most:
                raise KnownRefused(say("zip_many", most=most))
            yield archive


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what is unpacked, a little at a time."""
    while piece := stream.read(PIECE):
        yield piece


def check(info: ZipInfo) -> None:
    """Raise KnownRefused for an entry that is encrypted, or packed by a method that takes much memory."""
    if info.flag_bits & ENCRYPTED:
        raise KnownRefused(say("zip_encrypted"))
    if info.compress_type not in METHODS:
        raise KnownRefused(say("zip_method"))


class _ReadTooMuch(Exception):
    pass


class _Careful(BufferedReader):
    """A file of which at most so many bytes are read at one time.

    `ZipFile` reads the list of contents at once, as long as the file claims it to be.
    """

    def __init__(self, raw: FileIO, most: int) -> None:
        super().__init__(raw)
        self._most = most
        self._size = os.fstat(raw.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        left = self._size - self.tell()
        if min(left if size is None or size < 0 else size, left) > self._most:
            raise _ReadTooMuch
        return super().read(size)
