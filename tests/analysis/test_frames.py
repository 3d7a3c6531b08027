"""Frames of a camera: what is seen on them, and what is no frame."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.errors import PhotoTooLarge, UnreadablePhoto
from analysis.frames import MOST_SIDE, SeenFrame, opened
from analysis.images import decode
from analysis.matching import distances
from analysis.methods import DEFAULT
from analysis.processes import Loaded
from analysis.weights import INSTALLED
from gallery.children.camera import SeeFrame
from tests.factories import encoded
from tests.site.photos import pair_of


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return Loaded(INSTALLED)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pair_of(tmp_path_factory.mktemp("frames") / "pair.jpg", "obama.jpg", "grace_hopper.jpg")


def test_a_frame_shows_the_same_people_as_a_photo(loaded: Loaded, path: Path) -> None:
    seen: SeenFrame = SeeFrame(path.read_bytes(), DEFAULT).answer(loaded)
    photo = loaded.pipeline(DEFAULT).analyse(decode(path))

    assert (seen.width, seen.height) == (800, 500)
    assert seen.encoder == photo.methods["encoder"]
    assert len(seen.faces) == len(photo.faces) == 2
    for one, other in zip(seen.faces, photo.faces, strict=True):
        assert one.box.iou(other.box) > 0.7
        assert distances(one.encoding[None], other.encoding[None])[0, 0] < 0.3
        assert one.gender.label == other.gender.label
        assert one.landmarks.shape == (68, 2)


def test_a_frame_without_a_face_is_seen_too(loaded: Loaded) -> None:
    grey = encoded(Image.new("RGB", (640, 480), "grey"), "JPEG")
    assert SeeFrame(grey, DEFAULT).answer(loaded).faces == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0 and no more",
        b"GIF89a",
        encoded(Image.new("RGB", (8, 8)), "PNG"),
        encoded(Image.new("RGB", (64, 64)), "JPEG")[:300],
    ],
)
def test_what_is_no_jpeg_is_no_frame(content: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        opened(content)


def test_a_frame_that_says_it_is_huge_is_refused_before_it_is_decoded() -> None:
    out = bytearray(encoded(Image.new("RGB", (16, 16)), "JPEG"))
    start = out.index(b"\xff\xc0") + 5  # height and width of the frame header
    out[start : start + 4] = (65000).to_bytes(2, "big") * 2
    with pytest.raises(PhotoTooLarge):
        opened(bytes(out))
    largest = Image.fromarray(np.zeros((4, MOST_SIDE, 3), np.uint8))
    largest.save(buffer := io.BytesIO(), "JPEG")
    assert opened(buffer.getvalue()).shape == (4, MOST_SIDE, 3)
