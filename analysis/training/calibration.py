"""Makes a network as sure as it is right: one temperature, folded into its last weights.

Temperature scaling (Guo et al., 2017, arXiv:1706.04599): the logits are divided by the one number for which
the log loss on the validation images is the least. The largest share of a face stays the largest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array
from analysis.training import metrics
from analysis.training.dataset import scaled
from analysis.training.recipes import Recipe

BATCH = 256
# Each round looks between the neighbours of the last one's best: four come to within a thousandth.
BOUNDS, STEPS, ROUNDS = (1 / 8, 8.0), 33, 4
DECIMALS = 3
# The logarithm of no share is taken below float32's least normal number.
LEAST = np.finfo(np.float32).tiny

Logits = NDArray[np.float64]


def logits(recipe: Recipe, network: Any, images: NDArray[np.uint8]) -> Logits:
    """Return the logits (views, N, 7) of a recipe's Keras network for images (N, 48, 48).

    There are two views where the recipe answers with the mean for a face and its mirror image. They are
    the logarithms of shares, which differ from the network's own by one number a face.
    """
    views = (images, images[:, :, ::-1]) if recipe.mirrored else (images,)
    shares = np.stack([_shares(network, view) for view in views])
    return np.log(np.maximum(shares, LEAST, dtype=np.float64))


def _shares(network: Any, images: NDArray[np.uint8]) -> Array:
    parts = [
        network.predict_on_batch(scaled(images[start : start + BATCH]))
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)


def shares(logits: Logits, temperature: float = 1.0) -> Array:
    """Return what is served at a temperature: the mean of the views' softmax, (N, 7)."""
    cooled = logits / temperature
    powers = np.exp(cooled - cooled.max(axis=2, keepdims=True))
    found = (powers / powers.sum(axis=2, keepdims=True)).mean(axis=0)
    return np.asarray(found, np.float32)


def temperature(logits: Logits, labels: NDArray[np.uint8]) -> float:
    """Return the temperature, from 1/8 to 8, with the least log loss, to three decimals."""
    low, high = BOUNDS
    for _ in range(ROUNDS):
        steps = np.geomspace(low, high, STEPS)
        losses = [metrics.log_loss(shares(logits, step), labels) for step in steps]
        best = int(np.argmin(losses))
        low, high = steps[max(best - 1, 0)], steps[min(best + 1, STEPS - 1)]
    # More decimals would only be those of the order in which sums were added up.
    return round(float(steps[best]), DECIMALS)


def fold(network: Any, temperature: float) -> None:
    """Divide kernel and bias of the last layer that has any; what follows is linear, then a softmax."""
    last = next(layer for layer in reversed(network.layers) if layer.weights)
    last.set_weights([weight / temperature for weight in last.get_weights()])
