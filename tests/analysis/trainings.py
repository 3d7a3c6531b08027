"""All for which the tests of training need TensorFlow in one process: each start takes 5 s of a core.

    python -m tests.analysis.trainings CROPS FOLDER

Goes on with the trainings in FOLDER/stopped, which others began; those in FOLDER/whole are never
interrupted. That comes later, so that nothing of it could help those that go on.
"""

from __future__ import annotations

import json
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.training.recipes import RECIPES, Augmentation

EPOCHS = 3
FORMS = ("emotion.keras", "emotion.h5", "emotion.onnx")


def arguments(crops: Path, out: Path, recipe: str, epochs: int = EPOCHS) -> list[str]:
    options = f"--recipe {recipe} --out {out} --epochs {epochs} --fraction 0.5 --seed 7 --threads 1"
    return ["train_emotion", f"{crops}", *options.split()]


def said(name: str, *arguments: str) -> str:
    """Return what a command writes."""
    from django.core.management import call_command

    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def main(crops: Path, folder: Path) -> dict[str, Any]:
    return {
        name: {
            recipe: said(*arguments(crops, folder / name / recipe, recipe)) for recipe in RECIPES
        }
        for name in ("stopped", "whole")
    } | {
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
