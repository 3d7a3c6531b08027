"""Reads the layers and parameters of a network that dlib's C++ serialised into a `.dat` file.

An integer is a control byte (low 4 bits: how many bytes follow, high bit: negative) and little-endian
bytes; a float is an integer mantissa and a binary exponent; a tensor is its format version, four
dimensions and raw little-endian float32. Layers stand in forward order, each behind its name as a
length-prefixed string.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.results import Array

TENSOR_VERSION = 2
MMOD_VERSION = 1
# Each behind its length, which is an integer as above: a 1, for one byte, and that byte.
_NAMES = re.compile(
    rb"\x01(?:\x0aloss_mmod_|\x15input_rgb_image_sized|\x17input_rgb_image_pyramid|\x05con_4"
    rb"|\x07affine_|\x07bn_con2|\x05relu_|\x0amax_pool_2|\x0aavg_pool_2|\x09add_prev_|\x04fc_2)"
)


class FormatError(Exception):
    """The file isn't laid out as a dlib network of the layers known here."""


@dataclass(frozen=True, slots=True)
class Input:
    """An RGB image of `rows` x `columns`, less `means` (in byte values, per channel)."""

    means: tuple[float, float, float]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class PyramidInput:
    """RGB images of any size, less `means` (in byte values, per channel), as a tiled pyramid."""

    means: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Mmod:
    """Max-margin object detection: a window of (width, height) in each cell that scores above 0.

    `overlap` and `covered` are the thresholds of non-maximum suppression.
    """

    window: tuple[int, int]
    overlap: float
    covered: float


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """`filters` (out, in, rows, columns) and `bias` (out,); strides and paddings as (y, x)."""

    filters: Array
    bias: Array
    strides: tuple[int, int]
    paddings: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """`gamma` and `beta`, one of each per channel."""

    gamma: Array
    beta: Array


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooling window as (y, x); a window of 0 spans the whole image."""

    kind: str
    window: tuple[int, int]
    strides: tuple[int, int]
    paddings: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """`weights` (in, out), without bias."""

    weights: Array


@dataclass(frozen=True, slots=True)
class Plain:
    """A layer without parameters: "relu_" or "add_prev_"."""

    kind: str


Layer = Mmod | Input | PyramidInput | Convolution | Affine | Pool | Dense | Plain


def layers(data: bytes) -> Iterator[Layer]:
    """Yield each layer in forward order; FormatError where the bytes are something else.

    Between two layers lie training leftovers of no use here, so the next name is searched for. The
    search resumes after a layer's parameters and never looks inside them.
    """
    reader = _Reader(data)
    while name := reader.next_name():
        if name == "loss_mmod_":
            yield reader.mmod()
        elif name == "input_rgb_image_sized":
            yield reader.input()
        elif name == "input_rgb_image_pyramid":
            yield PyramidInput((reader.float(), reader.float(), reader.float()))
        elif name == "con_4":
            yield reader.convolution()
        elif name == "affine_":
            yield reader.affine()
        elif name == "bn_con2":
            yield reader.normalisation()
        elif name == "fc_2":
            yield reader.dense()
        elif name in {"max_pool_2", "avg_pool_2"}:
            yield Pool(name, reader.pair(), reader.pair(), reader.pair())
        else:
            yield Plain(name)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def next_name(self) -> str:
        """Move behind the next layer's name and return it; empty at the end of the file."""
        match = _NAMES.search(self._data, self._position)
        if match is None:
            return ""
        self._position = match.end()
        return match.group()[2:].decode("ascii")

    def integer(self) -> int:
        control, *_ = self._take(1)
        value = int.from_bytes(self._take(control & 0x0F), "little")
        return -value if control & 0x80 else value

    def pair(self) -> tuple[int, int]:
        return self.integer(), self.integer()

    def float(self) -> float:
        return math.ldexp(self.integer(), self.integer())

    def tensor(self) -> Array:
        version = self.integer()
        if version != TENSOR_VERSION:
            raise FormatError(f"a tensor of format version {version} instead of {TENSOR_VERSION}")
        shape = [self.integer() for _ in range(4)]
        if min(shape) < 0:
            raise FormatError(f"a tensor of shape {shape}")
        values = np.frombuffer(self._take(4 * math.prod(shape)), dtype="<f4")
        return values.reshape(shape).astype(np.float32)

    def input(self) -> Input:
        return Input((self.float(), self.float(), self.float()), self.integer(), self.integer())

    def convolution(self) -> Convolution:
        values = self.tensor().ravel()
        count, rows, columns = self.integer(), self.integer(), self.integer()
        try:
            # A bias for each filter stands behind them all.
            filters = values[:-count].reshape(count, -1, rows, columns)
        except ValueError as error:
            raise FormatError(f"{count} filters of {rows} x {columns}: {error}") from error
        return Convolution(filters, values[-count:], self.pair(), self.pair())

    def affine(self) -> Affine:
        gamma, beta = np.split(self.tensor().ravel(), 2)
        return Affine(gamma, beta)

    def normalisation(self) -> Affine:
        """Read a batch normalisation as the affine layer that its running statistics make of it."""
        gamma, beta = np.split(self.tensor().ravel(), 2)
        _where_in_it = [self.integer() for _ in range(2 * 5)]
        _batch_means, _batch_deviations, means, variances = (
            self.tensor().ravel() for _ in range(4)
        )
        _updates, _window = self.pair()
        *_learning_rates_and_decays, epsilon = (self.float() for _ in range(5))
        gamma = gamma / np.sqrt(variances + np.float32(epsilon))
        return Affine(gamma, beta - gamma * means)

    def mmod(self) -> Mmod:
        version = self.integer()
        if version != MMOD_VERSION:
            raise FormatError(f"options of format version {version} instead of {MMOD_VERSION}")
        window = self.pair()
        _false_alarm, _missed, _matching, overlap, covered = (self.float() for _ in range(5))
        return Mmod(window, overlap, covered)

    def dense(self) -> Dense:
        outputs, inputs = self.pair()
        weights = self.tensor()
        if weights.shape != (inputs, outputs, 1, 1):
            raise FormatError(f"a {inputs} x {outputs} matrix of shape {weights.shape}")
        return Dense(weights.reshape(inputs, outputs))

    def _take(self, count: int) -> bytes:
        start = self._position
        self._position += count
        if self._position > len(self._data):
            raise FormatError("the file ends inside a layer")
        return self._data[start : self._position]
