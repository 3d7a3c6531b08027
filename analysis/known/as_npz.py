"""Names and encodings as an .npz: `names` and `encodings` with `encoder` and `population`, no pickle.

NumPy's reader is not asked: it would unpack an array before anything says how large it is, and evaluates
its header. Here a header has the one form that NumPy writes, and what follows the size that it says.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO
from zipfile import ZipFile, ZipInfo

import numpy as np

from analysis.known import archives
from analysis.known.known import (
    NUMBERS,
    RAW_NAME,
    SIZES,
    Known,
    KnownRefused,
    check_number,
    checked,
    text_of,
)
from analysis.sentences import say

MEMBERS = 20  # Those that are not ours are not read.
OURS = ("names", "encodings", "encoder", "population")
NAMES_BYTES = 64 * 2**20  # NumPy gives every name the width of the longest, four bytes a letter.
LONGEST_HEADER = 10_000  # bytes, as NumPy has it
VERSIONS = {b"\x93NUMPY\x01\x00": "<H", b"\x93NUMPY\x02\x00": "<I"}
HEADER = re.compile(
    rb"\{'descr': '(?P<order>[<>|])(?P<kind>[fUS])(?P<size>\d{1,6})', "
    rb"'fortran_order': (?P<columns>True|False), 'shape': \((?P<shape>[\d, ]{0,40})\), ?\} *\n"
)


def read(path: Path) -> Known:
    """Return what such a file holds; raises KnownRefused or OSError."""
    with archives.opened(path, MEMBERS) as archive:
        members = _members(archive)
        if not {"names", "encodings"} <= members.keys():
            raise KnownRefused(say("known_incomplete"))
        if "encoder" not in members:
            raise KnownRefused(say("known_without_encoder"))
        try:
            found = {name: _read(archive, info, name) for name, info in members.items()}
        except archives.DAMAGED as error:
            raise KnownRefused(say("zip_broken")) from error
    return checked(**found)


def is_one(path: Path) -> bool:
    """Tell whether a zip holds arrays; raises KnownRefused or OSError where it can't be opened."""
    with archives.opened(path, archives.ENTRIES) as archive:
        return any(info.filename.endswith(".npy") for info in archive.infolist())


def write(known: Known, file: BinaryIO) -> None:
    """Write the arrays, encodings float32 (n, 128); `read` gives the same again."""
    np.savez(
        file,
        names=np.array(known.names, np.str_),
        encodings=known.encodings,
        encoder=np.array(known.encoder, np.str_),
        population=np.array(known.population or "", np.str_),
    )


@dataclass(frozen=True, slots=True)
class _Header:
    """What an array's header says of it; `size` is letters of text, else bytes of a number."""

    order: str
    kind: str
    size: int
    columns: bool
    shape: tuple[int, ...]

    @property
    def bytes(self) -> int:
        return math.prod(self.shape) * self.size * (4 if self.kind == "U" else 1)


def _members(archive: ZipFile) -> dict[str, ZipInfo]:
    found: dict[str, ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if name not in OURS:
            continue
        if name in found:
            raise KnownRefused(say("zip_broken"))
        archives.check(info)
        found[name] = info
    return found


def _read(archive: ZipFile, info: ZipInfo, name: str) -> Any:
    """Return a member as `checked` takes it, unpacked only if it is what its name wants."""
    with archive.open(info) as stream:
        header = _header(stream)
        if header is None or not _fits(header, name):
            raise KnownRefused(say("npz_other", name=name, numbers=NUMBERS))
        if name == "encodings" and header.shape[1] not in SIZES:
            return np.broadcast_to(np.float64(0), header.shape)  # It will be refused by its size.
        if stream.tell() + header.bytes != info.file_size:
            raise KnownRefused(say("zip_broken"))
        data = b"".join(archives.pieces(stream))
    if header.kind == "f":
        flat = np.frombuffer(data, f"{header.order}f{header.size}")
        return flat.reshape(header.shape, order="F" if header.columns else "C")
    texts = _texts(data, header)
    return texts if header.shape else texts[0]


def _header(stream: IO[bytes]) -> _Header | None:
    """Read what stands before an array's numbers, None where NumPy would not have written it."""
    length = VERSIONS.get(stream.read(8))
    if length is None:
        return None
    (count,) = struct.unpack(length, stream.read(struct.calcsize(length)))
    found = HEADER.fullmatch(stream.read(count)) if count <= LONGEST_HEADER else None
    if found is None:
        return None
    order, kind, size, columns, shape = (part.decode() for part in found.groups())
    sizes = tuple(int(part) for part in shape.split(",") if part.strip())
    return _Header(order, kind, int(size), columns == "True", sizes)


def _fits(header: _Header, name: str) -> bool:
    """Tell whether an array is of the kind that its name wants; KnownRefused where it is too long."""
    if header.shape:
        check_number(header.shape[0])
    if name == "encodings":
        return header.kind == "f" and header.size in (4, 8) and len(header.shape) == 2
    if header.kind == "f" or header.size > RAW_NAME or header.bytes > NAMES_BYTES:
        return False
    return len(header.shape) == (1 if name == "names" else 0)


def _texts(data: bytes, header: _Header) -> list[str]:
    count = math.prod(header.shape)
    width = len(data) // count if count else 0
    raw = [data[index * width : (index + 1) * width] for index in range(count)]
    if header.kind == "S":
        return [text_of(one.rstrip(b"\0")) for one in raw]
    encoding = "utf-32-be" if header.order == ">" else "utf-32-le"
    return [one.decode(encoding).rstrip("\0") for one in raw]
