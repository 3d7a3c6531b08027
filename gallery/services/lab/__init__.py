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
# Of a crowd the largest: so many at first and more each time that somebody asks for them, and in the end.
FACES = 24
MOST_FACES = 96


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


def rounded(faces: int) -> int:
    """Return of how many faces more than a box is shown to whoever asks for so many."""
    return min(MOST_FACES, max(1, -(-faces // FACES)) * FACES)


def parts(faces: int = FACES) -> tuple[str, ...]:
    """Return what is looked for: so many faces closely, and each detector whose files are there."""
    closely = map(_closely, range(0, faces, FACES))
    return (*closely, *(name for name in DETECTORS if is_there("detector", name)))


def _closely(first: int) -> str:
    return f"{kept.CLOSELY}-{first}" if first else kept.CLOSELY


def is_there(stage: str, name: str) -> bool:
    """Whether the files of a method are there."""
    weights = installed.weights()
    try:
        methods_of(stage, weights)[name].files(weights)
    except WeightsMissing:
        return False
    return True


def progress(photo: Photo, faces: int = FACES) -> Progress:
    """Return how far the lab is with the photo and so many of its faces."""
    all_parts = parts(faces)
    waiting = tuple(name for name in all_parts if not kept.has(photo.key, name))
    mine = Task.objects.filter(kind=KIND, owner=photo.owner_id, arguments__photo=photo.pk)
    last = mine.order_by("-pk").first() if waiting else None
    if last is None:
        return Progress(all_parts, waiting, is_open=False, is_running=False)
    error = last.error if last.is_failed else None
    return Progress(all_parts, waiting, last.is_open, last.is_running, error)


@transaction.atomic
def begin(*, photo: Photo, user: User, faces: int = FACES, anew: bool = False) -> None:
    """Have a child look at the photo by every method; `anew` even what it has come to already."""
    for task in Task.objects.filter(kind=KIND, owner=user).open():
        is_enough = task.arguments["photo"] == photo.pk and faces <= asked_for(task)
        if is_enough and not anew:
            kept.watch(photo.key)
            return
        tasks.stop(task)
        tasks.dismiss(task)
    if anew:
        kept.forget(photo.key)
    kept.watch(photo.key)
    kept.sweep()
    waiting = progress(photo, faces).waiting
    if waiting:
        arguments = {"photo": photo.pk, "faces": faces}
        # Refused where another tab was faster: then that one is under way.
        with suppress(TaskRefused):
            tasks.enqueue(kind=KIND, owner=user, arguments=arguments, total=len(waiting))


def asked_for(task: Task) -> int:
    """Return how many faces a task looks at closely."""
    # Those of an earlier version don't say.
    return int(task.arguments.get("faces", FACES))


def crowd(photo: Photo) -> list[Face]:
    """Return the faces of which the lab may show more than a box, the largest first."""
    found = Face.objects.filter(photo=photo, mark=Mark.NONE).select_related("person")
    shown = [face for face in found if face.encoder]
    return sorted(shown, key=lambda face: (-face.width * face.height, face.pk))


def closely(faces: Sequence[Face]) -> dict[str, Sequence[Face]]:
    """Return the parts in which the faces of a crowd are looked at closely."""
    return {_closely(first): faces[first : first + FACES] for first in range(0, MOST_FACES, FACES)}


def request_of(photo: Photo, part: str, faces: Sequence[Face]) -> AskDetector | LookClosely:
    """Return what a child is to be asked for a part, of these faces where it is about them."""
    if part in DETECTORS:
        return AskDetector(originals.path_of(photo), installed.limits(), part, photo.turned)
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
