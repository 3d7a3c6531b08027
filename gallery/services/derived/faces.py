"""Writes what faces are not, and which emotions they show."""

from __future__ import annotations

from collections import defaultdict

from gallery.models import EmotionWord, Face, Person, Refusal
from gallery.models.record import Topic
from gallery.services import nearest, record
from gallery.services.derived.changed import Changed

SHOWING = (Topic.SHOWS, Topic.DENIES)


def settle_refusals(said: record.Current, changed: Changed) -> None:
    if not said:
        return
    refused = {(one.subject, int(one.about)): word.value for one, word in said.items()}
    faces = dict(
        Face.everything.filter(pk__in={face for face, _ in refused}).values_list("pk", "photo")
    )
    people = {person for _, person in refused}
    there = set(Person.everyone.filter(pk__in=people).values_list("pk", flat=True))
    new = [
        Refusal(face_id=face, person_id=person)
        for (face, person), is_so in refused.items()
        if is_so and face in faces and person in there
    ]
    Refusal.objects.bulk_create(new, ignore_conflicts=True, batch_size=record.AT_A_TIME)
    for (face, person), is_so in refused.items():
        if not is_so:
            Refusal.objects.filter(face=face, person=person).delete()
    nearest.make_due(Face.objects.unnamed().filter(pk__in=faces).values_list("pk", flat=True))
    changed.people |= people
    changed.photos |= set(faces.values())
    changed.has_names_follow = True


def settle_emotions(faces: set[int], changed: Changed) -> None:
    if not faces:
        return
    photos = dict(Face.everything.filter(pk__in=faces).values_list("pk", "photo"))
    said: dict[int, dict[str, EmotionWord]] = defaultdict(dict)
    words = record.current_of(SHOWING, photos)
    # What it shows after what it does not, of which it counts more.
    for one, word in sorted(words.items(), key=lambda item: item[0].topic is Topic.SHOWS):
        is_so = one.topic is Topic.SHOWS
        emotion = word.value if is_so else one.about
        said[one.subject][emotion] = EmotionWord(
            face_id=one.subject, emotion=emotion, is_so=is_so, said_at=word.said_at
        )
    EmotionWord.objects.filter(face__in=faces).delete()
    rows = [word for of_face in said.values() for word in of_face.values()]
    EmotionWord.objects.bulk_create(rows, batch_size=record.AT_A_TIME)
    changed.photos |= set(photos.values())
