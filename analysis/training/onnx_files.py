"""Reads an ONNX file that a stranger may have made, once nothing in it refers to anything outside itself.

ONNX Runtime follows a tensor into another file, for a network that it's given as bytes below the current
directory, and takes bytes with a mark in the right place for its own format, which is another parser. A
network may still ask for any time and memory when it runs: run strangers' files in a limited process.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import ModelProto, NodeProto, TensorProto

from analysis.sentences import say
from analysis.training.keras_files import MOST_BYTES, ModelRefused

DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}
# Where bytes 4 to 8 say so, ONNX Runtime reads a FlatBuffer; a name at the start of a network can.
OTHER_FORMAT = b"ORTM"
# No kind of number takes less than two bits.
MOST_A_BYTE = 4
# Long whole numbers are shapes and places.
NO_WEIGHTS = {TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL, TensorProto.STRING}


def read(path: Path) -> bytes:
    """Return the bytes of an ONNX network of standard operators that is whole in itself.

    Raises ModelRefused. Nothing of the network is run.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ModelRefused(say("network_large", file=path.name, limit=MOST_BYTES >> 20))
    content = path.read_bytes()
    for part in _parts(_parsed(content, path.name)):
        if isinstance(part, TensorProto):
            _check_tensor(part, len(content), path.name)
        elif isinstance(part, NodeProto) and part.domain not in DOMAINS:
            operator, domain = part.op_type[:60], part.domain[:60]
            raise ModelRefused(
                say("onnx_operator", file=path.name, operator=operator, domain=domain)
            )
    return content


def parameters(content: bytes) -> int:
    """Return how many weights a network has that `read` has returned."""
    tensors = (part for part in _parts(ModelProto.FromString(content)) if _is_weight(part))
    return sum(math.prod(tensor.dims) for tensor in tensors)


def _parsed(content: bytes, name: str) -> Any:
    try:
        network = ModelProto.FromString(content)
    except DecodeError as error:
        raise ModelRefused(say("not_onnx", file=name)) from error
    if not network.graph.node or content[4:8] == OTHER_FORMAT:
        raise ModelRefused(say("not_onnx", file=name))
    return network


def _parts(network: Any) -> Iterator[Any]:
    """Yield every message in a network: those of branches, loops and functions are in none of its lists."""
    waiting = [network]
    while waiting:
        part = waiting.pop()
        yield part
        for field, value in part.ListFields():
            if field.message_type is not None:
                waiting += value if field.is_repeated else [value]


def _check_tensor(tensor: Any, size: int, name: str) -> None:
    if tensor.external_data or tensor.data_location == TensorProto.EXTERNAL:
        raise ModelRefused(say("onnx_weights_outside", file=name))
    if min(tensor.dims, default=0) < 0 or math.prod(tensor.dims) > MOST_A_BYTE * size:
        raise ModelRefused(say("onnx_claims", file=name))


def _is_weight(part: Any) -> bool:
    return isinstance(part, TensorProto) and part.data_type not in NO_WEIGHTS
