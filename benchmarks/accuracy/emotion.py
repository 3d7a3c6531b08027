"""FER2013: seven emotions on its own crops, as they are (Goodfellow et al., 2013, arXiv:1307.0414)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.methods import Choice
from analysis.results import EMOTIONS
from benchmarks.accuracy import metrics, plots, sets
from benchmarks.accuracy.page import Finding, percent, table

TOGETHER = 64


def measure(path: Path, usage: str, choice: Choice) -> Finding:
    """Tell the emotion of each crop and compare it with its label."""
    images, labels = sets.fer2013(path, usage)
    said = told(images, choice)
    counts = metrics.confusion(labels.tolist(), said, len(EMOTIONS))
    recalls = metrics.recalls(counts)
    precisions = metrics.recalls(counts.T)
    rows = [
        (name, int(counts[number].sum()), percent(recalls[number]), percent(precisions[number]))
        for number, name in enumerate(EMOTIONS)
    ]
    right = float(np.diag(counts).sum() / counts.sum())
    whole = (
        "all",
        len(labels),
        percent(right),
        f"mean of the recalls: {percent(float(np.nanmean(recalls)))}",
    )
    drawn = plots.axes("Emotions, % of each row", "said", "label", width=4.6, height=4.2)
    plots.matrix(drawn, counts, list(EMOTIONS))
    heads = (f"FER2013, {usage}", "faces", "recall", "precision")
    return Finding(table(heads, [whole, *rows]), {"emotion.svg": drawn})


def told(images: NDArray[np.uint8], choice: Choice) -> list[int]:
    """Return the index in EMOTIONS that the chosen network says of each crop (n, 48, 48)."""
    from analysis.pipeline import load_pipeline

    emotion = load_pipeline(choice).emotion
    said: list[int] = []
    for start in range(0, len(images), TOGETHER):
        estimates = emotion.estimate(list(images[start : start + TOGETHER]))
        said += [EMOTIONS.index(estimate.label) for estimate in estimates]
    return said
