"""Converts dlib's CNN face detector (`mmod_human_face_detector.dat`) to ONNX.

The network of dlib's `dnn_mmod_face_detection_ex.cpp`, its normalisations folded into the convolutions.
The image pyramid before it and the boxes after it are those of `analysis.detection.cnn`.
Input "picture": float32 (N, 3, h, w), raw RGB from 0 to 255. Output: float32 (N, 1, h / 8, w / 8), more
than 0 where a face is.
"""

from __future__ import annotations

import tempfile
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from analysis.convert import command, dlib_format
from analysis.convert.dlib_format import Convolution, FormatError, Mmod, Plain, PyramidInput
from analysis.convert.folding import folded
from analysis.convert.graph import Graph, Value
from analysis.detection import cnn
from analysis.sentences import say

# The last number: no box is suppressed for being covered by a better one.
LOSS = Mmod((cnn.WINDOW, cnn.WINDOW), cnn.OVERLAP, 1.0)
# Compared on photos of this side: dlib takes seven seconds a megapixel.
CHECKED_SIDE = 480


def to_onnx(data: bytes) -> onnx.ModelProto:
    """Return the network serialised in `data` as a checked ONNX model; FormatError if it's another."""
    match folded(dlib_format.layers(data)):
        case [Mmod() as loss, PyramidInput(means=means), *layers] if loss == LOSS:
            pass
        case _:
            raise FormatError("it doesn't begin with the windows and the image pyramid known here")
    if not np.allclose(means, cnn.MEANS, rtol=0, atol=1e-4):
        raise FormatError(f"its mean colour is {means}")
    graph = Graph()
    # Any size will do: what is computed of it here is not used.
    value = Value("picture", (3, 1024, 1024))
    for layer in layers:
        match layer:
            case Convolution():
                value = graph.convolve(value, layer)
            case Plain(kind="relu_"):
                value = graph.add("Relu", [value.name], value.shape)
            case _:
                raise FormatError(f"a layer that it doesn't have: {type(layer).__name__}")
    if value.shape != (1, 125, 125):
        raise FormatError("its last layer doesn't score cells of 8 pixels")
    return graph.model(
        "mmod_human_face_detector",
        {"picture": ["N", 3, "height", "width"]},
        {value.name: ["N", 1, "rows", "columns"]},
    )


def compare(network: Path, photo: NDArray[np.uint8]) -> list[float]:
    """Return the difference of each face's score from dlib's; ConversionError if a box differs."""
    import face_recognition

    boxes, scores = cnn.Cnn(network).faces(photo)
    dlibs = {
        (face.rect.left(), face.rect.top(), face.rect.right(), face.rect.bottom()): face.confidence
        for face in face_recognition.api.cnn_face_detector(photo, 0)
    }
    ours = {tuple(box): score for box, score in zip(boxes.tolist(), scores.tolist(), strict=True)}
    if ours.keys() != dlibs.keys():
        raise command.ConversionError(say("converted_finds_others"))
    return [abs(score - dlibs[box]) for box, score in ours.items()]


def _reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = CHECKED_SIDE / max(pixels.shape)
    reduced = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, dtype=np.uint8)


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it finds what face_recognition finds on `photos`.

    Returns the largest difference between two scores. Raises ConversionError, writing nothing, if it's
    above 1e-5, a box differs or no photo has a face.
    """
    try:
        model = to_onnx(source.read_bytes()).SerializeToString()
    except FormatError as error:
        raise command.ConversionError(
            say("not_dlibs_detector", file=source.name, reason=f"{error}")
        ) from error
    with tempfile.TemporaryDirectory() as directory:
        network = Path(directory, "network.onnx")
        network.write_bytes(model)
        compared = [compare(network, _reduced(photo)) for photo in command.read(photos)]
    difference = max(chain.from_iterable(compared), default=None)
    if difference is None:
        raise command.ConversionError(say("samples_without_face", file=target.name))
    if difference > command.TOLERANCE:
        raise command.otherwise(target, difference, command.TOLERANCE)
    target.write_bytes(model)
    return difference


if __name__ == "__main__":
    command.run(convert)
