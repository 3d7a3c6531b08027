"""Reads photos and faces into columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from analysis.dates import Source
from analysis.results import EMOTIONS
from gallery.fields import fold
from gallery.models import EmotionWord, Face, Photo, PhotoKeyword
from gallery.models.face_queries import NamedBy
from gallery.models.photo import PhotoQuerySet
from gallery.models.shown_emotion import shown
from gallery.services.library_index.columns import (
    GENDERS,
    MARKS,
    NAMED_BY,
    NOBODY,
    PRECISIONS,
    STATES,
    Faces,
    Floats,
    Library,
    Part,
    Photos,
    Tags,
    joined,
)

PART = 5000  # photos at a time, so that memory does not hold all rows as Python's values
OF_PHOTOS = (
    "pk", "changed_at", "taken_at", "taken_from", "taken_to", "created_at", "job__state", "width",
    "job__chosen", "methods", "camera", "filename", "caption", "is_favourite", "is_gone",
    "job__started_at", "job__finished_at",
)  # fmt: skip
OF_FACES = (
    "pk", "photo", "person", "named_by", "mark", "age_years", "gender", "emotion", "emotion_confidence",
    "quality_score", "yaw", "pitch", "is_due", "normalised",
)  # fmt: skip
EPOCH = datetime(1970, 1, 1)
NOTHING_CHOSEN = "{}"
OTHER = len(EMOTIONS)  # what is none of them
CODES: Mapping[str, Mapping[str, int]] = {
    "states": {name: code for code, name in enumerate(STATES)},
    "taken_to": {name: code for code, name in enumerate(PRECISIONS)},
    "genders": {name: code for code, name in enumerate(GENDERS)},
    "emotions": {name: code for code, name in enumerate(EMOTIONS)},
    "marks": {name: code for code, name in enumerate(MARKS)},
    "named_by": {name: code for code, name in enumerate(NAMED_BY)},
}


class Texts:
    """What many photos say alike, each text once."""

    def __init__(self, there: Sequence[str] = ()) -> None:
        self._codes = {text: code for code, text in enumerate(there)}

    def coded(self, texts: Iterable[str]) -> NDArray[np.int32]:
        codes = self._codes
        return np.array([codes.setdefault(text, len(codes)) for text in texts], np.int32)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)


class Said(NamedTuple):
    """The texts of a library, as `Library` has them."""

    made: Texts
    cameras: Texts
    keywords: Texts

    @classmethod
    def of(cls, library: Library) -> Said:
        return cls(Texts(library.made), Texts(library.cameras), Texts(library.keywords))

    def as_tuples(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(texts) for name, texts in self._asdict().items()}


def all_of(owner: int) -> Library:
    """Return the whole library as it is now."""
    found = Photo.objects.filter(owner=owner).order_by("pk")
    said, last = Said(Texts(), Texts(), Texts()), 0
    parts = [_part(found.none(), {"one_of": ()}, said)]
    # By keys instead of an open cursor, which would hold SQLite's log.
    while keys := list(found.filter(pk__gt=last).values_list("pk", flat=True)[:PART]):
        on = {"gt": last, "lte": keys[-1]}
        photos = found.filter(**_lookups("pk", on))
        parts.append(_part(photos, on | {"owner": owner}, said))
        last = keys[-1]
    starts = np.cumsum([0] + [len(some.photos.keys) for some in parts])
    for some, start in zip(parts, starts, strict=False):
        some.faces.photos[:] += np.int32(start)
        some.tags.photos[:] += np.int32(start)
    return Library(
        owner,
        joined([some.photos for some in parts]),
        joined([some.faces for some in parts]),
        joined([some.tags for some in parts]),
        **said.as_tuples(),
    )


def some_of(library: Library, keys: Sequence[int]) -> tuple[Part, Said]:
    """Return those of the library's photos that are there, as they are now, and all texts by now."""
    said = Said.of(library)
    photos = Photo.objects.filter(owner=library.owner, pk__one_of=keys).order_by("pk")
    return _part(photos, {"one_of": keys}, said), said


def _part(photos: PhotoQuerySet, on: Mapping[str, Any], said: Said) -> Part:
    """Return these photos and the faces on them; `on` are the lookups that tell the photos' keys."""
    # The photos first: what changes on one after that says so by another time.
    of_photos = _photos(rows(photos.values_list(*OF_PHOTOS)), said)
    # A photo that came since has faces that are read, and is not.
    there = set(of_photos.keys.tolist())
    faces = Face.everything.filter(**_lookups("photo", on)).order_by()
    found = [row for row in rows(faces.values_list(*OF_FACES)) if row[1] in there]
    words = _shown_by_words(on) if found else {}
    tags = PhotoKeyword.objects.filter(**_lookups("photo", on)).order_by()
    said_of = [row for row in rows(tags.values_list("photo", "word")) if row[0] in there]
    return Part(of_photos, _faces(of_photos, found, words), _tags(of_photos, said_of, said))


