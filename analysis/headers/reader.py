"""Reading a stranger's file in the web process: whoever made it decides its structure, this its cost."""

from __future__ import annotations

import io
from typing import IO

from analysis.errors import UnreadablePhoto
from analysis.sentences import say

# A JPEG of 100 MB of metadata has 1,600 segments; a photo cut into chunks of 8 kB has 6,400 of them.
MOST_CALLS = 20_000
# EXIF with a maker's note, tables of offsets; what is only passed over costs a call.
MOST_BYTES = 8 * 2**20
NO_PICTURE = say("no_picture")


class ReadTooMuch(Exception):
    """The file's structure costs too much to follow here: in doubt, so the decoder decides."""


class NoPicture(UnreadablePhoto):
    """The file begins like a photo, but no decoder can find a picture in it."""

    def __init__(self) -> None:
        super().__init__(NO_PICTURE)


class Reader:
    """Reads bytes of `file` by their place, until it has read MOST_BYTES or been asked MOST_CALLS times."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._bytes_left = MOST_BYTES
        self._calls_left = MOST_CALLS
        self.length = file.seek(0, io.SEEK_END)

    def at(self, place: int, size: int) -> bytes:
        """Return `size` bytes from `place`; raises NoPicture where the file ends before, ReadTooMuch."""
        found = self.up_to(place, size)
        if len(found) < size:
            raise NoPicture
        return found

    def up_to(self, place: int, size: int) -> bytes:
        """Return what there is of `size` bytes from `place`; raises ReadTooMuch."""
        self._calls_left -= 1
        if self._calls_left < 0 or size > self._bytes_left:
            raise ReadTooMuch
        size = max(0, min(size, self.length - place))
        self._bytes_left -= size
        if not size:
            return b""
        self._file.seek(place)
        return self._file.read(size)
