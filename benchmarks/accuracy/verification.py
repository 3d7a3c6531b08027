"""LFW: do two photos show the same person? (Huang et al., 2007, "Labeled Faces in the Wild".)"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analysis.matching import distance
from benchmarks.accuracy import metrics, plots, sets
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.page import Finding, percent, table

TOLERANCE = 0.6  # face_recognition's
FALSE_RATES = (0.001, 0.01)


def measure(folder: Path, listed: Path, analysed: Analysed) -> Finding:
    """Judge each pair by the distance of the encodings of the two faces nearest to the middle."""
    pairs = sets.pairs(folder, listed)
    photos = list(dict.fromkeys(path for pair in pairs for path in (pair.one, pair.other)))
    faces = dict(zip(photos, analysed.portraits(photos), strict=True))
    encodings = {path: face.encoding for path, face in faces.items() if face}
    missed = len(photos) - len(encodings)
    apart = np.full(len(pairs), np.nan)
    for number, pair in enumerate(pairs):
        if pair.one in encodings and pair.other in encodings:
            apart[number] = distance(encodings[pair.one], encodings[pair.other])
    same = np.array([pair.same for pair in pairs])
    folds = np.array([pair.fold for pair in pairs])
    by_fold, thresholds = metrics.accuracy_by_folds(apart, same, folds)
    mean, error = metrics.mean_and_error(by_fold)
    false, true = metrics.roc(apart, same)
    rows = [
        ("pairs / folds", f"{len(pairs)} / {len(by_fold)}"),
        (
            "right, threshold from the other folds",
            f"{percent(mean)} ± {100 * error:.2f} (thresholds {thresholds.min():.3f} "
            f"to {thresholds.max():.3f})",
        ),
        (f"right at {TOLERANCE}", percent(metrics.right_at(apart, same, TOLERANCE).mean())),
        ("area under the curve", f"{metrics.area_under(false, true):.5f}"),
        *(
            (
                f"same people accepted, {percent(rate)} of others too",
                percent(metrics.true_rate_at(false, true, rate)),
            )
            for rate in FALSE_RATES
        ),
        ("faces missed", f"{missed} of {len(photos)}"),
    ]
    drawn = plots.axes("Same person?", "others accepted", "same people accepted")
    drawn.step(false, true, where="post", color=plots.BLUE)
    # What matters is below one in 100, and a logarithm alone has no 0.
    drawn.set_xscale("symlog", linthresh=0.001)
    drawn.set_xlim(0, 1)
    drawn.set_ylim(min(0.9, float(true.max()) - 0.1), 1.002)
    return Finding(table(("LFW", ""), rows), {"roc.svg": drawn})
