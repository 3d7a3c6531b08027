"""Annotated copies of photos as files."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.drawing import annotate
from analysis.images import DecodedPhoto
from analysis.results import DrawnFace, FaceResult, PhotoResult


def write_copy(photo: DecodedPhoto, result: PhotoResult, copy: Path) -> None:
    """Write the photo with its faces drawn on it as JPEG to `copy`, whole or not at all."""
    drawn = annotate(photo, [_drawn(number, face) for number, face in enumerate(result.faces)])
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = copy.with_name(f".{copy.name}.{os.getpid()}")
    try:
        partial.write_bytes(drawn)
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)


def _drawn(number: int, face: FaceResult) -> DrawnFace:
    perhaps = "perhaps " if face.quality and face.quality.is_doubtful else ""
    return DrawnFace(
        box=face.box,
        landmarks=face.landmarks,
        label=f"{perhaps}{face.gender.label}, about {face.age.years:.0f}",
        certain=True,
        colour=number,
        details=f"{face.emotion.label} {face.emotion.confidence * 100:.0f} %",
    )
