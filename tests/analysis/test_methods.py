"""The methods by name, and the networks that a user brings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.available import available
from analysis.demographics.levi_hassner import LeviHassner
from analysis.errors import UnknownMethod, WeightsMissing
from analysis.methods import AGE_GENDER, CARRIED, STAGES, Choice, emotion_files, find
from analysis.pipeline import Stages
from analysis.weights import DEFAULT_DIRECTORY, Weights


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """This installation's weights, in a folder to bring files to."""
    (tmp_path / "manifest.toml").symlink_to(DEFAULT_DIRECTORY / "manifest.toml")
    (tmp_path / "weights").symlink_to(DEFAULT_DIRECTORY / "weights")
    return Weights(tmp_path)


def bring(weights: Weights, *names: str) -> None:
    for name in names:
        (weights.directory / name).parent.mkdir(parents=True, exist_ok=True)
        (weights.directory / name).write_bytes(b"some network")


def test_each_file_of_a_network_is_an_emotion_method_by_its_name(weights: Weights) -> None:
    bring(weights, "mine.onnx", "old.h5", "older.HDF5", "new.keras", "README.md", ".hidden.onnx")
    bring(weights, "old.h5.onnx")
    assert set(emotion_files(weights)) == {"mine.onnx", "old.h5", "older.HDF5", "new.keras"}
    choice = Choice.of({"emotion": "mine.onnx"}, weights)
    choice.check(weights)
    assert choice.methods(weights)["emotion"].files(weights) == [weights.directory / "mine.onnx"]


def test_files_of_other_methods_are_no_emotion_networks(weights: Weights) -> None:
    brought = [file for stage in STAGES.values() for one in stage.values() for file in one.brought]
    assert brought
    bring(weights, *brought)
    assert emotion_files(weights) == {}


@pytest.mark.parametrize("name", ["mine.onnx", "../mine.onnx", "weights/emotion_model.onnx", ""])
def test_only_files_in_the_folder_itself_have_a_name(weights: Weights, name: str) -> None:
    with pytest.raises(UnknownMethod, match=r"There is no emotion called .*; there are residual, "):
        Choice.of({"emotion": name}, weights)


def test_a_keras_file_waits_for_the_command_that_makes_onnx_of_it(weights: Weights) -> None:
    bring(weights, "mine.h5")
    method = find("emotion", "mine.h5", weights)
    command = rf"Run: python manage\.py convert_emotion {weights.directory.name}/mine\.h5$"
    with pytest.raises(WeightsMissing, match=command):
        method.files(weights)
    bring(weights, "mine.onnx")  # Another network of the user's.
    with pytest.raises(WeightsMissing, match=command):
        method.files(weights)
    bring(weights, "mine.h5.onnx")
    assert method.files(weights) == [weights.directory / "mine.h5.onnx"]


def test_a_keras_file_that_was_replaced_waits_for_the_command_again(weights: Weights) -> None:
    bring(weights, "mine.h5", "mine.onnx", "mine.h5.onnx")
    made = (weights.directory / "mine.h5.onnx").stat().st_mtime
    os.utime(weights.directory / "mine.h5", (made + 1, made + 1))
    with pytest.raises(WeightsMissing, match="convert_emotion"):
        find("emotion", "mine.h5", weights).files(weights)


def test_what_is_available_says_what_is_missing(weights: Weights) -> None:
    bring(weights, "mine.onnx", "old.h5", "gender_net.caffemodel")
    found = available(weights)
    assert list(found) == list(STAGES)
    emotions = {method.name: method for method in found["emotion"]}
    assert emotions["mini-xception"].missing == emotions["mine.onnx"].missing is None
    assert "convert_emotion" in str(emotions["old.h5"].missing)
    [caffe] = [method for method in found["age_gender"] if method.name == "caffe"]
    assert str(caffe.missing).startswith("Put age_deploy.prototxt, age_net.caffemodel and gender_")
    assert all(method.title for methods in found.values() for method in methods)


def test_asking_what_there_is_loads_no_vision_library() -> None:
    script = (
        "import sys; from analysis import available, methods;"
        "available.available(); methods.DEFAULT.carried();"
        "print({'PIL', 'cv2', 'dlib', 'numpy', 'onnxruntime', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_the_part_of_a_name_that_is_about_ages_is_what_the_network_calls_itself() -> None:
    from analysis.demographics.face_api import AgeNetwork

    named = {name: one.age_network for name, one in STAGES["age_gender"].items() if one.age_network}
    assert named == {"face-api": AgeNetwork.name}


def loadable() -> list[tuple[str, str]]:
    return [
        (stage, one.name) for stage, all in available().items() for one in all if not one.missing
    ]


@pytest.fixture(scope="module")
def stages() -> Stages:
    """What a child has: it keeps one method a stage, so each choice loads only what is another."""
    return Stages()


@pytest.mark.parametrize(("stage", "name"), loadable())
def test_what_results_carry_is_known_without_loading_a_method(
    stage: str, name: str, stages: Stages
) -> None:
    choice = Choice.of({stage: name})

    # And the map by which levels are told, which a task tells anew without looking at a photo.
    methods = stages.pipeline(choice).methods
    assert methods == choice.carried() | {"population": methods["population"]}
    assert set(choice.carried()) == set(CARRIED)


def test_methods_whose_files_nobody_has_name_what_their_results_carry() -> None:
    ssd = STAGES["detector"]["ssd-tf"]
    assert ssd.carried == ssd.options["name"]
    assert AGE_GENDER["caffe"].carried == LeviHassner.name


def test_a_network_that_is_replaced_by_another_carries_another_name(weights: Weights) -> None:
    bring(weights, "mine.onnx")
    choice = Choice.of({"emotion": "mine.onnx"}, weights)
    before = choice.carried(weights)["emotion"]
    (weights.directory / "mine.onnx").write_bytes(b"another network")

    assert before.startswith("mine.onnx-")
    assert choice.carried(weights)["emotion"] not in {before, ""}


def test_of_a_network_that_is_not_there_yet_nobody_says_what_it_would_carry(
    weights: Weights,
) -> None:
    bring(weights, "mine.h5")
    assert "emotion" not in Choice.of({"emotion": "mine.h5"}, weights).carried(weights)
