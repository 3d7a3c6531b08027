"""A library of which everything is known: real photos of people with names, and made rows beside them.

What is asked of it is answered from its rows and from the names of the photos' folders, and by nothing of
the site.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.analysis.conftest import SHARED
from tests.browser.steps import ANALYSIS_MS
from tests.long.test_curating import paired
from tests.once import once
from tests.site.process import DATABASE, PASSWORD, ROOT, Site, Visitor, empty_database, wait_until

FACES_OF_LFW = SHARED.parent / "lfw_dev"
OWNER = "alice"
PEOPLE, OF_EACH = 10, 6  # people of LFW, and photos on which each is alone
SIDE = 250  # px, of a photo of LFW
MADE = ("--faces", "80", "--photos", "50", "--people", "4", "--pictures")
# Whose faces they are from left to right: people of the README's `photos/roster`, looked at.
BOTH = {
    "obama_and_biden.jpg": ("biden", "obama"),
    "kit_with_rose.jpg": ("rose_leslie", "kit_harington"),
}
ALONE = {
    "johnsnow_test1.jpg": "kit_harington",
    "obama1.jpg": "obama",
    "alex_lacamoire1.jpg": "alex_lacamoire",
    "obama.jpg": "obama",
    "obama2.jpg": "obama",
    "obama3.jpg": "obama",
    "biden.jpg": "biden",
}
KEYWORDS = ("Beach", "Two words", "Ätna", "winter")
CAPTIONS = ("At the lake", "Straße im Regen", "Picnic")
ALBUMS = ("Holidays", "Family and friends", "Straßen")
SMART = "Happy ones", "emotion=happy"
SHOWN = ""  # how a face is marked that nobody has put aside
FACES = """SELECT f.photo_id, f.encoding, f.id, coalesce(p.name, ''), f.named_by, f.mark, f.age_years,
  f.gender, f.emotion, f.emotion_confidence, f.quality_score, f.yaw, f.pitch, f.level, f.is_due
  FROM gallery_face f LEFT JOIN gallery_person p ON p.id = f.person_id
  WHERE f.lost = '' AND f.encoder <> ''"""
PHOTOS = """SELECT p.id, p.taken_at, j.started_at, j.finished_at, p.taken_from, p.taken_to, p.filename,
  p.caption, coalesce(p.camera, ''), p.is_favourite, p.is_gone, j.state, j.chosen, p.methods, p.width
  FROM gallery_photo p JOIN gallery_analysisjob j ON j.photo_id = p.id"""
CHANGES = (
    "UPDATE gallery_analysisjob SET state = 'failed', error = 'Too dark.' WHERE photo_id % 11 = 0",
    """UPDATE gallery_face SET mark = 'stranger', suggestion_id = NULL
      WHERE person_id IS NULL AND id % 4 = 0""",
    "UPDATE gallery_face SET is_due = 1 WHERE person_id IS NULL AND id % 4 = 1",
)
ALBUMS_OF = """SELECT i.photo_id, a.name FROM gallery_albumphoto i
  JOIN gallery_album a ON a.id = i.album_id"""


@dataclass(frozen=True, eq=False)
class Face:
    key: int
    person: str
    by: str
    mark: str
    years: float
    gender: str
    emotion: str
    share: float
    quality: float | None
    yaw: float | None
    pitch: float | None
    level: float
    is_due: int
    encoding: Any

    @property
    def is_known(self) -> bool:
        return self.by == "human"

    @property
    def percent(self) -> int:
        """How well it can be seen; what is between two percents is the lower."""
        return -1 if self.quality is None else math.floor(self.quality * 100)

    @property
    def is_looking(self) -> bool:
        if self.yaw is None or self.pitch is None:
            return False
        return abs(self.yaw) <= 15 and abs(self.pitch) <= 12


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo's row with those that belong to it; `to` says whether a year alone is known of its date."""

    key: int
    taken: datetime | None
    seconds: float | None
    source: str
    to: str
    filename: str
    caption: str
    camera: str
    is_favourite: int
    is_gone: int
    state: str
    chosen: str
    methods: str
    width: int | None
    faces: Sequence[Face]
    keywords: Collection[str]
    albums: Collection[str]

    @cached_property
    def shown(self) -> list[Face]:
        return [face for face in self.faces if face.mark == SHOWN]

    @cached_property
    def named(self) -> set[str]:
        """Who is there, as people said."""
        return {face.person for face in self.shown if face.is_known}

    @cached_property
    def surely(self) -> set[str]:
        """Who is there, as people said or the site is sure."""
        return {face.person for face in self.shown if face.person}

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day on which it may have been taken, if anything says so."""
        if self.taken is None or self.source in ("", "upload"):
            return None
        first = self.taken.date()
        return first, first.replace(month=12, day=31) if self.to == "year" else first

    @property
    def made(self) -> dict[str, str]:
        return dict(json.loads(self.methods))

    def says(self, word: str) -> bool:
        """Whether its file's name or its caption has that, however it is capitalised."""
        return word.casefold() in f"{self.filename}\n{self.caption}".casefold()


