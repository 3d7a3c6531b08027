"""What becomes of faces of which something is said, and which an analysis did not find again."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from gallery.models import Action, Face, Roster
from gallery.models.face_queries import Lost
from gallery.models.record import Did
from gallery.services import saying, turns
from gallery.services.nearest import few
from gallery.services.wording import kept


@transaction.atomic
def answer(*, roster: Roster, faces: Collection[int], stays: bool) -> Action | None:
    """Say whether faces, by key, stay though they were not found again; only of those that is asked."""
    roster = turns.take(roster.pk)
    asked = Face.objects.of(roster).filter(lost=Lost.ASKED)
    keys = [
        pk
        for some in few(sorted(faces))
        for pk in asked.filter(pk__in=some).order_by("pk").values_list("pk", flat=True)
    ]
    did = Did.KEEP if stays else Did.LET_GO
    return saying.say(roster, did, [kept(pk, stays=stays) for pk in keys])
