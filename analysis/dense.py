"""A small dense network as its numbers: asked by NumPy alone, so also in the web process.

It is kept as ONNX, which any program can run. What is read here is what `analysis.training.dense_onnx`
wrote: four constants by name, and one text beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.protobuf import Field, fields
from analysis.results import Array

Floats = NDArray[np.float64]
# The one text that is kept in the file, and the constants of the layers.
ABOUT = "about"
CONSTANTS = ("hidden_weights", "hidden_bias", "weights", "bias")
# The numbers of the fields that are read: of ONNX's ModelProto, GraphProto, TensorProto and its texts.
GRAPH, TEXTS = 7, 14
CONSTANT = 5
LENGTHS, KIND, NAME, NUMBERS = 1, 2, 8, 9
KEY, VALUE = 1, 2
FLOAT32 = 1


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Encodings (n, 128) go through h hidden units, and both they and those to o outcomes.

    `hidden_weights` are (128, h), `hidden_bias` (h,), `weights` (128 + h, o), `bias` (o,).
    """

    hidden_weights: Array
    hidden_bias: Array
    weights: Array
    bias: Array

    def logits(self, encodings: Array) -> Floats:
        """Return (n, o): the softmax of these are the probabilities of the outcomes."""
        # In float64: the terms are a hundred times as large as what their sums differ by.
        inputs = encodings.astype(np.float64)
        hidden = np.maximum(inputs @ self.hidden_weights + self.hidden_bias, 0.0)
        found = np.concatenate([inputs, hidden], axis=1) @ self.weights + self.bias
        return np.asarray(found, np.float64)

    def odds(self, encodings: Array) -> Floats:
        """Return (n, o): the logarithm of how much likelier each outcome is than all others together."""
        logits = self.logits(encodings)
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        total = shares.sum(axis=1, keepdims=True)
        # Without itself: 1 minus a share near 1 would leave no digits.
        others = np.where(shares > total / 2, _others(shares), total - shares)
        return np.asarray(logits - np.log(np.maximum(others, 1e-300)), np.float64)


def _others(shares: Floats) -> Floats:
    """Return the sum of the other columns for the largest of each row, and nothing for the rest."""
    found = np.ones_like(shares)
    rows, best = np.arange(len(shares)), shares.argmax(axis=1)
    rest = shares.copy()
    rest[rows, best] = 0.0
    found[rows, best] = rest.sum(axis=1)
    return found


def read(path: Path) -> tuple[Dense, str]:
    """Return the network in an ONNX file and the text beside it.

    Raises OSError where it can't be read, ValueError where it is no such network.
    """
    graph, about = b"", ""
    for number, value in fields(path.read_bytes()):
        if number == GRAPH:
            graph = _bytes(value)
        elif number == TEXTS:
            text = dict(fields(_bytes(value)))
            if _bytes(text.get(KEY, b"")) == ABOUT.encode():
                about = _bytes(text.get(VALUE, b"")).decode()
    found = dict(_constant(_bytes(value)) for number, value in fields(graph) if number == CONSTANT)
    if lacking := [name for name in CONSTANTS if name not in found]:
        raise ValueError(f"{path} holds no {', '.join(lacking)}.")
    return Dense(*(found[name] for name in CONSTANTS)), about


def _constant(tensor: bytes) -> tuple[str, NDArray[Any]]:
    lengths: list[int] = []
    name, kind, numbers = "", 0, b""
    for number, value in fields(tensor):
        if number == LENGTHS:
            # Written one by one, or as one field that holds all.
            lengths += [value] if isinstance(value, int) else _packed(value)
        elif number == KIND and isinstance(value, int):
            kind = value
        elif number == NAME:
            name = _bytes(value).decode()
        elif number == NUMBERS:
            numbers = _bytes(value)
    if kind != FLOAT32:
        raise ValueError(f"{name} holds no numbers of 32 bits.")
    return name, np.frombuffer(numbers, "<f4").reshape(lengths)


def _packed(value: bytes) -> list[int]:
    # Each as the value of a field number 1, which is a key of one byte.
    found, at = [], 0
    for end, byte in enumerate(value, start=1):
        if byte < 0x80:
            [(_, number)] = fields(b"\x08" + value[at:end])
            found.append(int(number))
            at = end
    return found


def _bytes(value: Field) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("A number stands where a text or a part should.")
    return value
