"""Running ONNX networks on the CPU: one thread each, faces in batches of bounded memory.

Milliseconds a face of processor time, one thread, by the size of the batch (least of six runs):

    batch                          1      2      4      8      16     24
    dlib's ResNet, 150 px          6.4    5.6    5.2    5.1    5.1    5.1
    age, 64 px                     2.1    1.8    1.4    1.4    1.3    1.3
    gender, 32 px                  0.5    0.4    0.5    0.5    0.5    0.5
    residual network, 48 px        1.6    1.6    1.6    1.5    1.5    1.5
    mini-XCEPTION, 64 px           0.4    0.4    0.4    0.4    0.4    0.4

Flushing denormals, packing weights beforehand or not, and memory patterns change nothing; less than
all of onnxruntime's graph optimisation (its default) makes the ResNet 1.5 times slower.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from analysis import memory
from analysis.results import Array

# A crowd in one photo must not need memory in proportion, and more faces at once are no faster.
BATCH = 8


class Network:
    """A network with one input and one output, both float32 with the batch first."""

    def __init__(self, weights: Path) -> None:
        options = onnxruntime.SessionOptions()
        # Photos are shared out among processes: threads in each would take the cores from the others.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # An arena keeps the largest batch's memory for good, and is faster by no more than 2 %.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3  # Errors alone.
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        memory.give_back()  # Loading needed twice the size of the file.

    @property
    def inputs(self) -> list[Any]:
        """The inputs, each with its `name`, `type` and `shape`."""
        return list(self._session.get_inputs())

    @property
    def outputs(self) -> list[Any]:
        """The outputs, likewise."""
        return list(self._session.get_outputs())

    def __call__(self, batch: NDArray[np.float32]) -> Array:
        """Return the output for each item of a batch of at least one."""
        parts = [
            self._session.run(None, {self._input: batch[start : start + BATCH]})[0]
            for start in range(0, len(batch), BATCH)
        ]
        return np.concatenate(parts).astype(np.float32, copy=False)


_LOADED: WeakValueDictionary[tuple[Path, int], Network] = WeakValueDictionary()


def shared(weights: Path) -> Network:
    """Return the network of a file, the same to all who hold it: two stages may use the encoder's 22 MB."""
    key = weights, weights.stat().st_mtime_ns
    network = _LOADED.get(key)
    if network is None:
        network = _LOADED[key] = Network(weights)
    return network
