"""What goes through faces a chunk at a time has in common: which come next, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import ngettext

from gallery.children.requests import TellEmotions
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.live import events
from gallery.models import EmotionWord, Face, Photo, Roster, Task
from gallery.models.face_queries import FaceQuerySet
from gallery.services import turns

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


@contextmanager
def in_their_turns(faces: Sequence[Face]) -> Iterator[None]:
    """Write of faces of several owners in a transaction, and let all of their pages know."""
    owners = {face.photo.owner_id for face in faces}
    # In one order, or two who take several turns could each wait for one that the other has.
    for roster_id in sorted({Roster.objects.of(owner_id).pk for owner_id in owners}):
        turns.take(roster_id)
    yield
    for owner_id in owners:
        events.publish(owner_id)


def name_method(photos: Iterable[int], stage: str, name: Callable[[str], str]) -> None:
    """Have photos, by their keys, say what a stage was done by, given what they say of it so far."""
    touched = Photo.objects.filter(pk__in=set(photos))
    for photo in touched:
        photo.methods[stage] = name(photo.methods.get(stage, ""))
        photo.save(update_fields=["methods"])
    touched.touch()


def left_out(count: int) -> str:
    sentence = ngettext(
        "%(count)s without a kept crop stays as it was.",
        "%(count)s without a kept crop stay as they were.",
        count,
    )
    return sentence % {"count": intcomma(count)}