def _lookups(what: str, on: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{what}__{name}": value for name, value in on.items()}


def rows(values: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return what is found, past the ORM, which takes as long to hand it on as the database to find it."""
    found: list[tuple[Any, ...]] = []
    with suppress(EmptyResultSet), connection.cursor() as cursor:
        cursor.execute(*values.query.sql_with_params())
        found = cursor.fetchall()
    return found


def microseconds(at: datetime) -> int:
    """Return a moment, or what a clock showed, as microseconds since 1970."""
    plain = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    since = plain - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _photos(found: Sequence[tuple[Any, ...]], said: Said) -> Photos:
    columns = list(zip(*found, strict=True)) or [()] * len(OF_PHOTOS)
    keys, changed, taken, source, to, created, states, widths, chosen, methods, *told = columns
    cameras, names, captions, favourites, gone, started, finished = told
    when = [
        microseconds(at) if at is not None else _by_upload(up)
        for at, up in zip(taken, created, strict=True)
    ]
    folded = np.empty(len(keys), np.object_)
    # A line each: no word that is looked for goes on over the end of one.
    folded[:] = [
        fold(f"{name}\n{caption}" if caption else name)
        for name, caption in zip(names, captions, strict=True)
    ]
    return Photos(
        keys=np.array(keys, np.int64),
        changed=np.array([microseconds(at) for at in changed], np.int64),
        taken=np.array(when, np.int64),
        taken_to=_coded("taken_to", to),
        is_dated=np.array([one not in {"", Source.UPLOAD} for one in source], np.bool_),
        states=_coded("states", states),
        has_result=np.array(
            [
                bool(width) and made_by != NOTHING_CHOSEN
                for width, made_by in zip(widths, methods, strict=True)
            ],
            np.bool_,
        ),
        was_chosen=np.array([one not in {None, NOTHING_CHOSEN} for one in chosen], np.bool_),
        made=said.made.coded(methods),
        cameras=said.cameras.coded(camera or "" for camera in cameras),
        texts=folded,
        is_favourite=np.array(favourites, np.bool_),
        is_gone=np.array(gone, np.bool_),
        took=np.array(
            [_seconds(*ends) for ends in zip(started, finished, strict=True)], np.float32
        ),
    )


def _seconds(started: datetime | None, finished: datetime | None) -> float:
    # One that runs anew has begun after it ended last.
    if started is None or finished is None or finished < started:
        return float("nan")
    return (finished - started).total_seconds()


def _by_upload(at: datetime) -> int:
    """Return when a photo was uploaded, by the site's clock, of one that an earlier version never dated."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return microseconds(timezone.localtime(aware).replace(tzinfo=None))


def _faces(
    photos: Photos, found: Sequence[tuple[Any, ...]], words: Mapping[int, tuple[str, float]]
) -> Faces:
    columns = list(zip(*found, strict=True)) or [()] * len(OF_FACES)
    keys, on, people, named_by, marks, ages, genders, emotions, shares, *measured = columns
    seen = [
        words.get(key, guess)
        for key, *guess in (zip(keys, emotions, shares, strict=True) if words else ())
    ]
    if seen:
        emotions, shares = zip(*seen, strict=True)
    *measured, due, apart = measured
    quality, yaw, pitch = (np.array(column, np.float32) for column in measured)  # None is NaN.
    return Faces(
        keys=np.array(keys, np.int64),
        photos=np.searchsorted(photos.keys, np.array(on, np.int64)).astype(np.int32),
        people=np.array([one or NOBODY for one in people], np.int64),
        named_by=_coded("named_by", named_by),
        marks=_coded("marks", marks),
        ages=np.array(ages, np.float32),
        genders=_coded("genders", genders),
        emotions=_coded("emotions", emotions),
        shares=np.array(shares, np.float32),
        quality=quality,
        yaw=yaw,
        pitch=pitch,
        is_due=np.array(due, np.bool_),
        distances=_of_guesses(named_by, apart),
    )


def _of_guesses(named_by: Sequence[str], apart: Sequence[float | None]) -> Floats:
    """Return how far guesses are: of a face that only may be somebody, nothing is said."""
    guess = np.array([one == NamedBy.MACHINE for one in named_by], np.bool_)
    return np.where(guess, np.array(apart, np.float32), np.float32(np.nan))


def _tags(photos: Photos, found: Sequence[tuple[int, str]], said: Said) -> Tags:
    on = np.array([photo for photo, _word in found], np.int64)
    places = np.searchsorted(photos.keys, on).astype(np.int32)
    return Tags(photos=places, words=said.keywords.coded(word for _photo, word in found))


def _coded(column: str, values: Iterable[str]) -> Any:
    codes = CODES[column]
    return np.array([codes.get(value, OTHER) for value in values], np.uint8)


def _shown_by_words(on: Mapping[str, Any]) -> dict[int, tuple[str, float]]:
    """Return what faces show, and how surely, of which a human said something."""
    found = EmotionWord.objects.filter(**_lookups("face__photo", on)).order_by()
    guessed = "face__emotion", "face__emotion_confidence", "face__emotion_scores"
    words: dict[int, dict[str, bool]] = defaultdict(dict)
    guesses = {}
    for face, emotion, is_so, *guess in found.values_list("face", "emotion", "is_so", *guessed):
        words[face][emotion], guesses[face] = is_so, guess
    seen = {}
    for face, said in words.items():
        likeliest, share, scores = guesses[face]
        seen[face] = shown(likeliest, share, scores, said)
    return {
        face: (one.label, 1.0 if one.share is None else one.share) for face, one in seen.items()
    }
