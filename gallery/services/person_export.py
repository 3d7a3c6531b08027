"""Everything that is here of one person, as a zip: photos, crops, encodings, and what was said of them."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from analysis.known import as_json as known_json
from analysis.known import as_npz as known_npz
from analysis.known.known import MOST, Known, checked
from analysis.names import NAME_LENGTH
from analysis.versions import ENCODER
from gallery import installed
from gallery.models import Face, KnownEncoding, Person, Photo, Word
from gallery.models.face_queries import NamedBy
from gallery.models.record import ABOUT_PEOPLE, OF_FACES, OF_PEOPLE, Did, Topic
from gallery.services import bin, erasing, export, who
from gallery.services.nearest import few
from gallery.services.streamed_zip import StreamedZip, as_json

PHOTOS = 50  # read at a time: memory must not grow with the number of photos
# Of other people's faces, what was said of this one alone.
OF_ONE = (Topic.NAME, Topic.REFUSAL)


def parts(person: Person) -> Iterator[bytes]:
    """Yield the bytes of the zip, a part at a time."""
    pack = StreamedZip()
    yield pack.add("README.txt", _readme(person).encode())
    yield pack.add("person.json", as_json(_person(person)))
    known = _known(person)
    if known is not None:
        for write, suffix in ((known_json.write, "json"), (known_npz.write, "npz")):
            file = io.BytesIO()
            write(known, file)
            yield pack.add(f"known.{suffix}", file.getvalue())
    yield from pack.add_list("photos.json", _photos(person))
    yield from pack.add_list("words.json", words(person))
    for name, crop in _crops(person):
        yield pack.add(name, crop, is_packed=True)
    yield pack.close()


def _readme(person: Person) -> str:
    said = gettext(
        "Everything that Facesite holds of %(name)s, as of %(when)s.\n\n"
        "person.json  what is said of the person, and by which encodings they are known\n"
        "photos.json  the photos with their face: where it is, when that was, what networks guess\n"
        "words.json   what people said of them, who and when, and what they took back\n"
        "known.json   the encodings that they are known by, as text\n"
        "known.npz    the same for NumPy; Facesite can bring both in\n"
        "crops/       their face from each photo\n\n"
        "A face whose named_by is “machine” is a guess that nobody confirmed.\n"
    ) % {"name": person.in_full, "when": timezone.localtime().strftime("%Y-%m-%d %H:%M")}
    if not (binned := bin.holding(erasing.theirs(person))):
        return said
    left_out = ngettext(
        "%(count)s photo of theirs is in the bin, and left out: bring it back first.\n",
        "%(count)s photos of theirs are in the bin, and left out: bring them back first.\n",
        binned,
    )
    return f"{said}\n{left_out % {'count': binned}}"


def _person(person: Person) -> dict[str, Any]:
    merged = Person.everyone.filter(merged_into=person).order_by("pk")
    encodings = KnownEncoding.objects.filter(person=person).order_by("pk")
    return {
        "id": person.pk,
        "name": person.name,
        "note": person.note,
        "born": f"{person.born or ''}" or None,
        "known_since": person.created_at.isoformat(),
        "about": person.about,
        "consent": {
            "answer": person.consent or None,
            "on": person.consent_on.isoformat() if person.consent_on else None,
            "note": person.consent_note,
        },
        "also_called": list(person.aliases.order_by("pk").values_list("name", flat=True)),
        "merged": list(merged.values_list("name", flat=True)),
        "known_by": [
            {
                "face": one.face_id,
                "imported_from": one.imported_from or None,
                "encoder": one.encoder,
                "encoding": [round(float(number), 7) for number in one.vector],
                "since": one.created_at.isoformat(),
            }
            for one in encodings.iterator()
        ],
    }


def _known(person: Person) -> Known | None:
    """Return what today's encoder knows the person by, as files of known people have it."""
    rows = KnownEncoding.objects.filter(person=person, encoder=ENCODER).order_by("pk")
    vectors = [np.asarray(vector) for vector in rows.values_list("vector", flat=True)[:MOST]]
    if not vectors:
        return None
    name = person.in_full if len(person.in_full) <= NAME_LENGTH else person.name
    population = installed.population()
    return checked([name] * len(vectors), vectors, ENCODER, population.name if population else None)


def _photos(person: Person) -> Iterator[dict[str, Any]]:
    """Yield the photos with the person, as their results say it, with their faces alone."""
    for photo, faces in _faces(person):
        said = export.result(photo, faces)
        for entry, face in zip(said["faces"], faces, strict=True):
            entry["crop"] = _crop_name(face) if photo.face_crop(face.pk).exists() else None
        yield {"id": photo.pk, "uploaded_at": photo.created_at.isoformat()} | said


def _crops(person: Person) -> Iterator[tuple[str, bytes]]:
    for photo, faces in _faces(person):
        for face in faces:
            with suppress(FileNotFoundError):
                yield _crop_name(face), photo.face_crop(face.pk).read_bytes()


def _crop_name(face: Face) -> str:
    return f"crops/{face.pk}.jpg"


def _faces(person: Person) -> Iterator[tuple[Photo, list[Face]]]:
    """Yield the photos with the person, oldest first, with the faces that are theirs or surely theirs."""
    theirs = Face.objects.filter(person=person)
    keys = theirs.order_by("photo").values_list("photo", flat=True).distinct()
    for some in few(list(keys), PHOTOS):
        faces = theirs.filter(photo__in=some).select_related("photo", "person", "suggestion")
        by_photo: dict[int, list[Face]] = {}
        faces = faces.prefetch_related("emotion_words", "photo__keywords")
        for face in faces.order_by("photo", "left", "pk"):
            by_photo.setdefault(face.photo_id, []).append(face)
        for of_photo in by_photo.values():
            yield of_photo[0].photo, of_photo


def words(person: Person) -> Iterator[dict[str, Any]]:
    """Yield what people said of the person and of their faces, in the order in which it was said."""
    keys = who.who_are({person.pk})
    mine = Face.everything.filter(person__in=keys, named_by=NamedBy.HUMAN)
    photos = dict(mine.values_list("pk", "photo"))
    found = {word.pk: word for word in _words(keys, photos.keys())}
    others = {word.subject for word in found.values() if word.topic in OF_FACES} - photos.keys()
    for some in few(others):
        photos |= dict(Face.everything.filter(pk__in=some).values_list("pk", "photo"))
    for pk in sorted(found):
        yield _word(found[pk], photos)


def _words(people: Collection[int], faces: Collection[int]) -> Iterator[Word]:
    said = Word.objects.select_related("action__by")
    for some in few(people):
        yield from said.filter(Q(topic__in=OF_PEOPLE, subject__in=some) | Q(person__in=some))
        yield from said.filter(topic__in=ABOUT_PEOPLE, about__in=[f"{key}" for key in some])
    for some in few(faces):
        yield from said.filter(topic__in=set(OF_FACES) - set(OF_ONE), subject__in=some)


def _word(word: Word, photos: Mapping[int, int]) -> dict[str, Any]:
    action = word.action
    is_of_face = word.topic in OF_FACES
    return {
        "said_at": word.said_at.isoformat(),
        "by": action.by.get_username() if action.by else None,
        "did": Did(action.did).label,
        "taken_back": action.is_undone,
        "what": Topic(word.topic).label,
        "face": word.subject if is_of_face else None,
        "photo": photos.get(word.subject) if is_of_face else None,
        "person": int(word.about) if word.topic in ABOUT_PEOPLE else word.person,
        "value": word.value,
    }
