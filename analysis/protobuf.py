"""Reads the fields of a protocol buffer, which ONNX files are, without a library and in little memory.

https://protobuf.dev/programming-guides/encoding/: a field is its number and wire type, then its value.
"""

from __future__ import annotations

from collections.abc import Iterator

Field = bytes | int
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def fields(message: bytes) -> Iterator[tuple[int, Field]]:
    """Yield the number and the value of each field of a message; raises ValueError where it is none."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == BYTES:
            length, at = _varint(message, at)
        elif kind in (FIXED32, FIXED64):
            length = 4 if kind == FIXED32 else 8
        else:
            raise ValueError(f"There is no wire type {kind}.")
        if at + length > len(message):
            raise ValueError("The message ends within a field.")
        yield number, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return the whole number that begins there, seven bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("The message ends within a number.")
