"""Has faces measured in boxes that humans gave, or that are a detector's again: soon, by a child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from analysis.errors import AnalysisError
from analysis.methods import Choice
from analysis.sentences import Sentence
from gallery import installed
from gallery.children.requests import Measure, Measured
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.live import events
from gallery.models import Face, KnownEncoding, Photo, Preferences, Task
from gallery.services import boxes, consequences, derived, knowledge, measured, turns, unmeasured
from gallery.services.sources import originals


@transaction.atomic
def try_again(*, face: Face) -> None:
    """Have a face measured that could not be."""
    roster = turns.take_of(face.photo.owner_id)
    Face.everything.filter(pk=face.pk, is_due=True).update(unmeasured=None)
    Photo.objects.filter(pk=face.photo_id).touch()
    unmeasured.begin(roster)
    events.publish_to(roster)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The faces of a photo that wait, as they are now, and what to ask a child of them."""

    photo: Photo
    faces: Sequence[Face]
    request: Measure


@transaction.atomic
def next_of(task: Task) -> Asked | None:
    """Return what to ask next; None, and the task ended, where no face waits any more."""
    # In the turn: a face that becomes due afterwards is another task's.
    roster = turns.take_of(task.owner_id)
    first = unmeasured.due(roster).select_related("photo__job").order_by("photo", "pk").first()
    if first is None:
        if not tasks.finish(task, task.result):
            raise LeaseLost
        if not task.result:
            tasks.dismiss(task)  # Whoever waited for it has seen it.
        return None
    photo = first.photo
    faces = list(unmeasured.due(roster).filter(photo=photo).order_by("pk"))
    places = tuple(face.box for face in faces)
    request = Measure(
        originals.path_of(photo), installed.limits(), _choice(photo), places, turned=photo.turned
    )
    return Asked(photo, faces, request)


def _choice(photo: Photo) -> Choice:
    """Return the methods by which the photo was analysed; its owner's, where one of these is gone."""
    weights = installed.weights()
    try:
        choice = Choice.of(photo.job.choice, weights)
        choice.check(weights)
    except AnalysisError:
        return Preferences.objects.of(photo.owner_id).choice
    return choice


@transaction.atomic
def save(task: Task, asked: Asked, answer: Measured) -> None:
    """Write what was measured under the task's lease; raises LeaseLost, and writes nothing.

    A face whose box has changed meanwhile waits on.
    """
    roster = turns.take_of(task.owner_id)
    _advance(task, asked)
    # Those that are known by these faces, before and after.
    known_by = KnownEncoding.objects.filter(face__in=asked.faces)
    known = knowledge.remember(set(known_by.values_list("person", flat=True)))
    there = _as_they_were(asked)
    for number, face in there.items():
        face.is_due = False
        measured.save(face, answer.faces[number], answer.methods)
        measured.write_crops(face, answer.crops[number], answer.emotion_crops[number])
    changed = derived.settle(roster, boxes.words_of([face.pk for face in there.values()]))
    knowledge.changed(roster, known)
    changed.photos.add(asked.photo.pk)
    changed.unmatched.add(asked.photo.pk)
    changed.has_names_follow = changed.has_groups_follow = True
    consequences.follow(roster, changed)


@transaction.atomic
def give_up(task: Task, asked: Asked, why: Sentence) -> None:
    """Say of the faces why they could not be measured; they wait until somebody asks for it again."""
    roster = turns.take_of(task.owner_id)
    failed = task.result.get("failed", 0) + len(asked.faces)
    _advance(task, asked, failed=failed)
    for face in _as_they_were(asked).values():
        face.unmeasured = why
        face.save(update_fields=["unmeasured"])
    Photo.objects.filter(pk=asked.photo.pk).touch()
    events.publish_to(roster)


def _advance(task: Task, asked: Asked, **result: int) -> None:
    done = task.done + len(asked.faces)
    total = max(task.total, done)
    if not tasks.advance(task, done=done, total=total, result=task.result | result):
        raise LeaseLost


def _as_they_were(asked: Asked) -> dict[int, Face]:
    """Return those of the faces, by number, whose box is the one that was asked about."""
    rows = Face.everything.filter(is_due=True).select_related("photo")
    now = rows.in_bulk([face.pk for face in asked.faces])
    return {
        number: now[face.pk]
        for number, face in enumerate(asked.faces)
        if face.pk in now and now[face.pk].box == face.box
    }
