"""Writes a small dense network as ONNX, which `analysis.dense` reads and any runtime runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from analysis.convert import command
from analysis.convert.graph import IR_VERSION, OPSET
from analysis.dense import ABOUT, CONSTANTS, Dense
from analysis.results import Array

# Of a probability: float32, as runtimes compute, against float64. Terms of 100 add up to less than 10.
TOLERANCE = 1e-3


def write(path: Path, network: Dense, about: str, sample: Array, expected: Array) -> None:
    """Write the network, which turns `sample` (n, 128) into `expected` (n, o), with a text beside it.

    Raises ConversionError, writing nothing, where the file does not do that.
    """
    model = _model(network)
    helper.set_model_props(model, {ABOUT: about})
    unfinished = path.with_suffix(".part")
    command.install(model.SerializeToString(), unfinished, sample, expected, TOLERANCE)
    unfinished.replace(path)


def _model(network: Dense) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gemm", ["encodings", "hidden_weights", "hidden_bias"], ["summed"]),
        helper.make_node("Relu", ["summed"], ["hidden"]),
        helper.make_node("Concat", ["encodings", "hidden"], ["joined"], axis=1),
        helper.make_node("Gemm", ["joined", "weights", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    numbers = (getattr(network, name) for name in CONSTANTS)
    constants = [
        numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name)
        for name, values in zip(CONSTANTS, numbers, strict=True)
    ]
    inputs = [_faces("encodings", network.hidden_weights.shape[0])]
    outputs = [_faces("probabilities", len(network.bias))]
    graph = helper.make_graph(nodes, "roster", inputs, outputs, constants)
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return model


def _faces(name: str, numbers: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["faces", numbers])
