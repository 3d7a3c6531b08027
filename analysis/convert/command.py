"""What every converter does: read photos, compare the two networks, write the file, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from analysis.errors import AnalysisError
from analysis.results import Array
from analysis.sentences import say

TOLERANCE = 1e-5


class ConversionError(AnalysisError):
    """The converted network isn't fit for use."""


def read(photos: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """Yield each photo as RGB pixels; ConversionError without any."""
    if not photos:
        raise ConversionError(say("no_samples"))
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
        raise ConversionError(say("samples_without_face", file=target.name))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    [actual] = session.run(None, {session.get_inputs()[0].name: inputs})
    difference = float(np.abs(actual - expected).max())
    if not difference <= tolerance:  # Written so that a NaN is refused too.
        raise otherwise(target, difference, tolerance)
    target.write_bytes(model)
    return difference


def otherwise(target: Path, difference: float, tolerance: float) -> ConversionError:
    """Return the refusal of a network whose numbers are too far from its original's."""
    found, allowed = f"{difference:.1e}", f"{tolerance:.0e}"
    return ConversionError(
        say("converted_otherwise", file=target.name, difference=found, allowed=allowed)
    )


def run(convert: Callable[[Path, Path, list[Path]], float]) -> None:
    """Convert what the command line says: SOURCE TARGET PHOTO..."""
    source, target, *photos = map(Path, sys.argv[1:])
    try:
        difference = convert(source, target, photos)
    except AnalysisError as error:
        # Keras may add pages to what it says.
        sys.exit(f"{error}".partition("\n")[0])
    sys.stdout.write(f"largest difference from the original: {difference:.0e}\n")
