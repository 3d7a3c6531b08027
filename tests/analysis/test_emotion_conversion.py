"""Emotion networks as ONNX give Keras's numbers. TensorFlow stays in child processes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import h5py
import numpy as np
import onnxruntime
import pytest
from django.core.management import CommandError, call_command

from analysis.convert import command
from analysis.emotion import EmotionNetwork, Input
from analysis.errors import WeightsMissing
from analysis.methods import Choice
from analysis.results import EMOTIONS, Array
from analysis.training import emotion_onnx
from analysis.weights import Weights
from gallery.services.weights import ROOT, SAMPLES
from tests.analysis.keras_networks import SAID, keras_networks

CONVERT = [sys.executable, "-m", "analysis.training.emotion_onnx"]


@pytest.fixture(scope="module")
def smile() -> Array:
    """The one face on a portrait, laughing."""
    [photo] = command.read([SAMPLES / "obama.jpg"])
    takes = Input.of(("n", 64, 64, 1))
    return takes.batch(emotion_onnx.grey_faces(photo, takes))


def scores(network: Path, faces: Array) -> Array:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    [answer] = session.run(None, {session.get_inputs()[0].name: faces})
    return np.asarray(answer, dtype=np.float32)


def test_a_laughing_face_is_happy_and_the_scores_are_shares(smile: Array) -> None:
    [answer] = scores(Weights().path("emotion"), smile)
    assert answer.shape == (7,)
    assert EMOTIONS[int(answer.argmax())] == "happy"
    assert float(answer.sum()) == pytest.approx(1, abs=1e-5)


def test_importing_the_converter_loads_no_tensorflow() -> None:
    code = "import sys, analysis.training.emotion_onnx; print({'tensorflow', 'keras'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_without_photos_nothing_is_converted(tmp_path: Path) -> None:
    target = tmp_path / "emotion.onnx"
    source = Weights().path("emotion_keras")
    done = subprocess.run([*CONVERT, source, target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "A converted network can't be checked without sample photos.\n"
    assert not target.exists()


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float | str]]:
    """A folder of Keras networks, those that suit with ONNX beside them, and what was said of each."""
    folder = keras_networks(tmp_path_factory)
    return folder, json.loads((folder / SAID).read_text())


@pytest.mark.parametrize("name", ["shares.keras", "logits.h5"])
def test_keras_files_of_both_kinds_become_onnx(
    brought: tuple[Path, dict[str, float | str]], name: str
) -> None:
    folder, said = brought
    difference = said[name]
    assert isinstance(difference, float)
    assert difference <= 1e-5
    made = folder / Path(name).with_suffix(".onnx")
    assert EmotionNetwork(made).name.startswith(made.name)
    takes = Input.of(("n", 48, 40, 1) if name == "shares.keras" else ("n", 32, 32, 3))
    sums = scores(made, takes.trial()).sum(axis=1)
    np.testing.assert_allclose(sums, 1, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("eight.h5", r"eight\.h5 gives \(None, 8\), not \(None, 7\): a number for each of angry"),
        ("map.keras", r"map\.keras gives \(None, 46, 46, 7\), not"),
        ("flat.keras", r"flat\.keras takes \(None, 2304\), not \(None, rows, columns, 1 or 3\)"),
        ("colourful.hdf5", r"colourful\.hdf5 takes \(None, 48, 48, 4\), not"),
    ],
)
def test_other_networks_are_refused_in_a_sentence(
    brought: tuple[Path, dict[str, float | str]], name: str, why: str
) -> None:
    folder, said = brought
    assert re.match(why, f"{said[name]}"), said[name]
    assert not (folder / name).with_suffix(".onnx").exists()


def described(folder: Path, name: str, layer: str) -> Path:
    """Write a Keras file, old or new, whose description names `layer`."""
    layers = [{"class_name": layer, "module": "keras.layers", "config": {"name": "one"}}]
    description = json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
    weights = folder / "model.weights.h5"
    with h5py.File(weights, "w") as file:
        file.attrs["model_config"] = description
    if name.endswith(".keras"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("config.json", description)
            archive.writestr("metadata.json", "{}")
            archive.write(weights, weights.name)
    else:
        shutil.copy(weights, folder / name)
    return folder / name


@pytest.mark.parametrize("name", ["mine.h5", "mine.hdf5", "mine.keras"])
@pytest.mark.parametrize("layer", ["Lambda", "MyOwnLayer"])
def test_code_in_a_file_is_refused_before_it_is_loaded(
    tmp_path: Path, name: str, layer: str
) -> None:
    source = described(tmp_path, name, layer)
    with pytest.raises(CommandError, match=rf"made from {name}: {name} uses {layer}"):
        call_command("convert_emotion", source, stdout=StringIO())
    assert not source.with_suffix(".onnx").exists()
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("mine.h5", b"this is no network", r"mine\.h5 is no Keras network"),
        ("mine.keras", b"", r"mine\.keras is no Keras network"),
        ("mine.pkl", b"cos\nsystem\n(S'true'\ntR.", r"mine\.pkl is none of \.keras, \.h5, \.hdf5"),
        ("mine.keras", None, r"There is no file .*mine\.keras"),
    ],
)
def test_what_is_no_keras_file_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=why):
        call_command("convert_emotion", tmp_path / name, stdout=StringIO())


def test_a_keras_file_is_chosen_once_the_command_has_made_onnx_of_it(
    tmp_path: Path, smile: Array
) -> None:
    shutil.copy(Weights().directory / "manifest.toml", tmp_path)
    (tmp_path / "weights").symlink_to(Weights().files)
    shutil.copyfile(Weights().path("emotion_keras"), tmp_path / "mine.hdf5")
    weights = Weights(tmp_path)
    choice = Choice.of({"emotion": "mine.hdf5"}, weights)
    with pytest.raises(
        WeightsMissing, match=r"Run: python manage\.py convert_emotion .*mine\.hdf5"
    ):
        choice.check(weights)

    said = StringIO()
    call_command("convert_emotion", tmp_path / "mine.hdf5", stdout=said)
    difference = re.search(
        r"mine\.hdf5\.onnx is verified: largest difference .*: (\S+)\. Choose", said.getvalue()
    )
    assert difference is not None
    assert float(difference[1]) <= 1e-5
    choice.check(weights)
    network = choice.methods(weights)["emotion"].load(weights)
    assert network.name.startswith("mine.hdf5.onnx-")
    installed = scores(Weights().path("emotion"), smile)
    np.testing.assert_allclose(
        scores(tmp_path / "mine.hdf5.onnx", smile), installed, rtol=0, atol=1e-5
    )
