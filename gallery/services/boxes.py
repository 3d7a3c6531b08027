"""Where faces are by what humans said, and what becomes of that where a photo is analysed again."""

from __future__ import annotations

from collections.abc import Collection

from analysis.results import Box, FaceResult
from gallery.models import Face, Photo
from gallery.models.boxed import EDGES, BoxedBy
from gallery.models.face_queries import Lost
from gallery.models.record import Topic
from gallery.services.record import Register

COLUMNS = (*EDGES, "boxed_by", "found_box", "is_due", "unmeasured", "lost")


def given(photo: Photo) -> tuple[Box, ...]:
    """Return the boxes on the photo that humans gave."""
    boxed = Face.everything.filter(photo=photo).exclude(boxed_by=BoxedBy.DETECTOR)
    return tuple(face.box for face in boxed.order_by("pk") if face.has_humans_box)


def words_of(faces: Collection[int]) -> list[Register]:
    """Return what there is to settle where faces were found, measured, or not found again."""
    return [Register(topic, face) for face in faces for topic in (Topic.BOX, Topic.KEPT)]


def found_again(face: Face, found: FaceResult) -> bool:
    """Have the face be where an analysis found it, unless a human's box stands; return if it is there.

    A face whose drawing was taken back is there by a detector alone. What was measured of another box is
    due to be measured again: a human gave that one while the photo was analysed.
    """
    detected = found.found if found.is_given else found.box
    if face.has_humans_box:
        face.detected = detected or face.detected
    elif detected is not None:
        face.box, face.detected, face.boxed_by = detected, None, BoxedBy.DETECTOR
    elif face.is_drawn or face.pk is None:
        return False
    face.is_due, face.unmeasured, face.lost = face.box != found.box, None, Lost.FOUND
    return True
