"""Keras networks as people and strangers bring them, made by one start of TensorFlow for all tests.

    python -W ignore -m tests.analysis.keras_networks FOLDER PHOTO

saves them, turns into ONNX what suits, and says in said.json what became of each. One is also taken in
as the site does, with what is known of it in facts.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from analysis.convert.command import ConversionError
from analysis.training import emotion_onnx, intake, runtime
from gallery.services.weights import ROOT, SAMPLES
from tests.once import once

SAID, TAKEN, FACTS = "said.json", "taken.onnx", "facts.json"
# Is there once the code in lambda.keras was run.
RAN = "ran"


def keras_networks(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that this module fills, which the tests share."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-W", "ignore", "-m", __name__, f"{folder}"]
        command.append(f"{SAMPLES / 'obama.jpg'}")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    return once(factory, "keras-networks", make)


def save_all(folder: Path) -> None:
    """Save two networks that suit, four that do not, and one that runs code where it is loaded."""
    import keras
    from keras import layers

    def save(name: str, shape: tuple[int, ...], *stack: Any) -> None:
        keras.Sequential([keras.Input(shape), *stack]).save(folder / name)

    keras.utils.set_random_seed(7)
    pool, dense = layers.GlobalAveragePooling2D, layers.Dense
    save("shares.keras", (48, 40, 1), layers.Conv2D(4, 3), pool(), dense(7, activation="softmax"))
    save("logits.h5", (32, 32, 3), layers.Conv2D(4, 3, activation="relu"), pool(), dense(7))
    save("eight.h5", (48, 48, 1), pool(), dense(8, activation="softmax"))
    save("colourful.hdf5", (48, 48, 4), pool(), dense(7))
    save("flat.keras", (2304,), dense(7))
    save("map.keras", (48, 48, 1), layers.Conv2D(7, 3))
    # Keras stores the code alone, without what it refers to: the path has to stand in it.
    mark = eval(f"lambda values: (open({f'{folder / RAN}'!r}, 'w').close(), values)[1]")
    save("lambda.keras", (48, 40, 1), layers.Conv2D(4, 3), pool(), layers.Lambda(mark), dense(7))
    (folder / RAN).unlink()  # Building the network ran it.


def convert_all(folder: Path, photo: Path) -> dict[str, float | str]:
    """Write ONNX files beside the networks; return the difference or the refusal of each."""
    said: dict[str, float | str] = {}
    for source in sorted(path for path in folder.iterdir() if path.stem != "lambda"):
        try:
            said[source.name] = emotion_onnx.convert(source, source.with_suffix(".onnx"), [photo])
        except ConversionError as error:
            said[source.name] = f"{error}"
    return said


if __name__ == "__main__":
    runtime.load()
    folder = Path(sys.argv[1])
    save_all(folder)
    said = convert_all(folder, Path(sys.argv[2]))
    (folder / SAID).write_text(json.dumps(said))
    facts = intake.take(folder / "logits.h5", folder / TAKEN, [Path(sys.argv[2])])
    (folder / FACTS).write_text(json.dumps(asdict(facts)))
