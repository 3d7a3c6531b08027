"""Converts the features of HSE-FaceRes to ONNX, as the 128 numbers that tell people apart best.

The network is a MobileNet (Howard et al., 2017, arXiv:1704.04861) that A. V. Savchenko trained on photos
of VGGFace2: https://github.com/av-savchenko/HSE_FaceRec_tf, `age_gender_identity/`. V. Mandic made a graph
of TensorFlow.js of it: `faceres.json` has the layers and the layout of `faceres.bin`, which has the weights
as float16. Of its three outputs, age, gender and features, the last is used.

Those features are 1,024 numbers, none below 0. Told apart by distance they do far better as shares of their
sum, the root of each, less the mean of many people's, in the 128 main directions of those people, each
divided by the fourth root of its variance, all brought to length 1. `directions.npz` beside the network has
that mean and those directions (`python -m benchmarks.directions`).

Input "chips": float32 (N, 3, 224, 224), RGB from 0 to 255. Output "encodings": float32 (N, 128).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from analysis.convert import command, tfjs
from analysis.convert.graph import Graph, Value
from analysis.results import Array
from analysis.sentences import say

SIDE = 224
CHIPS = ("N", 3, SIDE, SIDE)
LEAST = 1e-6  # of all features together: of a chip that is all dark there are none
FEATURES = 1024
MEANS = (123.68, 116.779, 103.939)  # ImageNet's, of red, green and blue.
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)  # Of the blocks.
MOST = 6.0  # Where "ReLU6" ends.
DIRECTIONS = "directions.npz"


class Directions(NamedTuple):
    """The `mean` (1024,) of the features' roots, and the `matrix` (1024, 128) to multiply them with."""

    mean: Array
    matrix: Array


def read(source: Path) -> dict[str, Array]:
    """Return the tensors of a weights file by name; KeyError or ValueError if it's none."""
    layout = json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))
    [group] = layout["weightsManifest"]
    return tfjs.read(source, group["weights"])


def read_directions(source: Path) -> Directions:
    """Return the directions beside a weights file; KeyError or OSError without them."""
    with np.load(source.with_name(DIRECTIONS)) as file:
        return Directions(*(file[name].astype(np.float32) for name in Directions._fields))


def to_onnx(tensors: tfjs.Tensors, directions: Directions) -> onnx.ModelProto:
    """Return the network as a checked ONNX model; KeyError if the tensors are of another one."""
    layers = _Layers(tensors)
    layers.directed(layers.roots(), directions)
    numbers = directions.matrix.shape[1]
    return layers.graph.model("hse_faceres", {"chips": [*CHIPS]}, {"encodings": ["N", numbers]})


def roots_to_onnx(tensors: tfjs.Tensors) -> onnx.ModelProto:
    """Return what directions are fitted on, the same up to the roots: its output is float32 (N, 1024)."""
    layers = _Layers(tensors)
    layers.graph.nodes.append(
        onnx.helper.make_node("Identity", [layers.roots()], ["roots"], name="roots")
    )
    return layers.graph.model("faceres_roots", {"chips": [*CHIPS]}, {"roots": ["N", FEATURES]})


class _Layers:
    """The layers of MobileNet on a growing graph."""

    def __init__(self, tensors: tfjs.Tensors) -> None:
        self.graph = Graph()
        self._tensors = tensors

    def roots(self) -> str:
        """Add all layers up to the roots of the features' shares; return the name of their value."""
        # Not folded into the first convolution, which pads with zeros after this.
        means = self.graph.constant(np.array(MEANS, np.float32).reshape(1, 3, 1, 1))
        value = self.graph.add("Sub", ["chips", means], (3, SIDE, SIDE))
        stem, bias = stem_of(self._tensors)
        value = self._convolved(value, stem, bias, stride=2)
        for number, stride in enumerate(STRIDES, start=1):
            each, bias = depthwise_of(self._tensors, number)
            value = self._convolved(value, each, bias, stride, group=len(each))
            across, bias = pointwise_of(self._tensors, number)
            value = self._convolved(value, across, bias, stride=1)
        pooled = self.graph.add("GlobalAveragePool", [value.name], (FEATURES, 1, 1))
        features = self.graph.add("Flatten", [pooled.name], pooled.shape)
        axis = self.graph.constant(np.array([1], np.int64))
        total = self.graph.add("ReduceSum", [features.name, axis], (1, 1, 1), keepdims=1)
        least = self.graph.constant(np.array(LEAST, np.float32))
        total = self.graph.add("Max", [total.name, least], total.shape)
        shares = self.graph.add("Div", [features.name, total.name], features.shape)
        return self.graph.add("Sqrt", [shares.name], shares.shape).name

    def directed(self, roots: str, directions: Directions) -> None:
        """End with the roots less their mean, in the directions, cut to length 1."""
        mean, matrix = directions
        shape = (matrix.shape[1], 1, 1)
        less = self.graph.add("Sub", [roots, self.graph.constant(mean)], (FEATURES, 1, 1))
        found = self.graph.add("MatMul", [less.name, self.graph.constant(matrix)], shape)
        length = self.graph.add("ReduceL2", [found.name], (1, 1, 1), axes=[1], keepdims=1)
        self.graph.nodes.append(
            onnx.helper.make_node("Div", [found.name, length.name], ["encodings"], name="encodings")
        )

    def _convolved(
        self, value: Value, filters: Array, bias: Array, stride: int, group: int = 1
    ) -> Value:
        side = filters.shape[-1]
        shape = (len(filters), *(tfjs.halved(value) if stride == 2 else value.shape)[1:])
        inputs = [value.name, self.graph.constant(filters), self.graph.constant(bias)]
        value = self.graph.add(
            "Conv", inputs, shape, strides=[stride, stride], pads=tfjs.pads(side, stride, value),
            group=group,
        )  # fmt: skip
        ends = [self.graph.constant(np.array(end, np.float32)) for end in (0.0, MOST)]
        return self.graph.add("Clip", [value.name, *ends], shape)


