"""The emotion network as ONNX gives Keras's numbers. TensorFlow stays in a child process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from analysis.convert import command
from analysis.results import EMOTIONS, Array
from analysis.training import emotion_onnx
from analysis.weights import Weights
from gallery.services.weights import ROOT, SAMPLES

CONVERT = [sys.executable, "-m", "analysis.training.emotion_onnx"]


@pytest.fixture(scope="module")
def smile() -> Array:
    """The one face on a portrait, laughing."""
    [photo] = command.read([SAMPLES / "obama.jpg"])
    return emotion_onnx.grey_faces(photo)


def scores(network: Path, faces: Array) -> Array:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    [answer] = session.run(None, {session.get_inputs()[0].name: faces})
    return np.asarray(answer, dtype=np.float32)


def test_the_converted_network_agrees_with_keras_and_talks_of_nothing_else(
    smile: Array, tmp_path: Path
) -> None:
    target = tmp_path / "emotion.onnx"
    source, photo = Weights().path("emotion_keras"), SAMPLES / "obama.jpg"
    done = subprocess.run(
        [*CONVERT, source, target, photo], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = re.fullmatch(r"largest difference from the original: (\S+)\n", done.stdout)
    assert said is not None
    assert float(said[1]) <= 1e-5
    installed = scores(Weights().path("emotion"), smile)
    np.testing.assert_allclose(scores(target, smile), installed, rtol=0, atol=1e-5)


def test_a_laughing_face_is_happy_and_the_scores_are_shares(smile: Array) -> None:
    [answer] = scores(Weights().path("emotion"), smile)
    assert answer.shape == (7,)
    assert EMOTIONS[int(answer.argmax())] == "happy"
    assert float(answer.sum()) == pytest.approx(1, abs=1e-5)


def test_importing_the_converter_loads_no_tensorflow() -> None:
    code = "import sys, analysis.training.emotion_onnx; print({'tensorflow', 'keras'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_without_photos_nothing_is_converted(tmp_path: Path) -> None:
    target = tmp_path / "emotion.onnx"
    source = Weights().path("emotion_keras")
    done = subprocess.run([*CONVERT, source, target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "A converted network can't be checked without sample photos.\n"
    assert not target.exists()
