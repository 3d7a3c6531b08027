"""Writes a small frozen TensorFlow graph, in protocol buffers by hand, with TensorFlow's field numbers.

It takes what OpenCV's face detector takes, (1, 3, 300, 300) of blue, green and red less their means, and
answers with rows as its detections: (number of the image, class, score, left, top, right, bottom).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FLOAT, INT32 = 1, 3
SIDE = 300
DESCRIPTION = """
node { name: "data" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "conv" op: "Conv2D" input: "data" input: "weights"
  attr { key: "strides" value { list { i: 1 i: 1 i: 1 i: 1 } } }
  attr { key: "padding" value { s: "VALID" } } }
node { name: "biased" op: "BiasAdd" input: "conv" input: "bias" }
node { name: "detection_out" op: "Reshape" input: "biased" input: "shape" }
"""


def write(network: Path, description: Path, rows: NDArray[np.float32], light: float) -> None:
    """Write a network of two files that answers with `rows` (n, 7).

    `light` times the mean of its input is added to the first row's score.
    """
    weights = np.zeros((SIDE, SIDE, 3, rows.size), np.float32)
    weights[..., 2] = light / (SIDE * SIDE * 3)
    graph = _constant("weights", weights) + _constant("bias", rows.ravel())
    graph += _constant("shape", np.array([1, 1, *rows.shape], np.int32))
    for name, operator, *inputs in (
        ("data", "Placeholder"),
        ("conv", "Conv2D", "data", "weights"),
        ("biased", "BiasAdd", "conv", "bias"),
        ("detection_out", "Reshape", "biased", "shape"),
    ):
        node = _field(1, name) + _field(2, operator)
        graph += _field(1, node + b"".join(_field(3, source) for source in inputs))
    network.write_bytes(graph)
    description.write_text(DESCRIPTION)


def _constant(name: str, values: NDArray[np.float32] | NDArray[np.int32]) -> bytes:
    kind = FLOAT if values.dtype == np.float32 else INT32
    shape = b"".join(_field(2, _field(1, size)) for size in values.shape)
    tensor = _field(1, kind) + _field(2, shape) + _field(4, values.tobytes())
    attributes = _attribute("dtype", _field(6, kind)) + _attribute("value", _field(8, tensor))
    return _field(1, _field(1, name) + _field(2, "Const") + attributes)


def _attribute(name: str, value: bytes) -> bytes:
    return _field(5, _field(1, name) + _field(2, value))


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
