"""A training that is killed at any moment, again and again, ends as one that was not."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from analysis.training.recipes import RECIPES
from gallery.services.weights import ROOT
from tests.analysis.test_training import command, write_crops

pytestmark = pytest.mark.long
KILLS = 10
EPOCHS = 100
# Seconds after its start: from before TensorFlow is loaded until, by what the whole takes here, some epochs
# have ended. Ten such starts do not come to the end.
EARLIEST, SHARE = 1.0, 0.25


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"DATA_DIR": f"{folder / 'data'}"}


def run(crops: Path, out: Path, recipe: str) -> None:
    """Train to the end."""
    arguments = command(crops, out, recipe, epochs=EPOCHS)
    known = environment(crops.parent)
    subprocess.run(arguments, cwd=ROOT, env=known, stdout=subprocess.DEVNULL, check=True)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_training_killed_ten_times_at_any_moment_ends_as_one_that_was_not(
    recipe: str, tmp_path: Path
) -> None:
    crops = write_crops(tmp_path / "fer.npz")
    chance = random.Random(recipe)
    kills = 0
    began = time.monotonic()
    run(crops, tmp_path / "whole", recipe)
    latest = SHARE * (time.monotonic() - began)
    arguments = command(crops, tmp_path / "killed", recipe, epochs=EPOCHS)
    for _ in range(KILLS):
        with subprocess.Popen(
            arguments, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.DEVNULL
        ) as training:
            try:
                training.wait(chance.uniform(EARLIEST, latest))
            except subprocess.TimeoutExpired:
                training.kill()
                kills += 1
    assert kills >= KILLS - 2, "Most of it had ended before it was killed."
    run(crops, tmp_path / "killed", recipe)
    killed, whole = (np.load(tmp_path / name / "checkpoint.npz") for name in ("killed", "whole"))
    with killed, whole:
        names = [name for name in whole if name != "about"]
        assert len(names) > 50
        for name in names:
            np.testing.assert_array_equal(killed[name], whole[name])
