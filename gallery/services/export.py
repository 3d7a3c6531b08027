"""A photo's result as it leaves the site: JSON, and the photo with everything burnt in."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext

from analysis.report import face_object, shot_object, taken_object
from analysis.results import DrawnFace
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.children.requests import Annotate
from gallery.models import Face, Photo
from gallery.models.boxed import EDGES
from gallery.services.sources import originals

NO_POINTS = np.empty((0, 2), np.float32)
# Each drawing has a child of its own, with a photo at full size in memory.
_drawing = asyncio.Semaphore(2)


def result(photo: Photo, faces: list[Face]) -> dict[str, Any]:
    """Return the result in the form of `manage.py analyze --json`, with methods and what humans said.

    A face's `boxed_by` is "drawn" or "corrected" where a human gave its box.
    """
    return {
        "path": photo.filename,
        "width": photo.width,
        "height": photo.height,
        "note": f"{photo.note or ''}",
        "note_code": photo.note.code if photo.note else "",
        "turned": photo.turned,
        "taken": taken_object(photo.taken),
        **shot_object(photo.shot),
        "caption": photo.caption,
        "keywords": sorted(keyword.word for keyword in photo.keywords.all()),
        "favourite": photo.is_favourite,
        "methods": photo.methods,
        "faces": [_face(face) for face in faces],
    }


def said(face: Face) -> dict[str, Any]:
    """Return what a human said of the face's emotion: which it is, if any, and which it is not."""
    return {"emotion": face.said_emotion or None, "not": face.denied_emotions}


async def annotated(photo: Photo, faces: list[Face], strangers: list[Face]) -> bytes:
    """Return the photo at full size with boxes, landmarks and labels, as JPEG; strangers get a box alone.

    Drawn in a child process of its own; raises AnalysisError, or ChildFailed.
    """
    drawn = tuple(
        DrawnFace(
            box=face.box,
            landmarks=face.landmarks.reshape(-1, 2)[: 0 if face.is_private else None],
            label=label(face, len(faces)),
            certain=face.is_named,
            colour=face.colour,
            details=guesses(face),
        )
        for face in faces
    )
    boxes = tuple(
        DrawnFace(face.box, NO_POINTS, "", certain=True, colour=None) for face in strangers
    )
    async with _drawing:
        return await _draw(photo, drawn + boxes)


def label(face: Face, count: int) -> str:
    """Return the name of known people alone, as on the page; of several with their number in its list."""
    name = face.label if face.person else ""
    return f"{face.number}  {name}".strip() if count > 1 else name


def guesses(face: Face) -> str:
    if face.is_private:
        return face.label
    emotion = face.shown_emotion
    words = gettext("about %(years)s, %(gender)s, %(emotion)s")
    if face.is_doubtful and emotion.is_said:
        # What a human said is not among what is only perhaps so.
        words = gettext("perhaps about %(years)s, %(gender)s; %(emotion)s")
    elif face.is_doubtful:
        words = gettext("perhaps about %(years)s, %(gender)s, %(emotion)s")
    return words % {
        "years": round(face.age_years),
        "gender": gettext(face.gender),
        "emotion": gettext(emotion.label),
    }


async def _draw(photo: Photo, faces: tuple[DrawnFace, ...]) -> bytes:
    pool = AnalysisPool(settings.ANALYSIS_TIMEOUT, settings.ANALYSIS_MEMORY_MB * 2**20)
    try:
        return await pool.ask(Annotate(originals.path_of(photo), installed.limits(), faces))
    finally:
        pool.stop_idle()


def _face(face: Face) -> dict[str, Any]:
    if face.is_private:
        box = {edge: getattr(face, edge) for edge in EDGES}
        return {"id": face.pk, "box": box, "private": True}
    return face_object(face.result, encodings=True) | {
        "id": face.pk,
        "encoder": face.encoder,
        "person": {
            "id": face.person_id,
            "name": face.person.name if face.person else None,
            "note": face.person.note if face.person else None,
            "named_by": face.named_by or None,
            "distance": _rounded(face.distance),
            "normalised": _rounded(face.normalised),
        },
        "suggestion": face.suggestion
        and {"id": face.suggestion_id, "name": face.suggestion.name, "note": face.suggestion.note},
        "mark": face.mark or None,
        "boxed_by": face.boxed_by or None,
        "said": said(face),
    }


def _rounded(distance: float | None) -> float | None:
    return None if distance is None else round(distance, 4)