@dataclass(frozen=True)
class KnownLibrary:
    """Somebody's photos as they were at first; the files of the real ones are in `folder`."""

    visitor: Visitor
    photos: Sequence[Photo]
    folder: Path
    database: Path

    def file_of(self, photo: Photo) -> Path | None:
        """Return the file of a real one."""
        return next(self.folder.rglob(photo.filename), None)


def known_library(
    factory: pytest.TempPathFactory, data: Path, **environment: str
) -> Iterator[KnownLibrary]:
    """Start a site with the library, which is made once for all tests."""
    if not SHARED.is_dir() or not FACES_OF_LFW.is_dir():
        pytest.skip("the folders photos and lfw_dev of shared/data are not beside this checkout")
    made = once(factory, "known-library", lambda folder: _make(factory, folder))
    shutil.copytree(made / "data", data)
    site = Site(data, ANALYSIS_CHILDREN="1", **environment).start()
    visitor = Visitor(site).sign_in(OWNER)
    yield KnownLibrary(visitor, rows_of(data / DATABASE), made / "photos", data / DATABASE)
    site.stop()


def _make(factory: pytest.TempPathFactory, folder: Path) -> None:
    data = folder / "data"
    data.mkdir(mode=0o700)
    shutil.copy(empty_database(factory), data)
    manage(data, "createsuperuser", "--noinput", "--username", OWNER, "--email", "a@example.org")
    manage(data, "seed_library", "--owner", OWNER, *MADE)
    _change(data / DATABASE)
    names = _copied(folder / "photos")
    manage(data, "import", f"{folder / 'photos'}", "--owner", OWNER, "--in-place")
    site = Site(data, ANALYSIS_CHILDREN="1").start()
    try:
        visitor = Visitor(site).sign_in(OWNER)
        wait_until(lambda: visitor.get("/api/progress/")["open"] == 0, 3 * ANALYSIS_MS / 1000)
        _name(visitor, data / DATABASE, names)
        _describe(visitor, data / DATABASE)
    finally:
        site.stop()
    for gone in sorted((folder / "photos" / "ages").iterdir())[:2]:
        gone.unlink()
    manage(data, "import", f"{folder / 'photos'}", "--owner", OWNER, "--in-place")


def _change(database: Path) -> None:
    """Let some of the made photos have failed, some faces be put aside and some boxes wait."""
    with sqlite3.connect(database) as connection:
        for change in CHANGES:
            connection.execute(change)


