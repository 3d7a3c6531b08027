"""YuNet for any size gives the numbers of the file that takes 640 x 640 pixels only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.convert import command, yunet
from analysis.networks import Network
from analysis.weights import Weights
from gallery.services.weights import SAMPLES

PHOTOS = [SAMPLES / "obama.jpg", SAMPLES / "grace_hopper.jpg"]


@pytest.fixture(scope="module")
def source() -> Path:
    return Weights().path("yunet")


def test_the_converted_network_agrees_with_its_original(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "yunet.onnx"
    assert yunet.convert(source, target, PHOTOS) < 1e-5
    assert target.stat().st_size < source.stat().st_size


def test_the_installed_network_agrees_on_noise_and_edges(source: Path) -> None:
    photos = np.random.default_rng(640).integers(0, 256, (3, 3, 640, 640)).astype(np.float32)
    photos[1], photos[2] = 0, 255
    actual = Network(Weights().path("yunet_any_size"))(photos)
    np.testing.assert_allclose(
        actual, yunet.expected(source.read_bytes(), photos), atol=1e-4, rtol=0
    )


def test_photos_of_other_sizes_have_a_cell_for_each_stride() -> None:
    network = Network(Weights().path("yunet_any_size"))
    cells = network(np.zeros((2, 3, 64, 160), dtype=np.float32))
    assert cells.shape == (2, 15, 8 * 20 + 4 * 10 + 2 * 5)


def test_another_network_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "yunet.onnx"
    with pytest.raises(command.ConversionError, match=r"emotion_model\.onnx is not YuNet"):
        yunet.convert(Weights().path("emotion"), target, PHOTOS)
    assert not target.exists()
