"""Derives all that was said from the record anew, and tells where the library says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from analysis.dates import Source
from gallery.models import (
    Album,
    AlbumPhoto,
    Apart,
    BinnedPhoto,
    EmotionWord,
    Face,
    KnownEncoding,
    Person,
    PersonAlias,
    Photo,
    PhotoKeyword,
    Refusal,
    Roster,
    Word,
)
from gallery.models.boxed import EDGES, BoxedBy
from gallery.models.face_queries import Lost, Mark, NamedBy
from gallery.models.person import Gone
from gallery.models.record import Topic
from gallery.services import consequences, derived, turns
from gallery.services.derived import boxes, photo_words
from gallery.services.record import Register

# What is said of a row, by what the row is about: as a sentence of `check_words` begins.
CONSENT = ("consent", "consent_on", "consent_note")
Library = Mapping[str, Mapping[Any, Any]]


def differences(roster: Roster, *, mend: bool = False) -> list[str]:
    """Return, a line each, what the library says otherwise than the record; with `mend`, write that.

    Otherwise nothing is changed.
    """
    with transaction.atomic():
        roster = turns.take(roster.pk)
        before, since = _library(roster), _gone_since(roster)
        registers = _registers(roster)
        _forget_all(roster)
        changed = derived.settle(roster, registers)
        after = _library(roster)
        found = list(_told(before, after))
        if mend and found:
            _keep_since(since)
            changed.has_boxes = changed.has_names_follow = changed.has_groups_follow = True
            consequences.follow(roster, changed)
            # Of those whose faces lost what no word says nothing was settled.
            Photo.objects.filter(owner__in=roster.members).touch()
        transaction.set_rollback(not (mend and found))
    return found


def _gone_since(roster: Roster) -> Mapping[tuple[int, str], datetime | None]:
    """Return since when people are gone, by key and why."""
    gone = Person.everyone.filter(roster=roster).exclude(gone=Gone.NOT)
    return {(pk, why): at for pk, why, at in gone.values_list("pk", "gone", "gone_at")}


def _keep_since(since: Mapping[tuple[int, str], datetime | None]) -> None:
    """Have nobody wait longer to be erased because it was derived anew that they are gone."""
    for (pk, why), at in since.items():
        Person.everyone.filter(pk=pk, gone=why).update(gone_at=at)


def _registers(roster: Roster) -> set[Register]:
    rows = Word.objects.filter(action__roster=roster)
    # Of some of these nothing was said: they are near a locked vector.
    private = Face.everything.of(roster).filter(mark=Mark.PRIVATE)
    kept_out = {Register(Topic.NAME, key) for key in private.values_list("pk", flat=True)}
    return kept_out | {
        Register(Topic(topic), subject, about)
        for topic, subject, about in rows.values_list("topic", "subject", "about").distinct()
    }


def _forget_all(roster: Roster) -> None:
    """Take away what humans said, of which the record should know."""
    nobody = {"person": None, "named_by": NamedBy.NOBODY, "distance": None, "normalised": None}
    faces = Face.everything.of(roster)
    KnownEncoding.objects.of(roster).with_faces().delete()
    faces.filter(named_by=NamedBy.HUMAN).update(**nobody)
    faces.exclude(mark=Mark.NONE).update(mark=Mark.NONE)
    boxes.forget_all(faces)
    faces.filter(lost=Lost.ANSWERED).update(lost=Lost.ASKED)
    Refusal.objects.filter(face__in=faces).delete()
    EmotionWord.objects.filter(face__in=faces).delete()
    Photo.objects.filter(owner__in=roster.members, is_collage=True).update(is_collage=False)
    _forget_photos(roster)
    people = Person.everyone.filter(roster=roster)
    PersonAlias.objects.filter(person__in=people).delete()
    Apart.objects.filter(first__in=people).delete()
    people.update(note="", born_on=None, born_to="", merged_into=None)
    people.update(about="", chosen_cover=None, is_hidden=False, is_favourite=False)
    people.update(consent="", consent_on=None, consent_note="")
    people.exclude(gone=Gone.UNUSED).update(gone=Gone.NOT)


def _forget_photos(roster: Roster) -> None:
    """Take away what humans said of photos and albums."""
    photos = Photo.objects.filter(owner__in=roster.members)
    photo_words.forget_dates(photos)
    photos.exclude(caption="", is_favourite=False).update(caption="", is_favourite=False)
    PhotoKeyword.objects.filter(photo__in=photos).delete()
    AlbumPhoto.objects.filter(photo__in=photos).delete()
    albums = Album.everything.filter(owner__in=roster.members)
    albums.update(about="", chosen_cover=None, order=Album.Order.DATE, search="", is_gone=True)


def _photos(roster: Roster) -> Library:
    """Return what is said of photos and albums, by what each sentence of `check_words` begins with."""
    photos = Photo.objects.filter(owner__in=roster.members)
    by_hand = photos.filter(taken_from=Source.HAND)
    words = PhotoKeyword.objects.filter(photo__in=photos)
    inside = AlbumPhoto.objects.filter(photo__in=photos)
    albums = Album.everything.filter(owner__in=roster.members)
    of_album = ("name", "about", "chosen_cover", "order", "search", "is_gone")
    return {
        "Caption of photo": dict(photos.exclude(caption="").values_list("pk", "caption")),
        "Keyword of photo": {
            (row[0], row[1]): row[2] for row in words.values_list("photo", "folded_word", "word")
        },
        "Date of photo": {
            key: when for key, *when in by_hand.values_list("pk", "taken_at", "taken_to")
        },
        "Favourite photo": dict.fromkeys(
            photos.filter(is_favourite=True).values_list("pk", flat=True), True
        ),
        "Photo of album": {
            (row[0], row[1]): row[2] for row in inside.values_list("album", "photo", "position")
        },
        "Album": {row[0]: row[1:] for row in albums.values_list("pk", *of_album)},
    }


def _library(roster: Roster) -> Library:
    faces = Face.everything.of(roster)
    named = faces.filter(named_by=NamedBy.HUMAN)
    boxed = faces.exclude(boxed_by=BoxedBy.DETECTOR)
    people = Person.everyone.filter(roster=roster)
    known = KnownEncoding.objects.of(roster).with_faces()
    brought = KnownEncoding.objects.filter(brought_for__in=people)
    refused = Refusal.objects.filter(face__in=faces)
    words = EmotionWord.objects.filter(face__in=faces)
    binned = BinnedPhoto.objects.filter(owner__in=roster.members)
    collages = Photo.objects.filter(owner__in=roster.members, is_collage=True)
    said = ("name", "note", "born_on", "born_to", "gone", "merged_into")
    shown = ("about", "chosen_cover", "is_hidden", "is_favourite", *CONSENT)
    apart = Apart.objects.filter(first__in=people)
    aliases = PersonAlias.objects.filter(person__in=people)
    return {
        "Name of face": dict(named.values_list("pk", "person")),
        "Mark of face": dict(faces.exclude(mark=Mark.NONE).values_list("pk", "mark")),
        "Box of face": {
            row[0]: row[1:] for row in boxed.values_list("pk", *EDGES, "boxed_by", "found_box")
        },
        "Answer for face": dict(faces.exclude(lost=Lost.FOUND).values_list("pk", "lost")),
        "Known by face": dict(known.values_list("face", "person")),
        "Known by encoding": dict(brought.values_list("pk", "person")),
        "Refusal of face": dict.fromkeys(refused.values_list("face", "person"), True),
        "Emotion of face": {
            (row[0], row[1]): row[2] for row in words.values_list("face", "emotion", "is_so")
        },
        "Person": {row[0]: row[1:] for row in people.values_list("pk", *said, *shown)},
        "Other name of person": {
            (row[0], row[1]): row[2] for row in aliases.values_list("person", "folded_name", "name")
        },
        "Two people": dict.fromkeys(apart.values_list("first", "second"), True),
        "Binned photo": dict.fromkeys(binned.values_list("pk", flat=True), True),
        "Collage": dict.fromkeys(collages.values_list("pk", flat=True), True),
        **_photos(roster),
    }


def _told(before: Library, after: Library) -> Iterator[str]:
    for what, said in after.items():
        here = before[what]
        for key in sorted(said.keys() | here.keys()):
            if here.get(key) != said.get(key):
                yield f"{what} {key}: {here.get(key)} here, {said.get(key)} by the record."
