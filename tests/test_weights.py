"""The manifest of weights and the paths it gives."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from analysis.errors import WeightsMissing
from analysis.weights import DEFAULT_DIRECTORY, Weights, read_manifest

MANIFEST = read_manifest(DEFAULT_DIRECTORY / "manifest.toml")
NAMES = {
    *("landmarks68", "landmarks5", "encoder_dlib", "encoder", "faceres"),
    *("yunet", "yunet_any_size", "mmod_dlib", "mmod", "ssd", "ssd_prototxt"),
    *("age", "age_face_api", "gender", "emotion_keras", "emotion"),
}


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    shutil.copy(DEFAULT_DIRECTORY / "manifest.toml", tmp_path)
    (tmp_path / "weights").mkdir()
    return Weights(tmp_path)


def test_the_manifest_names_every_weight_once() -> None:
    entries = MANIFEST.entries
    assert {entry.name for entry in entries} == NAMES
    assert len({entry.file for entry in entries}) == len(entries) == len(NAMES)


def test_every_weight_is_pinned_by_two_hashes() -> None:
    for weight in MANIFEST.weights:
        for digest in (weight.sha256, weight.archive.sha256):
            assert re.fullmatch(r"[0-9a-f]{64}", digest)
        assert weight.archive.version in weight.archive.file
        assert weight.archive.file.endswith(".whl")
        assert weight.size > 0


def test_every_committed_file_is_here_with_its_hash_and_licence() -> None:
    assert MANIFEST.committed
    for entry in MANIFEST.committed:
        file = DEFAULT_DIRECTORY / entry.file
        assert hashlib.sha256(file.read_bytes()).hexdigest() == entry.sha256
        assert entry.licence in file.with_name("LICENSE").read_text()


def test_every_entry_says_its_licence_and_use() -> None:
    entries = (*MANIFEST.entries, *MANIFEST.committed)
    assert all(entry.licence and entry.used_by for entry in entries)


def test_every_converter_is_a_module_of_the_analysis() -> None:
    for converted in MANIFEST.converted:
        assert converted.converter.startswith("analysis.")
        assert importlib.util.find_spec(converted.converter)


def test_a_weight_has_a_path(weights: Weights) -> None:
    entry = weights.manifest.find("yunet")
    file = weights.files / entry.file
    file.write_bytes(bytes(232589))
    assert weights.path("yunet") == file


def test_a_missing_weight_names_the_file_and_the_command(weights: Weights) -> None:
    with pytest.raises(WeightsMissing, match=r"emotion_model\.onnx .* manage\.py fetch_models"):
        weights.path("emotion")


def test_a_weight_of_a_wrong_size_is_refused(weights: Weights) -> None:
    (weights.files / "age-v1.onnx").write_bytes(b"half of it")
    with pytest.raises(WeightsMissing, match=r"age-v1\.onnx has a wrong size"):
        weights.path("age")


def test_a_missing_file_of_the_project_s_own_says_where_it_comes_from(weights: Weights) -> None:
    with pytest.raises(WeightsMissing, match=r"emotion/residual/emotion\.onnx .* Facesite's code"):
        weights.shipped("emotion/residual/emotion.onnx")


def test_an_unknown_weight_is_a_key_error(weights: Weights) -> None:
    with pytest.raises(KeyError, match="nose"):
        weights.path("nose")


def test_an_entry_with_a_misspelt_field_is_refused(tmp_path: Path) -> None:
    text = (DEFAULT_DIRECTORY / "manifest.toml").read_text().replace("licence =", "license =", 1)
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(TypeError, match="license"):
        read_manifest(tmp_path / "manifest.toml")
