"""What goes through faces a chunk at a time has in common: which come next, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gallery.children.requests import TellEmotions
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import EmotionWord, Face, Task
from gallery.models.face import FaceQuerySet

CHUNK = 200


def after_the_cursor(task: Task, among: FaceQuerySet) -> list[Face]:
    """Return the next faces with a kept crop, of those that were there when the task was asked for."""
    last = task.arguments["last"]
    faces = among.filter(has_emotion_crop=True, pk__gt=task.cursor, pk__lte=last)
    faces = faces.select_related("photo").defer("encoding", "landmarks")
    return list(faces.order_by("pk")[:CHUNK])


def question(network: str, faces: Sequence[Face]) -> TellEmotions:
    return TellEmotions(network, tuple(face.photo.emotion_crop(face.pk) for face in faces))


def said_of(faces: Sequence[Face]) -> dict[int, str]:
    """Return what people said that the faces show, by their keys."""
    words = EmotionWord.objects.filter(face__in=[face.pk for face in faces], is_so=True)
    return dict(words.values_list("face_id", "emotion"))


def advance(task: Task, faces: Sequence[Face], result: dict[str, Any]) -> None:
    """Save that these faces are done; raises LeaseLost. Call it before anything else of them is written."""
    cursor, done = faces[-1].pk, task.done + len(faces)
    if not tasks.advance(task, cursor=cursor, done=done, result=result):
        raise LeaseLost
