"""The lab: every method of a stage side by side on one photo, done by a child while somebody waits for it.

It is a task of the lane that people wait for, one at a time of each account: whoever opens another photo
there leaves the last one. What it came to is in `kept`, and `shown` is what its page says of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from analysis.errors import WeightsMissing
from analysis.methods import AGE_GENDER, DETECTORS, methods_of
from gallery import installed
from gallery.children.lab import AskDetector, LookClosely
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Face, Photo, Preferences, Task
from gallery.models.face_queries import Mark
from gallery.services.lab import kept
from gallery.services.sources import originals
from gallery.words import Words

KIND = "lab"
# Of a crowd the largest.
MOST_FACES = 24


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the lab is with a photo: the parts that are there, those still to come, and why it ended."""

    parts: tuple[str, ...]
    waiting: tuple[str, ...]
    is_open: bool
    is_running: bool
    error: Words | None = None

    @property
    def has_begun(self) -> bool:
        return self.is_open or len(self.waiting) < len(self.parts)


def parts() -> tuple[str, ...]:
    """Return what is looked for: the faces closely, and each detector whose files are there."""
    return (kept.CLOSELY, *(name for name in DETECTORS if is_there("detector", name)))


def is_there(stage: str, name: str) -> bool:
    """Whether the files of a method are there."""
    weights = installed.weights()
    try:
        methods_of(stage, weights)[name].files(weights)
    except WeightsMissing:
        return False
    return True


def progress(photo: Photo) -> Progress:
    """Return how far the lab is with the photo."""
    all_parts = parts()
    waiting = tuple(name for name in all_parts if not kept.has(photo.key, name))
    mine = Task.objects.filter(kind=KIND, owner=photo.owner_id, arguments__photo=photo.pk)
    last = mine.order_by("-pk").first() if waiting else None
    if last is None:
        return Progress(all_parts, waiting, is_open=False, is_running=False)
    error = last.error if last.is_failed else None
    return Progress(all_parts, waiting, last.is_open, last.is_running, error)


@transaction.atomic
def begin(*, photo: Photo, user: User, anew: bool = False) -> None:
    """Have a child look at the photo by every method; `anew` even what it has come to already."""
    for task in Task.objects.filter(kind=KIND, owner=user).open():
        if task.arguments["photo"] == photo.pk and not anew:
            kept.watch(photo.key)
            return
        tasks.stop(task)
        tasks.dismiss(task)
    if anew:
        kept.forget(photo.key)
    kept.watch(photo.key)
    kept.sweep()
    waiting = progress(photo).waiting
    if waiting:
        # Refused where another tab was faster: then that one is under way.
        with suppress(TaskRefused):
            tasks.enqueue(kind=KIND, owner=user, arguments={"photo": photo.pk}, total=len(waiting))


def faces_of(photo: Photo) -> list[Face]:
    """Return the faces of which the lab shows more than a box, the largest of a crowd, from the left."""
    found = Face.objects.filter(photo=photo, mark=Mark.NONE).select_related("person")
    shown = [face for face in found if face.encoder]
    largest = sorted(shown, key=lambda face: -face.width * face.height)[:MOST_FACES]
    return sorted(largest, key=lambda face: (face.left, face.pk))


def request_of(photo: Photo, part: str, faces: Sequence[Face]) -> AskDetector | LookClosely:
    """Return what a child is to be asked for a part, of these faces where it is about them."""
    if part != kept.CLOSELY:
        return AskDetector(originals.path_of(photo), installed.limits(), part)
    return LookClosely(
        originals.path_of(photo),
        installed.limits(),
        Preferences.objects.of(photo.owner_id).choice,
        tuple(face.box for face in faces),
        photo.turned,
        tuple(name for name in AGE_GENDER if is_there("age_gender", name)),
        tuple(networks()),
    )


def networks() -> list[str]:
    """Return the emotion networks that are there."""
    return [
        name for name in methods_of("emotion", installed.weights()) if is_there("emotion", name)
    ]
