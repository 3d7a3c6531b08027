"""What the site asks of its child processes: the only place of it where pixels are decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.limits import Limits
from analysis.methods import DEFAULT, Choice
from analysis.processes import Loaded
from analysis.results import DrawnFace, PhotoResult

PREVIEW_SIDE = 2048
THUMBNAIL_SIDE = 640

# The web process imports this module to make requests, so what can touch pixels is imported late.


@dataclass(frozen=True, slots=True)
class Analysed:
    """A photo's result with the JPEG files made from its pixels; one crop a face, in face order."""

    result: PhotoResult
    preview: bytes
    thumbnail: bytes
    crops: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Analyse:
    """Decode and analyse one photo by the chosen methods; the limits are in bytes and pixels."""

    path: Path
    max_bytes: int
    max_pixels: int
    choice: Choice = DEFAULT

    def answer(self, loaded: Loaded) -> Analysed:
        from analysis.images import decode
        from analysis.renditions import face_crop, thumbnail

        photo = decode(self.path, limits=Limits(self.max_bytes, self.max_pixels))
        result = loaded.pipeline(self.choice).analyse(photo)
        return Analysed(
            result=result,
            preview=thumbnail(photo, PREVIEW_SIDE),
            thumbnail=thumbnail(photo, THUMBNAIL_SIDE),
            crops=tuple(face_crop(photo, face.box) for face in result.faces),
        )


@dataclass(frozen=True, slots=True)
class Annotate:
    """Burn boxes, landmarks and labels into a photo at full size; the reply is a JPEG."""

    path: Path
    max_bytes: int
    max_pixels: int
    faces: tuple[DrawnFace, ...]

    def answer(self, loaded: Loaded) -> bytes:
        from analysis.drawing import annotate
        from analysis.images import decode

        limits = Limits(self.max_bytes, self.max_pixels)
        return annotate(decode(self.path, limits=limits, full_size=True), self.faces)
