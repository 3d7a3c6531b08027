"""All stages in a row: from decoded photos to a `PhotoResult` each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import versions
from analysis.matching import Population, population
from analysis.method import Method
from analysis.methods import DEFAULT, Choice, find
from analysis.results import Array, Box, FaceResult, PhotoResult
from analysis.weights import INSTALLED, Weights

if TYPE_CHECKING:
    from analysis.alignment import AlignedFace, Aligner
    from analysis.demographics import AgeGender
    from analysis.demographics.face_api import AgeNetwork
    from analysis.detection import Detector, Region
    from analysis.emotion import EmotionNetwork
    from analysis.encoding import Encoder
    from analysis.given import Placed
    from analysis.images import DecodedPhoto
    from analysis.landmarks import LandmarkPredictor
    from analysis.turning import Seen, View

# Not for choosing: what the encodings of one library are aligned by must be one and the same.
ALIGNMENT = Method(
    "dlib, 5 points", "analysis.alignment:Aligner", ("landmarks5",), carried=versions.ALIGNMENT
)


def check_weights(choice: Choice = DEFAULT, weights: Weights = INSTALLED) -> None:
    """Raise UnknownMethod or WeightsMissing if `choice` cannot be loaded, without opening a file."""
    choice.check(weights)
    ALIGNMENT.files(weights)


def load_pipeline(choice: Choice = DEFAULT, weights: Weights = INSTALLED) -> Pipeline:
    """Load the chosen methods (by default 1.5 s and 270 MB); raises UnknownMethod, WeightsMissing."""
    return Stages(weights).pipeline(choice)


class Stages:
    """The methods in memory, one a stage: another choice loads only what differs.

    This is the only import of dlib, OpenCV and onnxruntime, and holds each of them to one thread:
    photos are analysed side by side in processes.
    """

    def __init__(self, weights: Weights = INSTALLED) -> None:
        self._weights = weights
        self._loaded: dict[str, tuple[Any, Any]] = {}

    def pipeline(self, choice: Choice) -> Pipeline:
        """Return the stages in a row; raises UnknownMethod, WeightsMissing."""
        import cv2

        cv2.setNumThreads(1)
        check_weights(choice, self._weights)
        methods = choice.methods(self._weights) | {"aligner": ALIGNMENT}
        stages = {stage: self._load(stage, method) for stage, method in methods.items()}
        return Pipeline(**stages, population=population(self._weights.population))

    def method(self, stage: str, name: str) -> Any:
        """Return one method of one stage alone; raises UnknownMethod, WeightsMissing, UnusableNetwork."""
        import cv2

        cv2.setNumThreads(1)
        return self._load(stage, find(stage, name, self._weights))

    def emotion(self, name: str) -> EmotionNetwork:
        """Return one emotion network alone; raises UnknownMethod, WeightsMissing, UnusableNetwork."""
        network: EmotionNetwork = self.method("emotion", name)
        return network

    def ages(self, name: str) -> AgeNetwork:
        """Return what tells ages by kept crops, alone; raises UnknownMethod, WeightsMissing.

        ValueError for a method without an `age_network`.
        """
        import cv2

        cv2.setNumThreads(1)
        method = find("age_gender", name, self._weights)
        if not method.age_network:
            raise ValueError(f"{name} can't tell ages by kept crops.")
        network: AgeNetwork = self._load("age_gender", method).age
        return network

    def _load(self, stage: str, method: Method) -> Any:
        wanted = method, [file.stat().st_mtime_ns for file in method.files(self._weights)]
        kept, loaded = self._loaded.pop(stage, (None, None))
        if kept != wanted:
            loaded = None  # Two detectors at once would not fit the limit of memory.
            loaded = method.load(self._weights)
        self._loaded[stage] = wanted, loaded
        return loaded


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages. One instance serves any number of photos."""

    detector: Detector
    aligner: Aligner
    landmarks: LandmarkPredictor
    encoder: Encoder
    age_gender: AgeGender
    emotion: EmotionNetwork
    population: Population | None = None

    @property
    def methods(self) -> dict[str, str]:
        """The name and version of each stage that a result depends on.

        "encoding" tells how the vectors were computed; "encoder" names their network and alignment:
        encodings of different "encoder"s must never be compared. "population" is there where a map says
        how crowded the faces' neighbourhoods are.
        """
        encoder = f"{self.encoder.space}/{self.aligner.name}"
        found = self._map_of(encoder)
        return {
            "detector": self.detector.name,
            "landmarks": self.landmarks.name,
            "alignment": self.aligner.name,
            "encoding": self.encoder.name,
            "encoder": encoder,
            "age_gender": self.age_gender.name,
            "emotion": self.emotion.name,
        } | ({"population": found.name} if found else {})

    def _map_of(self, encoder: str) -> Population | None:
        """Return the map, if it is one of such encodings."""
        return self.population if self.population and self.population.encoder == encoder else None

    def analyse(self, photo: DecodedPhoto, boxes: Sequence[Box] = ()) -> PhotoResult:
        """Find and describe every face; no face is a finished result too.

        Humans gave the `boxes`, in pixels of the upright original: there is a face in each, and it is not
        found again beside it.
        """
        return self._results([photo], [self._find(photo, boxes)])[0]

    def analyse_all(self, photos: Sequence[DecodedPhoto]) -> list[PhotoResult]:
        """Analyse several photos; the faces of all go through each network together."""
        return self._results(photos, [self._find(photo) for photo in photos])

    def measure(
        self, photo: DecodedPhoto, boxes: Sequence[Box], turned: int = 0
    ) -> tuple[FaceResult, ...]:
        """Describe the faces in the boxes, in their order, and look for no other.

        `turned` is what the photo's result says.
        """
        return self._results([photo], [self._placed(photo, boxes, turned)])[0].faces

    def aligned(
        self, photo: DecodedPhoto, boxes: Sequence[Box], turned: int = 0
    ) -> list[AlignedFace]:
        """Return the faces in the boxes as every stage after detection is given them."""
        found = self._placed(photo, boxes, turned)
        return [self.aligner.align(seen.view.pixels, seen.face) for seen, *_ in found.faces]

    def _placed(self, photo: DecodedPhoto, boxes: Sequence[Box], turned: int) -> _Found:
        from analysis.given import Placed
        from analysis.turning import turned as turned_view

        view = turned_view(photo.pixels, turned // 90)
        faces = [Placed(*self._look(photo, view, box), is_given=True) for box in boxes]
        return _Found(turned, faces)

    def _results(
        self, photos: Sequence[DecodedPhoto], found: Sequence[_Found]
    ) -> list[PhotoResult]:
        faces = [
            self.aligner.align(seen.view.pixels, seen.face)
            for one in found
            for seen, *_ in one.faces
        ]
        described = self.describe(faces) if faces else []
        ends = accumulate((len(one.faces) for one in found), initial=0)
        return [
            self._result(photo, one, described[start:end])
            for photo, one, (start, end) in zip(photos, found, pairwise(ends), strict=True)
        ]

    def _find(self, photo: DecodedPhoto, boxes: Sequence[Box] = ()) -> _Found:
        """Return how to look at the photo, and its faces, on the photo as it is from left to right."""
        from analysis.given import Placed, placed
        from analysis.turning import find, turned

        found = find(self.detector, photo.pixels)
        places = [Placed(seen, _box(seen.box, photo)) for seen in found.faces]
        faces = [face for face in places if face.box.area]
        if boxes:
            view = turned(photo.pixels, found.turned // 90)
            faces = placed(faces, [self._look(photo, view, box) for box in boxes])
        return _Found(found.turned, sorted(faces, key=lambda face: (face.box.left, face.box.top)))

    def _look(self, photo: DecodedPhoto, view: View, box: Box) -> tuple[Seen, Box]:
        from analysis.detection import Region
        from analysis.given import look

        edges = (box.left, box.top, box.right, box.bottom)
        return look(self.detector, view, Region(*(edge * photo.scale for edge in edges))), box

    def describe(self, faces: list[AlignedFace]) -> list[_Described]:
        """Return what the networks say of each of at least one face: fields of a FaceResult."""
        from analysis.emotion import emotion_crop
        from analysis.quality import measure

        crops = [emotion_crop(face.pixels, face.square) for face in faces]
        points = self.landmarks.find(faces)
        encodings = self.encoder.encode(faces)
        people = self.age_gender.estimate(faces)
        emotions = self.emotion.estimate(crops)
        levels = self._levels(encodings)
        return [
            {
                "landmarks": points[i],
                "encoding": encodings[i],
                "age": people[i][0],
                "gender": people[i][1],
                "emotion": emotions[i],
                "emotion_crop": crops[i],
                "quality": measure(face, points[i]),
                "level": levels[i],
            }
            for i, face in enumerate(faces)
        ]

    def _levels(self, encodings: Array) -> list[float | None]:
        found = self._map_of(self.methods["encoder"])
        return [*found.levels(encodings).tolist()] if found else [None] * len(encodings)

    def _result(
        self, photo: DecodedPhoto, found: _Found, described: list[_Described]
    ) -> PhotoResult:
        faces = tuple(
            _face(photo, place, found.turned, face)
            for place, face in zip(found.faces, described, strict=True)
        )
        methods = self.methods | {"colour": photo.colour}
        return PhotoResult(
            photo.width, photo.height, faces, methods, photo.note, found.turned, *photo.told
        )


_Described = dict[str, Any]  # The fields of a FaceResult that networks make, in working pixels.


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A photo's faces, and by how many degrees it was turned to find them."""

    turned: int
    faces: Sequence[Placed]


def _face(photo: DecodedPhoto, place: Placed, turned: int, described: _Described) -> FaceResult:
    """Return a face in pixels of the upright original; its roll is that on the turned photo."""
    view = place.seen.view
    points = view.upright_points(described["landmarks"]) / photo.scale
    quality = described["quality"].scaled(1 / photo.scale)
    quality = replace(quality, roll=_half_circle(quality.roll + turned - view.degrees))
    changes = {"landmarks": points.astype(np.float32), "quality": quality}
    return FaceResult(
        box=place.box,
        score=place.seen.face.score,
        is_given=place.is_given,
        found=place.found,
        **(described | changes),
    )


def _half_circle(degrees: float) -> float:
    """Return the same angle from -180 up to 180."""
    return (degrees + 180) % 360 - 180


def _box(region: Region, photo: DecodedPhoto) -> Box:
    """Return a region of the working array as a box within the upright original."""

    def edge(value: float, limit: int) -> int:
        return min(limit, max(0, round(value / photo.scale)))

    return Box(
        left=edge(region.left, photo.width),
        top=edge(region.top, photo.height),
        right=edge(region.right, photo.width),
        bottom=edge(region.bottom, photo.height),
    )
