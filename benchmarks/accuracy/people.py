"""Apparent age and gender of people whose age and gender are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analysis.results import FaceResult
from benchmarks.accuracy import plots, sets
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.metrics import mean_and_error
from benchmarks.accuracy.page import Finding, percent, table
from benchmarks.accuracy.sets import Person

BANDS = ((0, 14), (15, 29), (30, 44), (45, 59), (60, 120))
GENDERS = {"f": "female", "m": "male"}
Known = list[tuple[Person, FaceResult]]


def measure_age(labels: Path, analysed: Analysed) -> Finding:
    """Compare years: mean absolute error, bias, and how often the interval holds the true age."""
    known, missed = _faces(labels, analysed)
    rows = [_age_row("all", known)]
    rows += [_age_row(name, part) for name, part in _by_band(known)]
    heads = ("age", "faces", "mean absolute error", "bias", "within 10 to 90 %")
    drawn = plots.axes("Apparent age", "age", "estimate", width=4.2, height=4.0)
    drawn.plot([0, 90], [0, 90], color=plots.GREY, linewidth=1)
    ages = [person.age for person, _ in known]
    drawn.scatter(ages, [face.age.years for _, face in known], s=7, alpha=0.5, color=plots.BLUE)
    return Finding(table(heads, rows) + _missed(missed), {"age.svg": drawn})


def measure_gender(labels: Path, analysed: Analysed) -> Finding:
    """Compare the words "female" and "male"."""
    known, missed = _faces(labels, analysed)
    parts = [("all", known)]
    for letter, word in GENDERS.items():
        parts.append((word, [pair for pair in known if pair[0].gender == letter]))
    parts += _by_band(known)
    rows = [_gender_row(name, part) for name, part in parts]
    return Finding(
        table(("gender", "faces", "right", "right of the surer half"), rows) + _missed(missed)
    )


def _faces(labels: Path, analysed: Analysed) -> tuple[Known, int]:
    """Return the people whose face was found, with it, and how many were missed."""
    people = sets.people(labels)
    faces = analysed.portraits([person.path for person in people])
    known = [(person, face) for person, face in zip(people, faces, strict=True) if face]
    return known, len(people) - len(known)


def _by_band(known: Known) -> list[tuple[str, Known]]:
    parts = [
        (f"{low} to {high}", [pair for pair in known if low <= pair[0].age <= high])
        for low, high in BANDS
    ]
    return [(name, part) for name, part in parts if part]


def _age_row(name: str, known: Known) -> tuple[object, ...]:
    wrong = np.array([face.age.years - person.age for person, face in known])
    mean, error = mean_and_error(np.abs(wrong))
    inside = [
        face.age.low <= person.age <= face.age.high
        for person, face in known
        if face.age.low is not None and face.age.high is not None
    ]
    held = percent(float(np.mean(inside))) if inside else "no interval"
    return name, len(known), f"{mean:.2f} ± {error:.2f}", f"{wrong.mean():+.2f}", held


def _gender_row(name: str, known: Known) -> tuple[object, ...]:
    right = np.array([face.gender.label == GENDERS[person.gender] for person, face in known])
    sure = np.array([face.gender.confidence for _, face in known])
    surer = right[sure >= np.median(sure)]
    return name, len(known), percent(float(right.mean())), percent(float(surer.mean()))


def _missed(missed: int) -> str:
    return f"\n\nPhotos in which no face was found: {missed}."
