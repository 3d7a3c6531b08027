"""The stages taken apart, for whoever wants to see what each makes of one photo.

Everything here is asked of one method at a time, so that its milliseconds are its own, and in pixels of the
upright original.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.detection import LEAST_WEIGHED, Weighed, Weighing
from analysis.encoding import CHIP_PADDING, CHIP_SIZE
from analysis.encoding.onnx_resnet import CLOSER_PADDING
from analysis.renditions import jpeg
from analysis.results import AgeEstimate, Box, EmotionEstimate

if TYPE_CHECKING:
    from analysis.alignment import AlignedFace
    from analysis.demographics import AgeGender
    from analysis.detection import Detector
    from analysis.emotion import EmotionNetwork
    from analysis.images import DecodedPhoto, Pixels
    from analysis.turning import View

# Of a texture that looks like faces all over, the surest.
MOST_BOXES = 200
NOTHING = np.zeros((96, 96, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a face: its box, the detector's score (0 to 1), and whether it takes it for one."""

    box: Box
    score: float
    is_found: bool


@dataclass(frozen=True, slots=True)
class Detected:
    """What one detector, by the name that results carry, says of one photo, and how long it took."""

    detector: str
    milliseconds: float
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """One face: `chips` as the encoder sees them, a JPEG, and what each method says, by its name."""

    chips: bytes
    ages: Mapping[str, AgeEstimate]
    emotions: Mapping[str, EmotionEstimate]


def detect(detector: Detector, photo: DecodedPhoto, degrees: int = 0) -> Detected:
    """Ask a detector once what it finds, and what it nearly did.

    It is shown the photo turned clockwise by so many `degrees`, a multiple of 90.
    """
    from analysis.turning import turned

    view = turned(photo.pixels, degrees // 90)
    detector.detect(NOTHING)  # The first question of all is slower than others.
    began = time.perf_counter()
    if isinstance(detector, Weighing):
        found = detector.weigh(view.pixels)
    else:
        found = [Weighed(face, True) for face in detector.detect(view.pixels)]
    took = (time.perf_counter() - began) * 1000
    found = [one for one in found if one.is_found or one.face.score >= LEAST_WEIGHED]
    surest = sorted(found, key=lambda one: (one.is_found, one.face.score), reverse=True)
    candidates = tuple(_candidate(one, photo, view) for one in surest[:MOST_BOXES])
    return Detected(detector.name, took, tuple(one for one in candidates if one.box.area))


def look(
    faces: Sequence[AlignedFace],
    ages: Mapping[str, AgeGender],
    emotions: Mapping[str, EmotionNetwork],
) -> list[LookedAt]:
    """Return what methods say of each face; nothing of none."""
    from analysis.emotion import emotion_crop

    if not faces:
        return []
    crops = [emotion_crop(face.pixels, face.square) for face in faces]
    years = {name: [age for age, _ in method.estimate(faces)] for name, method in ages.items()}
    shown = {name: network.estimate(crops) for name, network in emotions.items()}
    return [
        LookedAt(
            jpeg(chips(face)),
            {name: told[at] for name, told in years.items()},
            {name: told[at] for name, told in shown.items()},
        )
        for at, face in enumerate(faces)
    ]


def chips(face: AlignedFace) -> Pixels:
    """Return the four views that the encoder may be shown, beside each other, RGB (150, 600, 3).

    A nearer one and the mirrored usual one come first: where their encodings agree it asks for no more.
    """
    usual, nearer = (face.chip(CHIP_SIZE, padding) for padding in (CHIP_PADDING, CLOSER_PADDING))
    views = (nearer, usual[:, ::-1], usual, nearer[:, ::-1])
    return np.ascontiguousarray(np.concatenate(views, axis=1))


def _candidate(one: Weighed, photo: DecodedPhoto, view: View) -> Candidate:
    region = view.upright(one.face.box)

    def edge(value: float, limit: int) -> int:
        return min(limit, max(0, round(value / photo.scale)))

    box = Box(
        left=edge(region.left, photo.width),
        top=edge(region.top, photo.height),
        right=edge(region.right, photo.width),
        bottom=edge(region.bottom, photo.height),
    )
    return Candidate(box, one.face.score, one.is_found)
