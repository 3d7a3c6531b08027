"""Converts a Keras network of seven emotions (.keras, .h5 or .hdf5) to ONNX.

Input: float32 (N, rows, columns, channels), a grey face from -1 to 1, repeated where there are three
channels. Output: float32 (N, 7), shares in the order of `analysis.results.EMOTIONS`; a network that
gives logits gets a softmax. TensorFlow takes seconds and 0.9 GB to import; the ONNX file needs neither.

    python -m analysis.training.emotion_onnx SOURCE TARGET PHOTO...
"""

from __future__ import annotations

import os
import resource
import tempfile
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.convert import command
from analysis.convert.command import ConversionError
from analysis.emotion import SIDES, Input, are_shares
from analysis.results import EMOTIONS
from analysis.sentences import say
from analysis.training import keras_files

RANDOM_INPUTS = 16
SEED = 2013
# A small file may describe a network that needs more memory than there is.
MEMORY = 4 * 2**30


def grey_faces(photo: NDArray[np.uint8], takes: Input) -> list[NDArray[np.uint8]]:
    """Return each face of 80 px and more that dlib's HOG detector finds, as grey (rows, columns)."""
    # face_recognition finds the same, but loads every model of its own when it's imported.
    from analysis.detection.hog import Hog

    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    boxes = [face.box for face in Hog(upsample=0).detect(photo)]
    crops = [grey[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] for box in boxes]
    return [np.asarray(cv2.resize(crop, (takes.columns, takes.rows)), np.uint8) for crop in crops]


def load(source: Path) -> tuple[Any, Input]:
    """Return the Keras model stored in `source`, made to give shares, and what it takes.

    Raises ConversionError or ModelRefused. Code of the file's own is refused before it could run.
    """
    # TensorFlow reads these when it's first imported; it needs no GPU for one small network.
    os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_ENABLE_ONEDNN_OPTS": "0"}
    network = keras_files.load(source)
    shape, outputs = network.input_shape, network.output_shape
    if outputs != (None, len(EMOTIONS)):
        gives, wanted = f"{outputs}", len(EMOTIONS)
        raise ConversionError(
            say("network_outputs", file=source.name, shape=gives, outputs=wanted, emotions=EMOTIONS)
        )
    try:
        takes = Input.of(shape if isinstance(shape, tuple) else ())
    except ValueError as error:
        least, most = SIDES[0], SIDES[-1]
        raise ConversionError(
            say("network_input", file=source.name, shape=f"{shape}", least=least, most=most)
        ) from error
    return _with_softmax(network, takes), takes


def _with_softmax(network: Any, takes: Input) -> Any:
    import keras

    if are_shares(np.asarray(network(takes.trial()))):
        return network
    return keras.Sequential([network, keras.layers.Softmax()])


def convert(source: Path, target: Path, photos: list[Path]) -> float:
    """Write the network of `source` to `target` once it agrees with Keras on noise and on `photos`.

    Returns the largest difference between two shares. Raises ConversionError or ModelRefused,
    writing nothing, if it's above 1e-5 or `source` is no network of seven emotions.
    """
    pixels = list(command.read(photos))
    network, takes = load(source)
    size = (RANDOM_INPUTS, takes.rows, takes.columns)
    noise = list(np.random.default_rng(SEED).integers(0, 256, size, dtype=np.uint8))
    faces = [face for photo in pixels for face in grey_faces(photo, takes)]
    inputs = takes.batch(noise + faces)
    # Keras can export a model only once it has been called.
    expected = np.asarray(network(inputs))
    return command.install(_exported(network, source.name), target, inputs, expected)


def _exported(network: Any, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        exported = Path(directory) / "network.onnx"
        try:
            network.export(exported, format="onnx", verbose=False)
        # Keras and tf2onnx raise what they like over a layer that ONNX lacks.
        except Exception as error:
            raise ConversionError(say("keras_unwritable", file=name, reason=f"{error}")) from error
        return exported.read_bytes()


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # Keras warns of its older files and of NumPy's plans.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    command.run(convert)
