"""A file that was written anew shows the picture that it showed, or another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from analysis.errors import UnreadablePhoto
from analysis.same_picture import looks_the_same

SIZE = (320, 240)


def scene(seed: int) -> Image.Image:
    """Return a picture with a pattern of its own."""
    coarse = np.random.default_rng(seed).integers(0, 255, size=(6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC)


def saved(image: Image.Image, path: Path) -> Path:
    image.save(path, "JPEG", quality=88)
    return path


@pytest.fixture
def thumbnail(tmp_path: Path) -> Path:
    return saved(scene(1).resize((160, 120)), tmp_path / "thumbnail.jpg")


@pytest.mark.parametrize(
    "edit",
    [
        lambda image: image,
        lambda image: ImageEnhance.Contrast(image).enhance(1.3),
        lambda image: ImageEnhance.Brightness(image).enhance(0.7),
        lambda image: image.convert("L"),
    ],
)
def test_a_picture_with_other_words_or_light_is_the_same(
    edit: Callable[[Image.Image], Image.Image], thumbnail: Path, tmp_path: Path
) -> None:
    assert looks_the_same(saved(edit(scene(1)), tmp_path / "a.jpg"), thumbnail, SIZE)


@pytest.mark.parametrize(
    "edit",
    [
        lambda image: scene(2),
        ImageOps.mirror,
        lambda image: image.rotate(180),
        lambda image: image.transpose(Image.Transpose.ROTATE_90),
        lambda image: image.crop((40, 30, 280, 210)).resize(SIZE),
        lambda image: image.resize((160, 120)),
        lambda image: Image.new("RGB", SIZE, (90, 90, 90)),
    ],
)
def test_another_picture_or_one_whose_faces_are_elsewhere_is_another(
    edit: Callable[[Image.Image], Image.Image], thumbnail: Path, tmp_path: Path
) -> None:
    assert not looks_the_same(saved(edit(scene(1)), tmp_path / "a.jpg"), thumbnail, SIZE)


def test_pictures_without_a_pattern_go_by_their_light(tmp_path: Path) -> None:
    dark = saved(Image.new("RGB", SIZE, (40, 40, 40)), tmp_path / "dark.jpg")
    light = saved(Image.new("RGB", SIZE, (200, 200, 200)), tmp_path / "light.jpg")
    assert looks_the_same(dark, dark, SIZE)
    assert not looks_the_same(light, dark, SIZE)


def test_what_is_no_photo_any_more_is_said(thumbnail: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"words")
    with pytest.raises(UnreadablePhoto):
        looks_the_same(tmp_path / "a.jpg", thumbnail, SIZE)
