"""dlib's encoder as ONNX gives dlib's numbers."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import dlib
import numpy as np
import onnxruntime
import pytest

from analysis.convert import command, dlib_encoder
from analysis.convert.dlib_format import FormatError
from analysis.results import Array
from analysis.weights import Weights
from gallery.services.weights import SAMPLES

INSTALLED = files("face_recognition_models") / "models"
PHOTOS = [SAMPLES / "obama.jpg", SAMPLES / "grace_hopper.jpg"]


@pytest.fixture(scope="module")
def source() -> Path:
    return Weights().path("encoder_dlib")


@pytest.fixture(scope="module")
def samples() -> tuple[Array, Array]:
    """Chips and face_recognition's encodings of the faces on the sample photos."""
    pairs = [dlib_encoder.chips_and_encodings(photo) for photo in command.read(PHOTOS)]
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def encode(network: Path | bytes, chips: Array) -> Array:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    [encodings] = session.run(["encodings"], {"chips": chips})
    return np.asarray(encodings, dtype=np.float32)


def test_the_converted_encoder_agrees_with_face_recognition(
    source: Path, samples: tuple[Array, Array], tmp_path: Path
) -> None:
    target = tmp_path / "encoder.onnx"
    assert dlib_encoder.convert(source, target, PHOTOS) < 2e-6
    np.testing.assert_allclose(encode(target, samples[0]), samples[1], rtol=0, atol=1e-5)


def test_the_installed_encoder_agrees_with_dlib_on_noise_and_edges(source: Path) -> None:
    chips = np.random.default_rng(150).integers(0, 256, (3, 150, 150, 3), dtype=np.uint8)
    chips[1], chips[2] = 0, 255
    reference = dlib.face_recognition_model_v1(str(source))
    expected = np.array(reference.compute_face_descriptor(list(chips)), np.float32)
    actual = encode(Weights().path("encoder"), chips.transpose(0, 3, 1, 2).astype(np.float32))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-5)


def test_a_batch_gives_what_single_faces_give(samples: tuple[Array, Array]) -> None:
    network = Weights().path("encoder")
    single = np.concatenate([encode(network, chip[None]) for chip in samples[0]])
    np.testing.assert_allclose(encode(network, samples[0]), single, rtol=0, atol=1e-6)


def test_a_network_with_other_numbers_is_not_installed(source: Path, tmp_path: Path) -> None:
    data = bytearray(source.read_bytes())
    position = data.index(b"affine_") + 400_000  # Inside the parameters of a middle convolution.
    data[position : position + 4000] = bytes(4000)
    changed, target = tmp_path / "changed.dat", tmp_path / "encoder.onnx"
    changed.write_bytes(data)
    with pytest.raises(command.ConversionError, match=r"encoder\.onnx differs from its original"):
        dlib_encoder.convert(changed, target, PHOTOS)
    assert not target.exists()


@pytest.mark.parametrize("kind", ["another network", "half a file", "no network"])
def test_another_file_is_refused_with_a_sentence(source: Path, tmp_path: Path, kind: str) -> None:
    data = {
        "another network": (INSTALLED / "mmod_human_face_detector.dat").read_bytes(),
        "half a file": source.read_bytes()[:10_000_000],
        "no network": b"<html>not found</html>",
    }[kind]
    file = tmp_path / "file.dat"
    file.write_bytes(data)
    with pytest.raises(FormatError):
        dlib_encoder.to_onnx(data)
    with pytest.raises(command.ConversionError, match=r"file\.dat is not dlib's face encoder"):
        dlib_encoder.convert(file, tmp_path / "encoder.onnx", PHOTOS)


def test_a_network_that_answers_nan_is_not_installed(
    samples: tuple[Array, Array], tmp_path: Path
) -> None:
    model = Weights().path("encoder").read_bytes()
    target = tmp_path / "encoder.onnx"
    with pytest.raises(command.ConversionError, match="differs from its original"):
        command.install(model, target, np.full_like(samples[0], np.nan), samples[1])
    assert not target.exists()


def test_a_network_is_not_installed_without_a_face_to_check_it_on(tmp_path: Path) -> None:
    model = Weights().path("encoder").read_bytes()
    chips, encodings = np.empty((0, 3, 150, 150), np.float32), np.empty((0, 128), np.float32)
    with pytest.raises(command.ConversionError, match="show no face"):
        command.install(model, tmp_path / "encoder.onnx", chips, encodings)


def test_a_network_is_not_converted_without_photos(source: Path, tmp_path: Path) -> None:
    with pytest.raises(command.ConversionError, match="without sample photos"):
        dlib_encoder.convert(source, tmp_path / "encoder.onnx", [])
