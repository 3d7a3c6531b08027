"""Frames of a camera, a few a second: one small search, then the stages on the largest faces that it finds.

A frame has no second look at doubts, no turning and no enlarging. A frame of 640 x 480 takes
10 ms of processor time without a face, 36 with one and 190 with six.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from analysis.detection import resized
from analysis.detection.yunet import YuNet
from analysis.errors import PhotoTooLarge, UnreadablePhoto
from analysis.results import AgeEstimate, Array, Box, EmotionEstimate, GenderEstimate
from analysis.sentences import say

if TYPE_CHECKING:
    from analysis.detection import Detection
    from analysis.images import Pixels
    from analysis.pipeline import Pipeline

# The longest side that is searched, and that a frame may have.
SIDE = 640
MOST_SIDE = 1920
# By one look: of photos of groups it draws a false box on one in a hundred.
LEAST = 0.8
MOST_FACES = 6


@dataclass(frozen=True, slots=True, eq=False)
class FrameFace:
    """One face, in pixels of the frame; `quality` is its score (0 to 1), `level` as FaceResult has it."""

    box: Box
    score: float
    landmarks: Array
    encoding: Array
    age: AgeEstimate
    gender: GenderEstimate
    emotion: EmotionEstimate
    quality: float
    level: float | None


@dataclass(frozen=True, slots=True, eq=False)
class SeenFrame:
    """What is seen on a frame of this size; `encoder` as a PhotoResult's methods have it."""

    width: int
    height: int
    faces: tuple[FrameFace, ...]
    encoder: str
    milliseconds: float


def see(jpeg: bytes, pipeline: Pipeline) -> SeenFrame:
    """Look at a frame; raises UnreadablePhoto, PhotoTooLarge."""
    began = time.perf_counter()
    pixels = opened(jpeg)
    height, width = pixels.shape[:2]
    scale = min(1.0, SIDE / max(width, height))
    small = resized(pixels, (max(1, round(width * scale)), max(1, round(height * scale))))
    detector = pipeline.detector
    found = detector.glimpse(small, LEAST) if isinstance(detector, YuNet) else []
    largest = sorted(found, key=lambda face: face.box.left - face.box.right)[:MOST_FACES]
    largest.sort(key=lambda face: face.box.left)
    faces = _described(small, largest, scale, pipeline, (width, height)) if largest else ()
    took = (time.perf_counter() - began) * 1000
    return SeenFrame(width, height, faces, pipeline.methods["encoder"], took)


def opened(jpeg: bytes) -> Pixels:
    """Decode a frame, RGB (h, w, 3); raises UnreadablePhoto or, before it is decoded, PhotoTooLarge."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
            if max(image.size) > MOST_SIDE:
                raise PhotoTooLarge(say("unreadable"))
            return np.asarray(image.convert("RGB"), np.uint8)
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge(say("unreadable")) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadablePhoto(say("unreadable")) from error


def _described(
    pixels: Pixels,
    found: list[Detection],
    scale: float,
    pipeline: Pipeline,
    size: tuple[int, int],
) -> tuple[FrameFace, ...]:
    described = pipeline.describe([pipeline.aligner.align(pixels, face) for face in found])
    return tuple(
        FrameFace(
            box=_box(face, scale, *size),
            score=face.score,
            landmarks=np.asarray(said["landmarks"] / scale, np.float32),
            encoding=said["encoding"],
            age=said["age"],
            gender=said["gender"],
            emotion=said["emotion"],
            quality=said["quality"].score,
            level=said["level"],
        )
        for face, said in zip(found, described, strict=True)
    )


def _box(face: Detection, scale: float, width: int, height: int) -> Box:
    def edge(value: float, limit: int) -> int:
        return min(limit, max(0, round(value / scale)))

    box = face.box
    return Box(
        edge(box.left, width),
        edge(box.top, height),
        edge(box.right, width),
        edge(box.bottom, height),
    )
