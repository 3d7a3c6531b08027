"""Both readers of a photo, the web process's and the child's, agree on every file of a made corpus."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from analysis.headers import read_header
from analysis.images import Pixels, decode
from analysis.limits import DEFAULT_LIMITS
from analysis.opening import conversion
from analysis.raw import SMALL_PREVIEW
from tests.analysis import corpus, corpus_others
from tests.analysis.corpus import BLUE, GREEN, GREY, HEIGHT, RED, WIDTH, File

FILES: dict[str, tuple[str, File]] = {
    f"{image_format}: {name}": (image_format, make)
    for image_format, files in {
        "JPEG": corpus.jpegs(),
        "PNG": corpus.pngs(),
        "GIF": corpus_others.gifs(),
        "WEBP": corpus_others.webps(),
        "TIFF": corpus_others.tiffs(),
        "BMP": corpus_others.bmps(),
        "ICO": corpus_others.icons(),
        "HEIF": corpus_others.heifs("HEIF"),
        "AVIF": corpus_others.heifs("AVIF"),
        "DNG": corpus_others.raws(),
    }.items()
    for name, make in files
}
# Pictures of which the decoder chooses one.
OPEN = {"ICO", "DNG"}


def assert_scene(pixels: Pixels) -> None:
    """Check that the quarters are where they belong, in colours or in the grey of each."""
    places = ((1, 1), (3, 1), (1, 3), (3, 3))
    height, width = pixels.shape[:2]
    seen = np.array([pixels[y * height // 4, x * width // 4] for x, y in places]).astype(int)
    wanted = np.array([RED, GREEN, BLUE, GREY])
    if (seen.max(axis=1) == seen.min(axis=1)).all():
        grey = np.rint(wanted @ [0.299, 0.587, 0.114])
        two = np.where(grey >= 128, 255, 0)
        wanted = np.repeat((two if set(seen[:, 0]) <= {0, 255} else grey)[:, None], 3, axis=1)
    assert np.abs(seen - wanted).max() <= 24, seen.tolist()


@pytest.mark.parametrize("name", FILES)
def test_both_readers_see_the_same_upright_photo(tmp_path: Path, name: str) -> None:
    image_format, make = FILES[name]
    content = make()
    path = tmp_path / "photo"
    path.write_bytes(content)

    header = read_header(io.BytesIO(content))
    DEFAULT_LIMITS.check(header, len(content))
    photo = decode(path)
    assert conversion(path) == photo.colour

    assert (photo.format, photo.width, photo.height) == (image_format, WIDTH, HEIGHT)
    assert header.format == image_format
    known = (None, None) if image_format in OPEN else (WIDTH, HEIGHT)
    assert (header.width, header.height) == known
    assert photo.note == (SMALL_PREVIEW if image_format == "DNG" else None)
    assert_scene(photo.pixels)
