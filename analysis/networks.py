"""Running ONNX networks on the CPU: one thread each, faces in batches of bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from analysis.results import Array

# A crowd in one photo must not need memory in proportion: 16 faces are as fast each as 24.
BATCH = 16


class Network:
    """A network with one input and one output, both float32 with the batch first."""

    def __init__(self, weights: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.enable_cpu_mem_arena = False  # An arena keeps the largest batch's memory for good.
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: NDArray[np.float32]) -> Array:
        """Return the output for each item of a batch of at least one."""
        parts = [
            self._session.run(None, {self._input: batch[start : start + BATCH]})[0]
            for start in range(0, len(batch), BATCH)
        ]
        return np.concatenate(parts).astype(np.float32, copy=False)
