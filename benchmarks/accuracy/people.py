"""Apparent age and gender of people whose age and gender are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.demographics.face_api import FaceApi
from analysis.results import FaceResult
from benchmarks.accuracy import age_curves, plots, sets
from benchmarks.accuracy.age_curves import BANDS
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.metrics import Floats, mean_and_error
from benchmarks.accuracy.page import Finding, percent, table
from benchmarks.accuracy.sets import Person

GENDERS = {"f": "female", "m": "male"}
Known = list[tuple[Person, FaceResult]]
Told = tuple[Floats, Floats, Floats]  # years, and the two ends of the interval
Listed = tuple[
    Path, str
]  # a file of labels, and the folder of the photos that are meant, or "" for all
CROSS_FITTED = "The same with the curves of each tenth fitted to the other nine:"


def measure_age(listed: Sequence[Listed], analysed: Analysed) -> Finding:
    """Compare years: mean absolute error, bias, and how often the interval holds the true age.

    What the curves of the `face-api` ages were fitted to may be among the photos; so these are also
    judged with each photo's curves fitted to the others.
    """
    parts = [_faces(one, analysed) for one in listed]
    known = [pair for pairs, _ in parts for pair in pairs]
    ages = np.array([person.age for person, _ in known], dtype=np.float64)
    told = _told(known)
    rows = _age_rows(ages, told)
    heads = ["age", "faces", "mean absolute error", "bias", "within 10 to 90 %"]
    text = table(heads, rows)
    if all(analysed.methods_of(person.path)["age_gender"] == FaceApi.name for person, _ in known):
        said = age_curves.said_for(told[0])
        crossed = _age_rows(ages, age_curves.cross_fitted(said, ages))
        text += f"\n\n{CROSS_FITTED}\n\n{table(heads, crossed)}\n\n{_fitted(said, ages)}"
    drawn = plots.axes("Apparent age", "age", "estimate", width=4.2, height=4.0)
    drawn.plot([0, 90], [0, 90], color=plots.GREY, linewidth=1)
    drawn.scatter(ages, told[0], s=4, alpha=0.4, color=plots.BLUE)
    return Finding(text + _missed(sum(missed for _, missed in parts)), {"age.svg": drawn})


def measure_gender(labels: Path, analysed: Analysed) -> Finding:
    """Compare the words "female" and "male"."""
    known, missed = _faces((labels, ""), analysed)
    parts = [("all", known)]
    for letter, word in GENDERS.items():
        parts.append((word, [pair for pair in known if pair[0].gender == letter]))
    parts += _by_band(known)
    rows = [_gender_row(name, part) for name, part in parts]
    return Finding(
        table(("gender", "faces", "right", "right of the surer half"), rows) + _missed(missed)
    )


def _faces(listed: Listed, analysed: Analysed) -> tuple[Known, int]:
    """Return the people whose face was found, with it, and how many were missed."""
    labels, folder = listed
    people = [one for one in sets.people(labels) if one.path.is_relative_to(labels.parent / folder)]
    faces = analysed.portraits([person.path for person in people])
    known = [(person, face) for person, face in zip(people, faces, strict=True) if face]
    return known, len(people) - len(known)


def _by_band(known: Known) -> list[tuple[str, Known]]:
    parts = [
        (f"{low} to {high}", [pair for pair in known if low <= pair[0].age <= high])
        for low, high in BANDS
    ]
    return [(name, part) for name, part in parts if part]


def _told(known: Known) -> Told:
    """Return years and both ends of the interval; NaN where a method says none."""
    ends = [(face.age.years, face.age.low, face.age.high) for _, face in known]
    years, low, high = np.array(ends, dtype=np.float64).T
    return years, low, high


def _age_rows(ages: Floats, told: Told) -> list[tuple[object, ...]]:
    rows = [_age_row("all", ages, told)]
    for low, high in BANDS:
        inside = (ages >= low) & (ages <= high)
        if inside.any():
            part = tuple(values[inside] for values in told)
            rows.append(_age_row(f"{low} to {high}", ages[inside], (part[0], part[1], part[2])))
    return rows


def _age_row(name: str, ages: Floats, told: Told) -> tuple[object, ...]:
    years, low, high = told
    mean, error = mean_and_error(np.abs(years - ages))
    has = ~np.isnan(low)
    inside = (low <= ages) & (ages <= high)
    held = percent(float(inside[has].mean())) if has.any() else "no interval"
    bias = float((years - ages).mean())
    return name, len(ages), f"{mean:.2f} ± {error:.2f}", f"{bias:+.2f}", held


def _fitted(said: Floats, ages: Floats) -> str:
    """Return the curves that fit to all photos: what `analysis.demographics.face_api` should hold."""
    curves = age_curves.fit(said, ages)
    parts = {"YEARS": curves.years, "BELOW": curves.below, "ABOVE": curves.above}
    written = (f"{name} {', '.join(f'{one:.1f}' for one in part)}" for name, part in parts.items())
    return f"Fitted to all of these photos: {'; '.join(written)}."


def _gender_row(name: str, known: Known) -> tuple[object, ...]:
    right = np.array([face.gender.label == GENDERS[person.gender] for person, face in known])
    sure = np.array([face.gender.confidence for _, face in known])
    surer = right[sure >= np.median(sure)]
    return name, len(known), percent(float(right.mean())), percent(float(surer.mean()))


def _missed(missed: int) -> str:
    return f"\n\nPhotos in which no face was found: {missed}."
