"""Makes tombstones of what the record says of somebody: that something was said stays, and not of whom.

This is the one place where the record is not only appended to. Nothing of what is left can be undone, and
what was said before it does not count again.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from gallery.models import Action, Word
from gallery.models.record import ABOUT_PEOPLE, OF_FACES, OF_PEOPLE, Did, WordQuerySet
from gallery.services.nearest import few

NOBODY = "0"  # as they do
# These say by themselves that somebody was erased, or only which action they took back.
KEPT = (Did.ERASE, Did.ERASED, Did.UNDO)


def of_faces(faces: Collection[int]) -> None:
    """Leave nothing of what was said of these faces, by key, but that it was."""
    for some in few(faces):
        _empty(Word.objects.filter(topic__in=OF_FACES, subject__in=some))


def of_people(people: Collection[int]) -> None:
    """Leave nothing of what was said of these people, by key, or named them."""
    for some in few(people):
        about = Q(topic__in=ABOUT_PEOPLE, about__in=[f"{key}" for key in some])
        _empty(Word.objects.filter(about | Q(person__in=some)))
        said = Word.objects.filter(topic__in=OF_PEOPLE, subject__in=some)
        _empty(said)
        said.update(subject=0)
        mine = Action.objects.filter(person__in=some)
        mine.exclude(did__in=KEPT).update(did=Did.ERASED)
        mine.update(person=None)


def _empty(words: WordQuerySet) -> None:
    """Take out what the words say, and have actions that say nothing any more be such."""
    keys = list(words.values_list("pk", flat=True))
    actions: set[int] = set()
    for some in few(keys):
        rows = Word.objects.filter(pk__in=some)
        actions |= set(rows.values_list("action", flat=True))
        rows.filter(topic__in=ABOUT_PEOPLE).update(about=NOBODY)
        rows.exclude(topic__in=ABOUT_PEOPLE).update(about="")
        rows.update(person=None, value=None)
    says = Q(person__isnull=False) | Q(value__isnull=False)
    still = Word.objects.filter(says, action=OuterRef("pk"))
    for some in few(actions):
        empty = Action.objects.filter(~Exists(still), pk__in=some)
        empty.exclude(did__in=KEPT).update(did=Did.ERASED)
