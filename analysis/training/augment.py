"""Random rotation, shift, zoom and mirroring as one Keras layer with one resampling."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from analysis.training.recipes import Augmentation


class RandomAffine(keras.layers.Layer):  # type: ignore[misc]
    """Turns, shifts, scales and mirrors each image of (N, H, W, C) by chance, while training only.

    One matrix and one bilinear resampling an image, as `ImageDataGenerator` did it: Keras's own four
    layers in a row would blur 48 pixels three times. The border is repeated outwards.
    """

    def __init__(self, bounds: Augmentation, **options: Any) -> None:
        super().__init__(dtype="float32", trainable=False, **options)
        self.bounds = bounds
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, images: Any, training: bool = False) -> Any:
        if not training:
            return images
        count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
        return ops.image.affine_transform(
            images, self._transforms(count, height, width), "bilinear", "nearest"
        )

    def _transforms(self, count: Any, height: int, width: int) -> Any:
        """Return (count, 8): of each image three numbers for x, three for y, and two zeros."""
        bounds = self.bounds
        angle = self._draw(count, math.radians(bounds.rotation))
        across, down = (
            self._draw(count, bounds.shift * width),
            self._draw(count, bounds.shift * height),
        )
        wide, high = 1 + self._draw(count, bounds.zoom), 1 + self._draw(count, bounds.zoom)
        if bounds.mirror:
            wide = wide * ops.sign(self._draw(count, 1.0))
        a, b = ops.cos(angle) * wide, -ops.sin(angle) * high
        d, e = ops.sin(angle) * wide, ops.cos(angle) * high
        x, y = (width - 1) / 2, (height - 1) / 2
        c, f = x - a * x - b * y + across, y - d * x - e * y + down
        zero = ops.zeros_like(a)
        return ops.stack([a, b, c, d, e, f, zero, zero], axis=1)

    def _draw(self, count: Any, bound: float) -> Any:
        return keras.random.uniform((count,), -bound, bound, seed=self.seeds)
