"""What every converter does: read photos, compare the two networks, write the file, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from analysis.results import Array

TOLERANCE = 1e-5


class ConversionError(Exception):
    """The converted network isn't fit for use; the message is a sentence."""


def read(photos: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """Yield each photo as RGB pixels; ConversionError without any."""
    if not photos:
        raise ConversionError("A converted network can't be checked without sample photos.")
    for path in photos:
        with Image.open(path) as image:
            yield np.asarray(image.convert("RGB"))


def install(
    model: bytes, target: Path, inputs: Array, expected: Array, tolerance: float = TOLERANCE
) -> float:
    """Write `model` to `target` if it turns `inputs` into `expected`; return the largest difference.

    Raises ConversionError, writing nothing, if there's nothing to compare or the difference is above
    `tolerance`.
    """
    import onnxruntime

    if not len(inputs):
        raise ConversionError(f"{target.name} can't be checked: the sample photos show no face.")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    [actual] = session.run(None, {session.get_inputs()[0].name: inputs})
    difference = float(np.abs(actual - expected).max())
    if not difference <= tolerance:  # Written so that a NaN is refused too.
        raise ConversionError(
            f"{target.name} differs from its original by {difference:.1e} on the sample photos; "
            f"{tolerance:.0e} is allowed. Nothing was installed."
        )
    target.write_bytes(model)
    return difference


def run(convert: Callable[[Path, Path, list[Path]], float]) -> None:
    """Convert what the command line says: SOURCE TARGET PHOTO..."""
    source, target, *photos = map(Path, sys.argv[1:])
    try:
        difference = convert(source, target, photos)
    except ConversionError as error:
        sys.exit(str(error))
    sys.stdout.write(f"largest difference from the original: {difference:.0e}\n")
