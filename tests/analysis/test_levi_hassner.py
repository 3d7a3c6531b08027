"""Levi and Hassner's Caffe networks, tried on small ones of the same inputs and outputs."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.demographics.levi_hassner import YEARS, age_estimate, face_blob
from analysis.errors import UnusableNetwork, WeightsMissing
from analysis.images import decode
from analysis.methods import AGE_GENDER, Choice
from analysis.pipeline import Pipeline, Stages
from analysis.results import BRACKETS
from analysis.weights import DEFAULT_DIRECTORY, Weights

LAYERS = """
name: "small"
input: "data"
input_dim: 1
input_dim: 3
input_dim: 227
input_dim: 227
layer {{ name: "pool" type: "Pooling" bottom: "data" top: "pool"
        pooling_param {{ pool: AVE global_pooling: true }} }}
layer {{ name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
        inner_product_param {{ num_output: {outputs} }} }}
layer {{ name: "prob" type: "Softmax" bottom: "fc" top: "prob" }}
"""


def field(number: int, content: bytes) -> bytes:
    """Return a length-delimited field of a protobuf message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def caffe_blob(values: NDArray[np.float32]) -> bytes:
    shape = field(1, b"".join(map(varint, values.shape)))
    return field(7, shape) + field(5, struct.pack(f"<{values.size}f", *values.ravel()))


def caffe_network(filters: NDArray[np.float32], biases: NDArray[np.float32]) -> bytes:
    """Return a NetParameter whose layer "fc" has these weights (outputs, 3) and biases (outputs,)."""
    blobs = b"".join(field(7, caffe_blob(values)) for values in (filters, biases))
    layer = field(1, b"fc") + field(2, b"InnerProduct") + blobs
    return field(1, b"small") + field(100, layer)


def put(directory: Path, part: str, filters: NDArray[np.float32]) -> None:
    outputs = len(filters)
    biases = np.linspace(0, 0.5, outputs, dtype=np.float32)
    (directory / f"{part}_deploy.prototxt").write_text(LAYERS.format(outputs=outputs))
    (directory / f"{part}_net.caffemodel").write_bytes(caffe_network(filters, biases))


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """The weights of this installation, and small networks that judge by the mean colour alone."""
    shutil.copy(DEFAULT_DIRECTORY / "manifest.toml", tmp_path)
    for folder in ("weights", "emotion"):
        (tmp_path / folder).symlink_to(DEFAULT_DIRECTORY / folder)
    shades = np.random.default_rng(7).normal(0, 0.02, (8, 3)).astype(np.float32)
    put(tmp_path, "age", shades)
    put(tmp_path, "gender", np.array([[0, 0, 0.01], [0.02, 0, 0]], dtype=np.float32))
    return Weights(tmp_path)


def test_the_networks_are_chosen_by_name_and_see_the_box_and_ten_pixels_more(
    pipeline: Pipeline, portrait: Path, weights: Weights
) -> None:
    photo = decode(portrait)
    chosen = Stages(weights).pipeline(Choice.of({"age_gender": "caffe"}, weights))
    result = chosen.analyse(photo)
    [face] = result.faces
    assert result.methods["age_gender"] == "levi-hassner-2015"

    [found] = pipeline.detector.detect(photo.pixels)
    left, top = round(found.box.left) - 10, round(found.box.top) - 10
    right, bottom = round(found.box.right) + 10, round(found.box.bottom) + 10
    seen = cv2.resize(photo.pixels[max(0, top) : bottom, max(0, left) : right], (227, 227))
    blue_green_red = seen.astype(np.float32).mean(axis=(0, 1))[::-1]
    colour = blue_green_red - np.array([78.4263377603, 87.7689143744, 114.895847746])
    shades = np.random.default_rng(7).normal(0, 0.02, (8, 3)).astype(np.float32)
    shares = softmax(shades @ colour + np.linspace(0, 0.5, 8))
    assert face.age.bracket == BRACKETS[int(shares.argmax())]
    assert face.age.confidence == pytest.approx(float(shares.max()), abs=1e-3)
    assert face.age.years == pytest.approx(float(shares @ YEARS), abs=0.1)
    male, female = softmax(np.array([0.01 * colour[2], 0.5 + 0.02 * colour[0]], np.float32))
    assert face.gender.label == ("male" if male > female else "female")
    assert face.gender.confidence == pytest.approx(float(max(male, female)), abs=1e-3)


