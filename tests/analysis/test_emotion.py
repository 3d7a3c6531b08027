"""Emotion networks of every shape, made by the tests out of a mean and a matrix."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from analysis.alignment import AlignedFace
from analysis.detection import Region
from analysis.emotion import CROP_PIXELS, EmotionNetwork, emotion_crop, png, read_png
from analysis.errors import UnreadablePhoto, UnusableNetwork
from analysis.images import decode
from analysis.methods import Choice
from analysis.pipeline import Pipeline, Stages
from analysis.results import EMOTIONS
from analysis.weights import DEFAULT_DIRECTORY, Weights

BIASES = np.linspace(-1, 2, 7, dtype=np.float32)
SLOPES = np.array([1, -2, 0, 3, 0.5, -1, 2], dtype=np.float32)


def network(
    file: Path,
    shape: Sequence[int | str] = ("n", 48, 40, 1),
    *,
    softmax: bool = True,
    outputs: int = 7,
    kind: int = TensorProto.FLOAT,
) -> Path:
    """Write a network: the logits are a face's mean grey times SLOPES, plus BIASES."""
    channels_last = shape[-1] in (1, 3)
    channels = int(shape[-1] if channels_last else shape[1])
    axes = [*range(1, len(shape) - 1)] if channels_last else [2, 3]
    slopes = np.tile(np.resize(SLOPES, outputs), (channels, 1)) / channels
    nodes = [
        helper.make_node("Cast", ["faces"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["means"], axes=axes, keepdims=0),
        helper.make_node("Gemm", ["means", "slopes", "biases"], ["logits"]),
        helper.make_node("Softmax" if softmax else "Identity", ["logits"], ["answer"]),
    ]
    graph = helper.make_graph(
        nodes,
        "emotions",
        [helper.make_tensor_value_info("faces", kind, shape)],
        [helper.make_tensor_value_info("answer", TensorProto.FLOAT, [shape[0], outputs])],
        [
            numpy_helper.from_array(slopes.astype(np.float32), "slopes"),
            numpy_helper.from_array(np.resize(BIASES, outputs), "biases"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, file)
    return file


@pytest.fixture(scope="module")
def faces(pipeline: Pipeline, portrait: Path) -> list[AlignedFace]:
    """Two faces in one photo of two."""
    pixels = decode(portrait).pixels
    wide = np.concatenate([pixels, pixels // 2], axis=1)
    found = sorted(pipeline.detector.detect(wide), key=lambda face: face.box.left)
    assert len(found) == 2
    return [pipeline.aligner.align(wide, face) for face in found]


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """The weights of this installation, in a folder to bring files to."""
    shutil.copy(DEFAULT_DIRECTORY / "manifest.toml", tmp_path)
    for folder in ("weights", "emotion"):
        (tmp_path / folder).symlink_to(DEFAULT_DIRECTORY / folder)
    return Weights(tmp_path)


def test_a_file_is_chosen_by_its_name(portrait: Path, weights: Weights) -> None:
    network(weights.directory / "mine.onnx")
    photo = decode(portrait)
    chosen = Stages(weights).pipeline(Choice.of({"emotion": "mine.onnx"}, weights))
    result = chosen.analyse(photo)
    [face] = result.faces
    assert result.methods["emotion"].startswith("mine.onnx-")
    assert sum(face.emotion.scores.values()) == pytest.approx(1, abs=1e-5)
    assert face.emotion.label == EMOTIONS[6]


@pytest.mark.parametrize("softmax", [True, False], ids=["shares", "logits"])
@pytest.mark.parametrize(
    "shape",
    [
        ("n", 48, 40, 1),
        ("n", 48, 40, 3),
        ("n", 1, 48, 40),
        ("n", 3, 48, 40),
        (1, 48, 40, 1),
        (1, 3, 48, 40),
    ],
)
def test_grey_faces_go_in_whatever_the_layout_and_shares_come_out(
    faces: list[AlignedFace], tmp_path: Path, shape: tuple[int | str, ...], softmax: bool
) -> None:
    file = network(tmp_path / "mine.onnx", shape, softmax=softmax)
    crops = [emotion_crop(face.pixels, face.square) for face in faces]
    found = EmotionNetwork(file).estimate(crops)
    for crop, estimate in zip(crops, found, strict=True):
        resized = cv2.resize(crop, (40, 48), interpolation=cv2.INTER_AREA)
        grey = resized.mean() / 127.5 - 1
        powers = np.exp(SLOPES * grey + BIASES)
        expected = powers / powers.sum()
        np.testing.assert_allclose(list(estimate.scores.values()), expected, atol=1e-5)
        assert list(estimate.scores) == list(EMOTIONS)
        assert estimate.label == EMOTIONS[int(expected.argmax())]
        assert estimate.confidence == max(estimate.scores.values())
    assert found[0].scores != found[1].scores


@pytest.mark.parametrize("softmax", [True, False], ids=["shares", "logits"])
def test_a_temperature_makes_a_network_less_sure_and_no_other(
    tmp_path: Path, softmax: bool
) -> None:
    file = network(tmp_path / "mine.onnx", softmax=softmax)
    crops = list(np.random.default_rng(1).integers(0, 256, (3, 96, 96), dtype=np.uint8))
    plain = EmotionNetwork(file).estimate(crops)
    cool = EmotionNetwork(file, temperature=2.0).estimate(crops)
    for before, after in zip(plain, cool, strict=True):
        roots = np.sqrt(list(before.scores.values()))
        expected = roots / roots.sum()
        np.testing.assert_allclose(list(after.scores.values()), expected, atol=1e-6)
        assert after.label == before.label
        assert after.confidence < before.confidence


def test_a_share_of_nothing_stays_one_at_any_temperature(tmp_path: Path) -> None:
    emotions = EmotionNetwork(network(tmp_path / "mine.onnx"), temperature=1.34)
    shares = np.array([[1, 0, 0, 0, 0, 0, 0], [0.5, 0.3, 0.2, 0, 0, 0, 0]], np.float32)
    found = emotions._shares(shares)
    np.testing.assert_allclose(found[0], shares[0], atol=1e-6)
    assert found[1].argmax() == 0
    assert (found[1, 3:] < 1e-6).all()


def test_another_content_has_another_name(tmp_path: Path) -> None:
    one = EmotionNetwork(network(tmp_path / "mine.onnx"))
    two = EmotionNetwork(network(tmp_path / "mine.onnx", softmax=False))
    assert one.name != two.name
    assert EmotionNetwork(network(tmp_path / "mine.onnx")).name == one.name


@pytest.mark.parametrize(
    ("shape", "changes", "why"),
    [
        (("n", 48, 48, 1), {"outputs": 8}, r"gives \(8,\) for a face, not \(7,\)"),
        (("n", 48, 48, 1), {"kind": TensorProto.UINT8}, r"turns tensor\(uint8\) into"),
        (("n", 48, 48, 2), {}, r"takes \['n', 48, 48, 2\], not"),
        (("n", 48, 1), {}, r"takes \['n', 48, 1\], not"),
        (("n", "h", "w", 1), {}, r"takes \['n', 'h', 'w', 1\], not"),
        (("n", 4000, 4000, 1), {}, ".* 16 to 512 pixels a side"),
        ((4, 48, 48, 1), {}, r"takes \[4, 48, 48, 1\], not \(any number"),
    ],
)
def test_another_network_is_refused_in_a_sentence(
    tmp_path: Path, shape: tuple[int | str, ...], changes: dict[str, int], why: str
) -> None:
    file = network(tmp_path / "mine.onnx", shape, **changes)  # type: ignore[arg-type]
    with pytest.raises(UnusableNetwork, match=rf"^The emotion network mine\.onnx {why}.*\.$"):
        EmotionNetwork(file)


@pytest.mark.parametrize("content", [b"", b"this is no network", b"\x08\x09" * 100])
def test_what_is_no_network_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.onnx").write_bytes(content)
    with pytest.raises(UnusableNetwork, match=r"mine\.onnx cannot be read as an ONNX network"):
        EmotionNetwork(tmp_path / "mine.onnx")


def test_after_an_unusable_network_the_same_process_goes_on(
    portrait: Path, weights: Weights
) -> None:
    (weights.directory / "mine.onnx").write_bytes(b"this is no network")
    stages = Stages(weights)
    with pytest.raises(UnusableNetwork):
        stages.pipeline(Choice.of({"emotion": "mine.onnx"}, weights))
    [face] = stages.pipeline(Choice()).analyse(decode(portrait)).faces
    assert face.emotion.label == "happy"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("residual", r"residual-[0-9a-f]{8}/crop-3"),
        ("study", r"study-[0-9a-f]{8}/crop-3"),
        ("mini-xception", "mini-xception-fer2013/crop-3"),
    ],
)
def test_the_networks_of_ours_see_a_smile(portrait: Path, chosen: str, said: str) -> None:
    result = Stages().pipeline(Choice(emotion=chosen)).analyse(decode(portrait))
    [face] = result.faces
    assert re.fullmatch(said, result.methods["emotion"])
    assert face.emotion.label == "happy"


def test_outside_the_photo_the_crop_repeats_its_border() -> None:
    ramp = np.repeat(np.arange(100, dtype=np.uint8)[:, None], 80, axis=1)
    pixels = np.repeat(ramp[..., None], 3, axis=2)
    above = emotion_crop(pixels, Region(20, -39, 60, 1))
    assert above.shape == (CROP_PIXELS, CROP_PIXELS)
    assert (above[:48] == 0).all()
    below = emotion_crop(pixels, Region(70, 90, 120, 140))
    assert (below[48:] == 99).all()


def test_a_square_beside_the_photo_still_gives_a_crop() -> None:
    pixels = np.full((100, 80, 3), 50, np.uint8)
    assert (emotion_crop(pixels, Region(379, 10, 479, 110)) == 50).all()


def test_a_crop_is_kept_to_the_pixel(faces: list[AlignedFace], tmp_path: Path) -> None:
    crop = emotion_crop(faces[0].pixels, faces[0].square)
    (tmp_path / "crop.png").write_bytes(png(crop))
    np.testing.assert_array_equal(read_png(tmp_path / "crop.png"), crop)


def test_a_broken_crop_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "crop.png").write_bytes(b"\x89PNG and no more")
    with pytest.raises(UnreadablePhoto, match=r"^The crop crop\.png cannot be read\.$"):
        read_png(tmp_path / "crop.png")
