"""Apparent emotion: any network with the seven outputs of FER2013.

Ours are the two of `analysis/training/networks.py`, trained with their recipes, and mini-XCEPTION (Arriaga
et al., 2017, arXiv:1710.07557).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors

from analysis.detection import Region
from analysis.errors import UnreadablePhoto, UnusableNetwork
from analysis.networks import Network
from analysis.results import EMOTIONS, Array, EmotionEstimate
from analysis.sentences import say
from analysis.versions import of_emotion, of_emotion_file, title_of

# What FER2013's own crops are to a detection's square: the best for mini-XCEPTION of six sides and four
# heights about the medians of 845 faces found in 1,200 of its PublicTest photos. Right on 69.5 % of
# these (67.6 % of them as they are); crops a tenth smaller cost three points. For the residual network
# no other of 18 has a log loss lower by more than 0.008.
SIDE = 1.16
ACROSS = 0.033
DOWN = -0.07  # With another crop, raise `versions.CROP`.
# Crops are kept at this side, for other networks to be asked later: twice what FER2013's have.
CROP_PIXELS = 96
SIDES = range(16, 513)
LEAST = np.finfo(np.float32).tiny  # A share of nothing has no logarithm.
# They have no class of their own in common.
ONNX_ERRORS = (
    onnx_errors.EPFail,
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NoModel,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
    UnicodeDecodeError,  # Of a message that quotes what is no text.
)


@dataclass(frozen=True, slots=True)
class Input:
    """What a network takes: `rows` x `columns` pixels of 1 or 3 `channels`."""

    rows: int
    columns: int
    channels: int
    channels_first: bool
    one_at_a_time: bool

    @classmethod
    def of(cls, shape: Sequence[Any]) -> Self:
        """Read it from (N, rows, columns, channels) or (N, channels, rows, columns).

        Raises ValueError where it is neither. N is 1, or a name for any number.
        """
        if len(shape) != 4:
            raise ValueError(f"{len(shape)} axes")
        number, *sides = shape
        channels_first = sides[-1] not in (1, 3)
        if channels_first:
            sides = [*sides[1:], sides[0]]
        rows, columns, channels = sides
        if rows not in SIDES or columns not in SIDES or channels not in (1, 3):
            raise ValueError(f"{rows} x {columns} x {channels} is no photo of a face")
        if isinstance(number, int) and number != 1:
            raise ValueError(f"{number} faces at once")
        return cls(rows, columns, channels, channels_first, number == 1)

    def batch(self, crops: Sequence[NDArray[np.uint8]]) -> Array:
        """Return grey crops (rows, columns) as the network takes them, -1 to 1."""
        faces = (np.stack(crops).astype(np.float32) / 127.5 - 1.0)[..., None]
        faces = faces.repeat(self.channels, axis=3) if self.channels > 1 else faces
        return faces.transpose(0, 3, 1, 2) if self.channels_first else faces

    def trial(self) -> Array:
        """Return an even grey and noise as the network takes them."""
        size = (self.rows, self.columns)
        # Two, as the logits of one may look like shares by chance.
        noise = np.random.default_rng(2013).integers(0, 256, size, dtype=np.uint8)
        return self.batch([np.full(size, 127, np.uint8), noise])


class EmotionNetwork:
    """Tells seven emotions by the face, with an ONNX network that takes one float32 batch of photos.

    The outputs are EMOTIONS in their order, FER2013's. Where those of two trial inputs are no shares,
    they are taken as logits and their softmax follows.
    """

    def __init__(self, weights: Path, name: str = "", temperature: float = 1.0) -> None:
        """Load a network; raises UnusableNetwork.

        Without a `name` the file's, or its folder's, and the hash tell it. The logits are divided by
        `temperature`, so that the network is as sure as it is right (Guo et al., 2017, arXiv:1706.04599).
        """
        self._temperature = temperature
        self._file = say("emotion_network", file=title_of(weights))
        self.name = of_emotion(name) if name else of_emotion_file(weights)
        try:
            self._network = Network(weights)
        except ONNX_ERRORS as error:
            raise UnusableNetwork(say("emotion_unreadable", file=self._file)) from error
        self._input = self._read_input()
        self._logits = not are_shares(self._run(self._input.trial()))

    def estimate(self, crops: Sequence[NDArray[np.uint8]]) -> list[EmotionEstimate]:
        """Return an estimate for each of at least one grey crop, uint8 (rows, columns) of any size."""
        size = (self._input.rows, self._input.columns)
        found = self._run(self._input.batch([_resized(crop, size) for crop in crops]))
        return [_estimate(row) for row in self._shares(found)]

    def _shares(self, found: Array) -> Array:
        """Return the outputs (n, 7) as shares at this network's temperature."""
        if self._logits:
            return _softmax(found / self._temperature)
        if self._temperature == 1.0:
            return found
        # The logarithms of shares differ from logits by one number a face, which a softmax ignores.
        return _softmax(np.log(np.maximum(found, LEAST)) / self._temperature)

    def _read_input(self) -> Input:
        inputs, outputs = self._network.inputs, self._network.outputs
        if [one.type for one in (*inputs, *outputs)] != ["tensor(float)"] * 2:
            types = [[one.type for one in many] for many in (inputs, outputs)]
            raise UnusableNetwork(
                say("emotion_types", file=self._file, inputs=types[0], outputs=types[1])
            )
        try:
            return Input.of(inputs[0].shape)
        except ValueError as error:
            shape, least, most = f"{inputs[0].shape}", SIDES[0], SIDES[-1]
            raise UnusableNetwork(
                say("emotion_input", file=self._file, shape=shape, least=least, most=most)
            ) from error

    def _run(self, batch: Array) -> Array:
        """Return the outputs (n, 7)."""
        parts = np.split(batch, len(batch)) if self._input.one_at_a_time else [batch]
        try:
            found = np.concatenate([self._network(part) for part in parts])
        except ONNX_ERRORS as error:
            raise UnusableNetwork(say("emotion_broken", file=self._file)) from error
        if found.shape != (len(batch), len(EMOTIONS)):
            shape = f"{found.shape[1:]}"
            raise UnusableNetwork(
                say("emotion_output", file=self._file, shape=shape, outputs=len(EMOTIONS))
            )
        if not np.isfinite(found).all():
            raise UnusableNetwork(say("emotion_infinite", file=self._file))
        return found