def manage(data: Path, *command: str) -> None:
    """Run a command of the site whose data lie there."""
    environment = os.environ | {"DATA_DIR": f"{data}", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _copied(folder: Path) -> dict[str, tuple[str, ...]]:
    """Put real photos into a folder; return who is on them from left to right, by their content."""
    names: dict[str, tuple[str, ...]] = {}
    for source in sorted(SHARED.rglob("*")):
        if source.suffix.casefold() in (".jpg", ".jpeg", ".png"):
            path = folder / source.relative_to(SHARED)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
            if who := _who(source):
                names[_digest(path)] = who
    for path, who in _of_lfw(folder / "lfw"):
        names[_digest(path)] = who
    Image.new("RGB", (300, 200), "teal").save(folder / "nobody.png")
    return names


def _who(photo: Path) -> tuple[str, ...]:
    if "train" in photo.parts:
        return (photo.parent.name,)
    if photo.name in BOTH:
        return BOTH[photo.name]
    is_said = {"roster", "portraits"} & {*photo.parts} and photo.name in ALONE
    return (ALONE[photo.name],) if is_said else ()


def _of_lfw(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield photos of one, and of two side by side: each of ten beside the next one."""
    folder.mkdir()
    found = [sorted(one.glob("*.jpg")) for one in FACES_OF_LFW.iterdir() if one.is_dir()]
    found = sorted(found, key=lambda photos: (-len(photos), photos[0].name))[:PEOPLE]
    each = {photos[0].parent.name.replace("_", " "): photos for photos in found}
    for name, photos in each.items():
        for photo in photos[:OF_EACH]:
            shutil.copyfile(photo, folder / photo.name)
            yield folder / photo.name, (name,)
    names = [*each]
    left = [(each[name][OF_EACH], (name,)) for name in names]
    right = [(each[name][OF_EACH + 1], (name,)) for name in (*names[1:], names[0])]
    yield from paired([*left, *right], folder)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _name(visitor: Visitor, database: Path, names: Mapping[str, Sequence[str]]) -> None:
    """Say of some who they are, and leave others to be guessed: two of three of those who are alone."""
    told = 0
    for key, digest in _ask(database, "SELECT id, sha256 FROM gallery_photo ORDER BY id"):
        who = names.get(digest, ())
        if not who or (len(who) == 1 and (told := told + 1) % 3 == 0):
            continue
        faces = sorted(visitor.get(f"/api/photos/{key}/")["faces"], key=_size)[::-1][: len(who)]
        faces.sort(key=lambda face: float(face["box"]["left"]))
        for face, name in zip(faces, who, strict=False):
            answer = visitor.post(f"/faces/{face['id']}/name/", data={"name": name})
            assert answer.status_code == 200, answer.text


def _size(face: Mapping[str, Any]) -> float:
    box = face["box"]
    return float(box["right"] - box["left"])


def _describe(visitor: Visitor, database: Path) -> None:
    """Give every few photos keywords, captions, albums, stars and dates by hand."""
    keys = [key for (key,) in _ask(database, "SELECT id FROM gallery_photo ORDER BY id")]
    said = [({"do": "keyword", "keyword": word}, 5 + at) for at, word in enumerate(KEYWORDS)]
    said += [({"do": "caption", "caption": text}, 7 + 2 * at) for at, text in enumerate(CAPTIONS)]
    said += [({"do": "album", "name": name}, 4 + at) for at, name in enumerate(ALBUMS)]
    said += [({"do": "favourite"}, 9), ({"do": "date", "on": "2019-05-03"}, 13)]
    said += [({"do": "date", "year": "2017"}, 17)]
    for form, step in said:
        chosen = keys[step % 3 :: step]
        answer = visitor.post("/photos/chosen/", data=form | {"photo": chosen})
        assert answer.status_code == 200, answer.text
    name, search = SMART
    visitor.post("/albums/new/", data={"name": name, "search": search})


def _ask(database: Path, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(question).fetchall()


def rows_of(database: Path) -> list[Photo]:
    """Return the photos as they are now."""
    faces: dict[int, list[Face]] = {}
    for photo, vector, *columns in _ask(database, FACES):
        face = Face(*[*columns, np.frombuffer(vector, "<f4")])
        faces.setdefault(photo, []).append(face)
    words = _sets(database, "SELECT photo_id, word FROM gallery_photokeyword")
    albums = _sets(database, ALBUMS_OF)
    photos = []
    for key, taken, started, finished, *columns in _ask(database, PHOTOS):
        there = faces.get(key, [])
        inside = albums.get(key, set())
        if any(face.mark == SHOWN and face.emotion == "happy" for face in there):
            inside |= {SMART[0]}
        took = _seconds(started, finished)
        at = taken and datetime.fromisoformat(taken)
        columns += [there, words.get(key, set()), inside]
        photos.append(Photo(*[key, at, took, *columns]))
    return photos


def _sets(database: Path, question: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for key, word in _ask(database, question):
        found.setdefault(key, set()).add(word)
    return found


def _seconds(started: str | None, finished: str | None) -> float | None:
    if not started or not finished:
        return None
    return (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
