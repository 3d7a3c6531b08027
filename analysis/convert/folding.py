"""Folds what only scales and shifts, affine layers and the input's normalisation, into convolutions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from analysis.convert.dlib_format import (
    Affine,
    Convolution,
    FormatError,
    Input,
    Layer,
    PyramidInput,
)

SCALE = 256.0  # dlib's RGB inputs divide by this; it isn't in the file.


def folded(layers: Iterable[Layer]) -> list[Layer]:
    """Return the layers, each affine one and the input's normalisation within a convolution."""
    folded: list[Layer] = []
    for layer in layers:
        previous = folded[-1] if folded else None
        if isinstance(layer, Affine):
            if not isinstance(previous, Convolution):
                raise FormatError("an affine layer without a convolution before it")
            folded[-1] = _with_affine(previous, layer)
        elif isinstance(layer, Convolution) and isinstance(previous, Input | PyramidInput):
            folded.append(_with_normalisation(layer, previous.means))
        else:
            folded.append(layer)
    return folded


def _with_affine(convolution: Convolution, affine: Affine) -> Convolution:
    return replace(
        convolution,
        filters=convolution.filters * affine.gamma[:, None, None, None],
        bias=convolution.bias * affine.gamma + affine.beta,
    )


def _with_normalisation(convolution: Convolution, means: tuple[float, float, float]) -> Convolution:
    """Fold (pixel - mean) / 256 in, exact because the stem pads nothing."""
    if convolution.paddings != (0, 0):
        raise FormatError("the first convolution pads its input")
    filters = convolution.filters.astype(np.float64) / SCALE
    return replace(
        convolution,
        filters=filters.astype(np.float32),
        bias=(convolution.bias - filters.sum(axis=(2, 3)) @ np.array(means)).astype(np.float32),
    )
