"""Converts dlib's face encoder (`dlib_face_recognition_resnet_model_v1.dat`) to ONNX.

The same numbers as `face_recognition.face_encodings`, fifteen times faster: normalisation and affine
layers are folded into the convolutions. The network is the one in dlib's `dnn_face_recognition_ex.cpp`.
Input "chips": float32 (N, 3, 150, 150), raw RGB from 0 to 255. Output "encodings": float32 (N, 128).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from analysis.convert import command, dlib_format
from analysis.convert.dlib_format import Convolution, Dense, FormatError, Input, Plain, Pool
from analysis.convert.folding import folded
from analysis.convert.graph import Graph, Value
from analysis.results import Array
from analysis.sentences import say

CHIP_PADDING = 0.25  # The margin of face_recognition's chips, from dlib's compute_face_descriptor.
CHIP_SIZE = 150


def to_onnx(data: bytes) -> onnx.ModelProto:
    """Return the network serialised in `data` as a checked ONNX model; FormatError if it's another."""
    layers = folded(dlib_format.layers(data))
    source = layers.pop(0) if layers else None
    if not isinstance(source, Input):
        raise FormatError("the first layer takes no image")
    graph = Graph()
    value = skip = Value("chips", (3, source.rows, source.columns))
    for index, layer in enumerate(layers):
        match layer:
            case Convolution():
                value = graph.convolve(value, layer)
            case Pool(kind="avg_pool_2", window=(rows, _)) if rows:
                skip = graph.pool(skip, layer)  # A block that halves the size pools its skip path.
            case Pool():
                value = skip = graph.pool(value, layer)
            case Plain(kind="add_prev_"):
                value = graph.add_padded(value, skip)
            case Plain(kind="relu_"):
                value = graph.add("Relu", [value.name], value.shape)
                if layers[index - 1] == Plain("add_prev_"):
                    skip = value
            case Dense():
                value = graph.dense(value, layer)
    return _model(graph, source, value)


def _model(graph: Graph, source: Input, encodings: Value) -> onnx.ModelProto:
    if encodings != Value("encodings", (128, 1, 1)):
        raise FormatError("the last layer isn't an encoding of 128 numbers")
    return graph.model(
        "dlib_face_recognition_resnet_model_v1",
        {"chips": ["N", 3, source.rows, source.columns]},
        {"encodings": ["N", 128]},
    )


def chips_and_encodings(photo: NDArray[np.uint8]) -> tuple[Array, Array]:
    """Return each face's chip (N, 3, 150, 150) and its encoding (N, 128) by face_recognition.

    The chips are cut as `face_recognition.face_encodings` cuts them: its own boxes, 5 landmarks.
    """
    import dlib
    import face_recognition

    boxes = face_recognition.face_locations(photo)
    encodings = face_recognition.face_encodings(photo, boxes, model="small")
    predictor = face_recognition.api.pose_predictor_5_point
    chips = [
        dlib.get_face_chip(
            photo,
            predictor(photo, dlib.rectangle(left, top, right, bottom)),
            CHIP_SIZE,
            CHIP_PADDING,
        )
        for top, right, bottom, left in boxes
    ]
    return (
        np.array(chips, np.float32).reshape(-1, CHIP_SIZE, CHIP_SIZE, 3).transpose(0, 3, 1, 2),
        np.array(encodings, np.float32).reshape(-1, 128),
    )


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it agrees with face_recognition on `photos`.

    Returns the largest difference between two numbers of an encoding. Raises ConversionError,
    writing nothing, if it's above 1e-5 or no photo has a face.
    """
    try:
        model = to_onnx(source.read_bytes())
    except FormatError as error:
        raise command.ConversionError(
            say("not_dlibs_encoder", file=source.name, reason=f"{error}")
        ) from error
    samples = [chips_and_encodings(pixels) for pixels in command.read(photos)]
    return command.install(
        model.SerializeToString(),
        target,
        np.concatenate([chips for chips, _ in samples]),
        np.concatenate([encodings for _, encodings in samples]),
    )


if __name__ == "__main__":
    command.run(convert)
