"""The few things of NumPy that a pickle of encodings asks for, made here from bytes and checked sizes.

`FOUND` maps what a pickle calls by module and name to what is done instead; nothing else can be called.
NumPy 1 and 2 name their modules differently, and pickles of protocols 0 to 2 hold bytes as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = frozenset({"f4", "f8"})
LISTED = 1000  # numbers of a flat list: an encoding has 128
ORDERS = {"C": False, "F": True}


class NotNumbers(Exception):
    """An array of something else than float32 or float64, such as objects, or no list of vectors."""


class Malformed(ValueError):
    """What NumPy would not have written."""


@dataclass(slots=True)
class Kind:
    """A dtype, whose byte order comes later."""

    name: str
    order: str = "="

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(f"{self.order}{self.name}")

    def build(self, state: Any) -> None:
        """Take the byte order out of (version, order, ...)."""
        if not (isinstance(state, tuple) and len(state) > 2):
            raise Malformed
        self.order = word(state[1])
        if self.order not in {"<", ">", "=", "|"}:
            raise Malformed


@dataclass(slots=True)
class Numbers:
    """An array float32 or float64 of one or two dimensions, whose values may come later."""

    values: NDArray[Any] | None = None

    def build(self, state: Any) -> None:
        """Take the values out of (version, shape, kind, whether in columns, bytes)."""
        if not (isinstance(state, tuple) and len(state) == 5):
            raise Malformed
        _, shape, kind, in_columns, data = state
        self.values = _array(data, kind, shape, bool(in_columns))


def word(value: Any) -> str:
    """Return a word of NumPy's own: text, or bytes in pickles that Python 2 wrote."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("ascii")
    raise Malformed


def _array(data: Any, kind: Any, shape: Any, in_columns: bool) -> NDArray[Any]:
    """Return the bytes as an array, which shares them; Malformed where its shape claims other numbers."""
    if not (isinstance(kind, Kind) and isinstance(data, bytes) and isinstance(shape, tuple)):
        raise Malformed
    if len(shape) not in (1, 2):
        raise NotNumbers
    if not all(type(size) is int and size >= 0 for size in shape):
        raise Malformed
    rows, columns = (*shape, 1)[:2]
    if rows * columns * kind.dtype.itemsize != len(data):
        raise Malformed
    flat = np.frombuffer(data, kind.dtype)
    return flat.reshape(shape, order="F" if in_columns else "C")


def _kind(name: Any, *_: Any) -> Kind:
    spelled = word(name)
    if spelled not in DTYPES:
        raise NotNumbers
    return Kind(spelled)


def _empty(*_: Any) -> Numbers:
    return Numbers()


def _from_buffer(data: Any, kind: Any, shape: Any, order: Any) -> Numbers:
    return Numbers(_array(data, kind, shape, ORDERS[word(order)]))


def _scalar(kind: Any, data: Any) -> float:
    return float(_array(data, kind, (1,), False)[0])


def _from_list(values: Any) -> Numbers:
    """Make what `numpy.array` would of a flat list, as which our own files hold an encoding."""
    if not (isinstance(values, list) and len(values) <= LISTED):
        raise Malformed
    if not all(type(one) in (int, float) for one in values):
        raise NotNumbers
    return Numbers(np.array(values, np.float64))


def _bytes(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or word(encoding) not in {"latin1", "latin-1"}:
        raise Malformed
    return text.encode("latin-1")


FOUND: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("_codecs", "encode"): _bytes,
    ("numpy", "array"): _from_list,
    ("numpy", "dtype"): _kind,
    ("numpy", "ndarray"): _empty,
    **{
        (f"numpy.{core}.{module}", name): made
        for core in ("core", "_core")
        for module, name, made in (
            ("multiarray", "_reconstruct", _empty),
            ("multiarray", "scalar", _scalar),
            ("numeric", "_frombuffer", _from_buffer),
        )
    },
}
