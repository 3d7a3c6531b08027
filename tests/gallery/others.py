"""What accounts have that others ask for: one of everything, with keys and names that are nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from gallery.models import (
    Action,
    AlbumShare,
    Face,
    FaceGroup,
    GroupPortrait,
    KnownEncoding,
    LockedVector,
    Photo,
    Roster,
)
from gallery.services import albums, arrivals, examples, grouping, photo_words, photos, sharing
from gallery.services.arrivals import Listed
from gallery.services.lab import kept
from tests.counting import counting
from tests.factories import (
    ENCODER,
    found_face,
    jpeg,
    make_face,
    make_known,
    make_photo,
    near,
    vector,
)

# Keys that no page has by chance, and of each table others, so that they can be told in it.
BEGIN, TABLE, TABLES, NOWHERE = 700_000, 1_000, 750_000, 790_000


@dataclass(frozen=True, slots=True)
class Things:
    """What an account has, or nobody: keys by kind, and words by what they are."""

    owner: User
    seed: int  # of the encoding of their person
    keys: Mapping[str, object]
    words: Mapping[str, str]

    @property
    def named(self) -> Mapping[str, object]:
        return {**self.words, **self.keys}


def words_of(stem: str) -> dict[str, str]:
    """Return what somebody's things are called, so that it can be told from all else on a page."""
    return {
        "name": f"{stem.title()}a", "keyword": f"{stem}en", "camera": f"{stem.title()} Q9",
        "file": f"{stem}.jpg", "title": f"{stem.title()}o", "caption": f"{stem}ed",
    }  # fmt: skip


def begin_keys_at(number: int) -> None:
    """Have new rows get keys from that number on, of each table others."""
    models = [one for one in apps.get_app_config("gallery").get_models() if hasattr(one, "id")]
    with connection.cursor() as cursor:
        for place, model in enumerate(models):
            table, first = model._meta.db_table, number + place % 40 * TABLE
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, first])
            else:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first]
                )


def things_of(owner: User, stem: str, year: int, seed: int) -> Things:
    """Make an owner one of everything, of a person with all that one can be found by."""
    words, roster = words_of(stem), Roster.objects.of(owner.pk)
    photos.delete(binned := make_photo(owner, files=True))
    for number in range(2):
        make_face(make_photo(owner), near(vector(seed + 1), 0.1, number))
    grouping.regroup(roster)
    face = make_known(owner, words["name"], vector(seed), crop=True)
    assert face.person is not None
    _describe(face.photo, words, year)
    _have_seen_closely(face)
    album = albums.create(owner=owner, name=words["title"], photos=[face.photo_id])
    GroupPortrait.objects.create(photo=face.photo, person=face.person)
    lock = LockedVector.objects.create(roster=roster, encoder=ENCODER, vector=vector(seed + 2))
    arrival, _ = arrivals.begin(owner=owner, listed=[Listed(words["file"], 9)])
    keys = {
        "photo": face.photo_id, "face": face.pk, "person": face.person_id, "album": album.pk,
        "group": FaceGroup.objects.get(roster=roster).pk, "bin": binned.pk,
        "action": Action.objects.filter(roster=roster).latest("pk").pk,
        "task": counting(owner).pk, "arrival": arrival.key, "lock": lock.pk, "year": year,
        "encoding": KnownEncoding.objects.get(face=face).pk, "sha256": face.photo.sha256,
    }  # fmt: skip
    return Things(owner, seed, keys, words)


def _describe(photo: Photo, words: Mapping[str, str], year: int) -> None:
    Photo.objects.filter(pk=photo.pk).update(
        filename=words["file"], camera=words["camera"], taken_at=datetime(year, 5, 3), taken_from="exif"
    )  # fmt: skip
    photo_words.caption(owner=photo.owner, photos=[photo.pk], text=words["caption"])
    photo_words.add_keywords(owner=photo.owner, photos=[photo.pk], words=[words["keyword"]])


def _have_seen_closely(face: Face) -> None:
    chips = kept.chips(face.photo.key, face.pk)
    chips.parent.mkdir(parents=True)
    chips.write_bytes(jpeg())


def shared_by(owner: User, member: User, *, shows_names: bool, may_add: bool) -> dict[str, object]:
    """Make an album of a photo that an owner shares; return its keys."""
    face = make_known(owner, "Nadia", vector(50 + shows_names), crop=True)
    album = albums.create(owner=owner, name="Shared", photos=[face.photo_id])
    sharing.share(album=album, name=member.username, may_add=may_add, shows_names=shows_names)
    share = AlbumShare.objects.get(album=album).pk
    return {"shared": album.pk, "shared_photo": face.photo_id, "share": share}


def like(user: User, seed: int) -> str:
    """Return a face as the form of a search by example sends it."""
    return examples._signed(user, found_face(vector(seed)), ENCODER)
