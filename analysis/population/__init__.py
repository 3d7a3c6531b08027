"""Makes a population map: where faces lie, and what a normalised distance means (`analysis.matching`).

A map is made of faces of many groups and ages, each of somebody else: by k-means of each group and age, so
that a group of which there are few photos has centres of its own too. It ships, so it must hold nobody:
each centre is the mean of LEAST faces or more, none is nearer to a face than APART, and no two of them give
away the one face by which their clusters differ.

The numbers below were chosen by cross-fitting: a map of one half of the faces, judged on strangers of the
other half, on LFW's people (folds 1 and 2) and on 20 East Asian ones of LFW, by both halves of two
splits. In percent: pairs of one person accepted by the one threshold that lets at most 1 in 1,000 strangers
of LFW and of All-Age-Faces through; pairs of strangers accepted by it in the worst adult group of UTKFace,
always the Asian one, and among children; people of LFW who are named right by one photo where 1 % of
strangers are named:

                                        LFW    East Asian    strangers: worst, children    named
    no map, a threshold for each        93.6   44.9                                        64
    k-means, mean of 5 nearest          93.3   94.2          0.33   0.21                   76
    mean of 3                           93.4   94.4          0.27   0.21                   76
    four k-means a cell                 93.2   94.8          0.23   0.22                   75
    and the centres' spreads            93.7   84.9          0.07   0.01                   75
    0.35 of them, weight 0.47, not 0.5  94.3   94.2          0.21   0.17                   77     (here)
    0.5 of them, weight 0.44            94.3   94.0          0.25   0.23                   77
    12 faces a centre, not 8            94.1   93.6          0.20   0.17                   77

A map of all faces has twice the centres and does better. Tried, and no better than chance: a logistic on
the distance, the two levels' sum and difference and the distance's square; beside these the lower quality
and the ages; whitening by the spread within people, and a soft minimum over all centres (both worse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.matching import Calibration, Population, are_whole
from analysis.population.calibrating import calibrate, pairs
from analysis.population.clusters import centres_of
from analysis.population.sets import People, Strangers

NEIGHBOURS = 3
WEIGHT = 0.47
ROOMIEST = 0.99  # of the faces that say what is usual have a lower level


def make(
    name: str, encoder: str, strangers: Strangers, people: Sequence[People], seed: int = 1
) -> Population:
    """Return a map of `strangers`, calibrated by `people`, the first of which say what is usual.

    Of whole encodings it has a map of dlib's numbers alone too, which says what distances mean: by both
    networks they are stretched to mean the same.

    Raises ValueError where there are no people, or too few faces for a single centre.
    """
    if not people:
        raise ValueError(
            "A map needs people with several photos each: they say what distances mean."
        )
    found = _made(name, encoder, strangers.first, people[0].first, seed)
    found = replace(found, calibration=calibrate([pairs(found, some.first) for some in people]))
    everybody = [strangers.encodings, *(some.encodings for some in people)]
    if not all(are_whole(some).all() for some in everybody):
        return found
    return replace(found, whole=_made(name, encoder, strangers, people[0], seed))


def _made(name: str, encoder: str, strangers: Strangers, usual: People, seed: int) -> Population:
    centres, spreads = centres_of(strangers, seed)
    bare = Population(
        name, encoder, centres, spreads, 0.0, np.inf, NEIGHBOURS, WEIGHT, Calibration.of_nothing()
    )
    free = replace(bare, usual=float(np.median(bare.crowding(usual.encodings))))
    roomiest = float(np.quantile(free.own_levels(usual.encodings), ROOMIEST))
    return replace(free, roomiest=roomiest)
