"""Where made faces are on their photos: the photos' sizes, boxes that lie in them, and landmarks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.dates import Source
from analysis.results import Array
from analysis.synthetic.spreads import Floats, Numbers

IN_A_ROW = 8  # faces, at most


class Camera(NamedTuple):
    """What takes photos, what it is called, and how its files come: size, format, name, and what says when.

    A `zoned` one writes how far its clock is ahead of UTC.
    """

    width: int
    height: int
    format: str
    filename: str
    model: str = ""
    lens: str = ""
    source: Source = Source.EXIF
    zoned: bool = True


# Cameras and lenses that there are none of, as the people.
ONE, TWO = ("Made One 9",), ("Made Two 12", "back camera 4.2mm f/1.6")
CAMERAS = (
    Camera(4032, 3024, "JPEG", "IMG_{at:%Y%m%d_%H%M%S}.jpg", *ONE),
    Camera(3024, 4032, "JPEG", "IMG_{at:%Y%m%d_%H%M%S}.jpg", *ONE),
    Camera(4032, 3024, "HEIF", "IMG_{number:04}.HEIC", *TWO),
    Camera(3024, 4032, "HEIF", "IMG_{number:04}.HEIC", *TWO),
    Camera(
        6000,
        4000,
        "JPEG",
        "DSC{number:05}.JPG",
        "Made D800",
        "24-70mm f/2.8",
        zoned=False,
    ),
    Camera(1600, 1200, "JPEG", "KakaoTalk_{at:%Y%m%d_%H%M%S}.jpg", source=Source.FILE),
)


class Boxes(NamedTuple):
    """Edges of n boxes in pixels of their photos."""

    left: Numbers
    top: Numbers
    right: Numbers
    bottom: Numbers


def boxes(
    random: np.random.Generator, place: Numbers, count: Numbers, width: Numbers, height: Numbers
) -> Boxes:
    """Return boxes of faces, number `place` of `count` on photos of these sizes, none over another."""
    rows = -(-count // IN_A_ROW)
    columns = -(-count // rows)
    row, column = place % rows, place // rows
    cell_wide, cell_high = width / columns, height / rows
    most = np.minimum(cell_wide, cell_high) * 0.9
    side = np.maximum(most * random.uniform(0.15, 0.8, len(place)), 8)
    wide, high = side * 0.85, side
    left = column * cell_wide + random.random(len(place)) * (cell_wide - wide)
    top = row * cell_high + random.random(len(place)) * (cell_high - high)
    edges = [np.floor(edge).astype(np.int64) for edge in (left, top, left + wide, top + high)]
    return Boxes(*edges)


def landmarks(found: Boxes, roll: Floats) -> Array:
    """Return 68 points of a face in each box, (n, 68, 2), leaning by `roll` degrees."""
    middle = np.stack([found.left + found.right, found.top + found.bottom], axis=1) / 2
    side = (found.bottom - found.top)[:, None, None] / 2.0
    turn = np.radians(roll)
    across = np.stack([np.cos(turn), -np.sin(turn)], axis=1)
    along = np.stack([np.sin(turn), np.cos(turn)], axis=1)
    turned = np.stack([FACE @ across.T, FACE @ along.T], axis=2).transpose(1, 0, 2)
    return np.asarray(middle[:, None, :] + side * turned, np.float32)


def _face() -> Floats:
    """Return the 68 points of a plain face, x and y from -1 to 1, in dlib's order."""
    jaw = _arc(17, 0.0, -0.1, 0.8, 1.0, 180, 0)
    brows = [_arc(5, x, -0.3, 0.25, 0.15, 200, 340) for x in (-0.38, 0.38)]
    nose = [_line(4, (0, -0.2), (0, 0.15)), _arc(5, 0.0, 0.2, 0.16, 0.08, 180, 0)]
    eyes = [_arc(6, x, -0.15, 0.15, 0.07, 180, 480) for x in (-0.36, 0.36)]
    mouth = [_arc(12, 0.0, 0.5, 0.3, 0.14, 180, 510), _arc(8, 0.0, 0.5, 0.22, 0.05, 180, 495)]
    return np.concatenate([jaw, *brows, *nose, *eyes, *mouth])


def _arc(
    points: int, x: float, y: float, wide: float, high: float, start: float, end: float
) -> Floats:
    angles = np.radians(np.linspace(start, end, points))
    return np.stack([x + wide * np.cos(angles), y + high * np.sin(angles)], axis=1)


def _line(points: int, start: tuple[float, float], end: tuple[float, float]) -> Floats:
    return np.linspace(start, end, points)


FACE = _face()
