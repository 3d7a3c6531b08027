"""Age and gender by the default method: the views, the corrected age, its range and bracket."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from analysis import dlib_gender
from analysis.alignment import AlignedFace
from analysis.brackets import AGES, BRACKET_OF_AGE
from analysis.demographics import face_api
from analysis.demographics.face_api import age_estimate, age_views
from analysis.images import decode
from analysis.pipeline import Pipeline
from analysis.results import BRACKETS, AgeEstimate, GenderEstimate
from tests.analysis.conftest import SHARED

PHOTOS_OF_KNOWN_AGE = SHARED.parent / "agegender_dev"
BANDS = ((2, 14), (15, 29), (30, 44), (45, 59), (60, 80))


def faces_of(pipeline: Pipeline, photo: Path) -> list[AlignedFace]:
    pixels = decode(photo).pixels
    found = sorted(
        pipeline.detector.detect(pixels), key=lambda face: face.box.left - face.box.right
    )
    return [pipeline.aligner.align(pixels, face) for face in found]


def low_and_high(estimate: AgeEstimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def test_more_that_the_network_says_is_never_a_younger_age() -> None:
    told = [age_estimate(said) for said in np.linspace(-5, 110, 500)]
    assert (np.diff([one.years for one in told]) >= 0).all()
    low, high = np.array([low_and_high(one) for one in told]).T
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()
    assert told[0].years > 0


@pytest.mark.parametrize("said", [-3.0, 0.0, 1.0, 5.0, 18.0, 30.0, 50.0, 70.0, 90.0, 120.0])
def test_years_lie_in_their_bracket_and_within_low_and_high(said: float) -> None:
    estimate = age_estimate(said)
    low, high = low_and_high(estimate)
    assert 0 <= low < estimate.years < high <= 100
    assert estimate.bracket == BRACKETS[BRACKET_OF_AGE[round(estimate.years)]]
    assert 0.1 < estimate.confidence <= 1


def test_the_confidence_is_the_share_of_the_bracket_of_all_that_the_range_stands_for() -> None:
    estimate = age_estimate(28.0)
    low, high = low_and_high(estimate)
    random = np.random.default_rng(0)
    deviations = np.abs(random.normal(size=200_000)) / face_api.NINETY_PERCENT
    below = random.random(len(deviations)) < 0.5
    ages = (
        estimate.years + np.where(below, low - estimate.years, high - estimate.years) * deviations
    )
    assert np.mean((ages >= low) & (ages <= high)) == pytest.approx(0.8, abs=0.005)
    rounded = np.clip(np.round(ages), AGES[0], AGES[-1]).astype(int)
    share = np.mean(BRACKET_OF_AGE[rounded] == BRACKETS.index(estimate.bracket))
    assert estimate.confidence == pytest.approx(share, abs=0.005)


def test_the_brackets_of_the_youngest_and_the_oldest_have_no_outer_end() -> None:
    assert age_estimate(0.0).confidence == pytest.approx(0.75, abs=0.02)
    assert age_estimate(95.0).confidence > 0.99


def test_the_two_views_are_the_middle_of_the_chip_and_a_nearer_one_mirrored() -> None:
    chip = np.full((144, 144, 3), 150, np.uint8)
    chip[:, 72:] = 200  # The right half is brighter.
    far, near = age_views(chip)
    assert far.shape == near.shape == (112, 112, 3)
    assert far[:, 100].mean() == 200 == near[:, 10].mean()
    chip[:6] = 255  # A rim that only the farther view might show.
    assert age_views(chip)[0][0].mean() > 200
    assert age_views(chip)[1][0].mean() < 201


def test_a_dark_face_is_brightened_and_a_bright_one_left_alone() -> None:
    dark, _ = age_views(np.full((144, 144, 3), 20, np.uint8))
    assert dark.mean() == pytest.approx(face_api.LEAST_BRIGHTNESS, abs=1)
    bright, _ = age_views(np.full((144, 144, 3), 240, np.uint8))
    assert bright.mean() == 240
    assert age_views(np.zeros((144, 144, 3), np.uint8))[0].max() == 0


def test_age_and_gender_are_told_of_one_chip_by_the_networks_that_the_name_says(
    pipeline: Pipeline, portrait: Path
) -> None:
    [face] = faces_of(pipeline, portrait)[:1]
    [(age, gender)] = pipeline.age_gender.estimate([face])
    assert isinstance(pipeline.age_gender, face_api.FaceApi)
    assert [age] == pipeline.age_gender.age.tell([dlib_gender.face_chip(face)])
    assert 40 < age.years < 60
    assert gender.label == "male"
    assert pipeline.methods["age_gender"] == f"{face_api.AGE_NAME}, {dlib_gender.NAME}"


def test_faces_of_one_batch_get_each_its_own_estimate(pipeline: Pipeline, portrait: Path) -> None:
    photos = [portrait, portrait.with_name("biden.jpg"), portrait.with_name("astronaut.jpg")]
    faces = [faces_of(pipeline, photo)[0] for photo in photos]
    together = pipeline.age_gender.estimate(faces)
    for face, (age, gender) in zip(faces, together, strict=True):
        [(age_alone, gender_alone)] = pipeline.age_gender.estimate([face])
        assert age.years == pytest.approx(age_alone.years, abs=0.01)
        assert gender.label == gender_alone.label
        assert 0.5 <= gender.confidence <= 1


def test_known_ages_are_met_within_five_and_a_half_years_and_genders_at_95_percent(
    pipeline: Pipeline,
) -> None:
    if not PHOTOS_OF_KNOWN_AGE.is_dir():
        pytest.skip("the folder shared/data/agegender_dev is not beside this checkout")
    with (PHOTOS_OF_KNOWN_AGE / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: list[tuple[dict[str, str], AgeEstimate, GenderEstimate]] = []
    for row in rows:
        faces = faces_of(pipeline, PHOTOS_OF_KNOWN_AGE / row["path"])[:1]
        found += [(row, *pipeline.age_gender.estimate(faces)[0])] if faces else []
    assert len(found) >= 0.99 * len(rows)
    ages = np.array([int(row["age"]) for row, *_ in found])
    errors = np.array([abs(age.years - int(row["age"])) for row, age, _ in found])
    inside = np.array([age.low <= int(row["age"]) <= age.high for row, age, _ in found])  # type: ignore[operator]
    right = [gender.label[0] == row["gender"] for row, _, gender in found]
    assert errors.mean() <= 5.5
    assert 0.75 <= inside.mean() <= 0.87
    assert np.mean(right) >= 0.95
    for youngest, oldest in BANDS:
        band = (ages >= youngest) & (ages <= oldest)
        assert errors[band].mean() <= 8
        assert inside[band].mean() >= 0.73
