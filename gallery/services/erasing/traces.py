"""What tells that somebody is still in a file or a text: their names and encodings, in each form kept.

A database's file has rows without anything between their columns, and what was deleted may lie there in
parts. So of each encoding several short windows are looked for, as float32, as float16, as base64 and as
numbers in text; of each name the forms in which rows hold it. Only each eighth byte is looked at as the
beginning of a window, and each window in eight places.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.matching import NUMBERS
from analysis.results import Array
from gallery.fields import fold

WINDOW = 16  # bytes: by chance as good as nowhere
STEP = 8
PARTS = 4  # of an encoding, each of which is looked for: a part of it may be all that is left
LONG = 6  # bytes, from which a name is looked for by itself: "Ada" is in "Canada" too
CHUNK = 8 * 2**20
# Hashed into so many bits, of which the windows of thousands of encodings fill few.
BITS = 24
PRIME = np.uint64(11400714819323198485)


@dataclass(frozen=True, slots=True)
class Traces:
    """Names as people write them, and encodings (n, 128).

    Names that are `within` others, as Martin is within Martina, are looked for where nothing else may be.
    """

    names: tuple[str, ...]
    vectors: Array
    within: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, names: Iterable[str], vectors: Collection[Array], within: Collection[str] = ()
    ) -> Traces:
        # Of a face that was never measured there are zeros, as everywhere.
        measured = [vector for vector in vectors if np.any(vector)]
        # Either network's numbers by themselves: of whole encodings others have dlib's alone.
        halves = [vector.reshape(-1, NUMBERS) for vector in measured]
        stacked = np.concatenate([np.empty((0, NUMBERS), np.float32), *halves])
        return cls(tuple(dict.fromkeys(names)), stacked.astype(np.float32), frozenset(within))

    def without_names(self) -> Traces:
        return Traces((), self.vectors)


class Finder:
    """Finds traces in bytes, a gigabyte in ten seconds, however many there are."""

    def __init__(self, traces: Traces) -> None:
        self._names = sorted(
            {
                form
                for name in traces.names
                for form in forms_of(name, is_within=name in traces.within)
            }
        )
        self._windows = frozenset(_windows(traces.vectors))
        starts = b"".join(window[:STEP] for window in self._windows)
        self._starts = np.unique(np.frombuffer(starts, "<u8"))
        self._bits = np.zeros(1 << BITS, np.bool_)
        self._bits[_hashed(self._starts)] = True
        # So that the parts of chunks begin at the same bytes of a window.
        longest = max([WINDOW + STEP, *map(len, self._names)])
        self._overlap = -(-longest // STEP) * STEP

    def count(self, chunks: Iterable[bytes]) -> int:
        """Return how often any trace stands in bytes that come in chunks, of CHUNK or any other size."""
        found, before = 0, b""
        for chunk in chunks:
            data = before + chunk
            found += self._count(data, len(before))
            keep = self._overlap + len(data) % STEP
            before = data[-keep:]
        return found

    def _count(self, data: bytes, seen: int) -> int:
        """Count those that do not end within the first bytes, which were `seen`."""
        names = sum(at + len(name) > seen for name in self._names for at in _places(data, name))
        return names + sum(at + WINDOW > seen for at in self._of_vectors(data))

    def _of_vectors(self, data: bytes) -> Iterator[int]:
        eights = np.frombuffer(data, "<u8", len(data) // STEP)
        maybe = np.flatnonzero(self._bits[_hashed(eights)])
        if not len(maybe):
            return
        # Not isin, which would sort all windows for each chunk.
        places = np.searchsorted(self._starts, eights[maybe]).clip(max=len(self._starts) - 1)
        for at in (maybe[self._starts[places] == eights[maybe]] * STEP).tolist():
            if data[at : at + WINDOW] in self._windows:
                yield at


def forms_of(name: str, *, is_within: bool = False) -> set[bytes]:
    """Return the forms of a name that tell it from other words, where nothing says where a word ends.

    One that `is_within` others has none of its own.
    """
    folded = fold(name)
    written = {name, folded, unicodedata.normalize("NFD", name)}
    in_json = {json.dumps(one, ensure_ascii=ascii) for one in written for ascii in (True, False)}
    # In the row of a person one stands right behind the other; but digits stand beside digits anywhere.
    texts = in_json | (set() if name.isdecimal() else {f"{name}{folded}"})
    if not is_within:
        texts |= {one for one in written if len(one.encode()) >= LONG}
    return {text.encode() for text in texts}


def pattern_of(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of the names in a text, as words by themselves, in names of files too."""
    # Without any, what finds nothing.
    return re.compile("|".join(map(_word, names)) or r"(?!)", re.IGNORECASE)


def _word(name: str) -> str:
    parts = [part for part in re.split(r"[\W_]+", name) if part]
    if not parts:  # A name that is no word, as an emoji, may stand beside anything.
        return re.escape(name)
    within = r"[\W_]*".join(map(re.escape, parts))
    # Files of one person are often numbered.
    ends = r"(?![^\W_])" if parts[-1][-1].isdigit() else r"(?![^\W\d_])"
    return rf"(?<![^\W_]){within}{ends}"


def said_in(text: str) -> str:
    """Return the words of a text in the Unicode form of names (NFC), of JSON its strings alone.

    So nobody who is called 7 is found in a number.
    """
    with suppress(ValueError):
        if text[:1] in ("{", "["):
            return "\n".join(map(said_in, _strings(json.loads(text))))
    return unescaped(text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value:
            yield from _strings(one)
        if isinstance(value, dict):
            yield from _strings([*value.values()])


def unescaped(text: str) -> str:
    """Return a text with what JSON escapes, and in the Unicode form of names (NFC)."""
    if "\\u" in text:
        read = text.encode("ascii", "backslashreplace").decode("unicode-escape", "replace")
        text = read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", text)


def _windows(vectors: NDArray[np.float32]) -> Iterator[bytes]:
    for vector in vectors:
        whole = vector.astype("<f4").tobytes()
        for data, count in (
            (whole, PARTS),
            (vector.astype("<f2").tobytes(), 2),
            (base64.b64encode(whole), 4),
            *((text, 1) for text in _texts(vector[:6])),
        ):
            step = len(data) // count
            for start in range(0, step * count, step):
                yield from (data[at : at + WINDOW] for at in range(start, start + STEP))


def _texts(numbers: NDArray[np.float32]) -> Iterator[bytes]:
    """Yield numbers as JSON has them: with all digits, with those of a float32, rounded as in results."""
    for written in (
        [repr(float(number)) for number in numbers],
        [f"{number}" for number in numbers],
        [f"{number:.9g}" for number in numbers],
        [f"{round(float(number), 7)}" for number in numbers],
    ):
        yield from (between.join(written).encode() for between in (", ", ","))


def _hashed(eights: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.asarray((eights * PRIME) >> np.uint64(64 - BITS))


def _places(data: bytes, wanted: bytes) -> Iterator[int]:
    at = data.find(wanted)
    while at >= 0:
        yield at
        at = data.find(wanted, at + 1)