def test_the_first_of_the_two_genders_is_male(
    pipeline: Pipeline, portrait: Path, tmp_path: Path, weights: Weights
) -> None:
    photo = decode(portrait)
    faces = [
        pipeline.aligner.align(photo.pixels, f) for f in pipeline.detector.detect(photo.pixels)
    ]
    for label, biases in (("male", [3, 0]), ("female", [0, 3])):
        model = caffe_network(np.zeros((2, 3), np.float32), np.array(biases, np.float32))
        (tmp_path / "gender_net.caffemodel").write_bytes(model)
        [(_, gender)] = AGE_GENDER["caffe"].load(weights).estimate(faces)
        assert gender.label == label
        assert gender.confidence == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-5)


def test_a_box_at_the_edge_is_clipped_to_the_photo(pipeline: Pipeline, portrait: Path) -> None:
    pixels = decode(portrait).pixels
    [found] = pipeline.detector.detect(pixels)
    cut = np.ascontiguousarray(pixels[round(found.box.top) + 3 :, round(found.box.left) + 3 :])
    [found] = pipeline.detector.detect(cut)
    blob = face_blob(pipeline.aligner.align(cut, found))
    assert blob.shape == (1, 3, 227, 227)
    assert blob.dtype == np.float32


@pytest.mark.parametrize("number", range(8))
def test_each_bracket_has_its_years(number: int) -> None:
    shares = np.zeros(8, np.float32)
    shares[number] = 1
    estimate = age_estimate(shares)
    assert (estimate.bracket, estimate.confidence) == (BRACKETS[number], 1)
    first, last = map(int, BRACKETS[number].strip("()").split("-"))
    assert first <= estimate.years <= last
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < estimate.years < estimate.high


def test_two_likely_brackets_make_a_wide_interval() -> None:
    shares = np.array([0, 0, 0, 0, 0.5, 0, 0.5, 0], np.float32)
    estimate = age_estimate(shares)
    assert estimate.years == pytest.approx((28.5 + 50.5) / 2)
    assert estimate.low == pytest.approx(22.5 + 0.2 * 12.5)
    assert estimate.high == pytest.approx(45.5 + 0.8 * 11)


def test_missing_files_are_named(tmp_path: Path, weights: Weights) -> None:
    (tmp_path / "age_net.caffemodel").unlink()
    with pytest.raises(WeightsMissing, match=r"Put age_net\.caffemodel into the folder"):
        Choice(age_gender="caffe").check(weights)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("age_deploy.prototxt", b"this is no network"),
        ("age_deploy.prototxt", LAYERS.format(outputs=7).encode()),
        ("age_deploy.prototxt", LAYERS.format(outputs=8).rpartition("layer")[0].encode()),
        ("gender_net.caffemodel", b"\x00\xff" * 50),
        ("gender_net.caffemodel", b""),
        (
            "gender_net.caffemodel",
            caffe_network(np.zeros((5, 4), np.float32), np.zeros(5, np.float32)),
        ),
    ],
)
def test_other_files_are_refused_in_a_sentence(
    tmp_path: Path, weights: Weights, file: str, content: bytes
) -> None:
    (tmp_path / file).write_bytes(content)
    part = file.partition("_")[0]
    with pytest.raises(UnusableNetwork, match=rf"{part}_deploy\.prototxt and .*Levi and Hassner"):
        AGE_GENDER["caffe"].load(weights)