def emotion_crop(pixels: NDArray[np.uint8], square: Region) -> NDArray[np.uint8]:
    """Cut what FER2013 would show of the face, as uint8 grey (CROP_PIXELS, CROP_PIXELS).

    Parts outside the photo repeat its border.
    """
    length = square.right - square.left
    exact = max(2.0, SIDE * length)
    left = round((square.left + square.right) / 2 + ACROSS * length - exact / 2)
    top = round((square.top + square.bottom) / 2 + DOWN * length - exact / 2)
    side = round(exact)
    # Of a square at the photo's edge the crop could miss all that is inside.
    left = min(max(left, 1 - side), pixels.shape[1] - 1)
    top = min(max(top, 1 - side), pixels.shape[0] - 1)
    grey = cv2.cvtColor(_square(pixels, left, top, side), cv2.COLOR_RGB2GRAY)
    return _resized(grey, (CROP_PIXELS, CROP_PIXELS))


def png(crop: NDArray[np.uint8]) -> bytes:
    """Return a grey crop as PNG, which keeps every pixel as the network saw it."""
    return bytes(cv2.imencode(".png", crop)[1])


def read_png(path: Path) -> NDArray[np.uint8]:
    """Return a grey crop; FileNotFoundError without one, UnreadablePhoto where the file is broken."""
    content = np.frombuffer(path.read_bytes(), np.uint8)
    # Of what it cannot read OpenCV returns None, but of nothing it raises.
    crop = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    if crop is None:
        raise UnreadablePhoto(say("crop_unreadable", file=path.name))
    return np.asarray(crop, np.uint8)


def _resized(grey: cv2.typing.MatLike, size: tuple[int, int]) -> NDArray[np.uint8]:
    rows, columns = size
    if grey.shape == size:
        return np.asarray(grey, np.uint8)
    method = cv2.INTER_AREA if grey.shape[0] > min(size) else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (columns, rows), interpolation=method), np.uint8)


def _square(pixels: NDArray[np.uint8], left: int, top: int, side: int) -> NDArray[np.uint8]:
    """Return a square of a photo that holds some of it, outside filled from the border.

    A view where it can be: picking rows and columns one by one took 20 ms for a face of 1000 px.
    """
    height, width = pixels.shape[:2]
    inside = pixels[max(0, top) : top + side, max(0, left) : left + side]
    outside = (
        max(0, -top),
        max(0, top + side - height),
        max(0, -left),
        max(0, left + side - width),
    )
    if not any(outside):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, *outside, cv2.BORDER_REPLICATE), np.uint8)


def are_shares(outputs: Array) -> bool:
    """Return whether each row of (n, 7) has nothing below 0 and sums to 1 within a thousandth."""
    sums = outputs.sum(axis=1)
    return bool((outputs >= 0).all() and (np.abs(sums - 1) <= 1e-3).all())


def _softmax(logits: NDArray[np.floating[Any]]) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _estimate(scores: Array) -> EmotionEstimate:
    best = int(scores.argmax())
    return EmotionEstimate(
        label=EMOTIONS[best],
        confidence=float(scores[best]),
        scores=dict(zip(EMOTIONS, scores.tolist(), strict=True)),
    )
