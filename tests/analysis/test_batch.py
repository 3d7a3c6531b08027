"""Photos go to children in groups, and come back as if each had been alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis import batch
from analysis.batch import GROUP, Outcome, Task
from analysis.images import decode
from analysis.limits import DEFAULT_LIMITS
from analysis.methods import DEFAULT
from analysis.pipeline import Pipeline
from analysis.processes import Loaded
from tests.analysis.broken_files import DeadlyPath

MANY = 2 * GROUP  # So many left for one worker that the next group is a full one.


class LoadedHere(Loaded):
    """What a child keeps, with the networks that this process has already."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def pipeline(self, choice: object) -> Pipeline:
        return self._pipeline


@pytest.fixture
def small(portrait: Path, tmp_path: Path) -> Path:
    with Image.open(portrait) as image:
        image.resize((200, 250)).save(tmp_path / "small.jpg")
    return tmp_path / "small.jpg"


def test_groups_get_smaller_towards_the_end(small: Path) -> None:
    sizes = [len(group) for group in batch.groups_of([Task(small)] * 21, workers=2)]
    assert sum(sizes) == 21
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (GROUP, 1)


def test_photos_with_copies_go_one_by_one(small: Path) -> None:
    tasks = [Task(small, small.with_suffix(".png"))] * 20
    assert {len(group) for group in batch.groups_of(tasks, workers=1)} == {1}


def test_a_group_gives_each_photo_what_it_gets_alone(
    pipeline: Pipeline, portrait: Path, small: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.jpg").write_text("no photo")
    Image.new("RGB", (99, 77), "grey").save(tmp_path / "wall.png")
    names = ("biden.jpg", "obama.jpg", "obama3.jpg")
    paths = [portrait.with_name(name) for name in names]
    paths[1:1] = [tmp_path / "wall.png", tmp_path / "notes.jpg", tmp_path / "gone.jpg", small]
    request = batch.Analyse(tuple(Task(path) for path in paths), DEFAULT_LIMITS, DEFAULT)
    replies = request.answer(LoadedHere(pipeline))
    for path, reply in zip(paths, replies, strict=True):
        if path.name in {"notes.jpg", "gone.jpg"}:
            assert isinstance(reply, Exception)
            continue
        assert isinstance(reply, Outcome)
        assert reply.path == path
        assert reply.result is not None
        alone = pipeline.analyse(decode(path))
        assert [face.box for face in reply.result.faces] == [face.box for face in alone.faces]
        for face, same in zip(reply.result.faces, alone.faces, strict=True):
            np.testing.assert_allclose(face.encoding, same.encoding, atol=1e-5)


def test_a_photo_that_kills_its_child_costs_nobody_else_in_its_group(
    small: Path, tmp_path: Path
) -> None:
    deadly = DeadlyPath(shutil.copy(small, tmp_path / "deadly.jpg"))
    paths = [small, deadly, *[small] * (MANY - 2)]
    outcomes = list(batch.analyse([Task(path) for path in paths], workers=1))
    assert [outcome.path for outcome in outcomes] == paths
    assert [outcome.code for outcome in outcomes] == ["", "crashed", *[""] * (MANY - 2)]
    assert "SIGSEGV" in outcomes[1].message
    assert all(outcome.result and outcome.result.faces for outcome in outcomes if not outcome.code)


def test_a_copy_has_the_size_of_its_photo_and_the_faces_of_its_result(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    with Image.open(portrait) as image:
        image.resize((3072, 3840)).save(tmp_path / "large.jpg")
    path, copy = tmp_path / "large.jpg", tmp_path / "copy.jpg"
    task = Task(path, copy)
    [reply] = batch.Analyse((task,), DEFAULT_LIMITS, DEFAULT).answer(LoadedHere(pipeline))
    assert isinstance(reply, Outcome)
    assert reply.result is not None
    [face] = reply.result.faces
    [same] = pipeline.analyse(decode(path)).faces
    assert same.box.iou(face.box) > 0.97
    original, drawn = (decode(one, full_size=True).pixels for one in (path, copy))
    assert drawn.shape == original.shape
    changed = np.abs(drawn.astype(int) - original).max(axis=2) > 100
    assert changed[face.box.top : face.box.bottom, face.box.left].mean() > 0.9
