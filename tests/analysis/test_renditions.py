from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.images import DecodedPhoto
from analysis.renditions import card, face_crop, thumbnail
from analysis.results import Box
from analysis.shown import FROM_ABOVE, TALLEST, WIDEST


def photo(width: int = 400, height: int = 200, scale: float = 1.0) -> DecodedPhoto:
    """A red photo whose middle fifth is blue."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[..., 0] = 200
    pixels[:, 2 * width // 5 : 3 * width // 5] = (0, 0, 200)
    return DecodedPhoto(pixels, round(width / scale), round(height / scale), scale, "PNG")


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG"
    return image.convert("RGB")


@pytest.mark.parametrize(("side", "size"), [(100, (100, 50)), (400, (400, 200)), (999, (400, 200))])
def test_a_thumbnail_keeps_its_shape_and_is_never_enlarged(
    side: int, size: tuple[int, int]
) -> None:
    assert opened(thumbnail(photo(), side)).size == size


def test_a_thumbnail_of_a_thin_photo_has_at_least_a_pixel() -> None:
    assert opened(thumbnail(photo(2000, 5), 100)).size == (100, 1)


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((400, 200), (100, 50)),
        ((3500, 100), (100, 38)),
        ((60, 2000), (60, 100)),
        ((2000, 1), (3, 1)),
    ],
)
def test_of_a_panorama_or_strip_the_wall_gets_a_part_that_is_not_a_blur(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    assert opened(card(photo(*shape), 100)).size == size


def test_the_part_for_the_wall_is_the_middle_of_a_panorama_and_the_head_of_a_strip() -> None:
    middle = np.asarray(opened(card(photo(3500, 100), 100)))
    assert (middle[..., 2] > 150).all()
    strip = replace(photo(60, 2000), pixels=np.zeros((2000, 60, 3), np.uint8))
    strip.pixels[380:480] = 255
    assert (np.asarray(opened(card(strip, 100))) > 200).all()


def test_the_wall_crops_as_its_pictures_are_cut() -> None:
    css = (Path(__file__).parents[2] / "static" / "css" / "grid.css").read_text()
    assert f"--shown: clamp({TALLEST}, var(--ratio), {WIDEST});" in css
    assert f"object-position: 50% {FROM_ABOVE:.0%};" in css


def test_a_crop_shows_the_face_with_a_margin() -> None:
    crop = opened(face_crop(photo(scale=0.5), Box(320, 120, 480, 280)))
    assert crop.size == (160, 160)
    red, _, blue = np.asarray(crop)[80, 80].tolist()
    assert blue > 150 > red
    red, _, blue = np.asarray(crop)[80, 4].tolist()
    assert red > 150 > blue


def test_a_crop_at_a_corner_moves_inside() -> None:
    crop = np.asarray(opened(face_crop(photo(), Box(0, 0, 60, 60), size=90)))
    assert crop.shape == (90, 90, 3)
    assert (crop[..., 0] > 150).all()


def test_a_crop_larger_than_the_photo_is_filled_with_grey() -> None:
    crop = np.asarray(opened(face_crop(photo(), Box(100, 0, 300, 200), size=200))).astype(int)
    assert np.abs(crop[5, 100] - 128).max() < 12
    assert np.abs(crop[195, 100] - 128).max() < 12
    assert crop[100, 100, 2] > 150


def test_renditions_carry_nothing_of_the_source_but_pixels() -> None:
    image = Image.open(io.BytesIO(thumbnail(photo(), 100)))
    assert not image.getexif()
    assert "icc_profile" not in image.info
