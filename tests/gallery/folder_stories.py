"""A folder on the server as somebody else changes it, and a library that looks at it, for tests."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from PIL import Image

from analysis.processes import Reply, Request
from gallery.children.pool import AnalysisPool
from gallery.children.requests import LooksTheSame
from gallery.jobs import queue
from gallery.models import Photo, SourceFolder
from gallery.services import people, results
from gallery.services.sources import folders
from gallery.services.sources.looking import Look
from gallery.words import say
from tests.factories import analysed, encoded, found_face, vector

MARK = b"|picture "


def content(picture: int, version: int = 0) -> bytes:
    """Return a file of a picture; other versions hold other words and look the same."""
    colour = (picture * 37 % 256, picture * 91 % 256, picture % 256)
    shown = encoded(Image.new("RGB", (64, 48), colour), "JPEG", comment=f"{picture}")
    return shown + MARK + f"{picture}|{version}".encode()


def picture_of(data: bytes) -> int:
    return int(data.partition(MARK)[2].partition(b"|")[0])


class Eyes(AnalysisPool):
    """Tells whether a file shows the picture that a photo was analysed with."""

    def __init__(self) -> None:
        super().__init__(timeout=1, memory=1)
        self.asked: list[Path] = []
        self.pictures: dict[Path, int] = {}  # by the thumbnails

    async def ask(self, request: Request[Reply]) -> Reply:
        asked = cast(LooksTheSame, request)
        self.asked.append(asked.path)
        same = picture_of(asked.path.read_bytes()) == self.pictures[asked.thumbnail]
        return cast(Reply, same)


@dataclass
class Shelf:
    """The folder, and the library of `owner` that is brought up to date with it by looks."""

    root: Path
    owner: User
    in_place: bool = True
    eyes: Eyes = field(default_factory=Eyes)
    written: int = 0

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)

    @property
    def folder(self) -> SourceFolder:
        return folders.begin(owner=self.owner, path=self.root, in_place=self.in_place)

    def put(self, path: str, data: bytes) -> Path:
        """Write a file as programs do, with another time each: of what keeps size and time nobody knows."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        self.written += 1
        os.utime(place, ns=(0, 10**18 + self.written * 10**9))
        return place

    def look(self, after: float = 60) -> Look:
        """Look at the folder to its end, as if so many seconds had passed since its files were written."""
        return self._looked(self.folder, after)

    def begin_to_look(self, steps: int) -> None:
        """Begin a look that is cut short, as where its program is ended."""
        async_to_sync(self._some_steps)(Look(self.folder), steps)

    async def _some_steps(self, look: Look, steps: int) -> None:
        for _ in range(steps):
            if not await look.step(self.eyes, time.time() + 60):
                return

    def look_as_kept(self) -> Look:
        """Look at the folder as somebody has begun it, with its albums."""
        return self._looked(SourceFolder.objects.get(path=f"{self.root}"), 60)

    def _looked(self, folder: SourceFolder, after: float) -> Look:
        look = Look(folder)
        async_to_sync(self._to_the_end)(look, time.time() + after)
        return look

    async def _to_the_end(self, look: Look, now: float) -> None:
        while await look.step(self.eyes, now):
            pass

    def analyse(self) -> None:
        """Analyse what waits: each picture shows one face."""
        while (claim := queue.claim()) is not None:
            photo = Photo.objects.get(pk=claim.photo_id)
            try:
                picture = picture_of(photo.original.read_bytes())
            except FileNotFoundError:
                assert queue.fail(claim, say("file_gone"))
                continue
            found = analysed(found_face(vector(1000 + picture)))
            assert results.save(claim=claim, analysed=found)
            self.eyes.pictures[photo.thumbnail] = picture

    def name(self, photo: Photo, name: str) -> None:
        people.name_face(face=photo.faces.get(), name=name)

    def photo(self, data: bytes) -> Photo:
        return Photo.objects.get(owner=self.owner, sha256=hashlib.sha256(data).hexdigest())
