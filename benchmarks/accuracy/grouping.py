"""Whose faces belong together, though nobody is named: by maps that they had no part in."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.grouping import groups
from analysis.grouping.apart import Apart
from analysis.grouping.carrying import WAITING
from analysis.grouping.limits import Limits, fair_levels
from analysis.grouping.units import Flags, Numbers
from analysis.matching import Population, distances
from analysis.population import make
from analysis.population.clusters import TWICE
from analysis.population.sets import People, Strangers
from analysis.results import Array
from benchmarks.accuracy import sets
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.metrics import Grouped
from benchmarks.accuracy.page import Finding, percent, table

SEED = 20240
CHILD = 12
AGED = ", "  # between the group and the ages of people who are there once
PHOTOS = "photos"  # the folder beside the labels of which each photo is of somebody else


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """n faces: encodings (n, 128), how old they look, whose they are and of which kind of people."""

    encodings: Array
    years: NDArray[np.float64]
    people: NDArray[np.str_]
    kinds: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.people)

    def __getitem__(self, chosen: Flags) -> Faces:
        return Faces(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def __add__(self, other: Faces) -> Faces:
        pairs = [(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)]
        return Faces(*map(np.concatenate, pairs))

    @property
    def of_people(self) -> People:
        return People(self.encodings, self.people)


def measure(lfw: Path, asian: Path, labels: Path, analysed: Analysed) -> Finding:
    """Group the faces of two sets of people, among photos of people who are there once."""
    known = read(lfw, "LFW", analysed)
    others = read(asian, "East Asian people of LFW", analysed)
    known += others[~np.isin(others.people, known.people)]
    strangers, ages, is_photo = read_strangers(labels, analysed)
    half = np.random.default_rng(SEED).permutation(len(strangers)) % 2 == 0
    shares, alone = [], []
    for mine in (half, ~half):
        found = _map(known, strangers, ages, ~is_photo | mine)
        shares.append(Grouped(*grouped(known + once(strangers[is_photo & ~mine]), found)))
        found = _map(known, strangers, ages, mine)
        alone.append(Grouped(*grouped(known + once(strangers[~mine]), found)))
    pairs = table(
        ("who", "faces", "pairs' precision", "recall", "purity of groups of three and more"),
        list(_rows(shares)),
    )
    wrongly = table(("who is there once", "faces", "put together with somebody"), _joined(alone))
    return Finding(f"{pairs}\n\nBy maps of half of all strangers:\n\n{wrongly}")


def grouped(faces: Faces, population: Population) -> tuple[Numbers, Numbers, NDArray[np.str_]]:
    """Return the groups (n,) of faces, whose they are, and their kinds; who waits is a group alone."""
    found = together(faces.encodings, faces.years, population)
    alone = np.arange(len(found)) + found.max(initial=WAITING) + 1
    people = np.unique(faces.people, return_inverse=True)[1]
    return np.where(found == WAITING, alone, found), people, faces.kinds


def together(encodings: Array, years: NDArray[np.float64], population: Population) -> Numbers:
    """Return the groups (n,) of faces, each of which may be anybody's."""
    count = len(encodings)
    unknown = groups.Faces(
        encodings,
        fair_levels(population, population.levels(encodings), years),
        np.full(count, WAITING),
        np.zeros(count, np.bool_),
        Apart.nothing(),
    )
    limits = Limits.of(population.calibration, count, by_both=unknown.is_whole)
    return groups.group(unknown, limits)


def once(strangers: Faces) -> Faces:
    """Return the strangers without those who are there twice: two this near are one person."""
    near = np.triu(distances(strangers.encodings, strangers.encodings) < TWICE, 1)
    return strangers[np.asarray(~near.any(axis=0))]


def read(folder: Path, kind: str, analysed: Analysed) -> Faces:
    """Return the faces of a set with a folder a person."""
    folders = sets.folders_of_people(folder)
    paths = [photo for photos in folders.values() for photo in photos]
    return _faces(paths, [(path.parent.name, kind) for path in paths], analysed)[0]


def read_strangers(labels: Path, analysed: Analysed) -> tuple[Faces, NDArray[np.float64], Flags]:
    """Return the faces of strangers, their ages, and which are photos and not crops."""
    with labels.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    paths = [labels.parent / row["path"] for row in rows]
    ages = np.array([float(row["age"]) for row in rows])
    kinds = [
        row["group"] + AGED + (f"up to {CHILD}" if age <= CHILD else f"{CHILD + 1} and older")
        for row, age in zip(rows, ages, strict=True)
    ]
    said = [(f"{path}", kind) for path, kind in zip(paths, kinds, strict=True)]
    faces, was_found = _faces(paths, said, analysed)
    is_photo = np.array([row["path"].startswith(PHOTOS) for row in rows])
    return faces, ages[was_found], is_photo[was_found]


def _faces(
    paths: list[Path], said: list[tuple[str, str]], analysed: Analysed
) -> tuple[Faces, Flags]:
    found = analysed.portraits(paths)
    faces = [face for face in found if face]
    was_found = np.array([face is not None for face in found])
    people, kinds = np.array(said)[was_found].T
    encodings = np.stack([face.encoding for face in faces])
    years = np.array([face.age.years for face in faces], np.float64)
    return Faces(encodings, years, people, kinds), was_found


def _map(known: Faces, strangers: Faces, ages: NDArray[np.float64], chosen: Flags) -> Population:
    made_of = Strangers(strangers.encodings, ages, np.char.partition(strangers.kinds, AGED)[:, 0])
    calibrating = [known[known.kinds == kind].of_people for kind in np.unique(known.kinds)[::-1]]
    return make("others", "", made_of[chosen], calibrating)


def _rows(found: list[Grouped]) -> Iterator[tuple[object, ...]]:
    yield _row("all", found, [one.everybody for one in found])
    for kind in [str(one) for one in np.unique(found[0].kinds)[::-1] if AGED not in one]:
        yield _row(kind, found, [one.kinds == kind for one in found])


def _row(title: str, found: list[Grouped], chosen: list[Flags]) -> tuple[object, ...]:
    shares = np.mean([one.shares(some) for one, some in zip(found, chosen, strict=True)], axis=0)
    return title, sum(int(some.sum()) for some in chosen), *map(percent, shares)


def _joined(found: list[Grouped]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for kind in np.unique(found[0].kinds):
        if AGED in kind:
            joined = np.concatenate([one.is_with_others[one.kinds == kind] for one in found])
            rows.append((kind, len(joined), percent(float(joined.mean()))))
    return rows
