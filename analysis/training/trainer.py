"""Trains a network epoch by epoch, so that it may be stopped at any moment and goes on to the same end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from analysis.sentences import Sentence, say
from analysis.training import checkpoint, metrics, runtime
from analysis.training.checkpoint import Checkpoint, TrainingError
from analysis.training.dataset import Split
from analysis.training.recipes import RECIPES, Cosine, Epoch, Recipe, best
from analysis.training.runtime import Precision

if TYPE_CHECKING:
    from analysis.training.learner import Learner


class Progress(Protocol):
    """What is told of a training while it runs."""

    def begun(self, history: tuple[Epoch, ...], epochs: int) -> None: ...

    def step(self, epoch: int, done: float, loss: float, accuracy: float) -> None: ...

    def epoch(self, history: tuple[Epoch, ...]) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train and how. `epochs` None takes the recipe's number."""

    recipe: str = "study"
    epochs: int | None = None
    seed: int = 0
    precision: Precision = "float32"
    threads: int = 2

    @property
    def way(self) -> Recipe:
        return RECIPES[self.recipe]

    @property
    def last(self) -> int:
        return self.epochs or self.way.epochs

    def settings(self, parts: Split) -> dict[str, Any]:
        """Return what must be the same for a training to be gone on with."""
        rate = self.way.rate
        # A rate that follows from the number of epochs makes another training of another number.
        length = {"epochs": self.last, "restart": rate.restart} if isinstance(rate, Cosine) else {}
        return length | {
            "recipe": self.recipe,
            "seed": self.seed,
            "precision": self.precision,
            "threads": self.threads,
            "training": parts.training.sha256,
            "validation": parts.validation.sha256,
        }


def train(plan: Plan, parts: Split, directory: Path, progress: Progress) -> Checkpoint:
    """Train, or go on training, in `directory`; return the end with the best weights.

    Saves after each epoch. Whatever stops it costs the epoch it was in: called again it takes up the
    last checkpoint and comes to the same result. Raises TrainingError where `directory` holds another
    training.
    """
    directory.mkdir(parents=True, exist_ok=True)
    settings = plan.settings(parts)
    with checkpoint.only_one(directory):
        saved = checkpoint.load(directory)
        if saved is not None:
            _check_same(settings, saved.settings, directory)
        history = saved.history if saved else ()
        progress.begun(history, plan.last)
        if saved is None or not _ended(plan, history):
            saved = _run(plan, parts, directory, progress, saved, settings)
        return saved


def _check_same(wanted: Mapping[str, Any], found: Mapping[str, Any], directory: Path) -> None:
    for name, value in wanted.items():
        if found.get(name) != value:
            what = _difference(name, f"{found.get(name)}", f"{value}")
            raise TrainingError(say("other_training", folder=f"{directory}", what=what))


def _difference(name: str, found: str, wanted: str) -> Sentence:
    match name:
        case "training":
            return say("other_training_images")
        case "validation":
            return say("other_validation_images")
        case _:
            return say("other_setting", name=name, found=found, wanted=wanted)


def _ended(plan: Plan, history: tuple[Epoch, ...]) -> bool:
    return len(history) >= plan.last or plan.way.stopped(history)


def _run(
    plan: Plan,
    parts: Split,
    directory: Path,
    progress: Progress,
    saved: Checkpoint | None,
    settings: Mapping[str, Any],
) -> Checkpoint:
    runtime.start(plan.seed, plan.threads, plan.precision)
    # Imports Keras, so it comes after `start` has set that up.
    from analysis.training.learner import Learner

    learner = Learner(plan.way, plan.seed)
    if saved is not None:
        learner.restore(saved.state)
    while saved is None or not _ended(plan, saved.history):
        history = saved.history if saved else ()
        history = (*history, _epoch(learner, plan, parts, history, progress))
        improved = best(history) == len(history) - 1
        weights = learner.weights() if saved is None or improved else saved.best
        saved = Checkpoint(settings, history, learner.state(), weights)
        saved.save(directory)
        # Only now: who reads of an epoch may take it for kept.
        progress.epoch(history)
    return saved


def _epoch(
    learner: Learner, plan: Plan, parts: Split, history: tuple[Epoch, ...], progress: Progress
) -> Epoch:
    """Train for one epoch and return how it went; TrainingError where numbers have become none."""
    begun, number = time.monotonic(), len(history)

    def rate(done: float) -> float:
        return plan.way.rate.rate(history, number + done, plan.last)

    def after_step(done: float, loss: float, accuracy: float) -> None:
        progress.step(number, done, loss, accuracy)

    loss, accuracy = learner.epoch(parts.training, number, rate, after_step)
    shares, labels = learner.predict(parts.validation.images), parts.validation.labels
    validation_loss = metrics.log_loss(shares, labels)
    if not np.isfinite([loss, validation_loss]).all():
        raise TrainingError(say("loss_is_no_number", epoch=number + 1))
    return Epoch(
        loss=loss,
        accuracy=accuracy,
        validation_loss=validation_loss,
        validation_accuracy=metrics.accuracy(shares, labels),
        learning_rate=rate(0.0),
        seconds=time.monotonic() - begun,
    )
