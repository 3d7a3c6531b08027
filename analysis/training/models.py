"""Any emotion network as a function of crops, whatever its file: .keras, .h5, .hdf5 or .onnx."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis import methods
from analysis.emotion import EmotionNetwork
from analysis.methods import KERAS_FILES
from analysis.results import EMOTIONS, Array
from analysis.sentences import say
from analysis.training import keras_files, onnx_files
from analysis.training.dataset import SIDE, scaled
from analysis.training.keras_files import ModelRefused
from analysis.weights import Weights

BATCH = 64
SIDES = range(16, 257)
Run = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network that takes grey squares of `side` pixels."""

    side: int
    run: Run

    def shares(self, images: NDArray[np.uint8]) -> Array:
        """Return (N, 7) for grey crops (N, H, W), each as it is, scaled to the network's side."""
        return np.concatenate(
            [self._batch(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        )

    def _batch(self, images: NDArray[np.uint8]) -> Array:
        if images.shape[1:] != (self.side, self.side):
            images = np.stack([cv2.resize(image, (self.side, self.side)) for image in images])
        return np.asarray(self.run(scaled(images)), np.float32)


@dataclass(frozen=True, slots=True)
class Served:
    """A network as the site asks it: by the name that it is chosen by, at its temperature."""

    network: EmotionNetwork

    def shares(self, images: NDArray[np.uint8]) -> Array:
        """Return (N, 7) for grey crops (N, H, W), each as it is."""
        parts = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        told = [one for part in parts for one in self.network.estimate(list(part))]
        return np.array([[one.scores[name] for name in EMOTIONS] for one in told], np.float32)


def chosen(name: str, weights: Weights) -> tuple[Served, list[Path]]:
    """Return the network that is chosen by `name`, with its files; raises UnknownMethod, WeightsMissing."""
    method = methods.find("emotion", name, weights)
    return Served(method.load(weights)), method.files(weights)


def load(path: Path) -> Classifier | Served:
    """Return the network in `path`, one of seven emotions; raises ModelRefused or UnusableNetwork.

    An ONNX network may be any that the site can use, a Keras file takes grey squares.
    """
    if not path.is_file():
        raise ModelRefused(say("no_file", file=f"{path}"))
    suffix = path.suffix.lower()
    if suffix not in (*KERAS_FILES, ".onnx"):
        raise ModelRefused(say("no_network_file", file=path.name, kinds=KERAS_FILES))
    return _keras(path) if suffix in KERAS_FILES else _onnx(path)


def _keras(path: Path) -> Classifier:
    network = keras_files.load(path)
    shape = network.input_shape if isinstance(network.input_shape, tuple) else ()
    side = shape[1] if len(shape) == 4 else None
    if not isinstance(side, int) or shape[1:] != (side, side, 1) or side not in SIDES:
        raise ModelRefused(say("network_not_of_squares", file=path.name, shape=f"{shape}"))

    def run(images: Array) -> Array:
        # Always of one size: TensorFlow builds another graph for each.
        batch = np.resize(images, (BATCH, *images.shape[1:]))
        return np.asarray(network.predict_on_batch(batch)[: len(images)])

    found = Classifier(side, run)
    answer = found.shares(np.zeros((1, SIDE, SIDE), np.uint8))
    if answer.shape != (1, len(EMOTIONS)) or not np.isclose(answer.sum(), 1, atol=1e-3):
        raise ModelRefused(say("network_without_shares", file=path.name))
    return found


def _onnx(path: Path) -> Served:
    onnx_files.read(path)
    return Served(EmotionNetwork(path))
