"""Training ends the same however often it's stopped. TensorFlow stays in child processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

import numpy as np
import pytest

from analysis.training.reading import USAGES
from analysis.training.recipes import RECIPES
from gallery.services.weights import ROOT

EPOCHS = 3
STOPPED = (
    130,
    "CommandError: Stopped. The epochs that were finished are kept; run it again to go on.\n",
)
# In one process, because each start of TensorFlow takes seconds.
FACTS = """
import json, sys
from analysis.training import runtime
runtime.load()
import keras, numpy as np
from analysis.training import calibration, networks
from analysis.training.augment import RandomAffine
from analysis.training.dataset import scaled
from analysis.training.recipes import RECIPES, Augmentation
images = np.random.default_rng(0).uniform(-1, 1, (64, 48, 48, 1)).astype(np.float32)
still = Augmentation(rotation=0, shift=0, zoom=0)
changed = np.asarray(RandomAffine(still)(images, training=True))
as_is = np.abs(changed - images).max((1, 2, 3)) < 1e-4
turned = np.abs(changed - images[:, :, ::-1]).max((1, 2, 3)) < 1e-4
residual = RECIPES["residual"]
network = residual.build()
shares = residual.serve(network).predict_on_batch(images)
both = network.predict_on_batch(images), network.predict_on_batch(images[:, :, ::-1])
crops = np.random.default_rng(0).integers(0, 256, (64, 48, 48)).astype(np.uint8)
folded = {}
keras.utils.set_random_seed(7)
for name, recipe in RECIPES.items():
    one = recipe.build()
    logits = calibration.logits(recipe, one, crops)
    calibration.fold(one, 0.25)
    found = recipe.serve(one).predict_on_batch(scaled(crops))
    wanted, before = calibration.shares(logits, 0.25), calibration.shares(logits)
    folded[name] = [float(np.abs(found - other).max()) for other in (wanted, before)]
print(json.dumps({
    "study": networks.study().count_params(),
    "residual": network.count_params(),
    "as_is": int(as_is.sum()), "turned": int(turned.sum()),
    "at_rest": bool((np.asarray(RandomAffine(Augmentation())(images)) == images).all()),
    "mirrored": float(np.abs(shares - sum(both) / 2).max()),
    "folded": folded,
}))
"""
EVALUATE = """
import sys
from django.core.management import call_command
import facesite.settings, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "facesite.settings"
django.setup()
for name in ("emotion.keras", "emotion.h5", "emotion.onnx"):
    call_command("evaluate_emotion", sys.argv[1] + "/" + name, sys.argv[2], "--usage", "Training")
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return os.environ | {"DATA_DIR": f"{tmp_path_factory.mktemp('data')}"}


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crops(tmp_path_factory.mktemp("crops") / "fer.npz")


def write_crops(path: Path) -> Path:
    """Write bright and dark halves, which a network learns at once, in the form of FER2013."""
    chance = np.random.default_rng(2013)
    labels = chance.integers(0, 7, 576).astype(np.uint8)
    images = chance.integers(0, 90, (576, 48, 48))
    for image, label in zip(images, labels, strict=True):
        image[: 6 * label + 6] += 120
    usage = np.repeat(USAGES, [448, 64, 64])
    np.savez(path, images=images.astype(np.uint8), labels=labels, usage=usage)
    return path


def command(crops: Path, out: Path, recipe: str = "study") -> list[str]:
    arguments = (
        f"--recipe {recipe} --out {out} --epochs {EPOCHS} --fraction 0.5 --seed 7 --threads 1"
    )
    return [sys.executable, "manage.py", "train_emotion", f"{crops}", *arguments.split()]


