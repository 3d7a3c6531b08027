"""Every detector but the default one, on real photos."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import cv2.data
import face_recognition
import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.detection import Detection, Detector, Region, find_reduced
from analysis.errors import UnusableNetwork, WeightsMissing
from analysis.images import decode
from analysis.matching import distance
from analysis.methods import DETECTORS
from analysis.pipeline import Pipeline
from analysis.weights import Weights
from benchmarks import square
from gallery.services.weights import SAMPLES
from tests.analysis import frozen_graph

Pixels = NDArray[np.uint8]
NAMES = ("hog", "hog-0", "cnn", "ssd", "haar")
PORTRAITS = ("obama", "grace_hopper", "astronaut")
TENSORFLOW = DETECTORS["ssd-tf"]


@cache
def detector(name: str) -> Detector:
    loaded: Detector = DETECTORS[name].load(Weights())
    return loaded


@cache
def pixels_of(path: Path) -> Pixels:
    return decode(path, full_size=True).pixels


def sample(name: str) -> Pixels:
    return pixels_of(SAMPLES / f"{name}.jpg")


@cache
def faces(name: str, portrait: str) -> list[Detection]:
    return detector(name).detect(sample(portrait))


def best_face(name: str, portrait: str) -> Detection:
    return max(faces(name, portrait), key=lambda face: face.score)


def css(region: Region) -> tuple[float, ...]:
    return region.top, region.right, region.bottom, region.left


def centre_and_side(region: Region) -> tuple[float, float, float]:
    middle = (region.left + region.right) / 2, (region.top + region.bottom) / 2
    return (*middle, region.right - region.left)


def test_every_detector_is_tested_here_or_is_the_default_in_one_of_its_ways() -> None:
    assert {*DETECTORS} == {*NAMES, "ssd-tf", "yunet", "yunet-thorough"}


@pytest.mark.parametrize("portrait", PORTRAITS)
@pytest.mark.parametrize("name", NAMES)
def test_a_portrait_has_its_face_with_the_square_that_hog_draws(name: str, portrait: str) -> None:
    best, hog = best_face(name, portrait), best_face("hog", portrait)
    x, y, side = centre_and_side(best.square)
    hog_x, hog_y, hog_side = centre_and_side(hog.square)
    assert 0.5 <= best.score <= 1
    assert abs(x - hog_x) < 0.12 * hog_side
    assert abs(y - hog_y) < 0.12 * hog_side
    assert 0.8 < side / hog_side < 1.25


@pytest.mark.parametrize("name", NAMES)
def test_a_face_is_the_same_person_by_every_detector(
    pipeline: Pipeline, portrait: Path, name: str
) -> None:
    photo = decode(portrait)
    [expected] = pipeline.analyse(photo).faces
    other = replace(pipeline, detector=detector(name))
    [found] = other.analyse(photo).faces
    assert found.box.iou(expected.box) > 0.5
    assert distance(found.encoding, expected.encoding) < 0.3
    assert other.methods["detector"] == detector(name).name


@pytest.mark.parametrize("name", NAMES)
def test_detection_repeats_exactly(name: str) -> None:
    assert detector(name).detect(sample("astronaut")) == faces(name, "astronaut")


@pytest.mark.parametrize("name", NAMES)
def test_a_mirrored_view_is_searched_like_a_copy(name: str) -> None:
    view = sample("astronaut")[:, ::-1]
    found = detector(name).detect(view)
    assert found
    assert found == detector(name).detect(np.ascontiguousarray(view))


@pytest.mark.parametrize("size", [(1, 1), (1, 20000), (20000, 1), (3, 2), (40, 30)])
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_photo_of_any_shape_has_no_face(name: str, size: tuple[int, int]) -> None:
    assert detector(name).detect(np.full((*size, 3), 200, dtype=np.uint8)) == []


@pytest.mark.parametrize(("name", "heads"), [("hog-0", 24), ("cnn", 20), ("ssd", 22), ("haar", 22)])
def test_a_crowd_is_found_and_dogs_are_not(shared_photos: Path, name: str, heads: int) -> None:
    crowd = detector(name).detect(pixels_of(shared_photos / "dlib_faces" / "bald_guys.jpg"))
    assert heads <= len(crowd) <= 25
    if name != "ssd":  # It takes one of the three for a man.
        assert detector(name).detect(pixels_of(shared_photos / "dlib_faces" / "dogs.jpg")) == []


def test_hog_finds_the_known_face_exactly() -> None:
    [face] = faces("hog", "obama")
    assert css(face.box) == (142, 617, 409, 349)
    assert face.square == face.box


@pytest.mark.parametrize("portrait", PORTRAITS)
@pytest.mark.parametrize(("name", "upsample"), [("hog", 1), ("hog-0", 0)])
def test_hog_draws_the_boxes_of_face_recognition(name: str, upsample: int, portrait: str) -> None:
    expected = face_recognition.face_locations(sample(portrait), upsample)
    assert [css(face.box) for face in faces(name, portrait)] == expected


def test_hog_draws_the_boxes_of_face_recognition_on_other_portraits(shared_photos: Path) -> None:
    for path in sorted((shared_photos / "portraits").iterdir()):
        photo = cv2.resize(pixels_of(path), None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
        found = detector("hog").detect(np.asarray(photo, dtype=np.uint8))
        assert [css(face.box) for face in found] == face_recognition.face_locations(photo, 1)


def test_hog_cuts_a_box_off_at_the_edge_and_leaves_its_square_whole() -> None:
    photo = np.ascontiguousarray(sample("obama")[180:460, 300:660])
    [face] = detector("hog").detect(photo)
    [raw] = face_recognition.api.face_detector(photo, 1)
    assert [css(face.box)] == face_recognition.face_locations(photo, 1)
    assert css(face.square) == (raw.top(), raw.right(), raw.bottom(), raw.left())
    assert face.square.top < face.box.top == 0


def test_the_measure_of_squares_finds_nothing_between_hog_and_itself() -> None:
    photos = iter([sample("grace_hopper"), np.zeros((80, 80, 3), dtype=np.uint8)])
    assert square.compare(detector("hog"), detector("hog"), photos).tolist() == [[1, 0, 0]]


def test_haar_draws_the_boxes_of_the_plain_call() -> None:
    photo = sample("grace_hopper")
    cascade = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_alt2.xml")
    plain = cascade.detectMultiScale(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), 1.3, 5)
    boxes = [Region(x, y, x + width, y + height) for x, y, width, height in plain]
    assert [face.box for face in faces("haar", "grace_hopper")] == boxes


def test_ssd_leaves_out_the_echo_of_a_large_face() -> None:
    photo = np.ascontiguousarray(sample("obama")[60:460, 320:680])
    [face] = detector("ssd").detect(photo)
    assert face.box.left < 100


def test_a_large_photo_is_searched_smaller_and_boxes_are_its_own() -> None:
    searched: list[tuple[int, ...]] = []

    def find(pixels: Pixels) -> list[Detection]:
        searched.append(pixels.shape)
        return [Detection(Region(0, 10, 100, 50), 0.9, Region(10, 10, 50, 50))]

    [face] = find_reduced(np.zeros((1500, 3000, 3), dtype=np.uint8), 1000, find)
    assert searched == [(500, 1000, 3)]
    assert face.box == Region(0, 30, 300, 150)
    assert face.square == Region(30, 30, 150, 150)
    find_reduced(np.zeros((30, 20, 3), dtype=np.uint8), 1000, find)
    assert searched[1] == (30, 20, 3)


@pytest.fixture
def brought(tmp_path: Path) -> Weights:
    """A folder of models with a network of TensorFlow's that tells bright photos from dark."""
    rows = np.array(
        [[0, 1, 0.5, 0.25, 0.2, 0.75, 0.8], [0, 1, 0.9, 0.8, 0.8, 1.2, 1.2]], dtype=np.float32
    )
    network, description = (tmp_path / name for name in TENSORFLOW.brought)
    frozen_graph.write(network, description, rows, light=0.003)
    return Weights(tmp_path)


