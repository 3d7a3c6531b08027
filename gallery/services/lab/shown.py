"""What the lab's page shows: what each detector said, one face taken apart, and how far faces are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.matching import NUMBERS, distances, normalised, stacked
from analysis.method import Method
from analysis.methods import AGE_GENDER, DETECTORS, methods_of
from analysis.results import EMOTIONS, Box
from gallery import installed
from gallery.models import Face, Photo
from gallery.services import lab
from gallery.services.lab import kept

# What a box must score where the detector found none by which it could be told.
USUAL = 0.5
# The picture of an encoding: 16 cells across, each in one of 5 shades to either side.
ACROSS, SHADES = 16, 5
# A distance is in one of so many shades, the last for this far and further.
FAR, STEPS = 1.0, 8
OLDEST = 100
# The 68 points as dlib counts them: what they outline, from where to where, and whether it is closed.
OUTLINES = (
    ("jaw", 0, 17, False),
    ("brow", 17, 22, False),
    ("brow", 22, 27, False),
    ("nose", 27, 31, False),
    ("nose", 31, 36, False),
    ("eye", 36, 42, True),
    ("eye", 42, 48, True),
    ("mouth", 48, 60, True),
    ("mouth", 60, 68, True),
)


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A box that may be a face; `is_shown` by the threshold that the page has."""

    box: Box
    score: float
    is_found: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Column:
    """What one detector said: None of its milliseconds while that is not there."""

    name: str
    method: Method
    is_there: bool
    failed: str = ""
    milliseconds: float | None = None
    threshold: float = USUAL
    boxes: Sequence[ShownBox] = ()

    @property
    def is_ready(self) -> bool:
        return not self.is_there or bool(self.failed) or self.milliseconds is not None

    @property
    def shown(self) -> int:
        return sum(one.is_shown for one in self.boxes)


def columns(photo: Photo, asked: Mapping[str, str]) -> list[Column]:
    """Return what each detector said, with the thresholds that were `asked` for, by their names."""
    return [column(photo, name, asked.get(name, "")) for name in DETECTORS]


def column(photo: Photo, name: str, asked: str = "") -> Column:
    """Return what the detector called so said."""
    method = DETECTORS[name]
    if not lab.is_there("detector", name):
        return Column(name, method, is_there=False)
    found = kept.part(photo.key, name)
    if found is None:
        return Column(name, method, is_there=True)
    if "failed" in found:
        return Column(name, method, is_there=True, failed=found["failed"])
    rows = found["boxes"]
    threshold = _number(asked, _least(rows))
    boxes = [
        ShownBox(Box(*edges), score, is_found, score >= threshold)
        for *edges, score, is_found in rows
    ]
    return Column(
        name,
        method,
        is_there=True,
        milliseconds=found["milliseconds"],
        threshold=threshold,
        boxes=boxes,
    )


def _least(rows: Sequence[Sequence[Any]]) -> float:
    """Return the threshold at which all that the detector takes for a face is shown."""
    least = min((row[4] for row in rows if row[5]), default=USUAL)
    return float(np.floor(100 * min(USUAL, least)) / 100)


def _number(asked: str, usual: float) -> float:
    try:
        return min(1.0, max(0.0, float(asked)))  # What is no number at all is the least.
    except ValueError:
        return usual


@dataclass(frozen=True, slots=True)
class Point:
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Outlines:
    """The points of a face, the lines through them as SVG has them, and the part of the photo to show."""

    points: Sequence[Point]
    lines: Sequence[tuple[str, str]]
    box: Box

    @property
    def dot(self) -> float:
        return round(self.box.width / 150, 2)

    @property
    def letters(self) -> float:
        return round(self.box.width / 42, 2)


def outlines(face: Face) -> Outlines:
    """Return the points of a face and what they outline: of five, no lines."""
    points = face.landmarks.reshape(-1, 2)
    left, top = np.minimum(points.min(axis=0), (face.left, face.top))
    right, bottom = np.maximum(points.max(axis=0), (face.right, face.bottom))
    room = round(0.08 * float(max(right - left, bottom - top)))
    # Kept square, so that all faces are shown alike.
    side = round(float(max(right - left, bottom - top))) + 2 * room
    x = round(float(left + right - side) / 2)
    y = round(float(top + bottom - side) / 2)
    numbered = [Point(at, *point) for at, point in enumerate(face.points)]
    lines = [
        (name, _path(face.points[start:end], is_closed))
        for name, start, end, is_closed in OUTLINES
        if len(points) == 68
    ]
    return Outlines(numbered, lines, Box(x, y, x + side, y + side))


