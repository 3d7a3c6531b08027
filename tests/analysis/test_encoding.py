"""Encodings: dlib's numbers to the fifth digit, one space for all ways, pairs of people told apart."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.alignment import AlignedFace, rectangle
from analysis.encoding import SECOND_LENGTH, Encoder
from analysis.encoding.onnx_resnet import LENGTH
from analysis.images import decode
from analysis.matching import NUMBERS
from analysis.methods import ENCODERS
from analysis.pipeline import Pipeline
from analysis.results import Array
from analysis.weights import Weights
from tests.analysis.conftest import ROOT, SHARED

LFW = SHARED.parent / "lfw_dev"
TOLERANCE = 0.6
BATCHED = 9  # One face more than a batch of the networks.


@pytest.fixture(scope="module")
def encoders() -> Mapping[str, Encoder]:
    return {name: method.load(Weights()) for name, method in ENCODERS.items()}


@pytest.fixture(scope="module")
def sample_faces(pipeline: Pipeline) -> Mapping[str, AlignedFace]:
    """The one face of each sample photo, by the photo's name."""
    photos = sorted((ROOT / "gallery" / "samples").glob("*.jpg"))
    return {photo.stem: only_face(pipeline, photo) for photo in photos}


@pytest.fixture(scope="module")
def encodings(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace]
) -> Mapping[str, Mapping[str, Array]]:
    """The encoding by each method of some of these faces: of all but the first after another one.

    Of two networks' numbers the first, which are those that may be compared with the others.
    """
    names = ("biden", "obama", "obama2", "grace_hopper")
    faces = [sample_faces[name] for name in names]
    return {
        method: dict(zip(names, encoder.encode(faces)[:, :NUMBERS], strict=True))
        for method, encoder in encoders.items()
    }


def faces_of(pipeline: Pipeline, photo: Path) -> list[AlignedFace]:
    pixels = decode(photo).pixels
    return [pipeline.aligner.align(pixels, found) for found in pipeline.detector.detect(pixels)]


def only_face(pipeline: Pipeline, photo: Path) -> AlignedFace:
    [face] = faces_of(pipeline, photo)
    return face


def test_one_view_is_what_face_recognition_computes_for_the_same_box(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace]
) -> None:
    import face_recognition

    for name, face in sample_faces.items():
        box = rectangle(face.square)
        boxes = [(box.top(), box.right(), box.bottom(), box.left())]
        [expected] = face_recognition.face_encodings(face.pixels, boxes, model="small")
        [found] = encoders["onnx-single"].encode([face])
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("photos", ["dlib_faces/bald_guys.jpg", "portraits/*", "roster/test/*"])
def test_one_view_equals_dlib_on_every_face(
    encoders: Mapping[str, Encoder], pipeline: Pipeline, shared_photos: Path, photos: str
) -> None:
    """On all 107 faces of the shared photos the largest difference is 4e-7."""
    paths = [path for path in shared_photos.glob(photos) if path.suffix in (".jpg", ".png")]
    faces = [face for path in paths for face in faces_of(pipeline, path)]
    assert len(faces) >= len(paths)
    expected = encoders["dlib"].encode(faces)
    np.testing.assert_allclose(encoders["onnx-single"].encode(faces), expected, rtol=0, atol=1e-5)


def test_encodings_of_all_methods_may_be_compared(
    encoders: Mapping[str, Encoder], encodings: Mapping[str, Mapping[str, Array]]
) -> None:
    assert {encoder.space for encoder in encoders.values()} == {"dlib-resnet-v1"}
    assert len({encoder.name for encoder in encoders.values()}) == len(encoders)
    his, theirs = (
        np.array([found[name] for found in encodings.values() for name in names])
        for names in (("obama", "obama2"), ("biden", "grace_hopper"))
    )
    assert apart(his, his).max() < TOLERANCE
    assert apart(his, theirs).min() > TOLERANCE


def test_the_same_face_hardly_moves_from_one_method_to_another(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace]
) -> None:
    faces = list(sample_faces.values())
    default, single = encoders["onnx"].encode(faces), encoders["onnx-single"].encode(faces)
    assert np.linalg.norm(default - single, axis=1).max() < 0.3


def test_every_default_encoding_has_one_length(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace]
) -> None:
    encodings = encoders["onnx"].encode(list(sample_faces.values()))
    assert encodings.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(encodings, axis=1), LENGTH, rtol=1e-5)