def test_the_tensorflow_files_that_a_user_brings_are_used(brought: Weights) -> None:
    ssd: Detector = TENSORFLOW.load(brought)
    [face] = ssd.detect(np.full((100, 200, 3), 255, dtype=np.uint8))
    assert face.score == pytest.approx(0.5 + 0.003 * (255 - (104 + 177 + 123) / 3), abs=1e-3)
    edges = (face.box.left, face.box.top, face.box.right, face.box.bottom)
    assert edges == pytest.approx((50, 20, 150, 80), abs=0.1)
    assert ssd.detect(np.zeros((100, 200, 3), dtype=np.uint8)) == []


def test_tensorflow_files_that_are_not_there_are_named_with_their_place(tmp_path: Path) -> None:
    expected = r"Put opencv_face_detector_uint8\.pb and opencv_face_detector\.pbtxt into the folder"
    with pytest.raises(WeightsMissing, match=expected):
        TENSORFLOW.load(Weights(tmp_path))


def test_a_brought_file_that_is_no_network_is_refused_with_a_sentence(brought: Weights) -> None:
    (brought.directory / TENSORFLOW.brought[0]).write_bytes(b"<html>not found</html>")
    with pytest.raises(UnusableNetwork, match=r"uint8\.pb and .* are not OpenCV's face detector"):
        TENSORFLOW.load(brought)
