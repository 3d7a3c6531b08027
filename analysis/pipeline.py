"""All stages in a row: from a decoded photo to a `PhotoResult`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis.results import Array, Box, FaceResult, PhotoResult
from analysis.weights import Weights

if TYPE_CHECKING:
    from analysis.demographics import AgeNetwork, GenderNetwork
    from analysis.detection import Detection, Detector, Region
    from analysis.emotion import EmotionNetwork
    from analysis.encoding import Encoder
    from analysis.images import DecodedPhoto
    from analysis.landmarks import Aligner, Landmarks68

INSTALLED = Weights()
# Stage -> name of its file in the manifest.
NEEDED = {
    "detector": "yunet",
    "landmarks": "landmarks68",
    "alignment": "landmarks5",
    "encoder": "encoder",
    "age": "age",
    "gender": "gender",
    "emotion": "emotion",
}


def weight_files(weights: Weights) -> dict[str, Path]:
    """Return each stage's file, without opening any; raises WeightsMissing."""
    return {stage: weights.path(name) for stage, name in NEEDED.items()}


def load_pipeline(weights: Weights = INSTALLED) -> Pipeline:
    """Load all networks (about 1.5 s and 270 MB); raises WeightsMissing.

    This is the only import of dlib, OpenCV and onnxruntime, and holds each of them to one thread: photos
    are analysed side by side in processes.
    """
    import cv2

    from analysis.demographics import AgeNetwork, GenderNetwork
    from analysis.detection.yunet import YuNet
    from analysis.emotion import EmotionNetwork
    from analysis.encoding import Encoder
    from analysis.landmarks import Aligner, Landmarks68

    cv2.setNumThreads(1)
    files = weight_files(weights)
    return Pipeline(
        detector=YuNet(files["detector"]),
        landmarks=Landmarks68(files["landmarks"]),
        aligner=Aligner(files["alignment"]),
        encoder=Encoder(files["encoder"]),
        age=AgeNetwork(files["age"]),
        gender=GenderNetwork(files["gender"]),
        emotion=EmotionNetwork(files["emotion"]),
    )


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages. One instance serves any number of photos, one after the other."""

    detector: Detector
    landmarks: Landmarks68
    aligner: Aligner
    encoder: Encoder
    age: AgeNetwork
    gender: GenderNetwork
    emotion: EmotionNetwork

    @property
    def methods(self) -> Mapping[str, str]:
        """The name and version of each stage that a result depends on.

        Encodings hang on their alignment too, so "encoder" names both; encodings of different
        "encoder"s must never be compared.
        """
        return {
            "detector": self.detector.name,
            "landmarks": self.landmarks.name,
            "alignment": self.aligner.name,
            "encoder": f"{self.encoder.name}/{self.aligner.name}",
            "age": self.age.name,
            "gender": self.gender.name,
            "emotion": self.emotion.name,
        }

    def analyse(self, photo: DecodedPhoto) -> PhotoResult:
        """Find and describe every face; no face is a finished result too."""
        found = [
            (box, detection)
            for detection in self.detector.detect(photo.pixels)
            if (box := _box(detection.box, photo)).area
        ]
        found.sort(key=lambda pair: (pair[0].left, pair[0].top))
        faces = self._describe(photo, found) if found else ()
        return PhotoResult(photo.width, photo.height, faces, self.methods, photo.note)

    def _describe(
        self, photo: DecodedPhoto, found: list[tuple[Box, Detection]]
    ) -> tuple[FaceResult, ...]:
        pixels = photo.pixels
        points: list[Array] = [self.landmarks.find(pixels, d.square) for _, d in found]
        aligned = [self.aligner.align(pixels, d.square) for _, d in found]
        encodings = self.encoder.encode(aligned)
        ages = self.age.estimate(aligned)
        genders = self.gender.estimate(aligned)
        emotions = self.emotion.estimate(pixels, [d.box for _, d in found])
        return tuple(
            FaceResult(
                box=box,
                score=detection.score,
                landmarks=(points[i] / photo.scale).astype(np.float32),
                encoding=encodings[i],
                age=ages[i],
                gender=genders[i],
                emotion=emotions[i],
            )
            for i, (box, detection) in enumerate(found)
        )


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
