"""Writes a trained network as .keras, .h5 and ONNX, each computing in float32."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.sentences import say
from analysis.training import models, runtime
from analysis.training.dataset import Dataset
from analysis.training.recipes import Recipe

NAMES = ("emotion.keras", "emotion.h5", "emotion.onnx")
# Largest difference allowed between a share from Keras and the same from the exported file.
TOLERANCE = 1e-4
CHECKED = 256


class ExportError(AnalysisError):
    """A written network does not answer as the trained one does; the sentence says by how much."""


def trained(recipe: Recipe, weights: Sequence[NDArray[Any]]) -> Any:
    """Return the recipe's Keras network with `weights`, computing in float32."""
    runtime.load()
    import keras

    keras.utils.clear_session()
    keras.config.set_dtype_policy("float32")
    network = recipe.build()
    network.set_weights(weights)
    return network


def write(served: Any, directory: Path, sample: Dataset) -> list[Path]:
    """Write a Keras network in its three forms; ExportError if they differ on `sample`."""
    # Says of each .h5 file that it is an old form.
    logging.getLogger("absl").setLevel(logging.ERROR)
    targets = [directory / name for name in NAMES]
    # In there, so that each file gets to its place by a rename.
    with tempfile.TemporaryDirectory(dir=directory) as unfinished:
        written = [Path(unfinished) / name for name in NAMES]
        # Keras can export a model only once it has been called.
        served(np.zeros((1, *served.input_shape[1:]), np.float32))
        served.save(written[0])
        served.save(written[1])
        with warnings.catch_warnings():
            # Keras looks for a name that NumPy says it will have.
            warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
            served.export(written[2], format="onnx", verbose=False)
        _compare(written, sample.images[:CHECKED])
        for path, target in zip(written, targets, strict=True):
            path.replace(target)
    return targets


def _compare(files: Sequence[Path], images: NDArray[np.uint8]) -> None:
    first, *others = (models.load(path).shares(images) for path in files)
    for path, shares in zip(files[1:], others, strict=True):
        difference = float(np.abs(shares - first).max())
        if not difference <= TOLERANCE:  # Written so that a NaN is refused too.
            other, apart = files[0].name, f"{difference:.1e}"
            raise ExportError(
                say("exported_otherwise", file=path.name, other=other, difference=apart)
            )
