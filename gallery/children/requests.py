"""What the site asks of its child processes: the only place of it where pixels are decoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.dates import Taken
from analysis.errors import AnalysisError, UnreadablePhoto
from analysis.limits import Limits
from analysis.methods import DEFAULT, Choice
from analysis.processes import Loaded
from analysis.results import (
    AgeEstimate,
    Array,
    Box,
    DrawnFace,
    EmotionEstimate,
    FaceResult,
    PhotoResult,
)
from analysis.shot import NOTHING, Shot

if TYPE_CHECKING:
    from analysis.images import DecodedPhoto
    from analysis.known.known import Known

PREVIEW_SIDE = 2048
THUMBNAIL_SIDE = 640

# The web process imports this module to make requests, so what can touch pixels is imported late.


@dataclass(frozen=True, slots=True)
class Analysed:
    """A photo's result with the files made from its pixels: JPEG, and of each face, in face order, a crop
    for people and the grey one for emotion networks, as PNG.
    """

    result: PhotoResult
    preview: bytes
    thumbnail: bytes
    small: bytes
    crops: tuple[bytes, ...]
    emotion_crops: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Analyse:
    """Decode and analyse one photo by the chosen methods; humans gave the `boxes`."""

    path: Path
    limits: Limits
    choice: Choice = DEFAULT
    boxes: tuple[Box, ...] = ()

    def answer(self, loaded: Loaded) -> Analysed:
        from analysis.images import decode
        from analysis.renditions import card, small, thumbnail

        photo = decode(self.path, limits=self.limits)
        result = loaded.pipeline(self.choice).analyse(photo, self.boxes)
        shown = card(photo, THUMBNAIL_SIDE)
        return Analysed(
            result, thumbnail(photo, PREVIEW_SIDE), shown, small(shown),
            *_crops(photo, result.faces),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """What the networks say of faces in boxes, by `methods`, with the files made of each."""

    faces: tuple[FaceResult, ...]
    methods: Mapping[str, str]
    crops: tuple[bytes, ...]
    emotion_crops: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """Decode a photo and describe the faces in `boxes` alone, in their order, `turned` as its result is."""

    path: Path
    limits: Limits
    choice: Choice
    boxes: tuple[Box, ...]
    turned: int = 0

    def answer(self, loaded: Loaded) -> Measured:
        from analysis.images import decode

        photo = decode(self.path, limits=self.limits)
        pipeline = loaded.pipeline(self.choice)
        faces = pipeline.measure(photo, self.boxes, self.turned)
        return Measured(faces, pipeline.methods, *_crops(photo, faces))


def _crops(
    photo: DecodedPhoto, faces: Sequence[FaceResult]
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return of each face the crop for people and the one for emotion networks."""
    from analysis.emotion import png
    from analysis.renditions import face_crop

    crops = tuple(face_crop(photo, face.box) for face in faces)
    of_emotions = (face.emotion_crop for face in faces)
    return crops, tuple(png(crop) for crop in of_emotions if crop is not None)


@dataclass(frozen=True, slots=True)
class TellEmotions:
    """Ask one emotion network about crops that were kept; None where a file is gone or broken."""

    network: str
    crops: tuple[Path, ...]

    def answer(self, loaded: Loaded) -> ToldEmotions:
        from analysis.emotion import read_png

        network = loaded.emotion(self.network)
        found: dict[int, NDArray[np.uint8]] = {}
        for index, path in enumerate(self.crops):
            with suppress(OSError, UnreadablePhoto):
                found[index] = read_png(path)
        told = network.estimate(list(found.values())) if found else []
        by_index = dict(zip(found, told, strict=True))
        return ToldEmotions(network.name, tuple(map(by_index.get, range(len(self.crops)))))


