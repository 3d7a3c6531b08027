"""Centres of clusters of faces, none of which gives away a face."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.matching import distances
from analysis.population.sets import Flags, Floats, Strangers
from analysis.results import Array

RUNS = 4  # k-means of each cell, from other beginnings
LEAST = 8  # faces a centre
FACES_A_CENTRE = 10  # wanted, on average
MOST = 64  # centres of a cell and run
APART = 0.1  # the least distance of a centre to any face
SPREAD = 0.35  # of a cluster's mean square, added to squares of distances to its centre
# Youngest and oldest of a cell; dlib's network tells children worst.
AGES = ((0, 12), (13, 59), (60, 150))
# Two "strangers" this near are one person, or one photo, twice: UTKFace has a hundred such pairs.
TWICE = 0.3
ROUNDS = 50


def centres_of(strangers: Strangers, seed: int) -> tuple[Array, Array]:
    """Return the centres of all cells and runs, and their spreads (n,).

    Raises ValueError where there are too few faces for a single centre.
    """
    random = np.random.default_rng(seed)
    faces_of_cells = [distinct(cell.encodings) for cell in cells(strangers)]
    clusters = [
        cluster
        for _ in range(RUNS)
        for faces in faces_of_cells
        if len(faces) >= LEAST
        for cluster in _clusters(faces, min(MOST, len(faces) // FACES_A_CENTRE), random)
    ]
    if not clusters:
        raise ValueError(f"A map needs {LEAST} faces of one group and age at least.")
    centres = np.stack([cluster.mean(axis=0) for cluster in clusters])
    squares = [((cluster - cluster.mean(axis=0)) ** 2).sum(axis=1).mean() for cluster in clusters]
    kept = _keeping_nobody(centres, np.array([*map(len, clusters)]), strangers.encodings)
    return centres[kept].astype(np.float32), (SPREAD * np.array(squares)[kept]).astype(np.float32)


def cells(strangers: Strangers) -> Iterator[Strangers]:
    for group in np.unique(strangers.groups):
        for youngest, oldest in AGES:
            ages = (strangers.ages >= youngest) & (strangers.ages <= oldest)
            yield strangers[(strangers.groups == group) & ages]


def distinct(faces: Array) -> Floats:
    """Return the faces without those that are there twice."""
    near = np.triu(distances(faces, faces) < TWICE, 1)
    return faces[~near.any(axis=0)].astype(np.float64)


def _clusters(faces: Floats, wanted: int, random: np.random.Generator) -> list[Floats]:
    """Return the faces in up to `wanted` clusters of LEAST or more, by k-means (Lloyd, 1982).

    The smallest cluster is given up, and its faces go to their next ones, until all are large enough.
    """
    centres = faces[random.choice(len(faces), max(1, wanted), replace=False)]
    while True:
        centres, whose = _lloyd(faces, centres)
        sizes = np.bincount(whose, minlength=len(centres))
        if len(centres) == 1 or sizes.min() >= LEAST:
            return [faces[whose == number] for number in range(len(centres))]
        centres = np.delete(centres, sizes.argmin(), axis=0)


def _lloyd(faces: Floats, centres: Floats) -> tuple[Floats, NDArray[np.intp]]:
    whose = distances(faces, centres).argmin(axis=1)
    for _ in range(ROUNDS):
        filled = np.unique(whose)
        centres = np.stack([faces[whose == number].mean(axis=0) for number in filled])
        again = distances(faces, centres).argmin(axis=1)
        if np.array_equal(filled[again], whose):
            return centres, again
        whose = again
    return centres, whose


def _keeping_nobody(centres: Floats, sizes: NDArray[np.intp], faces: Array) -> Flags:
    """Return which centres to keep: none near a face, nor any two that give a face away together."""
    kept = distances(centres, faces).min(axis=1) > APART
    for smaller in range(len(centres)):
        # Clusters of two runs that differ by one face: that face is what their sums differ by.
        larger = np.flatnonzero((sizes == sizes[smaller] + 1) & kept)
        if kept[smaller] and len(larger):
            left = sizes[larger, None] * centres[larger] - sizes[smaller] * centres[smaller]
            kept[smaller] = bool((distances(left, faces).min(axis=1) > APART).all())
    return np.asarray(kept)
