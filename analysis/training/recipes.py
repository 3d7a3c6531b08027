"""How each network is trained, as values. Loads no TensorFlow, so any process may ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from analysis.english import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one pass over the training images came to; losses in nats, accuracies and rates as shares."""

    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Random changes, drawn evenly from minus to plus each bound: degrees, shares of the side, scale.

    `erase` is the chance that a rectangle of an image is filled with noise (Zhong et al., 2017,
    arXiv:1708.04896).
    """

    rotation: float = 10.0
    shift: float = 0.1
    zoom: float = 0.1
    mirror: bool = True
    erase: float = 0.0


@dataclass(frozen=True, slots=True)
class Plateau:
    """The learning rate times `factor` after `patience` epochs without a validation loss `least` lower.

    What Keras calls ReduceLROnPlateau, as a function of what happened so far: a training that goes on
    after a stop needs no memory of its own for it.
    """

    start: float = 1e-3
    factor: float = 0.1
    patience: int = 12
    least: float = 1e-4

    def rate(self, history: Sequence[Epoch], done: float, epochs: int) -> float:
        rate, best, waited = self.start, math.inf, 0
        for epoch in history:
            if epoch.validation_loss < best - self.least:
                best, waited = epoch.validation_loss, 0
            else:
                waited += 1
            if waited == self.patience:
                rate, waited = rate * self.factor, 0
        return rate


@dataclass(frozen=True, slots=True)
class Cosine:
    """From nothing up to `peak` in `warm_up` epochs, then down to nothing along half a cosine.

    All of it once more after `restart`, a share of the epochs planned, where that leaves more than the
    warming up. Loshchilov and Hutter, 2016, arXiv:1608.03983.
    """

    peak: float
    warm_up: float = 3.0
    restart: float = 0.0

    def rate(self, history: Sequence[Epoch], done: float, epochs: int) -> float:
        turn = self.restart * epochs
        if turn < 2 * self.warm_up:
            turn = 0.0
        begin, end = (0.0, turn) if done < turn else (turn, float(epochs))
        done, length = done - begin, end - begin
        if done < self.warm_up:
            # Not from 0, at which the first step would teach nothing.
            return self.peak * (done + 0.01) / (self.warm_up + 0.01)
        rest = (done - self.warm_up) / max(1e-9, length - self.warm_up)
        return self.peak * (1 + math.cos(math.pi * min(1.0, rest))) / 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """A network (`built_by` is "module:function", which returns it) and how it learns.

    A training ends after `epochs`, or after `patience` of them without a lower validation loss.
    `smoothing` is the share of each label given to all seven (Szegedy et al., 2015, arXiv:1512.00567);
    `mixup` the shape of the Beta distribution that pairs of images are blended by (Zhang et al., 2017,
    arXiv:1710.09412); `decay` of weights each step, relative to the learning rate; `averaging` the share
    that an average of the weights, which is what is kept, retains each step. With `mirrored` the network
    in use answers with the mean for a face and its mirror image.
    """

    title: str
    built_by: str
    rate: Plateau | Cosine
    batch: int = 32
    epochs: int = 200
    patience: int = 50
    augmentation: Augmentation = Augmentation()
    smoothing: float = 0.0
    mixup: float = 0.0
    decay: float = 0.0
    averaging: float = 0.0
    mirrored: bool = False

    def build(self) -> Any:
        """Return a new Keras network: (N, 48, 48, 1) grey from -1 to 1 to shares of the seven emotions."""
        module, name = self.built_by.split(":")
        return getattr(import_module(module), name)()

    def serve(self, network: Any) -> Any:
        """Return what is saved and used of a trained network."""
        if not self.mirrored:
            return network
        from analysis.training.networks import mirrored

        return mirrored(network)

    def stopped(self, history: Sequence[Epoch]) -> bool:
        return len(history) - 1 - best(history) >= self.patience if history else False


def best(history: Sequence[Epoch]) -> int:
    """Return the index of the first epoch with the lowest validation loss; ValueError without epochs."""
    return min(range(len(history)), key=lambda index: history[index].validation_loss)


# Patience and plateau are those of the study's published code (Arriaga et al., 2017, arXiv:1710.07557).
RECIPES = {
    "study": Recipe(
        _("the study's convolutional network"), "analysis.training.networks:study", Plateau()
    ),
    "residual": Recipe(
        _("a residual network"),
        "analysis.training.networks:residual",
        Cosine(peak=2e-3, restart=0.4),
        batch=64,
        epochs=150,
        patience=150,
        augmentation=Augmentation(rotation=15, zoom=0.15, erase=0.5),
        smoothing=0.1,
        mixup=0.2,
        decay=1e-2,
        averaging=0.999,
        mirrored=True,
    ),
}