@pytest.fixture(scope="module", params=RECIPES)
def recipe(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def trained(
    recipe: str, crops: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a training that nothing interrupted."""
    out = tmp_path_factory.mktemp("trained")
    done = subprocess.run(
        command(crops, out, recipe), cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(re.findall(r"epoch \d of 3: .* at most .+ left\n", done.stdout)) == EPOCHS
    return out


def stop_after(
    epoch: int, signal: Signals | None, arguments: list[str], environment: dict[str, str]
) -> tuple[int, str]:
    """Run until `epoch` has ended, send `signal` in the next, and return status and errors.

    Without a signal its standard input ends then.
    """
    with subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if line.startswith(f"epoch {epoch} of"):
                if signal is None:
                    process.stdin.close()
                else:
                    process.send_signal(signal)
                break
        return process.wait(300), process.stderr.read()


def test_a_training_that_was_stopped_twice_ends_as_one_that_was_not(
    recipe: str, crops: Path, trained: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    arguments = command(crops, tmp_path, recipe)
    assert stop_after(1, SIGKILL, arguments, environment)[0] == -SIGKILL
    # One of the recipes is told by a signal, the other by the end of its standard input: each start
    # of TensorFlow and its tracing of a network take 12 s of a core.
    if recipe == "study":
        told = [*arguments, "--while-stdin-open"]
        assert stop_after(2, None, told, environment) == STOPPED
    else:
        assert stop_after(2, SIGTERM, arguments, environment) == STOPPED
    assert json.loads((tmp_path / "progress.json").read_text())["stage"] == "training"
    last = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert last.returncode == 0, last.stderr
    assert "Going on after epoch 2.\n" in last.stdout

    with np.load(tmp_path / "checkpoint.npz") as one, np.load(trained / "checkpoint.npz") as other:
        names = [name for name in one if name != "about"]
        assert len(names) > 50
        for name in names:
            np.testing.assert_array_equal(one[name], other[name])
    reports = [json.loads((out / "report.json").read_text()) for out in (tmp_path, trained)]
    assert reports[0]["evaluations"] == reports[1]["evaluations"]


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


def test_a_training_leaves_networks_pictures_and_a_report(recipe: str, trained: Path) -> None:
    report = json.loads((trained / "report.json").read_text())

    assert [one["on"] for one in report["evaluations"]] == ["PublicTest", "PrivateTest"]
    training = report["training"]
    assert (training["recipe"], training["seed"], training["images"]) == (recipe, 7, 224)
    assert (training["epochs"], len(training["history"])) == (EPOCHS, EPOCHS)
    assert training["history"][-1]["loss"] < training["history"][0]["loss"]
    assert len(training["training"]) == 64
    assert 0.125 <= training["temperature"] <= 8
    validation = report["evaluations"][0]
    assert validation["loss"] <= validation["before"]["loss"] + 1e-6
    assert sum(one["images"] for one in validation["reliability"]) == validation["images"]
    assert set(report["files"]) == {"emotion.keras", "emotion.h5", "emotion.onnx"}
    assert report["versions"]["keras"]
    text = (trained / "report.md").read_text()
    for picture in re.findall(r"\]\((\S+)\)", text):
        assert (trained / picture).read_text().startswith("<svg")
    assert {path.name for path in trained.iterdir()} == {
        *report["files"],
        *("report.json", "report.md", "confusion.svg", "calibration.svg", "curves.svg"),
        *("checkpoint.npz", "lock", "progress.json"),
    }
    progress = json.loads((trained / "progress.json").read_text())
    assert (progress["stage"], progress["epochs"], progress["epoch"]) == ("done", EPOCHS, EPOCHS)
    assert progress["history"] == training["history"]


def test_the_three_forms_are_equally_right(
    crops: Path, trained: Path, environment: dict[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVALUATE, f"{trained}", f"{crops}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("calibration error") == 3
    found = [float(one) for one in re.findall(r"448 images, accuracy (\S+) %", done.stdout)]
    assert len(found) == 3
    assert max(found) - min(found) <= 0.05


def test_the_networks_are_as_described() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FACTS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    facts = json.loads(done.stdout)
    assert (facts["study"], facts["residual"]) == (642_935, 600_983)
    assert facts["as_is"] + facts["turned"] == 64
    assert min(facts["as_is"], facts["turned"]) > 15
    assert facts["at_rest"]
    assert facts["mirrored"] < 1e-5
    assert len(facts["folded"]) == len(RECIPES)
    for to_wanted, to_before in facts["folded"].values():
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
