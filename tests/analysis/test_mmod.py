"""dlib's CNN detector as ONNX draws dlib's boxes, and is converted only if it does."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import cv2
import face_recognition
import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.convert import command, mmod
from analysis.convert.dlib_format import FormatError
from analysis.detection.cnn import Cnn
from analysis.images import decode
from analysis.weights import Weights
from gallery.services.weights import SAMPLES

Pixels = NDArray[np.uint8]
INSTALLED = files("face_recognition_models") / "models"
PHOTOS = [SAMPLES / "obama.jpg", SAMPLES / "grace_hopper.jpg"]


@pytest.fixture(scope="module")
def source() -> Path:
    return Weights().path("mmod_dlib")


@pytest.fixture(scope="module")
def detector() -> Cnn:
    return Cnn(Weights().path("mmod"))


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    """512 x 512 pixels with a face at 168..263 across and 69..164 down."""
    return decode(SAMPLES / "astronaut.jpg").pixels


def assert_as_dlib(detector: Cnn, photo: Pixels, count: int) -> None:
    """Assert that both find `count` faces, with equal boxes and scores within 1e-4."""
    boxes, scores = detector.faces(photo)
    expected = face_recognition.api.cnn_face_detector(photo, 0)
    edges = [(f.rect.left(), f.rect.top(), f.rect.right(), f.rect.bottom()) for f in expected]
    assert len(boxes) == count
    assert boxes.tolist() == [list(face) for face in edges]
    assert scores.tolist() == pytest.approx([face.confidence for face in expected], abs=1e-4)


def test_a_portrait_has_dlibs_box(detector: Cnn, astronaut: Pixels) -> None:
    assert_as_dlib(detector, astronaut, 1)


@pytest.mark.parametrize(
    "crop", [np.s_[40:200, :], np.s_[:, 140:300], np.s_[37:240, 150:281], np.s_[300:, :]]
)
def test_a_photo_of_any_shape_has_dlibs_boxes(
    detector: Cnn, astronaut: Pixels, crop: tuple[slice, slice]
) -> None:
    photo = np.ascontiguousarray(astronaut[crop])
    assert_as_dlib(detector, photo, 0 if crop[0].start == 300 else 1)


def test_a_crowd_has_dlibs_boxes(detector: Cnn, shared_photos: Path) -> None:
    crowd = decode(shared_photos / "dlib_faces" / "bald_guys.jpg").pixels
    photo = cv2.resize(crowd, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)[:, :400]
    assert_as_dlib(detector, np.ascontiguousarray(photo, dtype=np.uint8), 12)


def test_a_photo_searched_in_strips_gives_the_same(detector: Cnn, astronaut: Pixels) -> None:
    boxes, scores = Cnn(Weights().path("mmod"), strip=1).windows(astronaut)
    whole, expected = detector.windows(astronaut)
    assert boxes.tolist() == whole.tolist()
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)


def test_the_converted_network_finds_what_dlib_finds(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "mmod.onnx"
    assert mmod.convert(source, target, PHOTOS) < 1e-5
    assert target.read_bytes() == Weights().path("mmod").read_bytes()


@pytest.mark.parametrize(
    ("changed_bytes", "reason"), [(4000, "differs from its original by"), (200_000, "other faces")]
)
def test_a_network_with_other_numbers_is_not_installed(
    source: Path, tmp_path: Path, changed_bytes: int, reason: str
) -> None:
    data = bytearray(source.read_bytes())
    data[308_000 : 308_000 + changed_bytes] = bytes(changed_bytes)  # Of a middle convolution.
    changed, target = tmp_path / "changed.dat", tmp_path / "mmod.onnx"
    changed.write_bytes(data)
    with pytest.raises(command.ConversionError, match=reason):
        mmod.convert(changed, target, PHOTOS[1:])
    assert not target.exists()


@pytest.mark.parametrize("kind", ["another network", "half a file", "no network"])
def test_another_file_is_refused_with_a_sentence(source: Path, tmp_path: Path, kind: str) -> None:
    data = {
        "another network": (INSTALLED / "dlib_face_recognition_resnet_model_v1.dat").read_bytes(),
        "half a file": source.read_bytes()[:300_000],
        "no network": b"<html>not found</html>",
    }[kind]
    file = tmp_path / "file.dat"
    file.write_bytes(data)
    with pytest.raises(FormatError):
        mmod.to_onnx(data)
    with pytest.raises(command.ConversionError, match=r"file\.dat is not dlib's CNN face detector"):
        mmod.convert(file, tmp_path / "mmod.onnx", PHOTOS)


def test_a_network_is_not_installed_without_a_face_to_check_it_on(
    source: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.png"
    cv2.imwrite(str(empty), np.full((60, 20, 3), 200, dtype=np.uint8))
    with pytest.raises(command.ConversionError, match="show no face"):
        mmod.convert(source, tmp_path / "mmod.onnx", [empty])
    with pytest.raises(command.ConversionError, match="without sample photos"):
        mmod.convert(source, tmp_path / "mmod.onnx", [])
    assert not (tmp_path / "mmod.onnx").exists()
