"""Search by example: where a face appears that is shown, on a photo of the library or on one not kept.

A photo that is brought for it lies in `installed.examples()` while a child looks at it, and goes then; what
was left by a process that was killed is swept. The face that somebody chooses travels in the page's form,
signed, so that nothing of it is kept here either.
"""

from __future__ import annotations

import asyncio
import base64
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.base import File

from analysis.matching import distances
from analysis.methods import Choice
from analysis.results import Array, FaceResult
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.children.requests import Analyse, Analysed
from gallery.fields import LITTLE_FLOAT32
from gallery.models import Face, Preferences, Roster
from gallery.services import files, library_faces, library_index, locked
from gallery.services.library_index.columns import SHOWN, Library, Numbers
from gallery.services.locked import Seen
from gallery.services.rules import Rules

KEPT = 3600  # seconds for which a chosen face can be looked for, and after which a file is swept
SALT = "example"
# Two photos at once would want the memory of two children.
_turn: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}
_reading = threading.Lock()


class Example(NamedTuple):
    """A face to look for, as encodings are compared."""

    encoding: Array
    encoder: str
    level: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A face on a photo that was brought: its crop, and what its form sends back; "" if it may not."""

    crop: str
    signed: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a photo shows that is not kept: itself, as an address of data, and its faces."""

    picture: str
    faces: Sequence[Shown]


class Hit(NamedTuple):
    """A face that may be the same person's, by key, and its photo's; how far it is, and if that is sure."""

    face: int
    photo: int
    distance: float
    is_sure: bool


async def look(user: User, file: File[bytes]) -> Looked:
    """Return the faces on a photo, which is not kept; raises AnalysisError and ChildFailed."""
    path = installed.examples() / uuid.uuid4().hex
    choice = await sync_to_async(_choice)(user)
    try:
        await asyncio.to_thread(files.write, path, file.chunks())
        loop = asyncio.get_running_loop()
        async with _turn.setdefault(loop, asyncio.Lock()):
            analysed = await _asked(Analyse(path, installed.limits(), choice))
    finally:
        path.unlink(missing_ok=True)
    return await sync_to_async(_shown)(user, analysed)


def of_face(face: Face) -> Example | None:
    """Return a face of the library to look for; None of one that must not be, or was never measured."""
    if face.mark or not face.encoder:
        return None
    return Example(face.encoding, face.encoder, face.level or 0.0)


def chosen(user: User, signed: str) -> Example | None:
    """Return the face that a form sends back; None if it was changed, is another's, or too old."""
    with suppress(signing.BadSignature):
        said = signing.loads(signed, salt=f"{SALT}-{user.pk}", max_age=KEPT)
        encoding = np.frombuffer(base64.b64decode(said["encoding"]), LITTLE_FLOAT32)
        return Example(encoding, said["encoder"], said["level"])
    return None


def nearest(user: User, example: Example) -> list[Hit]:
    """Return the faces of the user's that may be the same person's, one a photo, nearest first."""
    roster = Roster.objects.of(user.pk)
    rules = Rules.of(roster)
    limits = rules.limits(example.encoder)
    with _reading:
        found = library_faces.of(roster).get(example.encoder)
        if found is None:
            return []
        parts = [
            rules.counted(
                distances(example.encoding[None], part.encodings),
                np.array([example.level], np.float32),
                part.levels,
            )[0]
            for _at, part in found.parts()
        ]
        keys = found.keys
    apart = np.concatenate(parts)
    near = np.flatnonzero(apart <= limits.maybe)
    near = near[np.argsort(apart[near], kind="stable")]
    return _hits(library_index.of(user.pk), keys[near], apart[near], limits.sure)


def sweep() -> int:
    """Remove photos that a process left behind which was killed; return how many."""
    before = time.time() - KEPT
    old = [path for path in installed.examples().glob("*") if _changed(path) < before]
    files.remove(old)
    return len(old)


def _changed(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return time.time()  # It has gone by itself.


async def _asked(request: Analyse) -> Analysed:
    memory = settings.ANALYSIS_MEMORY_MB * 2**20
    pool = AnalysisPool(settings.ANALYSIS_TIMEOUT, memory, installed.weights())
    try:
        return await pool.ask(request)
    finally:
        pool.stop_idle()


def _hits(library: Library, keys: Numbers, apart: Array, sure: float) -> list[Hit]:
    """Return those that lists show, the nearest of each photo."""
    faces = library.faces
    order = np.argsort(faces.keys)
    if not len(order):
        return []  # All were deleted between the two looks.
    at = np.searchsorted(faces.keys, keys, sorter=order).clip(max=max(len(order) - 1, 0))
    hits: dict[int, Hit] = {}
    for key, place, distance in zip(keys.tolist(), order[at].tolist(), apart.tolist(), strict=True):
        if faces.keys[place] == key and faces.marks[place] == SHOWN:
            photo = int(library.photos.keys[faces.photos[place]])
            hits.setdefault(photo, Hit(key, photo, distance, distance <= sure))
    return [*hits.values()]


def _choice(user: User) -> Choice:
    return Preferences.objects.of(user.pk).choice


def _shown(user: User, analysed: Analysed) -> Looked:
    result = analysed.result
    encoder = result.methods["encoder"]
    population = result.methods.get("population", "")
    seen = [
        Seen(at, encoder, face.encoding, face.level, population)
        for at, face in enumerate(result.faces)
    ]
    private = locked.seen_near(Roster.objects.of(user.pk), seen)
    shown = [
        Shown(_data(crop), "" if at in private else _signed(user, face, encoder))
        for at, (face, crop) in enumerate(zip(result.faces, analysed.crops, strict=True))
    ]
    return Looked(_data(analysed.thumbnail), shown)


def _signed(user: User, face: FaceResult, encoder: str) -> str:
    encoding = base64.b64encode(face.encoding.astype(LITTLE_FLOAT32).tobytes()).decode()
    said = {"encoding": encoding, "encoder": encoder, "level": face.level or 0.0}
    return signing.dumps(said, salt=f"{SALT}-{user.pk}")


def _data(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
