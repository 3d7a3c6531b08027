"""Writes where faces are: where humans said, else where a detector found them."""

from __future__ import annotations

from collections.abc import Collection

from analysis.results import Box
from gallery.models import Face
from gallery.models.boxed import BoxedBy
from gallery.models.face_queries import FaceQuerySet, Lost, Mark
from gallery.models.record import Topic
from gallery.services import record
from gallery.services.boxes import COLUMNS
from gallery.services.derived.changed import Changed
from gallery.services.nearest import few
from gallery.services.record import Register


def settle(said: record.Current, changed: Changed) -> None:
    changed.has_boxes = bool(said)
    for some in few(sorted(register.subject for register in said)):
        for face in Face.everything.filter(pk__in=some).only(*COLUMNS, "photo", "mark"):
            changed.photos.add(face.photo_id)
            if _move(face, said):
                face.save(update_fields=COLUMNS)


def _move(face: Face, said: record.Current) -> bool:
    """Have the face be where is said of it; return whether it was not."""
    before, by = face.box, face.boxed_by
    word = said[Register(Topic.BOX, face.pk)].value
    if word is not None:
        if by == BoxedBy.DETECTOR:
            face.detected = before
        face.box = Box(*word["box"])
        face.boxed_by = BoxedBy.DRAWN if word["drawn"] else BoxedBy.CORRECTED
    else:
        _give_back(face)
    if face.box != before:
        face.is_due, face.unmeasured = True, None
    return (face.box, face.boxed_by) != (before, by)


def _give_back(face: Face) -> None:
    """Have the detector's box stand again, if it found the face."""
    if face.detected is not None:
        face.box, face.detected, face.boxed_by = face.detected, None, BoxedBy.DETECTOR


def settle_lost(said: record.Current, changed: Changed) -> None:
    """Write of faces that were not found again whether somebody has said what becomes of them."""
    answered = [register.subject for register, word in said.items() if not word.is_nothing]
    asked = [register.subject for register, word in said.items() if word.is_nothing]
    for keys, lost in ((answered, Lost.ANSWERED), (asked, Lost.ASKED)):
        for some in few(keys):
            faces = Face.everything.filter(pk__in=some).exclude(lost=Lost.FOUND)
            changed.photos |= set(faces.values_list("photo", flat=True))
            faces.exclude(lost=lost).update(lost=lost)


def hidden(faces: Collection[int]) -> dict[int, Mark]:
    """Return those of the faces that are not there: by where they are, not by what they are."""
    return _let_go(faces) | _not_drawn(faces)


def _let_go(faces: Collection[int]) -> dict[int, Mark]:
    """Return those that were not found again, and let go."""
    found: dict[int, Mark] = {}
    for some in few(faces):
        lost = Face.everything.filter(pk__one_of=some).exclude(lost=Lost.FOUND)
        said = record.current_of((Topic.KEPT,), list(lost.values_list("pk", flat=True)))
        found |= {one.subject: Mark.LET_GO for one, word in said.items() if word.value is False}
    return found


def _not_drawn(faces: Collection[int]) -> dict[int, Mark]:
    """Return those that are there by a human's drawing alone, but not now or not yet."""
    found: dict[int, Mark] = {}
    drawn = Face.everything.filter(boxed_by=BoxedBy.DRAWN, found_box__isnull=True)
    for some in few(faces):
        encoders = dict(drawn.filter(pk__one_of=some).values_list("pk", "encoder"))
        said = record.current_of((Topic.BOX,), encoders)
        for pk, encoder in encoders.items():
            if Register(Topic.BOX, pk) not in said:
                found[pk] = Mark.UNDRAWN
            elif not encoder:
                found[pk] = Mark.PENDING
    return found


def forget_all(faces: FaceQuerySet) -> None:
    """Have detectors' boxes stand again for those of humans, where there are some."""
    for face in faces.exclude(found_box__isnull=True):
        _give_back(face)
        face.save(update_fields=COLUMNS)
