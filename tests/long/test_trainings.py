"""A training that is killed at any moment, again and again, ends as one that was not."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import numpy as np
import pytest

from analysis.training.recipes import RECIPES
from gallery.services.weights import ROOT
from tests.analysis.test_training import command, write_crops

pytestmark = pytest.mark.long
KILLS = 10
# An epoch takes a second, so that ten starts of which half come to one do not come to the end.
EPOCHS = 40
# Seconds after its start: from before TensorFlow is loaded until some epochs have ended.
EARLIEST, LATEST = 1.0, 20.0


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_training_killed_ten_times_at_any_moment_ends_as_one_that_was_not(
    recipe: str, tmp_path: Path
) -> None:
    crops = write_crops(tmp_path / "fer.npz")
    environment = os.environ | {"DATA_DIR": f"{tmp_path / 'data'}"}
    chance = random.Random(recipe)
    arguments = command(crops, tmp_path / "killed", recipe, epochs=EPOCHS)
    kills = 0
    for _ in range(KILLS):
        with subprocess.Popen(
            arguments, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        ) as training:
            try:
                training.wait(chance.uniform(EARLIEST, LATEST))
            except subprocess.TimeoutExpired:
                training.kill()
                kills += 1
    assert kills >= KILLS - 2, "Most of it had ended before it was killed."
    for name in ("killed", "whole"):
        arguments = command(crops, tmp_path / name, recipe, epochs=EPOCHS)
        subprocess.run(arguments, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    killed, whole = (np.load(tmp_path / name / "checkpoint.npz") for name in ("killed", "whole"))
    with killed, whole:
        names = [name for name in whole if name != "about"]
        assert len(names) > 50
        for name in names:
            np.testing.assert_array_equal(killed[name], whole[name])
