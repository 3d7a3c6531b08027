"""A Keras file that a stranger made is refused before anything of it runs, unless it's plain layers."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from analysis.training import keras_files
from analysis.training.keras_files import ModelRefused
from analysis.weights import Weights

PLAIN = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "layers": [
            {"module": "keras.layers", "class_name": "Dense", "config": {"units": 7, "seed": 1e12}}
        ]
    },
}


def layer(**changes: Any) -> dict[str, Any]:
    return {**PLAIN, "config": {"layers": [{"module": "keras.layers", "config": {}} | changes]}}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file["kernel"] = np.zeros((4, 4))
    return tmp_path / "weights.h5"


def as_keras(path: Path, description: Any, weights: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(description))
        archive.writestr("metadata.json", "{}")
        archive.write(weights, "model.weights.h5")
    return path


def as_hdf5(path: Path, description: Any) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(description)
    return path


def test_plain_layers_pass_in_every_form(weights: Path, tmp_path: Path) -> None:
    keras_files.check(as_keras(tmp_path / "a.keras", PLAIN, weights))
    keras_files.check(as_hdf5(tmp_path / "a.h5", PLAIN))
    keras_files.check(Weights().path("emotion_keras"))


@pytest.mark.parametrize(
    ("description", "complaint"),
    [
        (layer(class_name="Lambda"), "uses Lambda"),
        (layer(class_name="TFSMLayer"), "uses TFSMLayer"),
        (layer(class_name="Dense", module="os"), "uses code of os"),
        (layer(class_name="Dense", registered_name="shop>Dense"), "uses code of shop>Dense"),
        (
            layer(class_name="function", module="keras.utils", config="get_file"),
            "uses code of keras.utils|uses function",
        ),
        (
            layer(class_name="Dense", config={"activation": {"class_name": "__lambda__"}}),
            "__lambda__",
        ),
        (layer(class_name="Dense", config={"units": 10**9}), "asks for units 1e"),
        (layer(class_name="Dense", config={"units": 10**400}), "is no Keras network"),
    ],
)
def test_what_is_no_plain_layer_is_refused(
    description: dict[str, Any], complaint: str, weights: Path, tmp_path: Path
) -> None:
    for path in (
        as_keras(tmp_path / "a.keras", description, weights),
        as_hdf5(tmp_path / "a.h5", description),
    ):
        with pytest.raises(ModelRefused, match=complaint):
            keras_files.check(path)


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    for name in ("a.keras", "a.h5"):
        (tmp_path / name).write_bytes(pickle.dumps({"a": print}))
        with pytest.raises(ModelRefused, match=f"{name} is no Keras network"):
            keras_files.check(tmp_path / name)


def test_damaged_and_endless_descriptions_are_refused(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    deep = "[" * 100_000 + "]" * 100_000
    for text in (deep, '{"class_name": ', "\0"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("config.json", text)
            archive.write(weights, "model.weights.h5")
        with pytest.raises(ModelRefused, match=r"a\.keras is no Keras network"):
            keras_files.check(path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(whole[45:60], b"\xff" * 15))
    with pytest.raises(ModelRefused, match=r"a\.keras is no Keras network"):
        keras_files.check(path)


def test_weights_that_claim_two_gigabytes_are_refused(tmp_path: Path, weights: Path) -> None:
    with h5py.File(weights, "a") as file:
        file.create_dataset("bias", shape=(2**29,), dtype=np.float32, chunks=(2**16,))
    with pytest.raises(ModelRefused, match="claims 2048 MB of weights"):
        keras_files.check(as_keras(tmp_path / "a.keras", PLAIN, weights))


def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    path = as_hdf5(tmp_path / "a.h5", PLAIN)
    with h5py.File(path, "a") as file:
        file["kernel"] = h5py.ExternalLink("/etc/hostname", "/kernel")
    with pytest.raises(ModelRefused, match="outside itself at kernel"):
        keras_files.check(path)
    as_hdf5(path, PLAIN)
    with h5py.File(path, "a") as file:
        file.create_dataset("kernel", (4,), np.uint8, external=[("/etc/hostname", 0, 4)])
    with pytest.raises(ModelRefused, match="in another file at kernel"):
        keras_files.check(path)


def test_a_file_with_more_in_it_is_refused(tmp_path: Path, weights: Path) -> None:
    path = as_keras(tmp_path / "a.keras", PLAIN, weights)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("assets/run.py", "print()")
    with pytest.raises(ModelRefused, match="holds more than a network"):
        keras_files.check(path)
