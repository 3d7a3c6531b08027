"""HSE-FaceRes as ONNX gives the numbers that its own layers come to."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from analysis.convert import command, faceres
from analysis.networks import Network
from analysis.weights import Converted, Weights
from gallery.services.weights import SAMPLES

PHOTOS = [SAMPLES / "obama.jpg", SAMPLES / "grace_hopper.jpg"]


@pytest.fixture(scope="module")
def source() -> Path:
    entry = Weights().manifest.find("faceres")
    assert isinstance(entry, Converted)
    return Weights().source(entry)


def test_the_converted_network_agrees_with_its_layers_and_is_the_one_installed(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "faceres.onnx"
    assert faceres.convert(source, target, PHOTOS) < command.TOLERANCE
    chips = np.random.default_rng(1).integers(0, 256, (2, 3, 224, 224)).astype(np.float32)
    made, installed = Network(target)(chips), Network(Weights().path("faceres"))(chips)
    np.testing.assert_allclose(made, installed, rtol=0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-5)


def test_a_file_of_another_length_is_refused(source: Path, tmp_path: Path) -> None:
    for file in source.parent.iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / source.name).write_bytes(source.read_bytes() + b"\0")
    with pytest.raises(
        command.ConversionError, match=r"is not the network of HSE-FaceRes: .* long"
    ):
        faceres.convert(tmp_path / source.name, tmp_path / "faceres.onnx", PHOTOS)
    assert not (tmp_path / "faceres.onnx").exists()


@pytest.mark.parametrize("lacks", ["faceres.json", faceres.DIRECTIONS])
def test_a_file_without_its_layout_or_its_directions_is_refused(
    source: Path, tmp_path: Path, lacks: str
) -> None:
    for file in source.parent.iterdir():
        if file.name != lacks:
            shutil.copy(file, tmp_path)
    with pytest.raises(command.ConversionError, match="is not the network of HSE-FaceRes"):
        faceres.convert(tmp_path / source.name, tmp_path / "faceres.onnx", PHOTOS)
