"""All stages together, on the sample portraits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.errors import WeightsMissing
from analysis.images import decode
from analysis.pipeline import Pipeline, load_pipeline
from analysis.results import EMOTIONS, FaceResult
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
    assert set(result.methods) == stages | {"colour", "population"}
    assert result.methods["colour"] == "sRGB"
    assert result.methods["alignment"] == "dlib-5"
    assert result.methods["encoder"] == "dlib-resnet-v1/dlib-5"
    assert 0.8 <= face.score <= 1
    assert face.landmarks.shape == (68, 2)
    assert face.encoding.shape == (256,)
    assert face.level is not None
    assert abs(face.level) < 0.1  # As is usual on LFW.
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


def test_faces_go_from_left_to_right_in_pixels_of_the_original(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    with Image.open(portrait) as original:
        image = original.resize((3 * original.width // 2, 3 * original.height // 2))
        wide = Image.new("RGB", (5 * image.width, image.height))
        for number in range(5):
            wide.paste(image, (number * image.width, 0))
        step = image.width
    wide.save(tmp_path / "wide.png")
    photo = decode(tmp_path / "wide.png")
    assert photo.scale < 1
    result = pipeline.analyse(photo)
    assert len(result.faces) == 5
    first = result.faces[0]
    for number, face in enumerate(result.faces):
        assert abs(face.box.left - first.box.left - number * step) < 18
        apart = face.landmarks - first.landmarks - np.array([number * step, 0])
        assert np.abs(apart).max() < 18


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
    assert result.methods["detector"] == "yunet-2023mar-verified"


def test_a_truncated_photo_keeps_its_note(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    content = portrait.read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) * 3 // 4])
    assert "ends too early" in str(pipeline.analyse(decode(tmp_path / "cut.jpg")).note)


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
