"""An ONNX graph that grows layer by layer, dlib's or others, one image at a time in its shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from analysis.convert.dlib_format import Convolution, Dense, Pool

OPSET = 17
IR_VERSION = 9  # The oldest that goes with the opset, so that older runtimes read the file too.
Shape = list[str | int | None]  # A name stands for a dimension of any length.


@dataclass(frozen=True, slots=True)
class Value:
    """A value in the graph: its name and its shape as channels, rows, columns."""

    name: str
    shape: tuple[int, int, int]


@dataclass
class Graph:
    """The nodes and constants of an ONNX graph; each method adds one layer and returns its value."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def constant(self, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(
        self,
        operator: str,
        inputs: list[str],
        shape: tuple[int, int, int],
        **attributes: Any,
    ) -> Value:
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return Value(name, shape)

    def convolve(self, value: Value, layer: Convolution) -> Value:
        count, _, *window = layer.filters.shape
        return self.add(
            "Conv",
            [value.name, self.constant(layer.filters), self.constant(layer.bias)],
            _windowed(value.shape, count, (window[0], window[1]), layer.strides, layer.paddings),
            strides=[*layer.strides],
            pads=[*layer.paddings, *layer.paddings],
        )

    def pool(self, value: Value, layer: Pool) -> Value:
        channels = value.shape[0]
        if layer.window == (0, 0):
            return self.add("GlobalAveragePool", [value.name], (channels, 1, 1))
        return self.add(
            "MaxPool" if layer.kind == "max_pool_2" else "AveragePool",
            [value.name],
            _windowed(value.shape, channels, layer.window, layer.strides, layer.paddings),
            kernel_shape=[*layer.window],
            strides=[*layer.strides],
            pads=[*layer.paddings, *layer.paddings],
        )

    def add_padded(self, first: Value, second: Value) -> Value:
        """Add as dlib's add_prev does: missing channels, rows and columns count as zeros."""
        shape = (
            max(first.shape[0], second.shape[0]),
            max(first.shape[1], second.shape[1]),
            max(first.shape[2], second.shape[2]),
        )
        names = [self.pad(first, shape).name, self.pad(second, shape).name]
        return self.add("Add", names, shape)

    def pad(self, value: Value, shape: tuple[int, int, int]) -> Value:
        if value.shape == shape:
            return value
        missing = [wanted - present for wanted, present in zip(shape, value.shape, strict=True)]
        ends = np.array([0, 0, 0, 0, 0, *missing], dtype=np.int64)
        return self.add("Pad", [value.name, self.constant(ends)], shape)

    def dense(self, value: Value, layer: Dense) -> Value:
        flat = self.add("Flatten", [value.name], value.shape)
        inputs = [flat.name, self.constant(layer.weights)]
        self.nodes.append(helper.make_node("Gemm", inputs, ["encodings"], name="encodings"))
        return Value("encodings", (layer.weights.shape[1], 1, 1))

    def model(
        self, name: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]
    ) -> onnx.ModelProto:
        """Return the checked model of the graph, its inputs and outputs float32 of these shapes."""
        proto = helper.make_graph(self.nodes, name, _infos(inputs), _infos(outputs), self.constants)
        model = helper.make_model(
            proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        onnx.checker.check_model(model, full_check=True)
        return model


def _infos(shapes: Mapping[str, Shape]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]


def _windowed(
    shape: tuple[int, int, int],
    channels: int,
    window: tuple[int, int],
    strides: tuple[int, int],
    paddings: tuple[int, int],
) -> tuple[int, int, int]:
    """Return the shape after a window has slid over `shape`."""
    rows, columns = (
        (size + 2 * padding - length) // stride + 1
        for size, padding, length, stride in zip(shape[1:], paddings, window, strides, strict=True)
    )
    return channels, rows, columns
