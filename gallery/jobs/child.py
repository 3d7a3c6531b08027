"""What runs inside a child process: the only place of the site where pixels are decoded."""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from analysis.errors import AnalysisError
from analysis.results import DrawnFace, PhotoResult

if TYPE_CHECKING:
    from analysis.pipeline import Pipeline

Reply = TypeVar("Reply", covariant=True)
PREVIEW_SIDE = 2048
THUMBNAIL_SIDE = 640

# The web process imports this module to make requests, so what can touch pixels is imported late.


class Loaded:
    """What a child keeps from one request to the next."""

    @cached_property
    def pipeline(self) -> Pipeline:
        from analysis.pipeline import load_pipeline

        return load_pipeline()


class Request(Protocol[Reply]):
    """One thing to do with one photo."""

    def answer(self, loaded: Loaded) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Analysed:
    """A photo's result with the JPEG files made from its pixels; one crop a face, in face order."""

    result: PhotoResult
    preview: bytes
    thumbnail: bytes
    crops: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Analyse:
    """Decode and analyse one photo; the limits are in bytes and pixels."""

    path: Path
    max_bytes: int
    max_pixels: int

    def answer(self, loaded: Loaded) -> Analysed:
        from analysis.images import Limits, decode
        from analysis.renditions import face_crop, thumbnail

        photo = decode(self.path, limits=Limits(self.max_bytes, self.max_pixels))
        result = loaded.pipeline.analyse(photo)
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
        from analysis.images import Limits, decode

        limits = Limits(self.max_bytes, self.max_pixels)
        return annotate(decode(self.path, limits=limits, full_size=True), self.faces)


def main(parent: Connection, memory_limit: int) -> None:
    """Answer requests until the parent hangs up. A reply is an answer or the photo's error.

    An OSError says that its file cannot be read, as on a disk that is not mounted. Any other exception
    ends the child, as a crash of native code would: the parent sees both alike.
    `memory_limit` is in bytes of private memory.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which hangs up.
    os.nice(10)  # Pages come before photos.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_limit, memory_limit))
    loaded = Loaded()
    try:
        while True:
            request: Request[Any] = parent.recv()
            try:
                reply = request.answer(loaded)
            except (AnalysisError, OSError) as error:
                reply = error
            parent.send(reply)
    except (EOFError, BrokenPipeError):
        return
