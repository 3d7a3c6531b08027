"""The bytes of a pickle within a budget, and the opcodes that make a plain value of them alone.

What a value takes in memory is counted, which may be much more than it takes in the file.
"""

from __future__ import annotations

import codecs
import pickle
import re
import struct
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, BinaryIO

from analysis.known.known import KnownRefused
from analysis.sentences import say

# What repr() writes of bytes, as Python 2 did: codecs warns of any other escape.
ESCAPED = re.compile(rb"""(?:[^\\]|\\(?:x[0-9a-fA-F]{2}|[\\'"nrt]))*+""", re.DOTALL)
DIGITS = 25  # that a whole number of 64 bits may have as text
FLOAT_DIGITS = 100
ONE, FOUR, EIGHT = struct.Struct("<B"), struct.Struct("<I"), struct.Struct("<Q")
INTEGER = struct.Struct("<i")


class Source:
    """A file from front to back: no length in it makes more be read than there is, nor `held` be exceeded.

    `held` is in bytes of memory. What is malformed raises ValueError.
    """

    def __init__(self, file: BinaryIO, size: int, held: int) -> None:
        self._file = file
        self._left = size
        self._held = held

    def charge(self, count: int) -> None:
        """Count bytes of memory that a value takes; raises KnownRefused when all is spent."""
        self.afford(count)
        self._held -= count

    def afford(self, count: int) -> None:
        """Raise KnownRefused where so many bytes are not left for a value that is about to be made."""
        if count > self._held:
            raise KnownRefused(say("pickle_takes_memory"))

    def take(self, count: int) -> bytes:
        if not 0 <= count <= self._left:
            raise ValueError("it ends too early")
        self._left -= count
        data = self._file.read(count)
        if len(data) != count:
            raise ValueError("it ends too early")
        return data

    def number(self, kind: struct.Struct) -> Any:
        return kind.unpack(self.take(kind.size))[0]

    def counted(self, kind: struct.Struct) -> bytes:
        """Return as many bytes as a number before them says."""
        return self.take(self.number(kind))

    def line(self, most: int | None = None) -> bytes:
        """Return the bytes up to the end of a line of at most so many, without that end."""
        most = self._left if most is None else most
        data = self._file.readline(min(most + 1, self._left))
        self._left -= len(data)
        if not data.endswith(b"\n"):
            raise ValueError("a line without an end")
        return data[:-1]


def integer_line(source: Source) -> int | bool:
    """Read a number as text; protocol 0 has no other truth values than 00 and 01."""
    line = source.line(DIGITS)
    return line == b"01" if line in (b"00", b"01") else int(line.removesuffix(b"L"))


def integer_bytes(source: Source) -> int:
    data = source.counted(ONE)
    if len(data) > EIGHT.size:
        raise ValueError("no number of 64 bits")
    return int.from_bytes(data, "little", signed=True)


def float_line(source: Source) -> float:
    return float(source.line(FLOAT_DIGITS))


def text_line(source: Source) -> str:
    data = source.line()
    source.afford(len(data) * (4 if b"\\U" in data else 2 if b"\\u" in data else 1))
    return data.decode("raw-unicode-escape")


def text(kind: struct.Struct, source: Source) -> str:
    data = source.counted(kind)
    # One letter beyond Latin-1 or the basic plane makes all of a text two or four times as wide.
    largest = 0 if data.isascii() else max(data)
    source.afford(len(data) * (4 if largest >= 0xF0 else 2 if largest >= 0xC4 else 1))
    return data.decode("utf-8", "surrogatepass")


def bytes_line(source: Source) -> bytes:
    """Read bytes as Python 2 wrote them: quoted, with escapes."""
    line = source.line().strip()
    quoted = len(line) > 1 and line[:1] == line[-1:] and line[:1] in b"'\""
    if not quoted or not ESCAPED.fullmatch(line, 1, len(line) - 1):
        raise ValueError("no quoted text")
    source.afford(len(line))
    return codecs.escape_decode(line[1:-1])[0]


def binary(kind: struct.Struct, source: Source) -> bytes:
    return source.counted(kind)


VALUES: Mapping[bytes, Callable[[Source], Any]] = {
    pickle.NONE: lambda _: None,
    pickle.NEWTRUE: lambda _: True,
    pickle.NEWFALSE: lambda _: False,
    pickle.EMPTY_TUPLE: lambda _: (),
    pickle.EMPTY_LIST: lambda _: [],
    pickle.EMPTY_DICT: lambda _: {},
    pickle.INT: integer_line,
    pickle.LONG: integer_line,
    pickle.LONG1: integer_bytes,
    pickle.BININT: lambda source: source.number(INTEGER),
    pickle.BININT1: lambda source: source.number(ONE),
    pickle.BININT2: lambda source: source.number(struct.Struct("<H")),
    pickle.FLOAT: float_line,
    pickle.BINFLOAT: lambda source: source.number(struct.Struct(">d")),
    pickle.UNICODE: text_line,
    pickle.SHORT_BINUNICODE: partial(text, ONE),
    pickle.BINUNICODE: partial(text, FOUR),
    pickle.BINUNICODE8: partial(text, EIGHT),
    pickle.STRING: bytes_line,
    pickle.SHORT_BINSTRING: partial(binary, ONE),
    pickle.BINSTRING: partial(binary, INTEGER),
    pickle.SHORT_BINBYTES: partial(binary, ONE),
    pickle.BINBYTES: partial(binary, FOUR),
    pickle.BINBYTES8: partial(binary, EIGHT),
    pickle.BYTEARRAY8: partial(binary, EIGHT),
}
