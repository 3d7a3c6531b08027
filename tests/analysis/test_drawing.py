"""What is burnt in: visible, inside the photo, beside the faces."""

from __future__ import annotations

import io
import unicodedata

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from analysis.drawing import FONT, _font, _ink, _label, annotate
from analysis.images import DecodedPhoto
from analysis.palette import COLOURS
from analysis.results import Box, DrawnFace

NO_POINTS = np.empty((0, 2), dtype=np.float32)


def grey(width: int, height: int) -> DecodedPhoto:
    return DecodedPhoto(np.full((height, width, 3), 128, np.uint8), width, height, 1.0, "PNG")


def drawn(photo: DecodedPhoto, *faces: DrawnFace) -> NDArray[np.int16]:
    image = Image.open(io.BytesIO(annotate(photo, faces)))
    assert image.format == "JPEG"
    assert image.size == (photo.width, photo.height)
    return np.asarray(image.convert("RGB")).astype(np.int16)


def changed(pixels: NDArray[np.int16]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(pixels - 128).max(axis=2) > 40)


def face(
    box: Box, label: str = "", certain: bool = True, colour: int = 0, details: str = ""
) -> DrawnFace:
    return DrawnFace(box, NO_POINTS, label, certain, colour, details)


@pytest.mark.parametrize("side", [200, 1280, 4000])
def test_a_box_is_a_line_of_its_colour_with_a_dark_halo(side: int) -> None:
    quarter = side // 4
    pixels = drawn(
        grey(side, side), face(Box(quarter, quarter, 3 * quarter, 3 * quarter), colour=1)
    )
    line = max(1, round(side / 640))
    column = pixels[side // 2, quarter - 3 * line - 3 : quarter + 3 * line + 3]
    coloured = np.abs(column - COLOURS[1]).max(axis=1) < 60
    dark = column.max(axis=1) < 70
    assert line - 1 <= coloured.sum() <= line + 1
    assert dark[: np.flatnonzero(coloured)[0]].any()
    assert dark[np.flatnonzero(coloured)[-1] :].any()


@pytest.mark.parametrize("count", [5, 68])
def test_every_landmark_is_a_dot_of_the_faces_colour(count: int) -> None:
    across = np.linspace(120, 480, count)
    points = np.stack([across, np.full(count, 300)], axis=1).astype(np.float32)
    marked = DrawnFace(Box(100, 100, 500, 500), points, "", True, 1)

    pixels = drawn(grey(640, 640), marked)

    for x, y in points.round().astype(int):
        around = pixels[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)
        assert np.abs(around - COLOURS[1]).max(axis=1).min() < 80, (x, y)


def test_a_guess_is_dashed_and_a_certain_name_is_solid() -> None:
    box = Box(100, 100, 500, 500)
    certain = changed(drawn(grey(640, 640), face(box)))[100, 100:500]
    guess = changed(drawn(grey(640, 640), face(box, certain=False)))[100, 100:500]
    assert certain.all()
    assert 0.4 < guess.mean() < 0.8
    assert (np.diff(guess.astype(int)) == 1).sum() >= 3
    assert guess[0] and guess[-1]  # noqa: PT018


@pytest.mark.parametrize(
    "label", ["Ada", "김민준", unicodedata.normalize("NFD", "김민준"), "Łukasz Żółć"]
)
def test_a_label_in_latin_or_hangul_has_glyphs(label: str) -> None:
    composed = unicodedata.normalize("NFC", label)
    shapes = {bytes(_font(40).getmask(letter)) for letter in composed if letter != " "}
    assert len(shapes) == len(set(composed) - {" "})
    assert bytes(_font(40).getmask("\uffff")) not in shapes
    box = Box(200, 200, 300, 300)
    plain = changed(drawn(grey(640, 480), face(box))).sum()
    assert changed(drawn(grey(640, 480), face(box, label))).sum() > plain + 300


def test_decomposed_and_composed_names_look_alike() -> None:
    box = Box(200, 200, 300, 300)
    composed, decomposed = (
        drawn(grey(640, 480), face(box, unicodedata.normalize(form, "김민준")))
        for form in ("NFC", "NFD")
    )
    assert (composed == decomposed).all()


@pytest.mark.parametrize(
    "box", [Box(0, 0, 60, 60), Box(580, 0, 640, 60), Box(0, 420, 60, 480), Box(580, 420, 640, 480)]
)
@pytest.mark.parametrize("size", [(640, 480), (90, 60), (30, 400)])
def test_labels_never_leave_the_photo(box: Box, size: tuple[int, int]) -> None:
    label = _label(size, face(box, "Wolfeschlegelsteinhausen", details="about 34"), box, [box], 1)
    assert label is not None
    chip, place = label
    assert chip.size == (place.width, place.height)
    assert place.left >= 0
    assert place.top >= 0
    assert place.right <= size[0]
    assert place.bottom <= size[1]


def test_labels_avoid_every_face_and_each_other() -> None:
    boxes = [Box(x, y, x + 110, y + 110) for y in (150, 420) for x in (60, 300, 540)]
    taken = list(boxes)
    for box in boxes:
        label = _label((800, 700), face(box, "Somebody", details="about 34, happy"), box, taken, 1)
        assert label is not None
        assert not any(label[1].intersection(other) for other in taken)
        taken.append(label[1])


def test_without_a_label_there_is_no_chip() -> None:
    box = Box(200, 200, 300, 300)
    assert _label((640, 480), face(box, " \n"), box, [box], 1) is None


def test_landmarks_are_dots_that_grow_with_the_photo() -> None:
    areas = []
    for side in (1000, 4000):
        points = np.array([[side / 2, side / 2]], dtype=np.float32)
        box = Box(side // 4, side // 4, 3 * side // 4, 3 * side // 4)
        pixels = drawn(grey(side, side), DrawnFace(box, points, "", True, 2))
        middle = slice(side // 2 - side // 20, side // 2 + side // 20)
        areas.append(changed(pixels[middle, middle]).sum())
    assert areas[0] >= 4
    assert areas[1] > 6 * areas[0]


def test_text_has_enough_contrast_on_each_colour() -> None:
    def luminance(colour: tuple[int, int, int]) -> float:
        parts = [c / 255 for c in colour]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    for colour in COLOURS:
        light, dark = sorted((luminance(colour), luminance(_ink(colour))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_tiny_photos_and_boxes_beyond_the_edge_are_drawn() -> None:
    assert drawn(grey(1, 1), face(Box(0, 0, 1, 1), "Ada")).shape == (1, 1, 3)
    drawn(grey(50, 40), face(Box(-10, -10, 90, 90), "Ada", certain=False))


def test_the_font_is_bundled_with_its_licence() -> None:
    assert FONT.stat().st_size < 3_000_000
    assert "SIL OPEN FONT LICENSE" in (FONT.parent / "Pretendard-LICENSE.txt").read_text()
