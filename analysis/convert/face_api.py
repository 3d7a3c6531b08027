"""Converts the age half of face-api.js's age and gender network to ONNX.

The network is a small Xception (Chollet, 2017, arXiv:1610.02357) by V. Mühler, kept by V. Mandic:
https://github.com/vladmandic/face-api, `src/xception/TinyXception.ts` and `src/ageGenderNet/`. Its file
holds the weights as bytes, one after the other; a JSON file beside it says of each its name, shape, and
the scale and least value that make numbers of the bytes. Images are (N, rows, columns, channels) there,
and "same" padding puts what is odd at the right and the bottom.

Input "chips": float32 (N, 3, 112, 112), RGB from 0 to 255. Output "years": float32 (N, 1).
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from analysis.convert import command, tfjs
from analysis.convert.graph import Graph, Value
from analysis.results import Array
from analysis.sentences import say

SIDE = 112
MEANS = (122.782, 117.001, 104.298)
SCALE = 255.0
MIDDLE_BLOCKS = 2
# Years: the network sums up some hundred numbers of a few years each as float32.
TOLERANCE = 1e-4


def read(source: Path) -> dict[str, Array]:
    """Return the tensors of a weights file by name; KeyError or ValueError if it's none."""
    layout = source.with_name(f"{source.stem}-weights_manifest.json")
    [group] = json.loads(layout.read_text(encoding="utf-8"))
    return tfjs.read(source, group["weights"])


def to_onnx(tensors: tfjs.Tensors) -> onnx.ModelProto:
    """Return the network as a checked ONNX model; KeyError if the tensors are of another one."""
    layers = _Layers(tensors)
    value = layers.normalised(Value("chips", (3, SIDE, SIDE)))
    value = layers.relu(layers.convolution(value, "entry_flow/conv_in", stride=2))
    value = layers.reduction(value, "entry_flow/reduction_block_0", active=False)
    value = layers.reduction(value, "entry_flow/reduction_block_1")
    for number in range(MIDDLE_BLOCKS):
        value = layers.main(value, f"middle_flow/main_block_{number}")
    value = layers.reduction(value, "exit_flow/reduction_block")
    value = layers.relu(layers.separable(value, "exit_flow/separable_conv"))
    layers.years(value)
    return layers.graph.model("face_api_age", {"chips": ["N", 3, SIDE, SIDE]}, {"years": ["N", 1]})


class _Layers:
    """The layers of TinyXception on a growing graph."""

    def __init__(self, tensors: tfjs.Tensors) -> None:
        self.graph = Graph()
        self._tensors = tensors

    def normalised(self, value: Value) -> Value:
        # Not folded into the first convolution, which pads with zeros after this.
        means = np.array(MEANS, np.float32).reshape(1, 3, 1, 1)
        less = self.graph.add("Sub", [value.name, self.graph.constant(means)], value.shape)
        scale = self.graph.constant(np.array(SCALE, np.float32))
        return self.graph.add("Div", [less.name, scale], value.shape)

    def relu(self, value: Value) -> Value:
        return self.graph.add("Relu", [value.name], value.shape)

    def convolution(self, value: Value, name: str, stride: int) -> Value:
        """Add a convolution with a bias, of the layer's `filters`."""
        filters, bias = self._tensors[f"{name}/filters"], self._tensors[f"{name}/bias"]
        return self._convolved(value, filters.transpose(3, 2, 0, 1), bias, stride)

    def separable(self, value: Value, name: str) -> Value:
        """Add a convolution of each channel alone, then one of all channels in each pixel."""
        each = self._tensors[f"{name}/depthwise_filter"].transpose(2, 3, 0, 1)
        across = self._tensors[f"{name}/pointwise_filter"].transpose(3, 2, 0, 1)
        value = self._convolved(value, each, None, 1, group=len(each))
        return self._convolved(value, across, self._tensors[f"{name}/bias"], 1)

    def reduction(self, value: Value, name: str, *, active: bool = True) -> Value:
        """Add a block that halves the size, with its way round."""
        inside = self.relu(value) if active else value
        inside = self.separable(inside, f"{name}/separable_conv0")
        inside = self.separable(self.relu(inside), f"{name}/separable_conv1")
        inside = self.graph.add(
            "MaxPool", [inside.name], tfjs.halved(inside), kernel_shape=[3, 3], strides=[2, 2],
            pads=tfjs.pads(3, 2, inside),
        )  # fmt: skip
        around = self.convolution(value, f"{name}/expansion_conv", stride=2)
        return self.graph.add("Add", [inside.name, around.name], inside.shape)

    def main(self, value: Value, name: str) -> Value:
        inside = value
        for number in range(3):
            inside = self.separable(self.relu(inside), f"{name}/separable_conv{number}")
        return self.graph.add("Add", [inside.name, value.name], value.shape)

    def years(self, value: Value) -> None:
        """Average over all pixels and end with one number."""
        pooled = self.graph.add("GlobalAveragePool", [value.name], (value.shape[0], 1, 1))
        flat = self.graph.add("Flatten", [pooled.name], pooled.shape)
        weights = self.graph.constant(self._tensors["fc/age/weights"])
        bias = self.graph.constant(self._tensors["fc/age/bias"])
        self.graph.nodes.append(
            onnx.helper.make_node("Gemm", [flat.name, weights, bias], ["years"], name="years")
        )

    def _convolved(
        self, value: Value, filters: Array, bias: Array | None, stride: int, group: int = 1
    ) -> Value:
        side = filters.shape[-1]
        shape = (len(filters), *(tfjs.halved(value) if stride == 2 else value.shape)[1:])
        inputs = [value.name, self.graph.constant(filters)]
        inputs += [] if bias is None else [self.graph.constant(bias)]
        return self.graph.add(
            "Conv", inputs, shape, strides=[stride, stride], pads=tfjs.pads(side, stride, value),
            group=group,
        )  # fmt: skip


