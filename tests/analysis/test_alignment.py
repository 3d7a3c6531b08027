"""Alignment: five points in the right order, and chips that hold what the photo shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from analysis.alignment import AlignedFace
from analysis.images import decode
from analysis.pipeline import Pipeline


@pytest.fixture(scope="module")
def face(pipeline: Pipeline, portrait: Path) -> AlignedFace:
    pixels = decode(portrait).pixels
    [found] = pipeline.detector.detect(pixels)
    return pipeline.aligner.align(pixels, found)


def test_the_points_are_corners_of_the_eyes_and_base_of_the_nose(face: AlignedFace) -> None:
    left_outer, left_inner, right_outer, right_inner, nose = face.points
    across = [point[0] for point in (right_outer, right_inner, nose, left_inner, left_outer)]
    assert across == sorted(across)
    eyes = np.array([left_outer, left_inner, right_outer, right_inner])
    assert nose[1] > eyes[:, 1].max()
    assert face.points.dtype == np.float32


@pytest.mark.parametrize("padding", [0.175, 0.25, 0.5])
def test_padding_shows_more_around_the_same_face(face: AlignedFace, padding: float) -> None:
    inner = round(300 / (1 + 2 * padding))
    start = (300 - inner) // 2
    middle = face.chip(300, padding)[start : start + inner, start : start + inner]
    expected = cv2.resize(face.chip(300, 0.0), (inner, inner), interpolation=cv2.INTER_AREA)
    assert np.abs(middle.astype(float) - expected).mean() < 6


def test_a_turned_photo_gives_the_same_chip(pipeline: Pipeline, face: AlignedFace) -> None:
    height, width = face.pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 20, 1.0)
    pixels = np.asarray(cv2.warpAffine(face.pixels, turn, (width, height)), dtype=np.uint8)
    [found] = pipeline.detector.detect(pixels)
    turned = pipeline.aligner.align(pixels, found).chip(150, 0.25)
    apart = np.abs(cv2.blur(turned, (7, 7)).astype(float) - cv2.blur(face.chip(150, 0.25), (7, 7)))
    assert apart.mean() < 10


def test_a_chip_of_a_large_face_averages_its_pixels(pipeline: Pipeline, face: AlignedFace) -> None:
    """Noise of single pixels would come through whole if pixels were skipped."""
    left = max(0, round(face.square.left) - 150)
    part = face.pixels[:600, left : left + 600]
    large = np.asarray(cv2.resize(part, None, fx=4, fy=4), dtype=np.uint8)
    noise = np.random.default_rng(0).normal(0, 30, (*large.shape[:2], 1))
    noisy = np.clip(large + noise, 0, 255).astype(np.uint8)
    [found] = pipeline.detector.detect(large)
    aligned = pipeline.aligner.align(large, found)
    clean = aligned.chip(150, 0.25).astype(float)
    spoilt = replace(aligned, pixels=noisy).chip(150, 0.25)
    assert (spoilt - clean).std() < 30 / 4