def stem_of(tensors: tfjs.Tensors) -> tuple[Array, Array]:
    """Return filters and bias of the first convolution; of the file it takes blue, green, red."""
    filters = tensors["conv1/convolution/merged_input"][:, :, ::-1]
    return filters.transpose(3, 2, 0, 1), tensors["conv1_bn/batchnorm_1/sub"]


def depthwise_of(tensors: tfjs.Tensors, number: int) -> tuple[Array, Array]:
    """Return those of a block's convolution of each channel alone, what scales it folded in."""
    filters = tensors[f"conv_dw_{number}/depthwise_kernel"].transpose(2, 3, 0, 1)
    scale, bias = (tensors[f"conv_dw_{number}_bn/batchnorm_1/{kind}"] for kind in ("mul", "sub"))
    return filters * scale.reshape(-1, 1, 1, 1), bias


def pointwise_of(tensors: tfjs.Tensors, number: int) -> tuple[Array, Array]:
    """Return those of its convolution of all channels in each pixel."""
    filters = tensors[f"conv_pw_{number}/convolution/merged_input"]
    return filters.transpose(3, 2, 0, 1), tensors[f"conv_pw_{number}_bn/batchnorm_1/sub"]


def expected(tensors: tfjs.Tensors, directions: Directions, chips: Array) -> Array:
    """Return the encodings (n, 128) of RGB `chips` (n, 3, 224, 224), computed as TensorFlow.js does.

    Written after the layers in `faceres.json` and not after the graph above: (n, rows, columns, channels),
    blue first, sums over shifted images, in double precision.
    """
    blue_first = chips.astype(np.float64).transpose(0, 2, 3, 1)[..., ::-1]
    found = np.stack([features(tensors, chip - MEANS[::-1]) for chip in blue_first])
    roots = np.sqrt(found / np.maximum(found.sum(axis=1, keepdims=True), LEAST))
    numbers = (roots - directions.mean) @ directions.matrix.astype(np.float64)
    lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
    return np.asarray(numbers / lengths, dtype=np.float32)


def features(tensors: tfjs.Tensors, image: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `global_pooling/Mean` (1024,) of an image (224, 224, 3), blue first, less its means."""

    def relu6(image: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return np.clip(image + tensors[f"{name}_bn/batchnorm_1/sub"], 0, MOST)

    filters = tensors["conv1/convolution/merged_input"].astype(np.float64)
    found = sum(part @ filters[y, x] for y, x, part in tfjs.windows(image, 3, 2))
    image = relu6(np.asarray(found), "conv1")
    for number, stride in enumerate(STRIDES, start=1):
        each = tensors[f"conv_dw_{number}/depthwise_kernel"].astype(np.float64)
        found = sum(part * each[y, x, :, 0] for y, x, part in tfjs.windows(image, 3, stride))
        scale = tensors[f"conv_dw_{number}_bn/batchnorm_1/mul"].astype(np.float64)
        image = relu6(np.asarray(found) * scale, f"conv_dw_{number}")
        across = tensors[f"conv_pw_{number}/convolution/merged_input"].astype(np.float64)
        image = relu6(image @ across[0, 0], f"conv_pw_{number}")
    return np.asarray(image.mean(axis=(0, 1)))


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it agrees with its arithmetic on `photos`.

    Returns the largest difference between two numbers. Raises ConversionError, writing nothing, if it's
    above 1e-5.
    """
    try:
        tensors, directions = read(source), read_directions(source)
        model = to_onnx(tensors, directions)
    except (KeyError, ValueError, OSError) as error:
        raise command.ConversionError(
            say("not_faceres", file=source.name, reason=f"{error}")
        ) from error
    chips = [cv2.resize(pixels, (SIDE, SIDE)) for pixels in command.read(photos)]
    inputs = np.array(chips, np.float32).transpose(0, 3, 1, 2)
    numbers = expected(tensors, directions, inputs)
    return command.install(model.SerializeToString(), target, inputs, numbers)


if __name__ == "__main__":
    command.run(convert)
