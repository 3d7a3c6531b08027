"""The faces of one photo as its pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis import palette
from gallery.models import Face, Photo
from gallery.models.face_queries import Mark
from gallery.models.person import sharing_names

CROWD = 6  # From more faces on a list from left to right is no help.


@dataclass(frozen=True, slots=True)
class Panel:
    """The faces beside their photo: those to read, those folded away, and how many are asked about.

    Of a few all stand from left to right, as captions do. Of a crowd known people come first, by name,
    then the others, the largest first, and who can hardly be seen is folded away.
    """

    shown: Sequence[Face]
    folded: Sequence[Face] = ()
    questions: int = 0
    is_crowd: bool = False


def panel(faces: Sequence[Face]) -> Panel:
    questions = sum(face.asked_about is not None for face in faces)
    if len(faces) <= CROWD:
        return Panel(faces, questions=questions)
    ordered = sorted(faces, key=_by_name_and_size)
    folded = [face for face in ordered if face.is_doubtful and not face.is_named]
    shown = [face for face in ordered if face not in folded]
    return Panel(shown, folded, questions, is_crowd=True)


def _by_name_and_size(face: Face) -> tuple[bool, str, bool, int]:
    name = face.person.folded_name if face.person else ""
    return face.person is None, name, face.suggestion is None, -face.width * face.height


def of(photo: Photo, *, with_strangers: bool = False) -> list[Face]:
    """Return the faces from left to right, numbered from 1, no two people of one colour.

    Those that a human said are strangers' are left out, unless they are asked for.
    """
    found = Face.objects.filter(photo=photo)
    if not with_strangers:
        found = found.filter(mark__in=[Mark.NONE, Mark.PRIVATE])
    found = found.select_related("person", "suggestion", "known_encoding")
    suggested = {"suggested_shares_name": sharing_names("suggestion__")["shares_name"]}
    found = found.annotate(**sharing_names("person__"), **suggested)
    faces = list(found.prefetch_related("emotion_words").left_to_right())
    for number, face in enumerate(faces, start=1):
        face.number = number
        face.photo = photo
        if face.person is not None:
            face.person.shares_name = face.shares_name
        if face.suggestion is not None:
            face.suggestion.shares_name = face.suggested_shares_name
    give_colours(faces)
    return faces


def put_aside(photo: Photo) -> list[Face]:
    """Return what a human said is no face, or a stranger's: of these a photo shows the box, and no more."""
    found = Face.everything.filter(photo=photo).put_aside(Mark.STRANGER, Mark.NO_FACE)
    return list(found.only("left", "top", "right", "bottom", "mark").left_to_right())


def strangers(faces: Sequence[Face]) -> list[Face]:
    return [face for face in faces if face.mark == Mark.STRANGER]


def give_colours(faces: Sequence[Face]) -> None:
    """Give the faces of one photo the colours of their people, no two people of one colour."""
    people = {face.person.pk: face.person for face in faces if face.person}
    # By their keys: whoever is named next takes nobody's colour.
    keys = sorted(people)
    given = dict(zip(keys, palette.assign(people[key].colour for key in keys), strict=True))
    for face in faces:
        face.given_colour = given.get(face.person_id) if face.person_id else None
