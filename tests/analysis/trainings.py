"""All for which the tests of training need TensorFlow in one process: each start takes 5 s of a core.

    python -m tests.analysis.trainings CROPS FOLDER

Those that are to be stopped are forks, made before anything is computed here. It goes on with them
in FOLDER/stopped; the trainings in FOLDER/whole are never interrupted. These come later, so that
nothing of them could help those that go on.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from importlib import import_module
from io import StringIO
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from analysis.training import reading, trainer
from analysis.training.dataset import split
from analysis.training.progress import LineProgress
from analysis.training.recipes import RECIPES, Augmentation

EPOCHS, FRACTION, SEED = 3, 0.5, 7
FORMS = ("emotion.keras", "emotion.h5", "emotion.onnx")
# Whose training is stopped, how, and after which epochs; None ends its standard input, upon which it sends
# itself SIGTERM. The long tests kill those of both recipes, ten times each.
STOPS: dict[str, tuple[tuple[int, Signals | None], ...]] = {"study": ((1, SIGKILL), (2, None))}


def arguments(crops: Path, out: Path, recipe: str, epochs: int = EPOCHS) -> list[str]:
    options = f"--recipe {recipe} --out {out} --epochs {epochs}"
    options += f" --fraction {FRACTION} --seed {SEED} --threads 1"
    return ["train_emotion", f"{crops}", *options.split()]


def said(name: str, *arguments: str) -> str:
    """Return what a command writes."""
    from django.core.management import call_command

    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def main(crops: Path, folder: Path) -> dict[str, Any]:
    import_tensorflow()
    stopped = folder / "stopped"
    ends = {recipe: stops(crops, stopped / recipe, recipe) for recipe in STOPS}
    return {
        "ends": ends,
        "stages": {recipe: stage(stopped / recipe) for recipe in STOPS},
        "stopped": {recipe: gone_on_with(crops, stopped / recipe, recipe) for recipe in STOPS},
        "whole": {
            recipe: said(*arguments(crops, folder / "whole" / recipe, recipe)) for recipe in RECIPES
        },
        "evaluated": {
            recipe: [
                said(
                    "evaluate_emotion",
                    *(f"{folder / 'whole' / recipe / form}", f"{crops}", "--usage", "Training"),
                )
                for form in FORMS
            ]
            for recipe in RECIPES
        },
        "networks": networks(),
        "augmentation": augmentation(),
        "folded": folded(),
    }


def import_tensorflow() -> None:
    """Import it with all that a training needs of it, and have it compute nothing yet."""
    from analysis.training import runtime

    runtime.load()
    import_module("analysis.training.learner")


def stops(crops: Path, out: Path, recipe: str) -> list[tuple[int, str]]:
    """Begin a training and stop it as often as STOPS says; return each status and what was said."""
    return [stop_after(*stop, arguments(crops, out, recipe)) for stop in STOPS[recipe]]


def stop_after(epoch: int, signal: Signals | None, arguments: list[str]) -> tuple[int, str]:
    """Run until `epoch` has ended, send `signal` in the next, and return status and errors.

    Without a signal its standard input ends then.
    """
    if signal is None:
        arguments = [*arguments, "--while-stdin-open"]
    (its_stdin, stdin), (stdout, its_stdout) = os.pipe(), os.pipe()
    with tempfile.TemporaryFile() as stderr:
        with warnings.catch_warnings():
            # The threads of a TensorFlow that has only been imported hold nothing.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded")
            child = os.fork()
        if not child:
            os.close(stdin)
            run_as_command(arguments, its_stdin, its_stdout, stderr.fileno())
        os.close(its_stdin)
        os.close(its_stdout)
        with open(stdout, encoding="utf-8") as lines:  # noqa: PTH123
            for line in lines:
                if line.startswith(f"epoch {epoch} of"):
                    break
            if signal is not None:
                os.kill(child, signal)
            os.close(stdin)
            _, status = os.waitpid(child, 0)
        stderr.seek(0)
        return os.waitstatus_to_exitcode(status), stderr.read().decode()


def run_as_command(arguments: list[str], *files: int) -> NoReturn:
    """Be `manage.py` with these arguments and standard files from here to the end of the process."""
    for standard, file in enumerate(files):
        os.dup2(file, standard)
    from django.core.management import execute_from_command_line

    status: Any = os.EX_SOFTWARE
    try:
        execute_from_command_line(["manage.py", *arguments])
        status = 0
    except SystemExit as end:
        status = end.code
    finally:
        sys.stdout.flush()
        os._exit(status)


def stage(out: Path) -> str:
    return str(json.loads((out / "progress.json").read_text())["stage"])


def gone_on_with(crops: Path, out: Path, recipe: str) -> str:
    """Train to the end, as the command does, and return what it would say; nothing is exported."""
    said: list[str] = []
    plan = trainer.Plan(recipe, EPOCHS, SEED, threads=1)
    parts = split(reading.read(crops), None).thinned(FRACTION)
    trainer.train(plan, parts, out, LineProgress(said.append, terminal=False))
    return "".join(said)


def networks() -> dict[str, Any]:
    """Return how large they are, and how far the mirrored one is from the mean of both views."""
    from analysis.training.networks import study

    images = np.random.default_rng(0).uniform(-1, 1, (64, 48, 48, 1)).astype(np.float32)
    residual = RECIPES["residual"]
    network = residual.build()
    shares = answer(residual.serve(network), images)
    both = answer(network, images) + answer(network, images[:, :, ::-1])
    return {
        "study": study().count_params(),
        "residual": network.count_params(),
        "mirrored": float(np.abs(shares - both / 2).max()),
    }


def augmentation() -> dict[str, Any]:
    """Return how many images a layer that may only mirror leaves, and whether it rests outside training."""
    from analysis.training.augment import RandomAffine

    images = np.random.default_rng(0).uniform(-1, 1, (64, 48, 48, 1)).astype(np.float32)
    still = Augmentation(rotation=0, shift=0, zoom=0)
    changed = np.asarray(RandomAffine(still)(images, training=True))
    as_is = np.abs(changed - images).max((1, 2, 3)) < 1e-4
    turned = np.abs(changed - images[:, :, ::-1]).max((1, 2, 3)) < 1e-4
    return {
        "as_is": int(as_is.sum()),
        "turned": int(turned.sum()),
        "at_rest": bool((np.asarray(RandomAffine(Augmentation())(images)) == images).all()),
    }


def folded() -> dict[str, list[float]]:
    """Return how far each network with a temperature folded in is from its shares at it, and without."""
    import keras

    from analysis.training import calibration
    from analysis.training.dataset import scaled

    crops = np.random.default_rng(0).integers(0, 256, (64, 48, 48)).astype(np.uint8)
    keras.utils.set_random_seed(7)
    distances = {}
    for name, recipe in RECIPES.items():
        network = recipe.build()
        logits = calibration.logits(recipe, network, crops)
        calibration.fold(network, 0.25)
        found = answer(recipe.serve(network), scaled(crops))
        wanted, before = calibration.shares(logits, 0.25), calibration.shares(logits)
        distances[name] = [float(np.abs(found - other).max()) for other in (wanted, before)]
    return distances


def answer(network: Any, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ask a network without building a graph for it, which takes longer than a few images do."""
    return np.asarray(network(images))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    django.setup()
    json.dump(main(*map(Path, sys.argv[1:])), sys.stdout)
