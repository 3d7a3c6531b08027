"""Converts the emotion network (`emotion_model.hdf5`, mini-XCEPTION trained on FER2013) to ONNX.

Input: float32 (N, 64, 64, 1), a grey face from -1 to 1. Output: float32 (N, 7), the softmax of
`analysis.results.EMOTIONS`. TensorFlow takes seconds and 0.9 GB to import; the ONNX file needs neither.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.convert import command
from analysis.results import Array

SIDE = 64
RANDOM_INPUTS = 16
SEED = 2013


def grey_faces(photo: NDArray[np.uint8]) -> Array:
    """Return each face that dlib's HOG detector finds as a grey crop (N, 64, 64, 1), -1 to 1."""
    import face_recognition

    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    crops = [
        cv2.resize(grey[max(top, 0) : bottom, max(left, 0) : right], (SIDE, SIDE))
        for top, right, bottom, left in face_recognition.face_locations(photo)
    ]
    return np.array(crops, np.float32).reshape(-1, SIDE, SIDE, 1) / 127.5 - 1


def load(source: Path) -> Any:
    """Return the Keras model stored in `source`, with TensorFlow's start-up messages kept quiet."""
    # TensorFlow reads these when it's first imported; it needs no GPU for one small network.
    os.environ |= {
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    import keras

    return keras.models.load_model(source, compile=False)


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it agrees with Keras on noise and on `photos`.

    Returns the largest difference between two scores. Raises ConversionError, writing nothing, if
    it's above 1e-5.
    """
    noise = np.random.default_rng(SEED).uniform(-1, 1, (RANDOM_INPUTS, SIDE, SIDE, 1))
    faces = [grey_faces(photo) for photo in command.read(photos)]
    inputs = np.concatenate([noise.astype(np.float32), *faces])
    network = load(source)
    # Keras can export a model only once it has been called.
    expected = np.asarray(network([inputs]))
    with tempfile.TemporaryDirectory() as directory:
        exported = Path(directory) / target.name
        network.export(exported, format="onnx", verbose=False)
        return command.install(exported.read_bytes(), target, inputs, expected)


if __name__ == "__main__":
    command.run(convert)
