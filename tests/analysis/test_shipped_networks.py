"""The emotion networks in `models/emotion`: they are what their reports say."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from analysis.methods import EMOTIONS
from analysis.training import metrics, models, reading
from analysis.training.dataset import VALIDATION
from analysis.weights import DEFAULT_DIRECTORY, Weights

ROOT = Path(__file__).resolve().parents[2]
REPORTS = DEFAULT_DIRECTORY / "emotion"
FER2013 = ROOT.parent / "shared" / "data" / "fer2013" / "fer2013_train_public.npz"


def test_every_network_of_ours_has_a_report() -> None:
    assert {path.parent.name for path in REPORTS.glob("*/report.json")} == set(EMOTIONS)


@pytest.mark.parametrize("name", [path.parent.name for path in REPORTS.glob("*/emotion.onnx")])
def test_a_report_is_about_the_files_beside_it(name: str) -> None:
    files = json.loads((REPORTS / name / "report.json").read_text())["files"]
    hashes = {
        file.name: sha256(file.read_bytes()).hexdigest()
        for file in (REPORTS / name).glob("emotion.*")
    }
    assert hashes == {file: facts["sha256"] for file, facts in files.items()}


@pytest.mark.parametrize("name", EMOTIONS)
def test_a_network_is_as_right_as_its_report_says(name: str) -> None:
    if not FER2013.exists():
        pytest.skip("the folder shared/data/fer2013 is not beside this checkout")
    data = reading.read(FER2013).used_for(VALIDATION)
    assert data is not None
    [reported] = [
        one
        for one in json.loads((REPORTS / name / "report.json").read_text())["evaluations"]
        if one["on"] == VALIDATION
    ]
    served, _ = models.chosen(name, Weights())
    found = metrics.evaluation(served.shares(data.images), data.labels)
    assert found.accuracy == pytest.approx(reported["accuracy"], abs=1e-3)
    assert found.calibration_error == pytest.approx(reported["calibration_error"], abs=2e-3)
    np.testing.assert_allclose(found.confusion, reported["confusion"], atol=4)