def expected(tensors: tfjs.Tensors, chips: Array) -> Array:
    """Return the years (n, 1) of RGB `chips` (n, 3, 112, 112), computed as face-api.js does.

    Written after its source and not after the graph above: (n, rows, columns, channels), sums over
    shifted images, in double precision.
    """
    means = np.array(MEANS)
    return np.concatenate(
        [_years(tensors, (chip.transpose(1, 2, 0) - means) / SCALE) for chip in chips]
    ).astype(np.float32)


def _years(tensors: tfjs.Tensors, image: NDArray[np.float64]) -> NDArray[np.float64]:
    def conv(image: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        filters = tensors[f"{name}/filters"]
        windows = tfjs.windows(image, len(filters), 2)
        found = sum(part @ filters[y, x] for y, x, part in windows)
        return np.asarray(found + tensors[f"{name}/bias"])

    def separable(image: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        each, across = (tensors[f"{name}/{kind}_filter"] for kind in ("depthwise", "pointwise"))
        found = sum(part * each[y, x, :, 0] for y, x, part in tfjs.windows(image, 3, 1))
        return np.asarray(found @ across[0, 0] + tensors[f"{name}/bias"])

    def reduction(image: NDArray[np.float64], name: str, active: bool) -> NDArray[np.float64]:
        inside = separable(relu(image) if active else image, f"{name}/separable_conv0")
        inside = separable(relu(inside), f"{name}/separable_conv1")
        pooled = np.max([part for *_, part in tfjs.windows(inside, 3, 2, -np.inf)], axis=0)
        return np.asarray(pooled + conv(image, f"{name}/expansion_conv"))

    def relu(image: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(image, 0)

    image = relu(conv(image, "entry_flow/conv_in"))
    image = reduction(image, "entry_flow/reduction_block_0", False)
    image = reduction(image, "entry_flow/reduction_block_1", True)
    for block in range(MIDDLE_BLOCKS):
        inside = image
        for number in range(3):
            inside = separable(
                relu(inside), f"middle_flow/main_block_{block}/separable_conv{number}"
            )
        image = image + inside
    image = reduction(image, "exit_flow/reduction_block", True)
    image = relu(separable(image, "exit_flow/separable_conv"))
    pooled = image.mean(axis=(0, 1))
    return np.asarray(pooled @ tensors["fc/age/weights"] + tensors["fc/age/bias"])[None]


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it agrees with face-api.js's arithmetic on `photos`.

    Returns the largest difference in years. Raises ConversionError, writing nothing, if it's above
    1e-4.
    """
    try:
        tensors = read(source)
        model = to_onnx(tensors)
    except (KeyError, ValueError, OSError) as error:
        raise command.ConversionError(
            say("not_face_api", file=source.name, reason=f"{error}")
        ) from error
    chips = [cv2.resize(pixels, (SIDE, SIDE)) for pixels in command.read(photos)]
    inputs = np.array(chips, np.float32).transpose(0, 3, 1, 2)
    years = expected(tensors, inputs)
    return command.install(model.SerializeToString(), target, inputs, years, TOLERANCE)


if __name__ == "__main__":
    command.run(convert)
