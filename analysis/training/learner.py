"""One network while it learns: all that `trainer.py` needs of Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from analysis.results import EMOTIONS, Array
from analysis.training.augment import RandomAffine
from analysis.training.dataset import SIDE, Dataset, scaled
from analysis.training.recipes import Recipe

PREDICT_BATCH = 256
Variables = list[NDArray[Any]]


class Learner:
    """A recipe's network with its augmentation and optimiser; everything random comes from the seed."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        self._recipe = recipe
        self._seed = seed
        self.network: keras.Model = recipe.build()
        self._model = keras.Sequential(
            [keras.Input((SIDE, SIDE, 1)), RandomAffine(recipe.augmentation), self.network]
        )
        self._model.compile(
            _optimiser(recipe),
            keras.losses.CategoricalCrossentropy(label_smoothing=recipe.smoothing),
            metrics=["accuracy"],
        )
        # Its variables are made by the first step otherwise: too late to take over a checkpoint's.
        self._model.optimizer.build(self._model.trainable_variables)
        self._build_metrics()

    def _build_metrics(self) -> None:
        """Have all variables of a step before the first: TensorFlow traces one that makes any twice."""
        shares = np.eye(len(EMOTIONS), dtype=np.float32)
        self._model.compute_loss(y=shares, y_pred=shares)
        self._model.compute_metrics(None, shares, shares)
        self._model.reset_metrics()

    def epoch(
        self,
        data: Dataset,
        number: int,
        rate: Callable[[float], float],
        after_step: Callable[[float, float, float], None],
    ) -> tuple[float, float]:
        """Pass once over `data`; return the mean loss and accuracy while learning.

        `rate` gives the learning rate for the share of the epoch that's done; `after_step` gets that
        share, the loss and the accuracy so far. What a division into batches leaves over is left to
        other epochs, whose order is another.
        """
        chance = self._reseed(number)
        order, size = chance.permutation(len(data)), self._recipe.batch
        steps = max(1, len(data) // size)
        sums = np.zeros(2)
        after_step(0.0, 0.0, 0.0)  # The time of an epoch counts from here.
        for step in range(steps):
            batch = data.part(order[step * size : (step + 1) * size])
            self._model.optimizer.learning_rate.assign(rate(step / steps))
            sums += self._model.train_on_batch(*self._prepared(batch, chance))
            loss, accuracy = sums / (step + 1)
            after_step((step + 1) / steps, float(loss), float(accuracy))
        return float(sums[0] / steps), float(sums[1] / steps)

    def _reseed(self, epoch: int) -> np.random.Generator:
        """Set all that is random to what `epoch` always starts with; return NumPy's part of it."""
        states = [
            variable
            for variable in self._model.variables
            if variable.name == "seed_generator_state"
        ]
        for index, state in enumerate(states):
            drawn = np.random.SeedSequence([self._seed, epoch, index]).generate_state(2)
            state.assign(drawn.astype(state.dtype))
        return np.random.default_rng([self._seed, epoch])

    def _prepared(self, batch: Dataset, chance: np.random.Generator) -> tuple[Array, Array]:
        """Return images (N, 48, 48, 1) and shares (N, 7), changed as the recipe says."""
        images = scaled(batch.images)
        shares = np.eye(len(EMOTIONS), dtype=np.float32)[batch.labels]
        if self._recipe.augmentation.erase:
            _erase(images, self._recipe.augmentation.erase, chance)
        if self._recipe.mixup:
            kept = chance.beta(self._recipe.mixup, self._recipe.mixup, len(batch))
            other = chance.permutation(len(batch))
            images = _blend(images, images[other], kept)
            shares = _blend(shares, shares[other], kept)
        return images, shares

    def predict(self, images: NDArray[np.uint8]) -> Array:
        """Return the shares (N, 7) that the network gives images (N, 48, 48)."""
        parts = []
        size = min(PREDICT_BATCH, len(images))
        with self._averaged():
            for start in range(0, len(images), size):
                chosen = images[start : start + size]
                # Of one size from first to last: TensorFlow builds another graph for each.
                batch = np.resize(chosen, (size, *chosen.shape[1:]))
                parts.append(self._model.predict_on_batch(scaled(batch))[: len(chosen)])
        return np.concatenate(parts)

    def weights(self) -> Variables:
        """Return the network's weights as they are to be used."""
        with self._averaged():
            return [np.array(weight) for weight in self.network.get_weights()]

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """Put the averages of the weights in their place, where the recipe keeps any."""
        if not self._recipe.averaging:
            yield
            return
        learnt = self._model.trainable_variables
        averages = [
            variable
            for variable in self._model.optimizer.variables
            if variable.name.endswith("_average")
        ]
        kept = [np.array(variable) for variable in learnt]
        for variable, average in zip(learnt, averages, strict=True):
            variable.assign(average)
        try:
            yield
        finally:
            for variable, value in zip(learnt, kept, strict=True):
                variable.assign(value)

    def state(self) -> Variables:
        """Return all that a later process needs to go on: the weights', then the optimiser's."""
        return [np.asarray(variable) for variable in self._variables()]

    def restore(self, state: Sequence[NDArray[Any]]) -> None:
        """Take over what `state` returned; ValueError where it's another network's."""
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)

    def _variables(self) -> list[Any]:
        return [*self.network.weights, *self._model.optimizer.variables]


def _optimiser(recipe: Recipe) -> Any:
    options = {"use_ema": True, "ema_momentum": recipe.averaging} if recipe.averaging else {}
    if not recipe.decay:
        return keras.optimizers.Adam(**options)
    optimiser = keras.optimizers.AdamW(weight_decay=recipe.decay, **options)
    # Shifts and scales are few and need none.
    optimiser.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimiser


def _blend(one: Array, other: Array, kept: NDArray[np.float64]) -> Array:
    share = kept.astype(np.float32).reshape(-1, *[1] * (one.ndim - 1))
    return one * share + other * (1 - share)


def _erase(images: Array, chance: float, source: np.random.Generator) -> None:
    """Fill a rectangle of noise into images (N, H, W, 1), each with that chance."""
    height, width = images.shape[1:3]
    for image in images:
        if source.random() < chance:
            high, wide = source.integers(6, 22, 2)
            top, left = source.integers(0, height - high + 1), source.integers(0, width - wide + 1)
            image[top : top + high, left : left + wide] = source.uniform(-1, 1, (high, wide, 1))