def test_a_mirrored_photo_gives_almost_the_same_encoding(
    encoders: Mapping[str, Encoder], pipeline: Pipeline, portrait: Path
) -> None:
    pixels = decode(portrait).pixels
    mirrored = np.ascontiguousarray(pixels[:, ::-1])
    faces = []
    for photo in (pixels, mirrored):
        [found] = pipeline.detector.detect(photo)
        faces.append(pipeline.aligner.align(photo, found))
    one, other = encoders["onnx"].encode(faces)
    assert np.linalg.norm(one - other) < 0.2


def test_two_networks_give_the_default_s_numbers_and_then_those_of_the_second(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace]
) -> None:
    faces = list(sample_faces.values())
    encodings = encoders["joint"].encode(faces)
    assert encodings.shape == (len(faces), 2 * NUMBERS)
    assert encodings.dtype == np.float32
    np.testing.assert_array_equal(encodings[:, :NUMBERS], encoders["onnx"].encode(faces))
    lengths = np.linalg.norm(encodings[:, NUMBERS:], axis=1)
    np.testing.assert_allclose(lengths, SECOND_LENGTH, rtol=1e-5)
    np.testing.assert_array_equal(encodings, encoders["joint"].encode(faces))


@pytest.mark.parametrize("has_points", [True, False])
def test_what_is_all_dark_has_numbers_too(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace], has_points: bool
) -> None:
    face = sample_faces["obama"]
    assert face.detected is not None
    dark = replace(face, pixels=np.zeros_like(face.pixels))
    if not has_points:
        dark = replace(dark, detected=None)

    [found] = encoders["joint"].encode([dark])

    assert np.isfinite(found).all()


def test_the_second_network_tells_people_apart_by_itself(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace]
) -> None:
    names = ("obama", "obama2", "biden", "grace_hopper")
    faces = [sample_faces[name] for name in names]
    one, again, *others = encoders["joint"].encode(faces)[:, NUMBERS:]
    strangers = apart(np.array([one, again]), np.array(others))
    assert np.linalg.norm(one - again) < 0.75 * strangers.min()


@pytest.mark.parametrize("name", ["onnx", "onnx-single", "joint"])
def test_more_faces_than_a_batch_get_each_its_own_numbers(
    encoders: Mapping[str, Encoder], sample_faces: Mapping[str, AlignedFace], name: str
) -> None:
    several = list(sample_faces.values())
    faces = [several[number % len(several)] for number in range(BATCHED)]
    together = encoders[name].encode(faces)
    assert together.shape == (BATCHED, 2 * NUMBERS if name == "joint" else NUMBERS)
    for number, face in enumerate(faces):
        [alone] = encoders[name].encode([face])
        np.testing.assert_allclose(together[number], alone, atol=1e-5, rtol=0)


def test_jitter_repeats_exactly_whatever_was_encoded_before(
    encoders: Mapping[str, Encoder],
    sample_faces: Mapping[str, AlignedFace],
    encodings: Mapping[str, Mapping[str, Array]],
) -> None:
    [first] = encoders["dlib-jitter"].encode([sample_faces["obama"]])
    np.testing.assert_array_equal(first, encodings["dlib-jitter"]["obama"])
    assert 0.02 < np.linalg.norm(first - encodings["dlib"]["obama"]) < 0.3


def test_pairs_of_lfw_are_told_apart(encoders: Mapping[str, Encoder], pipeline: Pipeline) -> None:
    """Each tenth of 1,200 pairs; of all of them 99.33 % are right."""
    if not LFW.is_dir():
        pytest.skip("the folder shared/data/lfw_dev is not beside this checkout")
    with (LFW / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))[5::10]
    paths = sorted({pair[side] for pair in pairs for side in ("path_a", "path_b")})
    encodings = encoders["onnx"].encode([central_face(pipeline, LFW / path) for path in paths])
    one, other = ([paths.index(pair[side]) for pair in pairs] for side in ("path_a", "path_b"))
    same = np.array([pair["same"] == "1" for pair in pairs])
    distances = np.linalg.norm(encodings[one] - encodings[other], axis=1)
    assert ((distances < TOLERANCE) == same).mean() >= 0.975


def central_face(pipeline: Pipeline, photo: Path) -> AlignedFace:
    """Return the face nearest to the middle of a photo, as LFW means it."""
    faces = faces_of(pipeline, photo)
    height, width = faces[0].pixels.shape[:2]
    middle = np.array([width, height]) / 2
    return min(faces, key=lambda face: float(np.linalg.norm(face.points.mean(axis=0) - middle)))


def apart(some: Array, others: Array) -> NDArray[np.float64]:
    """Return the distances of each of one set of encodings to each of another."""
    return np.asarray(np.linalg.norm(some[:, None] - others[None], axis=2), dtype=np.float64)
