"""When a training slows down, stops and what it keeps, without TensorFlow."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import numpy as np
import pytest

from analysis.training import checkpoint, metrics, pictures
from analysis.training.checkpoint import Checkpoint, TrainingError
from analysis.training.dataset import Dataset, Split
from analysis.training.progress import FileProgress, LineProgress, Several, Stage, duration
from analysis.training.recipes import RECIPES, Cosine, Epoch, Plateau, best
from analysis.training.trainer import Plan, train


def history(*losses: float) -> tuple[Epoch, ...]:
    return tuple(Epoch(1.5, 0.4, loss, 0.5, 1e-3, 60.0) for loss in losses)


def test_the_rate_falls_where_the_loss_stays() -> None:
    plateau = Plateau(start=1.0, factor=0.1, patience=3)
    losses = [5.0, 4, 4, 4, 4, 3, 3, 3, 3]
    rates = [plateau.rate(history(*losses[:count]), count, 200) for count in range(10)]
    assert rates == pytest.approx([1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01])


def test_the_cosine_rises_and_ends_at_nothing() -> None:
    cosine = Cosine(peak=1.0, warm_up=2.0)
    rates = [cosine.rate((), done, 12) for done in (0, 1, 2, 7, 12)]
    assert rates == pytest.approx([0, 0.5, 1, 0.5, 0], abs=0.01)


def test_the_cosine_begins_anew() -> None:
    once, twice = Cosine(peak=1.0, warm_up=2.0), Cosine(peak=1.0, warm_up=2.0, restart=0.4)
    rates = [twice.rate((), done, 20) for done in range(21)]
    assert rates == pytest.approx(
        [once.rate((), done, 8) for done in range(8)]
        + [once.rate((), done, 12) for done in range(13)]
    )


def test_a_short_cosine_has_one_turn() -> None:
    once, twice = Cosine(peak=1.0), Cosine(peak=1.0, restart=0.4)
    for epochs in (1, 5, 14):
        rates = [twice.rate((), done, epochs) for done in range(epochs + 1)]
        assert rates == [once.rate((), done, epochs) for done in range(epochs + 1)]
    assert twice.rate((), 5, 5) == pytest.approx(0)


def test_a_training_stops_after_its_patience() -> None:
    recipe = replace(RECIPES["study"], patience=2)
    assert not recipe.stopped(())
    assert not recipe.stopped(history(3, 2, 2.5))
    assert recipe.stopped(history(3, 2, 2.5, 2))
    assert best(history(3, 2, 2.5, 2)) == 1


@pytest.fixture
def ended(tmp_path: Path) -> Checkpoint:
    saved = Checkpoint(
        {"recipe": "study"}, history(2, 1), [np.arange(3.0), np.array(7)], [np.ones((2, 2))]
    )
    saved.save(tmp_path)
    return saved


def test_a_checkpoint_comes_back_as_it_was(ended: Checkpoint, tmp_path: Path) -> None:
    found = checkpoint.load(tmp_path)
    assert found is not None
    assert (found.settings, found.history) == (ended.settings, ended.history)
    for one, other in zip(found.state + found.best, ended.state + ended.best, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_broken_checkpoint_is_told(ended: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TrainingError, match="is broken: delete it to begin anew"):
        checkpoint.load(tmp_path)


def test_two_trainings_in_one_folder_are_refused(tmp_path: Path) -> None:
    with (
        checkpoint.only_one(tmp_path),
        pytest.raises(TrainingError, match="Another process is training"),
        checkpoint.only_one(tmp_path),
    ):
        pass


def test_a_folder_with_another_training_is_refused(tmp_path: Path) -> None:
    crops = Dataset(np.zeros((4, 48, 48), np.uint8), np.zeros(4, np.uint8))
    parts, plan = Split(crops, crops, None), Plan(epochs=1, threads=1)
    settings = plan.settings(parts)
    lines: list[str] = []
    progress = LineProgress(lines.append, terminal=False)
    for changed, complaint in (
        ({"seed": 5}, "a training with seed 5, not 0"),
        ({"training": "00"}, "a training with other training images"),
    ):
        Checkpoint(settings | changed, history(1), [], []).save(tmp_path)
        with pytest.raises(TrainingError, match=complaint):
            train(plan, parts, tmp_path, progress)


def test_the_number_of_epochs_matters_where_the_rate_follows_it() -> None:
    crops = Dataset(np.zeros((4, 48, 48), np.uint8), np.zeros(4, np.uint8))
    parts = Split(crops, crops, None)
    assert Plan("residual", epochs=9).settings(parts)["epochs"] == 9
    assert "epochs" not in Plan("study", epochs=9).settings(parts)


def test_progress_is_a_line_an_epoch_or_one_line_on_a_terminal() -> None:
    plain: list[str] = []
    drawn: list[str] = []
    for lines, terminal in ((plain, False), (drawn, True)):
        progress = LineProgress(lines.append, terminal=terminal)
        progress.begun(history(3), 4)
        progress.step(1, 0.0, 0.0, 0.0)
        progress.epoch(history(3, 2))
    assert plain == [
        "Going on after epoch 1.\n",
        "epoch 2 of 4: loss 1.5000, accuracy 40.00 %, validation loss 2.0000, accuracy 50.00 %, "
        "the best so far; 1 min 0 s, at most 2 min 0 s left\n",
    ]
    assert drawn == [f"\r\x1b[K{line}" for line in plain]


def test_a_page_reads_how_far_a_training_is(tmp_path: Path) -> None:
    def read() -> dict[str, Any]:
        found: dict[str, Any] = json.loads((tmp_path / "progress.json").read_text())
        return found

    slow, quick = FileProgress(tmp_path), FileProgress(tmp_path, every=0)
    slow.begun(history(3), 4)
    begun = read()
    assert begun.pop("history") == [asdict(epoch) for epoch in history(3)]
    assert begun == {
        "stage": "training",
        "epochs": 4,
        "epoch": 2,
        "done": 0.0,
        "loss": None,
        "accuracy": None,
        "seconds_left": 180.0,
    }
    slow.step(1, 0.5, 1.2, 0.6)
    assert read()["done"] == 0.0  # A second has not passed.

    told = Several(quick)
    told.begun(history(3), 4)
    told.step(1, 0.5, 1.2, 0.6)
    found = read()
    assert (found["done"], found["loss"], found["accuracy"]) == (0.5, 1.2, 0.6)
    assert found["seconds_left"] == pytest.approx(120, abs=5)
    told.step(1, 0.6, math.nan, 0.6)
    assert read()["loss"] is None
    told.epoch(history(3, 2))
    for stage in get_args(Stage)[1:]:
        quick.stage(stage)
        found = read()
        assert (found["stage"], found["epoch"], found["done"]) == (stage, 2, 1.0)
        assert len(found["history"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


def test_times_are_told_in_the_units_that_matter() -> None:
    assert [duration(4.4), duration(61), duration(7300)] == ["4 s", "1 min 1 s", "2 h 1 min"]


def test_precision_and_recall_are_those_of_the_confusion() -> None:
    labels = np.array([0, 0, 0, 3, 3], np.uint8)
    shares = np.full((5, 7), 0.1, np.float32)
    shares[[0, 1, 2, 3, 4], [0, 0, 3, 3, 3]] = 0.4

    found = metrics.evaluation(shares, labels)

    assert (found.images, found.accuracy) == (5, 0.8)
    assert found.loss == pytest.approx((4 * -np.log(0.4) - np.log(0.1)) / 5)
    assert found.confusion[0] == (2, 0, 0, 1, 0, 0, 0)
    angry, disgust, happy = found.classes[0], found.classes[1], found.classes[3]
    assert [angry.precision, angry.recall] == pytest.approx([1, 2 / 3])
    assert [happy.precision, happy.recall] == pytest.approx([2 / 3, 1])
    assert (disgust.images, disgust.precision, disgust.recall) == (0, None, None)


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    shares = np.full((5, 7), 0.01, np.float32)
    sure = np.array([0.95, 0.97, 0.5, 0.5, 1.0000001], np.float32)
    shares[:, 2] = sure
    labels = np.array([2, 0, 2, 2, 2], np.uint8)

    found = metrics.evaluation(shares, labels)

    assert len(found.reliability) == 15
    assert {one.images for one in found.reliability} == {0, 2, 3}
    low, high = found.reliability[7], found.reliability[14]
    assert (low.images, low.confidence, low.right) == (2, 0.5, 1.0)
    assert high.images == 3
    assert [high.confidence, high.right] == pytest.approx([2.92 / 3, 2 / 3])
    assert (found.reliability[0].confidence, found.reliability[0].right) == (None, None)
    assert found.calibration_error == pytest.approx((2 * 0.5 + 3 * (2.92 - 2) / 3) / 5)


def test_the_pictures_are_well_formed_and_name_what_they_show() -> None:
    shares, labels = np.eye(7, dtype=np.float32), np.arange(7, dtype=np.uint8)
    matrix = pictures.confusion_matrix(metrics.evaluation(shares, labels))
    assert matrix.count("100 %") == 7
    for drawn in (matrix, *(pictures.learning_curves(history(*[1.0] * n)) for n in (1, 2, 90))):
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
    perfect = metrics.evaluation(shares, labels)
    even = metrics.evaluation(np.full((7, 7), 1 / 7, np.float32), labels)
    for drawn in (pictures.reliability(perfect), pictures.reliability(even, perfect)):
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "before: error 0.0 %" in drawn
    marks = re.findall(r'text-anchor="end">([^<]+)<', pictures.learning_curves(history(1, 1)))
    assert marks == ["1", "1.1", "1.2", "1.3", "1.4", "1.5", "40", "42", "44", "46", "48", "50"]
    assert "dotted: best, epoch 2" in pictures.learning_curves(history(3, 2, 4))