@dataclass(frozen=True, slots=True)
class ToldEmotions:
    """What a network, by its full name, told of each crop that it was asked about."""

    network: str
    emotions: tuple[EmotionEstimate | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class KeptFace:
    """A crop that was kept, and where its face is: box and landmarks (68 or 5) in a photo of this size."""

    crop: Path
    box: Box
    width: int
    height: int
    landmarks: Array


@dataclass(frozen=True, slots=True)
class TellAges:
    """Ask a method that has an `age_network` about crops; None where a file is gone or broken."""

    method: str
    faces: tuple[KeptFace, ...]

    def answer(self, loaded: Loaded) -> ToldAges:
        from analysis.renditions import kept_face

        network = loaded.ages(self.method)
        found: dict[int, Any] = {}
        for index, face in enumerate(self.faces):
            with suppress(OSError, UnreadablePhoto):
                crop = face.crop.read_bytes()
                found[index] = kept_face(crop, face.box, face.width, face.height, face.landmarks)
        told = network.tell_faces(list(found.values())) if found else []
        by_index = dict(zip(found, told, strict=True))
        return ToldAges(network.name, tuple(map(by_index.get, range(len(self.faces)))))


@dataclass(frozen=True, slots=True)
class ToldAges:
    """What a network, by its full name, told of each face that it was asked about."""

    network: str
    ages: tuple[AgeEstimate | None, ...]


@dataclass(frozen=True, slots=True)
class SeeColours:
    """Open photos, without decoding them, for what their colours are to be converted from.

    Of each photo that is a profile's name, "" where there is nothing to convert, None where its file is
    gone or can't be read.
    """

    paths: tuple[Path, ...]
    limits: Limits

    def answer(self, loaded: Loaded) -> tuple[str | None, ...]:
        return tuple(map(self._profile, self.paths))

    def _profile(self, path: Path) -> str | None:
        from analysis.colour import SRGB
        from analysis.opening import conversion

        with suppress(OSError, AnalysisError):
            said = conversion(path, self.limits)
            return "" if said == SRGB else said.removesuffix(f" to {SRGB}")
        return None


@dataclass(frozen=True, slots=True)
class Dated:
    """That a photo was looked at, and when and how it says that it was taken, if it does."""

    taken: Taken | None
    shot: Shot = NOTHING


@dataclass(frozen=True, slots=True)
class SeeDates:
    """Open photos, without decoding them, for when and how they were taken; None where a file is gone."""

    paths: tuple[Path, ...]
    limits: Limits

    def answer(self, loaded: Loaded) -> tuple[Dated | None, ...]:
        return tuple(map(self._date, self.paths))

    def _date(self, path: Path) -> Dated | None:
        from analysis.opening import told

        try:
            return Dated(*told(path, self.limits))
        except AnalysisError:
            return Dated(None)  # Whoever can't read a photo has nothing more to learn from it.
        except OSError:
            return None


@dataclass(frozen=True, slots=True)
class MakeSmall:
    """Make the small pictures of photos from their thumbnails; None where a file is gone or broken."""

    thumbnails: tuple[Path, ...]

    def answer(self, loaded: Loaded) -> tuple[bytes | None, ...]:
        return tuple(map(self._small, self.thumbnails))

    def _small(self, path: Path) -> bytes | None:
        from analysis.renditions import small

        with suppress(OSError, UnreadablePhoto):
            return small(path.read_bytes())
        return None


@dataclass(frozen=True, slots=True)
class LooksTheSame:
    """Tell whether a file has a photo's size and looks like its thumbnail."""

    path: Path
    thumbnail: Path
    size: tuple[int, int]
    limits: Limits

    def answer(self, loaded: Loaded) -> bool:
        from analysis.same_picture import looks_the_same

        return looks_the_same(self.path, self.thumbnail, self.size, self.limits)


@dataclass(frozen=True, slots=True)
class Annotate:
    """Burn boxes, landmarks and labels into a photo at full size; the reply is a JPEG."""

    path: Path
    limits: Limits
    faces: tuple[DrawnFace, ...]

    def answer(self, loaded: Loaded) -> bytes:
        from analysis.drawing import annotate
        from analysis.images import decode

        return annotate(decode(self.path, limits=self.limits, full_size=True), self.faces)


@dataclass(frozen=True, slots=True)
class ReadKnown:
    """Read a file of names and encodings, as anybody may have made it."""

    path: Path

    def answer(self, loaded: Loaded) -> Known:
        from analysis.known import files

        return files.read(self.path)
