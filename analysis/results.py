"""The values that the analysis hands out: frozen, free of Django, in pixels of the upright original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from analysis.dates import Taken
from analysis.english import gettext_noop
from analysis.sentences import Sentence, say
from analysis.shot import NOTHING, Shot

Array = NDArray[np.float32]
GenderLabel = Literal["female", "male"]

BRACKETS = ("(0-2)", "(4-6)", "(8-12)", "(15-20)", "(25-32)", "(38-43)", "(48-53)", "(60-100)")
EMOTIONS = (
    gettext_noop("angry"),
    gettext_noop("disgust"),
    gettext_noop("fear"),
    gettext_noop("happy"),
    gettext_noop("sad"),
    gettext_noop("surprise"),
    gettext_noop("neutral"),
)
# IoU from which two boxes are taken for one face, whoever drew them. Of 1983 pairs of boxes that two of
# our detectors drew round one face the least is 0.38, half are above 0.7; boxes round two faces of a photo
# reach 0.21.
SAME_FACE = 0.3
# Of a face whose quality is less, see `Quality.is_doubtful`.
DOUBTFUL = 0.5
# From which on somebody may be known by it.
FIT = 0.7
GENDERS: tuple[GenderLabel, ...] = (gettext_noop("female"), gettext_noop("male"))


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned bounding box in pixels; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    def intersection(self, other: Self) -> int:
        """Return the area shared with `other`, in pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)

    def iou(self, other: Self) -> float:
        """Return intersection over union, 0 (apart) to 1 (equal)."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union else 0.0


def same_faces(boxes: Sequence[Box], others: Sequence[Box]) -> dict[int, int]:
    """Return which of `others` is round the face of which of `boxes`, by index, the best overlaps first."""
    overlaps = [
        (box.iou(other), index, number)
        for index, box in enumerate(boxes)
        for number, other in enumerate(others)
    ]
    pairs: dict[int, int] = {}
    for overlap, index, number in sorted(overlaps, key=lambda entry: -entry[0]):
        if overlap >= SAME_FACE and index not in pairs and number not in pairs.values():
            pairs[index] = number
    return pairs


@dataclass(frozen=True, slots=True)
class AgeEstimate:
    """Apparent age in years, one of BRACKETS, and the share that the method gives that bracket.

    `low` and `high` are the 10th and the 90th percentile: four in five such faces lie between. They
    are None in a result that an earlier version of the analysis made, and so is a face's `quality`.
    """

    years: float
    bracket: str
    confidence: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class GenderEstimate:
    """Apparent gender with the network's softmax for it."""

    label: GenderLabel
    confidence: float


@dataclass(frozen=True, slots=True)
class EmotionEstimate:
    """The likeliest of EMOTIONS, its softmax, and the softmax of all seven."""

    label: str
    confidence: float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face can be seen.

    `size` is the distance of the eyes in pixels of the upright original; `sharpness` and
    `brightness` go from 0 to 1; `yaw` (positive: towards the photo's right), `pitch` (positive: up)
    and `roll` (positive: clockwise) are the head's angles in degrees, 0 for a face that looks into
    the camera. `score` sums them up, 0 (nothing to be told by it) to 1 (a passport photo).
    """

    size: float
    sharpness: float
    brightness: float
    yaw: float
    pitch: float
    roll: float
    score: float

    def scaled(self, factor: float) -> Self:
        """Return the same with its one length, `size`, times `factor`."""
        return replace(self, size=self.size * factor)

    @property
    def is_doubtful(self) -> bool:
        """Whether what the networks say of the face should be read as doubtful.

        Measured on photos that were blurred, shrunk, darkened and overexposed at random: with a score
        below 0.5 ages by dlib-models are off by 18 years (8 from 0.85 on), 28 % of genders are wrong (2 %),
        and 37 % of one person's pairs are too far apart to be matched (0.5 %).
        """
        return self.score < DOUBTFUL

    @property
    def is_fit_for_reference(self) -> bool:
        """Whether somebody may be known by the face.

        With scores from 0.7 on 0.8 % of one person's pairs are too far apart to be matched, with 0.5 to
        0.7 it's 3.6 %. Of LFW's faces 98 % are fit.
        """
        return self.score >= FIT

    @property
    def faults(self) -> tuple[Sentence, ...]:
        """What makes the face hard to judge, in plain words: "seen from the side", "a little blurred".

        Each alone costs a third of the score or so; see `analysis.quality`.
        """
        found = {
            say("face_small"): self.size < 12,
            say("face_blurred"): self.sharpness < 0.35,
            say("face_a_little_blurred"): 0.35 <= self.sharpness < 0.5,
            say("face_dark"): self.brightness < 0.1,
            say("face_overexposed"): self.brightness > 0.8,
            say("face_turned_away"): abs(self.yaw) > 35,
            say("face_looking_up"): self.pitch > 25,
            say("face_looking_down"): self.pitch < -25,
        }
        return tuple(word for word, is_so in found.items() if is_so)


@dataclass(frozen=True, slots=True, eq=False)
class FaceResult:
    """One face: its box, the detector's score (0..1), landmarks and what the networks say.

    `landmarks` is float32 (68, 2) or (5, 2) as x, y, by the method; `encoding` is float32 (128,), or (256,)
    where two networks measured it;
    `emotion_crop` is the grey square that the emotion was told by, uint8 (96, 96). `level` says how crowded
    its neighbourhood is (`analysis.matching`), by the map that the photo's methods name "population".

    Of a face whose box a human gave (`is_given`), `found` is the box that the detector draws round it, if
    any, and `score` that of a close look.
    """

    box: Box
    score: float
    landmarks: Array
    encoding: Array
    age: AgeEstimate
    gender: GenderEstimate
    emotion: EmotionEstimate
    quality: Quality | None = None
    emotion_crop: NDArray[np.uint8] | None = None
    level: float | None = None
    is_given: bool = False
    found: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PhotoResult:
    """All faces of one photo, from left to right; an empty tuple is a finished result too.

    `width` and `height` are those of the upright original. `methods` names each method and its
    version by stage ("detector", "landmarks", "alignment", "encoding", "encoder", "age_gender",
    "emotion"), and what was done to the colours ("colour": "sRGB" is nothing; an earlier version said
    nothing). `note` is there when the photo was readable only in part or its colours may be wrong.
    `turned` is by how many degrees, clockwise, the photo had to be turned until a face was found: 0,
    90, 180 or 270. Boxes and landmarks are in pixels of the photo as it is, not turned; the angles of a
    face's `quality` are those on the turned photo. `taken` is when the photo says that it was taken, if
    it does, and `shot` with what and where.
    """

    width: int
    height: int
    faces: tuple[FaceResult, ...]
    methods: Mapping[str, str] = field(default_factory=dict)
    note: Sentence | None = None
    turned: int = 0
    taken: Taken | None = None
    shot: Shot = NOTHING

    @property
    def central_face(self) -> FaceResult | None:
        """The face whose centre is nearest to the photo's: whom a photo of one person shows."""

        def away(face: FaceResult) -> float:
            box = face.box
            return hypot(box.left + box.right - self.width, box.top + box.bottom - self.height)

        return min(self.faces, key=away, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFace:
    """A face to draw: `box` and `landmarks` (n, 2) in pixels of the upright original.

    A guess (not `certain`) is dashed. `colour` counts through the palette, one for each person; None is
    for a stranger, in white.
    """

    box: Box
    landmarks: Array
    label: str
    certain: bool
    colour: int | None
    details: str = ""
