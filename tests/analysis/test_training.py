"""Training ends the same however often it's stopped. TensorFlow stays in child processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGKILL
from typing import Any

import numpy as np
import pytest

from analysis.training import checkpoint
from analysis.training.reading import USAGES
from analysis.training.recipes import RECIPES
from gallery.services.weights import ROOT
from tests.analysis import trainings
from tests.analysis.trainings import EPOCHS, STOPS

STOPPED = (
    130,
    "CommandError: Stopped. The epochs that were finished are kept; run it again to go on.\n",
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return os.environ | {"DATA_DIR": f"{tmp_path_factory.mktemp('data')}"}


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crops(tmp_path_factory.mktemp("crops") / "fer.npz")


def write_crops(path: Path) -> Path:
    """Write bright and dark halves, which a network learns at once, in the form of FER2013."""
    chance = np.random.default_rng(2013)
    labels = chance.integers(0, 7, 320).astype(np.uint8)
    images = chance.integers(0, 90, (320, 48, 48))
    for image, label in zip(images, labels, strict=True):
        image[: 6 * label + 6] += 120
    usage = np.repeat(USAGES, [192, 64, 64])
    np.savez(path, images=images.astype(np.uint8), labels=labels, usage=usage)
    return path


def command(crops: Path, out: Path, recipe: str = "study", *, epochs: int = EPOCHS) -> list[str]:
    return [sys.executable, "manage.py", *trainings.arguments(crops, out, recipe, epochs)]


@dataclass(frozen=True)
class Trainings:
    """Those that were stopped and went on, those that were not, and what is told of them."""

    folder: Path
    told: dict[str, Any]

    def stopped(self, recipe: str) -> Path:
        return self.folder / "stopped" / recipe

    def whole(self, recipe: str) -> Path:
        return self.folder / "whole" / recipe


@pytest.fixture(scope="module")
def trained(
    crops: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Trainings:
    folder = tmp_path_factory.mktemp("trained")
    done = subprocess.run(
        [sys.executable, "-m", "tests.analysis.trainings", f"{crops}", f"{folder}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return Trainings(folder, json.loads(done.stdout))


@pytest.fixture(params=RECIPES)
def recipe(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("recipe", STOPS)
def test_a_training_that_was_stopped_ends_as_one_that_was_not(
    recipe: str, trained: Trainings
) -> None:
    stops = STOPS[recipe]
    for (_, signal), (status, errors) in zip(stops, trained.told["ends"][recipe], strict=True):
        if signal == SIGKILL:
            assert status == -SIGKILL
        else:
            assert (status, errors) == STOPPED
    assert trained.told["stages"][recipe] == "training"
    assert f"Going on after epoch {stops[-1][0]}.\n" in trained.told["stopped"][recipe]

    stopped, whole = (
        checkpoint.load(folder) for folder in (trained.stopped(recipe), trained.whole(recipe))
    )
    assert stopped is not None
    assert whole is not None
    assert [replace(one, seconds=0) for one in stopped.history] == [
        replace(one, seconds=0) for one in whole.history
    ]
    assert len(whole.state) + len(whole.best) > 50
    for one, other in zip(
        [*stopped.state, *stopped.best], [*whole.state, *whole.best], strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_a_training_says_of_each_epoch_how_it_went_and_how_much_is_left(
    recipe: str, trained: Trainings
) -> None:
    lines = re.findall(r"epoch \d of 3: .* at most .+ left\n", trained.told["whole"][recipe])
    assert len(lines) == EPOCHS


def test_a_training_without_a_standard_input_ends_before_anything_is_loaded_if_told_to(
    crops: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    arguments = [*command(crops, tmp_path), "--while-stdin-open"]
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == STOPPED


def test_a_training_leaves_networks_pictures_and_a_report(recipe: str, trained: Trainings) -> None:
    folder = trained.whole(recipe)
    report = json.loads((folder / "report.json").read_text())

    assert [one["on"] for one in report["evaluations"]] == ["PublicTest", "PrivateTest"]
    training = report["training"]
    assert (training["recipe"], training["seed"], training["images"]) == (recipe, 7, 96)
    assert (training["epochs"], len(training["history"])) == (EPOCHS, EPOCHS)
    assert training["history"][-1]["loss"] < training["history"][0]["loss"]
    assert len(training["training"]) == 64
    assert 0.125 <= training["temperature"] <= 8
    validation = report["evaluations"][0]
    assert validation["loss"] <= validation["before"]["loss"] + 1e-6
    assert sum(one["images"] for one in validation["reliability"]) == validation["images"]
    assert set(report["files"]) == {"emotion.keras", "emotion.h5", "emotion.onnx"}
    assert report["versions"]["keras"]
    text = (folder / "report.md").read_text()
    for picture in re.findall(r"\]\((\S+)\)", text):
        assert (folder / picture).read_text().startswith("<svg")
    assert {path.name for path in folder.iterdir()} == {
        *report["files"],
        *("report.json", "report.md", "confusion.svg", "calibration.svg", "curves.svg"),
        *("checkpoint.npz", "lock", "progress.json"),
    }
    progress = json.loads((folder / "progress.json").read_text())
    assert (progress["stage"], progress["epochs"], progress["epoch"]) == ("done", EPOCHS, EPOCHS)
    assert progress["history"] == training["history"]


def test_the_three_forms_are_equally_right(recipe: str, trained: Trainings) -> None:
    evaluated = "\n".join(trained.told["evaluated"][recipe])
    assert evaluated.count("calibration error") == 3
    found = [float(one) for one in re.findall(r"192 images, accuracy (\S+) %", evaluated)]
    assert len(found) == 3
    assert max(found) - min(found) <= 0.05


def test_the_networks_are_as_described(trained: Trainings) -> None:
    networks = trained.told["networks"]
    assert (networks["study"], networks["residual"]) == (642_935, 600_983)
    assert networks["mirrored"] < 1e-5


def test_faces_are_mirrored_by_chance_while_a_network_learns_and_never_else(
    trained: Trainings,
) -> None:
    facts = trained.told["augmentation"]
    assert facts["as_is"] + facts["turned"] == 64
    assert min(facts["as_is"], facts["turned"]) > 15
    assert facts["at_rest"]


def test_a_temperature_is_folded_into_each_network(recipe: str, trained: Trainings) -> None:
    to_wanted, to_before = trained.told["folded"][recipe]
    assert to_wanted < 1e-5 < 1e-3 < to_before


def test_a_wrong_line_in_any_source_ends_the_command_with_a_sentence(
    crops: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "fer.csv"
    path.write_text("emotion,pixels,Usage\n3,1 2 3,Training\n")
    arguments = command(path, tmp_path / "out")
    arguments.insert(arguments.index(f"{path}"), f"{crops}")
    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "CommandError: Line 2 of fer.csv: expected 2304 grey values (48 x 48) and found 3.\n"
    )


def test_the_commands_load_no_tensorflow_before_they_need_it() -> None:
    code = (
        "import sys, gallery.management.commands.train_emotion; "
        "import gallery.management.commands.evaluate_emotion; "
        "print({'tensorflow', 'keras'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
