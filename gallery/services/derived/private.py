"""Writes which faces are of people who do not want to be recognised: without crops, as nobody's."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import transaction

from gallery.models import Face, LockedVector, Person, Roster
from gallery.models.face_queries import Mark
from gallery.models.person import Consent
from gallery.models.photo import crops_in, folder_of
from gallery.services import corrections, files, locked, who
from gallery.services.lab import kept
from gallery.services.nearest import few
from gallery.services.record import Said


def of(roster: Roster, named: dict[int, Said], unnamed: Collection[int]) -> dict[int, Mark]:
    """Return those faces, by key, that are said to be somebody's who refused, or near a locked vector.

    `named` is whom faces are said to be, `unnamed` are those that are nobody's.
    """
    if not (named or unnamed) or not is_of_use(roster):
        return {}
    refused = who.private({word.person for word in named.values() if word.person is not None})
    private = {face for face, word in named.items() if word.person in refused}
    private |= locked.near(roster, set(unnamed) - private)
    return dict.fromkeys(private, Mark.PRIVATE)


def is_of_use(roster: Roster) -> bool:
    """Return whether anybody of the roster does not want to be recognised."""
    refused = Person.everyone.filter(roster=roster, consent=Consent.REFUSED)
    return refused.exists() or LockedVector.objects.filter(roster=roster).exists()


def enter(faces: Collection[int]) -> None:
    """Have nothing be shown of these faces, by key: their crops go, and copies of these."""
    for some in few(faces):
        rows = Face.everything.filter(pk__in=some)
        rows.update(has_emotion_crop=False)
        for pk, key in rows.values_list("pk", "photo__key"):
            transaction.on_commit(partial(files.remove, crops_in(folder_of(key), pk)))
            transaction.on_commit(partial(kept.forget, key), robust=True)
    transaction.on_commit(lambda: corrections.forget_faces(faces=set(faces)), robust=True)


def leave(faces: Collection[int]) -> None:
    """Have these faces, by key, be measured again soon, for their crops."""
    for some in few(faces):
        Face.everything.filter(pk__in=some).update(is_due=True, unmeasured=None)
