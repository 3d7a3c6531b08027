"""What humans say of where faces are: there, where no detector found one, or elsewhere than it says."""

from __future__ import annotations

import numpy as np
from django.db import transaction
from django.utils.translation import gettext_lazy

from analysis.names import tidied
from analysis.results import SAME_FACE, Box
from gallery.models import Face, Photo, Roster
from gallery.models.boxed import BoxedBy
from gallery.models.face_queries import HIDDEN, Mark
from gallery.models.record import Did
from gallery.services import people, saying, turns
from gallery.services.record import Said
from gallery.services.wording import boxed, is_theirs, kept, marked, unboxed

LEAST_SIDE = 8  # pixels; an eye is not told from a nose below that
TOO_SMALL = gettext_lazy("Draw a larger box: at least 8 pixels wide and high.")
TAKEN = gettext_lazy("There is a face in this place already. Move its box instead.")
NOT_YET = gettext_lazy("Wait until this photo has been analysed, then draw faces on it.")
GONE = gettext_lazy("This face is not there any more. Look again.")


class BoxRefused(Exception):
    """Why a box was not taken, as a sentence."""


@transaction.atomic
def draw(*, photo: Photo, box: Box, name: str = "") -> Face:
    """Say that there is a face in the box, and whose it is, if that is said; it is measured soon.

    Raises BoxRefused, NameRefused, or SeveralPeople where more than one bear the name.
    """
    roster = turns.take_of(photo.owner_id)
    box = _within(photo, box)
    face = _hidden_at(_near(photo, box)) or _new(photo, box)
    words = [boxed(face.pk, box, is_drawn=face.is_drawn)]
    if face.mark == Mark.NO_FACE:
        words.append(marked(face.pk, Mark.NONE))
    if face.lost:
        words.append(kept(face.pk, stays=True))
    person, named = _named(roster, face, name)
    saying.say(roster, Did.DRAW, [*words, *named], person=person)
    face.refresh_from_db()
    return face


@transaction.atomic
def correct(*, face: Face, box: Box) -> None:
    """Say where the face is instead; raises BoxRefused."""
    roster, face = _take_turn(face)
    box = _within(face.photo, box)
    if any(one.pk != face.pk and one.mark not in HIDDEN for one in _near(face.photo, box)):
        raise BoxRefused(TAKEN)
    if box != face.box:
        words = [boxed(face.pk, box, is_drawn=face.is_drawn)]
        words += [kept(face.pk, stays=True)] if face.lost else []
        saying.say(roster, Did.BOX, words)


@transaction.atomic
def take_away(*, face: Face) -> None:
    """Say that a drawn face is none, or give a face the detector's box back."""
    roster, face = _take_turn(face)
    if face.has_humans_box:
        saying.say(roster, Did.UNDRAW if face.is_drawn else Did.BOX, [unboxed(face.pk)])


def _take_turn(face: Face) -> tuple[Roster, Face]:
    """Read the face as it is in its roster's turn; it may have gone while that was waited for."""
    roster = turns.take_of(face.photo.owner_id)
    now = Face.everything.select_related("photo").filter(pk=face.pk).first()
    if now is None:
        raise BoxRefused(GONE)
    return roster, now


def _within(photo: Photo, box: Box) -> Box:
    """Return what of the box is on the photo; raises BoxRefused where that is next to nothing."""
    if not photo.has_picture or photo.width is None or photo.height is None:
        raise BoxRefused(NOT_YET)
    inside = Box(
        max(0, box.left),
        max(0, box.top),
        min(photo.width, box.right),
        min(photo.height, box.bottom),
    )
    if min(inside.width, inside.height) < LEAST_SIDE:
        raise BoxRefused(TOO_SMALL)
    return inside


def _near(photo: Photo, box: Box) -> list[Face]:
    """Return the faces in the same place, hidden ones included, the nearest first."""
    faces = Face.everything.filter(photo=photo).order_by("pk")
    near = [face for face in faces if face.box.iou(box) >= SAME_FACE]
    return sorted(near, key=lambda face: -face.box.iou(box))


def _hidden_at(near: list[Face]) -> Face | None:
    """Return the face in that place which is not shown; raises BoxRefused where one is."""
    for face in near:
        if face.mark not in HIDDEN or face.mark == Mark.PENDING:
            raise BoxRefused(TAKEN)
    return near[0] if near else None


def _new(photo: Photo, box: Box) -> Face:
    """Save a face of which nothing is measured yet: it is hidden until it is."""
    face = Face(photo=photo, boxed_by=BoxedBy.DRAWN, mark=Mark.PENDING, is_due=True)
    face.box = box
    face.landmarks, face.encoding = np.zeros(136), np.zeros(128)
    face.score = face.age_years = face.age_confidence = 0.0
    face.gender_confidence = face.emotion_confidence = 0.0
    face.save()
    return face


def _named(roster: Roster, face: Face, name: str) -> tuple[int | None, list[Said]]:
    """Return whose face it is by that name, and the words that say so; nobody's without a name."""
    if not tidied(name):
        return None, []
    person, words = people.meant(roster, tidied(name))
    return person.pk, [*words, *is_theirs(face, person.pk)]
