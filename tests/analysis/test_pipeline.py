"""All stages together: on the sample portraits, and in numbers against dlib's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dlib
import numpy as np
import pytest
from PIL import Image

from analysis.demographics.dlib_models import BRACKET_OF_AGE, age_estimate
from analysis.encoding.onnx_resnet import CHIP_PADDING, CHIP_SIZE, OnnxEncoder
from analysis.errors import WeightsMissing
from analysis.images import decode
from analysis.pipeline import Pipeline, load_pipeline
from analysis.results import BRACKETS, EMOTIONS, FaceResult
from analysis.weights import Weights


def only_face(pipeline: Pipeline, path: Path) -> FaceResult:
    [face] = pipeline.analyse(decode(path)).faces
    return face


def test_a_portrait_is_described(pipeline: Pipeline, portrait: Path) -> None:
    photo = decode(portrait)
    result = pipeline.analyse(photo)
    [face] = result.faces
    assert (result.width, result.height) == (photo.width, photo.height)
    stages = {"detector", "landmarks", "alignment", "encoding", "encoder", "age_gender", "emotion"}
    assert set(result.methods) == stages
    assert result.methods["alignment"] == "dlib-5"
    assert result.methods["encoder"] == "dlib-resnet-v1/dlib-5"
    assert 0.8 <= face.score <= 1
    assert face.landmarks.shape == (68, 2)
    assert face.encoding.shape == (128,)
    assert face.landmarks.dtype == face.encoding.dtype == np.float32
    left, top = face.landmarks.min(axis=0)
    right, bottom = face.landmarks.max(axis=0)
    assert face.box.left - 20 < left < right < face.box.right + 60
    assert face.box.top < top < bottom < face.box.bottom + 20
    assert 25 <= face.age.years <= 60
    assert (face.gender.label, face.emotion.label) == ("male", "happy")
    assert tuple(face.emotion.scores) == EMOTIONS
    assert sum(face.emotion.scores.values()) == pytest.approx(1, abs=1e-5)
    assert face.emotion.confidence == max(face.emotion.scores.values())


def test_encodings_are_those_of_dlib(pipeline: Pipeline, portrait: Path) -> None:
    assert isinstance(pipeline.encoder, OnnxEncoder)
    reference = dlib.face_recognition_model_v1(str(Weights().path("encoder_dlib")))
    photo = decode(portrait)
    [found] = pipeline.detector.detect(photo.pixels)
    face = pipeline.aligner.align(photo.pixels, found)
    chip = face.chip(CHIP_SIZE, CHIP_PADDING)
    expected = np.array(reference.compute_face_descriptor(chip))
    np.testing.assert_allclose(pipeline.encoder.encode([face])[0], expected, atol=1e-5, rtol=0)
    mirrored = np.ascontiguousarray(chip[:, ::-1])
    np.testing.assert_allclose(
        pipeline.encoder.encode_chips([chip, mirrored])[1],
        np.array(reference.compute_face_descriptor(mirrored)),
        atol=1e-5,
        rtol=0,
    )


def test_more_faces_than_a_batch_get_each_its_own_numbers(pipeline: Pipeline) -> None:
    assert isinstance(pipeline.encoder, OnnxEncoder)
    chips = list(np.random.default_rng(0).integers(0, 256, (35, 150, 150, 3), dtype=np.uint8))
    together = pipeline.encoder.encode_chips(chips)
    for number in (0, 15, 16, 34):
        alone = pipeline.encoder.encode_chips([chips[number]])[0]
        np.testing.assert_allclose(together[number], alone, atol=1e-5, rtol=0)


def test_one_man_is_near_himself_and_far_from_another(pipeline: Pipeline, portrait: Path) -> None:
    names = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
    one, two, three, other = (only_face(pipeline, portrait.with_name(n)).encoding for n in names)
    for encoding in (two, three):
        assert np.linalg.norm(one - encoding) < 0.6
    for encoding in (one, two, three):
        assert np.linalg.norm(other - encoding) > 0.6


def test_faces_go_from_left_to_right_in_pixels_of_the_original(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    with Image.open(portrait) as image:
        wide = Image.new("RGB", (3 * image.width, image.height))
        for number in range(3):
            wide.paste(image, (number * image.width, 0))
        step = image.width
    wide.save(tmp_path / "wide.png")
    photo = decode(tmp_path / "wide.png")
    assert photo.scale < 1
    result = pipeline.analyse(photo)
    assert len(result.faces) == 3
    first = result.faces[0]
    for number, face in enumerate(result.faces):
        assert abs(face.box.left - first.box.left - number * step) < 12
        apart = face.landmarks - first.landmarks - np.array([number * step, 0])
        assert np.abs(apart).max() < 12


def test_boxes_stay_inside_the_photo(pipeline: Pipeline, portrait: Path, tmp_path: Path) -> None:
    box = only_face(pipeline, portrait).box
    with Image.open(portrait) as image:
        image.crop((0, box.top + box.height // 8, image.width, image.height)).save(
            tmp_path / "cropped.png"
        )
    clipped = only_face(pipeline, tmp_path / "cropped.png").box
    assert clipped.top >= 0
    assert clipped.width > box.width / 2


def test_no_face_is_a_finished_result(pipeline: Pipeline, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), "grey").save(tmp_path / "wall.png")
    result = pipeline.analyse(decode(tmp_path / "wall.png"))
    assert result.faces == ()
    assert result.methods["detector"] == "yunet-2023mar"


def test_a_truncated_photo_keeps_its_note(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    content = portrait.read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) * 3 // 4])
    assert "ends too early" in pipeline.analyse(decode(tmp_path / "cut.jpg")).note


def test_each_year_belongs_to_the_nearest_bracket() -> None:
    assert len(BRACKET_OF_AGE) == 81
    brackets = {age: BRACKETS[BRACKET_OF_AGE[age]] for age in range(81)}
    assert brackets[0] == brackets[3] == "(0-2)"
    assert (brackets[7], brackets[13], brackets[14]) == ("(4-6)", "(8-12)", "(15-20)")
    assert (brackets[22], brackets[23], brackets[35]) == ("(15-20)", "(25-32)", "(25-32)")
    assert (brackets[56], brackets[57], brackets[80]) == ("(48-53)", "(60-100)", "(60-100)")


def test_age_is_an_expectation_and_its_bracket_the_likeliest() -> None:
    shares = np.zeros(81, dtype=np.float32)
    shares[[26, 30, 60]] = 0.3, 0.3, 0.4
    estimate = age_estimate(shares)
    assert estimate.years == pytest.approx(0.3 * 56 + 0.4 * 60, abs=1e-4)
    assert estimate.bracket == "(25-32)"
    assert estimate.confidence == pytest.approx(0.6)


def test_missing_weights_are_named_with_the_command_to_run(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_bytes(
        (Path(__file__).parents[2] / "models" / "manifest.toml").read_bytes()
    )
    with pytest.raises(WeightsMissing, match=r"yunet.*fetch_models"):
        load_pipeline(weights=Weights(tmp_path))


def test_importing_the_pipeline_loads_no_vision_library() -> None:
    script = (
        "import sys, analysis.pipeline, analysis.batch;"
        "print({'PIL', 'cv2', 'dlib', 'onnxruntime', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
