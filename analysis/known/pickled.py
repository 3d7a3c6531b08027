"""The study's `known.bin`: a pickle of {"encodings": [array, ...], "names": [name, ...]}.

It names no encoder: what `face_recognition` writes so are single views of dlib's network, aligned by five
points, which may be compared with ours. So that is what they are taken as.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from analysis.known.known import (
    SIZES,
    Known,
    KnownRefused,
    check_number,
    checked,
    row_of,
    text_of,
)
from analysis.known.pickled_arrays import Numbers
from analysis.known.unpickling import unpickled
from analysis.sentences import say

PROTOCOL = 4  # Python 3.4 reads it.


def read(path: Path) -> Known:
    """Return what a `known.bin` of any protocol holds; raises KnownRefused or OSError.

    Encodings may be arrays of float32 or float64, lists of numbers, or the rows of one array; names text
    or bytes (UTF-8, else CP949).
    """
    found = unpickled(path)
    names, encodings = _entry(found, "names"), _entry(found, "encodings")
    if not isinstance(names, list | tuple):
        raise KnownRefused(say("pickle_not_of_study"))
    return checked(_texts(names), _rows(encodings))


def write(known: Known, file: BinaryIO) -> None:
    """Write a `known.bin` that the study's code and `read` take: float64 arrays, and names.

    Encoder and map are not in it.
    """
    # What `face_encodings` returns is float64 too.
    encodings = list(known.encodings.astype(np.float64))
    _Pickler(file, PROTOCOL).dump({"encodings": encodings, "names": list(known.names)})


class _Pickler(pickle.Pickler):
    """Writes an array as a call of `numpy.array`: its own way names modules that NumPy 1 lacks."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return np.array, (value.tolist(),)
        return NotImplemented


def _entry(found: Any, key: str) -> Any:
    if not isinstance(found, dict):
        raise KnownRefused(say("pickle_not_of_study"))
    return found.get(key, found.get(key.encode()))  # Bytes in a pickle of Python 2.


def _texts(names: Sequence[Any]) -> Iterator[str]:
    for name in names:
        if not isinstance(name, str | bytes):
            raise KnownRefused(say("pickle_not_of_study"))
        yield name if isinstance(name, str) else text_of(name)


def _rows(encodings: Any) -> Sequence[NDArray[Any]]:
    if isinstance(encodings, Numbers) and encodings.values is not None:
        return list(encodings.values)
    if not isinstance(encodings, list | tuple):
        raise KnownRefused(say("pickle_not_of_study"))
    check_number(len(encodings))  # The same few may be in it any number of times.
    return [_row(one) for one in encodings]


def _row(value: Any) -> NDArray[Any]:
    """Return one encoding as an array, of whatever size."""
    if isinstance(value, Numbers) and value.values is not None:
        return value.values
    if not isinstance(value, list | tuple):
        raise KnownRefused(say("pickle_not_of_study"))
    # Not each of a list of another size, which may be long and stand for many.
    if len(value) in SIZES and not all(type(one) in (int, float) for one in value):
        raise KnownRefused(say("pickle_not_numbers"))
    return row_of(value)