def _path(points: Sequence[tuple[float, float]], is_closed: bool) -> str:
    line = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f"M{line}{'Z' if is_closed else ''}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One of an encoding's numbers: where it is in the picture, and its shade, below 0 if it is."""

    number: int
    x: int
    y: int
    value: float
    shade: int


@dataclass(frozen=True, slots=True)
class Encoding:
    cells: Sequence[Cell]
    most: float
    length: float


def encoding(face: Face) -> Encoding:
    """Return an encoding as a picture."""
    values = [float(value) for value in face.encoding[:NUMBERS]]
    most = max(map(abs, values)) or 1.0
    cells = [
        Cell(at, at % ACROSS, at // ACROSS, value, round(SHADES * value / most))
        for at, value in enumerate(values)
    ]
    return Encoding(cells, most, float(np.linalg.norm(values)))


@dataclass(frozen=True, slots=True)
class Age:
    """What one method says of an age, and its range, if it tells one; None where it says nothing."""

    method: Method
    years: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def width(self) -> float:
        return (self.high or 0) - (self.low or 0)


@dataclass(frozen=True, slots=True)
class Emotions:
    """What one network says: its title, and the share of each of EMOTIONS; none where it says nothing."""

    method: Method
    bars: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True, slots=True)
class Closely:
    """One face as each network sees it. `is_ready` once a child has looked, `has_chips` if at this box."""

    is_ready: bool = False
    failed: str = ""
    has_chips: bool = False
    ages: Sequence[Age] = field(default_factory=list)
    emotions: Sequence[Emotions] = field(default_factory=list)


def closely(photo: Photo, part: str, face: Face) -> Closely:
    """Return what networks said of the face, with the part's others, unless its box is another by now."""
    found = kept.part(photo.key, part)
    if found is None:
        return Closely()
    if "failed" in found:
        return Closely(is_ready=True, failed=found["failed"])
    told = found["faces"].get(f"{face.pk}")
    if told is None or Box(*told["box"]) != face.box:
        return Closely(is_ready=True)
    ages = [Age(method, *told["ages"].get(name, ())) for name, method in AGE_GENDER.items()]
    networks = methods_of("emotion", installed.weights())
    shown = [
        Emotions(networks[name], [(one, scores.get(one, 0.0)) for one in EMOTIONS])
        for name, scores in told["emotions"].items()
        if name in networks
    ]
    return Closely(is_ready=True, has_chips=True, ages=ages, emotions=shown)


@dataclass(frozen=True, slots=True)
class Apart:
    """How far two faces are apart, and the shade of that; None where they can't be compared."""

    distance: float | None
    shade: int


@dataclass(frozen=True, slots=True)
class Heat:
    """Distances between all faces: a row for each, with the face itself."""

    name: str
    rows: Sequence[tuple[Face, Sequence[Apart]]]


def heats(faces: Sequence[Face]) -> list[Heat]:
    """Return how far the faces are apart, plainly and normalised; nothing of fewer than two."""
    if len(faces) < 2:
        return []
    vectors = stacked([face.encoding for face in faces])
    same = np.array([[one.encoder == other.encoder for other in faces] for one in faces])
    plain = np.where(same, distances(vectors, vectors), np.nan)
    found = [Heat("plain", _rows(faces, plain))]
    population = installed.population()
    if population is not None:
        is_mapped = np.array([face.encoder == population.encoder for face in faces])
        levels = population.levels(vectors)
        fair = np.where(np.outer(is_mapped, is_mapped), normalised(plain, levels, levels), np.nan)
        found.append(Heat("normalised", _rows(faces, fair)))
    return found


def _rows(faces: Sequence[Face], apart: np.ndarray[Any, Any]) -> list[tuple[Face, list[Apart]]]:
    return [
        (face, [_apart(None if at == other else float(apart[at, other])) for other in range(len(faces))])
        for at, face in enumerate(faces)
    ]  # fmt: skip


def _apart(distance: float | None) -> Apart:
    if distance is None or np.isnan(distance):
        return Apart(None, 0)
    near = min(1.0, max(0.0, 1 - distance / FAR))
    return Apart(distance, round(STEPS * near))
