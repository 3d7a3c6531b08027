"""Faces whose boxes humans gave are described as those that a detector finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from analysis.images import decode
from analysis.limits import DEFAULT_LIMITS
from analysis.matching import distance
from analysis.methods import DEFAULT
from analysis.pipeline import Pipeline
from analysis.processes import Loaded
from analysis.results import Box, FaceResult, same_faces
from analysis.weights import INSTALLED
from gallery.children.requests import Analyse, Measure


def apart(one: FaceResult, other: FaceResult) -> float:
    return distance(one.encoding, other.encoding)


def drawn(box: Box) -> Box:
    """Return a box as a hurried person might draw it."""
    across, down = box.width // 10, box.height // 10
    return Box(box.left - across, box.top - 2 * down, box.right, box.bottom + down)


def row_of_three(portrait: Path, path: Path) -> Path:
    with Image.open(portrait) as image:
        wide = Image.new("RGB", (3 * image.width, image.height))
        for number in range(3):
            wide.paste(image, (number * image.width, 0))
    wide.save(path)
    return path


def test_a_box_that_a_human_gave_stands_in_for_the_detectors(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    photo = decode(row_of_three(portrait, tmp_path / "row.png"))
    before = pipeline.analyse(photo)
    box = drawn(before.faces[1].box)

    after = pipeline.analyse(photo, [box])

    assert [face.is_given for face in after.faces] == [False, True, False]
    given = after.faces[1]
    assert (given.box, given.found) == (box, before.faces[1].box)
    assert apart(given, before.faces[1]) < 0.2
    assert [face.box for face in after.faces[::2]] == [face.box for face in before.faces[::2]]
    assert after.faces[0].found is None


def test_only_the_boxes_are_measured_and_in_their_order(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    photo = decode(row_of_three(portrait, tmp_path / "row.png"))
    found = pipeline.analyse(photo).faces
    boxes = [drawn(found[2].box), drawn(found[0].box)]

    measured = pipeline.measure(photo, boxes)

    assert [face.box for face in measured] == boxes
    assert all(face.is_given and face.found is None and face.score > 0.8 for face in measured)
    assert apart(measured[0], found[2]) < 0.2
    assert np.abs(measured[1].landmarks - found[0].landmarks).mean() < 6


def test_a_box_in_which_the_detector_sees_nothing_is_described_too(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    photo = decode(tmp_path / "noise.png")
    boxes = [Box(0, 0, 60, 70), Box(340, 240, 400, 300), Box(100, 100, 101, 101)]

    for faces in (pipeline.analyse(photo, boxes).faces, pipeline.measure(photo, boxes)):
        assert {face.box for face in faces} == set(boxes)
        assert all(face.score == 0 and face.quality for face in faces)


def test_a_box_is_measured_on_a_photo_that_lies_on_its_side(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    upright = pipeline.analyse(decode(portrait)).faces[0]
    with Image.open(portrait) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.png")
    photo = decode(tmp_path / "lying.png")
    result = pipeline.analyse(photo)
    assert result.turned == 90
    box = result.faces[0].box

    [measured] = pipeline.measure(photo, [box], result.turned)
    [given] = pipeline.analyse(photo, [box]).faces

    for face in (measured, given):
        assert apart(face, upright) < 0.2
        assert face.quality is not None
        assert result.faces[0].quality is not None
        assert abs(face.quality.roll - result.faces[0].quality.roll) < 4


def test_a_child_makes_crops_of_the_boxes_that_it_is_given(portrait: Path) -> None:
    loaded = Loaded(INSTALLED)
    box = drawn(Analyse(portrait, DEFAULT_LIMITS).answer(loaded).result.faces[0].box)

    analysed = Analyse(portrait, DEFAULT_LIMITS, boxes=(box,)).answer(loaded)
    measured = Measure(portrait, DEFAULT_LIMITS, DEFAULT, (box,)).answer(loaded)

    assert [face.box for face in analysed.result.faces] == [box]
    assert measured.crops == analysed.crops
    assert measured.emotion_crops == analysed.emotion_crops
    assert measured.methods.items() <= analysed.result.methods.items()


def test_each_box_is_round_one_face_at_most() -> None:
    box = Box(0, 0, 100, 100)
    less, most = replace(box, bottom=60), replace(box, bottom=95)

    assert same_faces([less, most], [box, Box(500, 0, 600, 100)]) == {1: 0}
    assert same_faces([box], [less, most]) == {0: 1}
    assert same_faces([box], [replace(box, bottom=29)]) == {}
