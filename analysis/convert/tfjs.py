"""What networks of TensorFlow.js have in common: their weights' files and their "same" padding.

Images are (N, rows, columns, channels) there, and "same" padding puts what is odd at the right and the
bottom.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.convert.graph import Value
from analysis.results import Array

Tensors = Mapping[str, Array]


def read(source: Path, entries: Iterable[Mapping[str, Any]]) -> dict[str, Array]:
    """Return as float32 the tensors that lie one after the other in `source`; ValueError otherwise.

    An entry of the layout says a tensor's name and shape, and how its numbers are stored: as they are, as
    shorter ones, or as bytes with a scale and a least value.
    """
    data, start = source.read_bytes(), 0
    tensors: dict[str, Array] = {}
    for entry in entries:
        quantised = entry.get("quantization", entry)
        kind = np.dtype(quantised["dtype"])
        count = math.prod(entry["shape"])
        values = np.frombuffer(data, kind, count, start).astype(np.float32)
        if "scale" in quantised:
            values = values * np.float32(quantised["scale"]) + np.float32(quantised["min"])
        tensors[entry["name"]] = values.reshape(entry["shape"])
        start += count * kind.itemsize
    if start != len(data):
        raise ValueError(f"{source.name} is {len(data)} bytes long and not {start}")
    return tensors


def halved(value: Value) -> tuple[int, int, int]:
    """Return the shape after a stride of two."""
    channels, rows, columns = value.shape
    return channels, math.ceil(rows / 2), math.ceil(columns / 2)


def pads(side: int, stride: int, value: Value) -> list[int]:
    """Return ONNX's pads (top, left, bottom, right) for "same" padding by a square window."""
    ends = [_missing(side, stride, length) for length in value.shape[1:]]
    return [missing // 2 for missing in ends] + [missing - missing // 2 for missing in ends]


def windows(
    image: NDArray[np.float64], side: int, stride: int, outside: float = 0.0
) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """Yield for each place (y, x) in a square window the pixels that lie there, "same" padding."""
    rows, columns = (math.ceil(length / stride) for length in image.shape[:2])
    missing = [_missing(side, stride, length) for length in image.shape[:2]]
    margins = [(lack // 2, lack - lack // 2) for lack in missing]
    padded = np.pad(image, [*margins, (0, 0)], constant_values=outside)
    for y in range(side):
        for x in range(side):
            yield y, x, padded[y : y + rows * stride : stride, x : x + columns * stride : stride]


def _missing(side: int, stride: int, length: int) -> int:
    """Return how many pixels lack for a window in every `stride`th of `length` pixels."""
    return max(0, (math.ceil(length / stride) - 1) * stride + side - length)
