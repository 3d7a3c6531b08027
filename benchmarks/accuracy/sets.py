"""Reading the sets: their photos stay where they are."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.results import Box

FOLD = 600  # pairs, in LFW's official list: 300 of one person and 300 of two.


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos of LFW and whether they show the same person."""

    one: Path
    other: Path
    same: bool
    fold: int


@dataclass(frozen=True, slots=True)
class Person:
    """A photo of one person, whose age in years and gender ("f" or "m") are known."""

    path: Path
    age: int
    gender: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A face that a human drew a box around, and its class."""

    box: Box
    kind: str


def pairs(folder: Path, listed: Path) -> list[Pair]:
    """Read LFW's pairs: the official pairs.txt, or a CSV of `path_a,path_b,same` in its order."""
    if listed.suffix == ".txt":
        return list(_official_pairs(folder, listed))
    return [
        Pair(folder / row["path_a"], folder / row["path_b"], row["same"] == "1", number // FOLD)
        for number, row in enumerate(_rows(listed))
    ]


def _official_pairs(folder: Path, listed: Path) -> Iterator[Pair]:
    """Read "name 1 2" and "name 1 other 2", tab-separated, below a line of folds and pairs a class."""

    def photo(name: str, number: str) -> Path:
        return folder / name / f"{name}_{int(number):04}.jpg"

    first, *lines = listed.read_text(encoding="utf-8").splitlines()
    folds, each = (int(part) for part in first.split())
    for number, line in enumerate(lines[: folds * each * 2]):
        fields = line.split("\t")
        name, other = fields[0], fields[-2] if len(fields) == 4 else fields[0]
        same = len(fields) == 3
        yield Pair(photo(name, fields[1]), photo(other, fields[-1]), same, number // (2 * each))


def people(labels: Path) -> list[Person]:
    """Read a CSV of `path,age,gender`; paths are relative to it."""
    return [
        Person(labels.parent / row["path"], int(row["age"]), row["gender"][:1].lower())
        for row in _rows(labels)
    ]


def boxes(listed: Path) -> dict[Path, list[Drawn]]:
    """Read a CSV of `path,left,top,right,bottom,class`; paths are relative to it."""
    found: dict[Path, list[Drawn]] = {}
    for row in _rows(listed):
        box = Box(*(round(float(row[edge])) for edge in ("left", "top", "right", "bottom")))
        found.setdefault(listed.parent / row["path"], []).append(Drawn(box, row["class"]))
    return found


def fer2013(path: Path, usage: str) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Read FER2013's crops (n, 48, 48) and labels of one usage, from its CSV or the same as .npz."""
    if path.suffix == ".npz":
        with np.load(path) as data:
            wanted = data["usage"] == usage
            return data["images"][wanted], data["labels"][wanted].astype(np.intp)
    rows = [row for row in _rows(path) if row["Usage"] == usage]
    images = [np.array(row["pixels"].split(), dtype=np.uint8).reshape(48, 48) for row in rows]
    return np.stack(images), np.array([int(row["emotion"]) for row in rows], dtype=np.intp)


def folders_of_people(folder: Path) -> dict[str, list[Path]]:
    """Return the photos in each folder of `folder`, which is named for the person, sorted."""
    return {
        place.name: sorted(place.glob("*.jpg"))
        for place in sorted(folder.iterdir())
        if place.is_dir()
    }


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
