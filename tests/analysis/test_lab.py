"""The lab: what a detector nearly took for a face, beside what it finds; and faces as networks see them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.detection import LEAST_WEIGHED, logistic, raw_score
from analysis.images import DecodedPhoto, decode
from analysis.lab import MOST_BOXES, detect
from analysis.limits import DEFAULT_LIMITS
from analysis.methods import DEFAULT
from analysis.processes import Loaded
from analysis.results import EMOTIONS, Box
from analysis.weights import INSTALLED
from gallery.children.lab import LookClosely
from tests.site.photos import SAMPLES, pair_of

# Each that says what it doubts, and one that doesn't.
ASKED = ("yunet", "hog-0", "cnn", "ssd", "haar")


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return Loaded(INSTALLED)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pair_of(tmp_path_factory.mktemp("lab") / "pair.jpg", "obama.jpg", "grace_hopper.jpg")


@pytest.fixture(scope="module")
def photo(path: Path) -> DecodedPhoto:
    return decode(path)


@pytest.mark.parametrize("name", ASKED)
def test_what_a_detector_finds_it_finds_in_the_lab(
    loaded: Loaded, photo: DecodedPhoto, name: str
) -> None:
    detector = loaded.method("detector", name)
    found = [(round(one.box.left), round(one.box.top)) for one in detector.detect(photo.pixels)]

    told = detect(detector, photo)

    in_lab = [(one.box.left, one.box.top) for one in told.candidates if one.is_found]
    assert sorted(in_lab) == sorted((max(0, left), max(0, top)) for left, top in found)
    assert told.detector == detector.name
    assert told.milliseconds > 0


def test_on_a_photo_that_lies_on_its_side_faces_are_found_turned_and_shown_as_it_lies(
    loaded: Loaded, photo: DecodedPhoto
) -> None:
    lying = replace(
        photo, pixels=np.rot90(photo.pixels).copy(), width=photo.height, height=photo.width
    )
    detector = loaded.method("detector", "hog-0")

    upright, there = detect(detector, photo), detect(detector, lying, 90)

    found = [one.box for one in upright.candidates if one.is_found]
    assert [one.box for one in there.candidates if one.is_found] == [
        Box(box.top, photo.width - box.right, box.bottom, photo.width - box.left) for box in found
    ]
    assert not [one for one in detect(detector, lying).candidates if one.is_found]


@pytest.mark.parametrize("name", ["yunet", "hog-0"])
def test_what_it_nearly_took_for_a_face_is_told_apart(loaded: Loaded, name: str) -> None:
    crowded = decode(SAMPLES / "astronaut.jpg")

    told = detect(loaded.method("detector", name), crowded)

    doubted = [one for one in told.candidates if not one.is_found]
    assert all(one.score >= LEAST_WEIGHED for one in doubted)
    assert len(told.candidates) <= MOST_BOXES
    if name != "yunet":  # Which doubts nothing on this photo.
        assert doubted


def test_a_raw_score_is_what_a_score_was_made_of() -> None:
    draw = np.random.default_rng(7)
    for score, usual in zip(draw.uniform(0.01, 0.99, 200), draw.uniform(0.1, 5, 200), strict=True):
        assert logistic(raw_score(score, usual), usual) == pytest.approx(score)


def test_a_face_is_seen_by_every_network(loaded: Loaded, path: Path, photo: DecodedPhoto) -> None:
    found = detect(loaded.method("detector", "yunet"), photo).candidates
    boxes = tuple(one.box for one in found if one.is_found)
    networks = ("residual", "mini-xception", "study")
    ages = ("face-api", "onnx", "caffe")

    looked = LookClosely(path, DEFAULT_LIMITS, DEFAULT, boxes, 0, ages, networks).answer(loaded)

    assert len(looked) == len(boxes) == 2
    for face in looked:
        with Image.open(io.BytesIO(face.chips)) as chips:
            assert chips.size == (600, 150)
        # No package has Levi and Hassner's files.
        assert set(face.ages) == {"face-api", "onnx"}
        assert {*face.emotions} == {*networks}
        assert [set(shown.scores) for shown in face.emotions.values()] == [{*EMOTIONS}] * 3


def test_of_a_photo_without_faces_there_is_nothing_to_see(loaded: Loaded, path: Path) -> None:
    assert LookClosely(path, DEFAULT_LIMITS, DEFAULT, (), 0, ("onnx",), ()).answer(loaded) == []
