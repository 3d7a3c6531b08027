"""Names and encodings as one JSON object, which people can read and any language can write.

    {"encoder": "dlib-resnet-v1/dlib-5", "population": null, "names": ["Ada"], "encodings": [[0.1, ...]]}

It is read from front to back by the shape that it must have, a row at a time, so that it takes little more
memory than its bytes, and nothing in it can be deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from numpy.typing import NDArray

from analysis.known.known import (
    Known,
    KnownRefused,
    check_bytes,
    check_number,
    checked,
    name_of,
    row_of,
)
from analysis.names import tidied
from analysis.sentences import say

Item = TypeVar("Item")

BLANK = re.compile(rb"[ \t\r\n]*+")
STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\.){0,4000}+"')
# What lies between the brackets is left to Python's own reader: so few letters take little memory.
ROW = re.compile(rb"\[[-+.0-9eE, \t\r\nNaInfity]{0,20000}+\]")


def read(path: Path) -> Known:
    """Return what such a file holds, its keys in any order; raises KnownRefused or OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        check_bytes(size)
        file.seek(0)
        data = file.read(size)
    try:
        found = _Text(data.removeprefix(b"\xef\xbb\xbf")).parts()
    except (ValueError, OverflowError) as error:
        raise KnownRefused(say("json_broken")) from error
    if not {"names", "encodings"} <= found.keys():
        raise KnownRefused(say("known_incomplete"))
    if not isinstance(found.get("encoder"), str):
        raise KnownRefused(say("known_without_encoder"))
    return checked(**found)


def write(known: Known, file: BinaryIO) -> None:
    """Write the object, a line an encoding; `read` gives the same float32 numbers again."""
    head = {"encoder": known.encoder, "population": known.population, "names": known.names}
    for key, value in head.items():
        begins = "{" if key == "encoder" else ""
        file.write(f'{begins}"{key}": {json.dumps(value, ensure_ascii=False)},\n'.encode())
    file.write(b'"encodings": [')
    for index, row in enumerate(known.encodings.tolist()):
        # Nine digits tell any two float32 apart.
        numbers = ", ".join(f"{number:.9g}" for number in row)
        file.write(f"{',' if index else ''}\n[{numbers}]".encode())
    file.write(b"\n]}\n")


class _Text:
    """The bytes of the one object that there may be, and how far they have been read.

    What is not of its shape raises ValueError.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def parts(self) -> dict[str, Any]:
        """Return the values of its keys, each once; KnownRefused for other keys."""
        readers: dict[str, Callable[[], Any]] = {
            "encoder": self._word,
            "population": self._word,
            "names": lambda: list(self._items(self._name)),
            "encodings": lambda: list(self._items(self._row)),
        }
        found: dict[str, Any] = {}
        self._need(b"{")
        while True:
            key = self._string()
            if key not in readers:
                raise KnownRefused(say("json_other_key", key=tidied(key)[:60]))
            if key in found:
                raise ValueError("the same key twice")
            self._need(b":")
            found[key] = readers[key]()
            if not self._has(b","):
                break
        self._need(b"}")
        if self._data[self._at :].strip():
            raise ValueError("something follows")
        return found

    def _items(self, read: Callable[[int], Item]) -> Iterator[Item]:
        self._need(b"[")
        if self._has(b"]"):
            return
        number = 1
        yield read(number)
        while self._has(b","):
            number += 1
            check_number(number)
            yield read(number)
        self._need(b"]")

    def _name(self, number: int) -> str:
        return name_of(self._string(), number)

    def _row(self, _: int) -> NDArray[Any]:
        return row_of(json.loads(self._match(ROW), parse_int=float))

    def _word(self) -> str | None:
        return None if self._has(b"null") else self._string()

    def _string(self) -> str:
        text: str = json.loads(self._match(STRING))
        return text

    def _match(self, pattern: re.Pattern[bytes]) -> bytes:
        self._skip()
        found = pattern.match(self._data, self._at)
        if found is None:
            raise ValueError("something else")
        self._at = found.end()
        return found[0]

    def _need(self, mark: bytes) -> None:
        if not self._has(mark):
            raise ValueError("something else")

    def _has(self, mark: bytes) -> bool:
        self._skip()
        there = self._data.startswith(mark, self._at)
        self._at += len(mark) * there
        return there

    def _skip(self) -> None:
        blank = BLANK.match(self._data, self._at)
        self._at = blank.end() if blank else self._at
