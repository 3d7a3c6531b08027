"""Converts YuNet, whose file takes 640 x 640 pixels only, to a network for photos of any size.

The same numbers in a third of OpenCV's time: the four heads of a stride (class, box, object, landmarks)
become one of 16 channels, which the processor's vectors fit, and the photo comes as red, green, blue.
Input "input": float32 (N, 3, h, w), raw RGB from 0 to 255, h and w multiples of 32. Output "cells":
float32 (N, 15, cells), the cells of strides 8, 16 and 32 one after the other, each row by row: the
square of the score (its root would blow up the rounding of scores near 0), the box (centre from the
cell's corner in strides, logarithm of its size in strides) and five landmarks (x and y from the cell's
corner in strides).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from analysis.convert import command
from analysis.results import Array
from analysis.sentences import say

OPSET = 11  # That of the source.
IR_VERSION = 6
SIDE = 640
STRIDES = (8, 16, 32)
HEADS = ("cls", "obj", "bbox", "kps")  # Of 1, 1, 4 and 10 channels.
HEAD = "bbox_head.multi_level_{head}.{level}.conv{number}.{part}"
PHOTOS = "input"


def to_onnx(data: bytes) -> onnx.ModelProto:
    """Return the network in `data` for any size as a checked ONNX model; KeyError if it's another."""
    source = onnx.load_from_string(data).graph
    weights = {constant.name: numpy_helper.to_array(constant) for constant in source.initializer}
    first = source.node[0].input[1]
    weights[first] = np.ascontiguousarray(weights[first][:, ::-1])  # It takes blue, green, red.
    heads = [node for node in source.node if any("bbox_head" in name for name in node.input)]
    body = source.node[: list(source.node).index(heads[0])]
    nodes = [*body]
    for level in range(len(STRIDES)):
        features = _features(heads, level)
        nodes += _level(features, level, weights)
    nodes.append(helper.make_node("Concat", _names("flat"), ["cells"], axis=2))
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "face_detection_yunet_2023mar_any_size",
        [helper.make_tensor_value_info(PHOTOS, TensorProto.FLOAT, ["N", 3, "height", "width"])],
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, ["N", 15, "cells"])],
        [numpy_helper.from_array(values, name) for name, values in weights.items() if name in used],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _names(stem: str) -> list[str]:
    return [f"{stem}_{stride}" for stride in STRIDES]


def _features(heads: list[NodeProto], level: int) -> str:
    """Return the name of what the heads of a level look at."""
    first = HEAD.format(head=HEADS[0], level=level, number=1, part="weight")
    return next(str(node.input[0]) for node in heads if first in node.input)


def _level(features: str, level: int, weights: dict[str, NDArray[np.float32]]) -> list[NodeProto]:
    """Return the nodes from a level's features to its flat cells; adds the weights that they use."""
    stride = STRIDES[level]
    for number in (1, 2):
        for part in ("weight", "bias"):
            names = [HEAD.format(head=h, level=level, number=number, part=part) for h in HEADS]
            joined = np.concatenate([weights[name] for name in names])
            weights[f"head_{stride}_{number}_{part}"] = joined
    weights["shape"] = np.array([0, 15, -1], dtype=np.int64)

    def convolution(number: int, source: str, **attributes: Any) -> NodeProto:
        parts = [f"head_{stride}_{number}_{part}" for part in ("weight", "bias")]
        return helper.make_node("Conv", [source, *parts], [f"conv_{stride}_{number}"], **attributes)

    def node(kind: str, inputs: list[str], *outputs: str, **attributes: Any) -> NodeProto:
        named = [f"{name}_{stride}" for name in inputs]
        return helper.make_node(kind, named, [f"{o}_{stride}" for o in outputs], **attributes)

    return [
        convolution(1, features, kernel_shape=[1, 1]),
        convolution(2, f"conv_{stride}_1", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=16),
        helper.make_node(
            "Split",
            [f"conv_{stride}_2"],
            [f"{name}_{stride}" for name in ("class", "object", "places")],
            axis=1,
            split=[1, 1, 14],
        ),
        node("Sigmoid", ["class"], "is_face"),
        node("Sigmoid", ["object"], "is_object"),
        node("Mul", ["is_face", "is_object"], "squared"),
        node("Concat", ["squared", "places"], "cell", axis=1),
        helper.make_node("Reshape", [f"cell_{stride}", "shape"], [f"flat_{stride}"]),
    ]


def expected(source: bytes, photos: Array) -> Array:
    """Return the cells (n, 15, cells) of RGB `photos` (n, 3, 640, 640) by the source's own outputs."""
    session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    found = []
    for photo in photos:
        values = session.run(None, {PHOTOS: photo[None, ::-1]})
        found.append(_joined(dict(zip(names, values, strict=True))))
    return np.concatenate(found)


def _joined(outputs: Mapping[str, Array]) -> Array:
    levels = []
    for stride in STRIDES:
        cls, obj, box, points = (outputs[f"{head}_{stride}"] for head in HEADS)
        levels.append(np.concatenate([cls * obj, box, points], axis=2))
    return np.concatenate(levels, axis=1).transpose(0, 2, 1)


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it agrees with it on `photos`.

    Returns the largest difference between two numbers of a cell. Raises ConversionError, writing
    nothing, if it's above 1e-5.
    """
    data = source.read_bytes()
    try:
        model = to_onnx(data)
    except (KeyError, IndexError, StopIteration) as error:
        raise command.ConversionError(say("not_yunet", file=source.name)) from error
    samples = [cv2.resize(pixels, (SIDE, SIDE)) for pixels in command.read(photos)]
    inputs = np.array(samples, dtype=np.float32).transpose(0, 3, 1, 2)
    return command.install(model.SerializeToString(), target, inputs, expected(data, inputs))


if __name__ == "__main__":
    command.run(convert)
