"""face-api.js's age network as ONNX gives the numbers of face-api.js itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from analysis.convert import command, face_api
from analysis.networks import Network
from analysis.results import Array
from analysis.weights import Converted, Weights
from gallery.services.weights import SAMPLES

PHOTOS = [SAMPLES / "obama.jpg", SAMPLES / "grace_hopper.jpg"]
# What `nets.ageGenderNet.forward` of @vladmandic/face-api 1.7.15 says of the chips below, on TensorFlow.js
# 4.22.0's processor backend.
YEARS_BY_FACE_API = [13.336622, 50.653113, 15.269568]


@pytest.fixture(scope="module")
def source() -> Path:
    entry = Weights().manifest.find("age_face_api")
    assert isinstance(entry, Converted)
    return Weights().source(entry)


@pytest.fixture(scope="module")
def chips() -> Array:
    """A slope with steps, waves that grow finer, and grey: (3, 3, 112, 112), red first."""
    y, x, channel = np.mgrid[: face_api.SIDE, : face_api.SIDE, :3]
    slope, waves = (7 * y + 3 * x + 50 * channel) % 256, (y * x + 20 * channel) % 256
    made = np.stack([slope, waves, np.full_like(y, 128)])
    return np.ascontiguousarray(made.transpose(0, 3, 1, 2), np.float32)


def test_the_installed_network_says_what_face_api_says(chips: Array) -> None:
    years = Network(Weights().path("age_face_api"))(chips)
    np.testing.assert_allclose(years[:, 0], YEARS_BY_FACE_API, atol=1e-4, rtol=0)


def test_the_arithmetic_that_conversions_are_checked_by_is_that_of_face_api(
    source: Path, chips: Array
) -> None:
    years = face_api.expected(face_api.read(source), chips)
    np.testing.assert_allclose(years[:, 0], YEARS_BY_FACE_API, atol=1e-4, rtol=0)


def test_the_converted_network_agrees_with_its_original(source: Path, tmp_path: Path) -> None:
    assert face_api.convert(source, tmp_path / "age.onnx", PHOTOS) < face_api.TOLERANCE
    assert (tmp_path / "age.onnx").is_file()


def test_a_file_of_another_length_is_refused(source: Path, tmp_path: Path) -> None:
    for file in source.parent.glob("age_gender_model*"):
        shutil.copy(file, tmp_path)
    longer = tmp_path / source.name
    longer.write_bytes(source.read_bytes() + b"\0")
    with pytest.raises(command.ConversionError, match=r"is not face-api\.js's age .* bytes long"):
        face_api.convert(longer, tmp_path / "age.onnx", PHOTOS)
    assert not (tmp_path / "age.onnx").exists()


def test_a_file_without_its_layout_is_refused(tmp_path: Path) -> None:
    alone = tmp_path / "age_gender_model.bin"
    alone.write_bytes(bytes(100))
    with pytest.raises(command.ConversionError, match="is not face-api"):
        face_api.convert(alone, tmp_path / "age.onnx", PHOTOS)


def test_a_network_that_says_other_years_is_not_installed(chips: Array, tmp_path: Path) -> None:
    model = Weights().path("age_face_api").read_bytes()
    others = np.array(YEARS_BY_FACE_API, np.float32)[:, None] + np.float32(0.001)
    with pytest.raises(command.ConversionError, match=r"1e-04 is allowed"):
        command.install(model, tmp_path / "age.onnx", chips, others, face_api.TOLERANCE)
    assert not (tmp_path / "age.onnx").exists()
