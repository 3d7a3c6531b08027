"""Packs a zip while it is being sent: it lies neither in memory nor on the disk."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

CHUNK = 1024 * 1024
LARGE = 2**31 - CHUNK  # bytes, of which a zip's own lengths have no room


class StreamedZip:
    """A zip file whose bytes so far are `taken` by whoever sends them."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        # What has no `tell` is written from front to back.
        self._zip = zipfile.ZipFile(cast(IO[bytes], self), "w")

    def write(self, data: bytes) -> int:
        """Take what `zipfile` writes."""
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: whoever sends takes all there is."""

    def add(self, name: str, data: bytes, *, is_packed: bool = False) -> bytes:
        """Add a file, and return the bytes to be sent next; one that `is_packed` is kept as it is."""
        how = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        self._zip.writestr(name, data, compress_type=how)
        return self.taken()

    def add_file(self, name: str, file: IO[bytes], size: int) -> Iterator[bytes]:
        """Add a file of that size as it is, and yield the bytes to be sent, a part at a time."""
        info = zipfile.ZipInfo(name)
        with self._zip.open(info, "w", force_zip64=size >= LARGE) as out:
            while chunk := file.read(CHUNK):
                out.write(chunk)
                yield self.taken()
        yield self.taken()

    def add_list(self, name: str, entries: Iterable[Any]) -> Iterator[bytes]:
        """Add a file of a JSON list, and yield the bytes to be sent, an entry at a time."""
        with self._zip.open(_packed(name), "w") as out:
            begins = b"["
            for entry in entries:
                out.write(begins + b"\n" + as_json(entry))
                begins = b","
                yield self.taken()
            out.write(b"[]\n" if begins == b"[" else b"\n]\n")
        yield self.taken()

    def close(self) -> bytes:
        """End the file, and return its last bytes."""
        self._zip.close()
        return self.taken()

    def taken(self) -> bytes:
        """Return the bytes that nobody has taken yet."""
        data = bytes(self._waiting)
        self._waiting.clear()
        return data


def as_json(value: Any) -> bytes:
    """Return a value as JSON, with names as people write them."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _packed(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
