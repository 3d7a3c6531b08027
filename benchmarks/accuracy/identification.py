"""Whose face is it, among people some of whom are enrolled? (Phillips et al., 2011, open set.)"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from analysis.matching import Population, distances, nearest_people, normalised
from analysis.results import Array
from benchmarks.accuracy import metrics, plots, sets
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.page import Finding, percent, table

FALSE_RATES = (0.01, 0.1)
SOME = 3
# Of a large set these many are drawn with this seed, so that a measure takes minutes.
MOST_PEOPLE = 400
MOST_PHOTOS = 8
SEED = 20240


def measure(folder: Path, analysed: Analysed, found: Population | None) -> Finding:
    """Enrol one photo, or up to three, of people with several; the rest and strangers are probes."""
    enrolled, strangers = chosen(sets.folders_of_people(folder))
    unknown = np.stack(_encodings([photos[0] for photos in strangers], analysed))
    encoded = [_encodings(photos, analysed) for photos in enrolled]
    people = [np.stack(encodings) for encodings in encoded if len(encodings) > 1]
    missed = sum(map(len, enrolled)) - sum(map(len, encoded)) + len(strangers) - len(unknown)
    rows, curves = [], {}
    for title, most in (("one photo", 1), (f"one to {SOME} photos", SOME)):
        for way, by in (("plain", None), ("normalised", found)):
            known, right, nearest_of_unknown = probed(people, unknown, most, by)
            rates = [
                metrics.identification_rate(known, right, nearest_of_unknown, rate)
                for rate in FALSE_RATES
            ]
            shown = [f"{percent(share)} (below {threshold:.3f})" for share, threshold in rates]
            counts = len(people), len(known), len(unknown)
            rows.append((f"{title}, {way}", *counts, percent(right.mean()), *shown))
            curves[f"{title}, {way}"] = (known, right, nearest_of_unknown)
    named = [f"named at {percent(rate)} of strangers named" for rate in FALSE_RATES]
    heads = ("enrolled, distance", "people", "probes", "strangers", "rank 1", *named)
    text = f"{table(heads, rows)}\n\nPhotos left out as no face was found: {missed}."
    return Finding(text, {"identification.svg": _curves(curves)})


def chosen(people: dict[str, list[Path]]) -> tuple[list[list[Path]], list[list[Path]]]:
    """Return the photos of those to enrol, who have several, and of strangers, who have one."""
    random = np.random.default_rng(SEED)
    several = [photos for photos in people.values() if len(photos) > 1]
    single = [photos for photos in people.values() if len(photos) == 1]
    drawn = []
    for group in (several, single):
        order = random.permutation(len(group))[:MOST_PEOPLE]
        drawn.append([group[number][:MOST_PHOTOS] for number in sorted(order.tolist())])
    return drawn[0], drawn[1]


def probed(
    people: list[Array], unknown: Array, most: int, found: Population | None = None
) -> tuple[metrics.Floats, metrics.Flags, metrics.Floats]:
    """Return each known probe's least distance, whether that is to its own person, and strangers' least.

    `people` holds the encodings (n, 128) of each; the first are enrolled, at most `most`, and at
    least one is left to probe. Distances are normalised by the map `found`, plain without one.
    """
    counts = [min(most, len(encodings) - 1) for encodings in people]
    gallery = np.concatenate([e[:count] for e, count in zip(people, counts, strict=True)])
    whose = np.repeat(np.arange(len(people)), counts)
    probes = np.concatenate([e[count:] for e, count in zip(people, counts, strict=True)])
    truth = np.repeat(
        np.arange(len(people)), [len(e) - n for e, n in zip(people, counts, strict=True)]
    )
    ids, apart = nearest_people(_apart(probes, gallery, found), whose)
    right = ids[apart.argmin(axis=1)] == truth
    _, of_unknown = nearest_people(_apart(unknown, gallery, found), whose)
    return apart.min(axis=1).astype(np.float64), right, of_unknown.min(axis=1).astype(np.float64)


def _apart(probes: Array, gallery: Array, found: Population | None) -> Array:
    plain = distances(probes, gallery)
    return normalised(plain, found.levels(probes), found.levels(gallery)) if found else plain


def _encodings(paths: list[Path], analysed: Analysed) -> list[Array]:
    return [face.encoding for face in analysed.portraits(paths) if face]


def _curves(
    curves: dict[str, tuple[metrics.Floats, metrics.Flags, metrics.Floats]],
) -> Axes:
    drawn = plots.axes("Open set", "strangers named", "people named rightly")
    rates = np.linspace(0, 1, 101)[:-1]
    for (title, probes), colour in zip(curves.items(), plots.COLOURS, strict=False):
        shares = [metrics.identification_rate(*probes, rate)[0] for rate in rates]
        drawn.plot(rates, shares, label=f"enrolled: {title}", color=colour)
    drawn.set_ylim(0, 1.01)
    plots.legend_below(drawn, 2)
    return drawn
