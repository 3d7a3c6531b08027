"""How well a face can be seen, on real portraits that are turned, mirrored and made worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from analysis.images import decode
from analysis.pipeline import Pipeline
from analysis.quality import measure, sharpness
from analysis.results import Quality

Pixels = NDArray[np.uint8]
Look = Callable[[Pixels], Quality]


@pytest.fixture
def look(pipeline: Pipeline) -> Look:
    """Return the quality of the one face in some pixels."""

    def of(pixels: Pixels) -> Quality:
        [found] = pipeline.detector.detect(pixels)
        face = pipeline.aligner.align(pixels, found)
        return measure(face, pipeline.landmarks.find([face])[0])

    return of


@pytest.fixture(scope="module")
def frontal(portrait: Path) -> Pixels:
    """An official portrait: sharp, well lit, looking into the camera."""
    return decode(portrait).pixels


@pytest.fixture(scope="module")
def sideways(portrait: Path) -> Pixels:
    """A man who looks to the photo's left."""
    return decode(portrait.with_name("obama2.jpg")).pixels


def shrunk(pixels: Pixels, factor: float) -> Pixels:
    size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def lit(pixels: Pixels, factor: float) -> Pixels:
    return (pixels.astype(np.float32) * factor).clip(0, 255).astype(np.uint8)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def test_an_official_portrait_looks_ahead_and_is_as_good_as_can_be(
    look: Look, frontal: Pixels
) -> None:
    found = look(frontal)
    assert abs(found.yaw) < 5
    assert abs(found.pitch) < 5
    assert abs(found.roll) < 3
    assert 0.9 < found.sharpness <= 1
    assert 0.3 < found.brightness < 0.7
    assert found.score > 0.95
    assert found.is_fit_for_reference
    assert not found.is_doubtful
    assert found.faults == ()


def test_whoever_looks_to_the_left_has_a_negative_yaw_and_a_mirror_turns_it_round(
    look: Look, sideways: Pixels
) -> None:
    found = look(sideways)
    mirrored = look(np.ascontiguousarray(sideways[:, ::-1]))
    assert -25 < found.yaw < -8
    assert mirrored.yaw == pytest.approx(-found.yaw, abs=5)
    assert mirrored.pitch == pytest.approx(found.pitch, abs=4)
    assert mirrored.roll == pytest.approx(-found.roll, abs=3)


def test_who_is_seen_from_below_looks_up(look: Look, portrait: Path) -> None:
    assert look(decode(portrait.with_name("obama3.jpg")).pixels).pitch > 8


@pytest.mark.parametrize("degrees", [-20, 20])
def test_a_photo_turned_clockwise_has_as_much_more_roll(
    look: Look, frontal: Pixels, degrees: int
) -> None:
    height, width = frontal.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    turned = cv2.warpAffine(frontal, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    before, after = look(frontal), look(np.asarray(turned, np.uint8))
    assert after.roll - before.roll == pytest.approx(degrees, abs=3)
    assert after.yaw == pytest.approx(before.yaw, abs=5)
    assert after.pitch == pytest.approx(before.pitch, abs=5)


def test_where_in_the_photo_a_face_is_changes_no_angle(look: Look, sideways: Pixels) -> None:
    before = look(sideways)
    after = look(
        cv2.copyMakeBorder(sideways, 0, 300, 0, 500, cv2.BORDER_REPLICATE).astype(np.uint8)
    )
    assert after.yaw == pytest.approx(before.yaw, abs=3)
    assert after.pitch == pytest.approx(before.pitch, abs=3)


def test_five_points_give_the_pose_too(
    pipeline: Pipeline, frontal: Pixels, sideways: Pixels
) -> None:
    for pixels, yaw in ((frontal, 0), (sideways, -15)):
        [found] = pipeline.detector.detect(pixels)
        face = pipeline.aligner.align(pixels, found)
        quality = measure(face, face.points)
        assert quality.yaw == pytest.approx(yaw, abs=7)
        assert abs(quality.pitch) < 20
        assert abs(quality.roll) < 10


def test_the_size_is_how_far_the_eyes_are_apart(look: Look, frontal: Pixels) -> None:
    whole, half = look(frontal), look(shrunk(frontal, 0.5))
    assert whole.size == pytest.approx(104, abs=4)
    assert half.size == pytest.approx(whole.size / 2, abs=2)
    assert whole.scaled(1.5) == replace(whole, size=1.5 * whole.size)


def test_sharpness_falls_with_blur_and_hardly_with_size(look: Look, frontal: Pixels) -> None:
    eyes = look(frontal).size
    found = [look(blurred(frontal, share * eyes)).sharpness for share in (0.03, 0.06, 0.09, 0.12)]
    assert look(frontal).sharpness > found[0] > found[1] > found[2] > found[3]
    assert found[1] == pytest.approx(0.54, abs=0.2)
    smaller = [look(shrunk(frontal, eyes_apart / eyes)).sharpness for eyes_apart in (50, 30, 20)]
    assert min(smaller) > 0.75


def test_sharpness_depends_neither_on_light_nor_on_contrast(look: Look, frontal: Pixels) -> None:
    soft = blurred(frontal, 4)
    flat = (soft.astype(np.float32) * 0.5 + 60).astype(np.uint8)
    assert look(flat).sharpness == pytest.approx(look(soft).sharpness, abs=0.05)


def test_brightness_is_the_light_on_the_face(look: Look, frontal: Pixels) -> None:
    assert look(lit(frontal, 0.5)).brightness == pytest.approx(
        look(frontal).brightness / 2, abs=0.01
    )


def test_an_even_grey_has_no_sharpness() -> None:
    assert sharpness(np.full((48, 48), 128, np.uint8)) == 0


@pytest.mark.parametrize(
    ("made_worse", "fault"),
    [
        (lambda pixels: blurred(pixels, 10), "blurred"),
        (lambda pixels: shrunk(pixels, 0.07), "small"),
        (lambda pixels: lit(pixels, 0.1), "dark"),
        (lambda pixels: lit(pixels, 1.8), "too bright"),
    ],
    ids=["blurred", "small", "dark", "overexposed"],
)
def test_each_fault_lowers_the_score_and_has_a_word(
    look: Look, frontal: Pixels, made_worse: Callable[[Pixels], Pixels], fault: str
) -> None:
    found = look(made_worse(frontal))
    assert fault in [f"{word}" for word in found.faults]
    assert 0 <= found.score < 0.7
    assert not found.is_fit_for_reference


def test_a_face_that_shows_next_to_nothing_is_doubtful(look: Look, frontal: Pixels) -> None:
    found = look(shrunk(blurred(frontal, 6), 0.08))
    assert found.is_doubtful
    assert not found.is_fit_for_reference


def test_the_pipeline_measures_in_pixels_of_the_original(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    with Image.open(portrait) as image:
        image.resize((4 * image.width, 4 * image.height)).save(tmp_path / "large.jpg")
    photo = decode(tmp_path / "large.jpg")
    assert photo.scale < 1
    [face] = pipeline.analyse(photo).faces
    assert face.quality is not None
    assert face.quality.size == pytest.approx(4 * 104, abs=16)
    assert face.quality.is_fit_for_reference
