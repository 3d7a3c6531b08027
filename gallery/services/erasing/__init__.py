"""Erases people for real: what is here of them goes, and nothing brings it back.

A human asks for it (`begin`), and a task does it. Whom a human deleted, or whom nothing named any more,
goes likewise after thirty days (`sweep`), but their faces stay as nobody's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from gallery.jobs import tasks
from gallery.models import Face, Person, Roster, Task
from gallery.models.face_queries import NamedBy
from gallery.models.person import Gone
from gallery.models.record import Did, Topic
from gallery.services import arrived, pictures, record, saying, turns, who
from gallery.services.erasing import people
from gallery.services.erasing.erased import Erased
from gallery.services.nearest import few
from gallery.services.people import NOBODY
from gallery.services.record import Register, Said

KIND = "erasing"
KEPT = timedelta(days=30)
SWEPT = (Gone.DELETED, Gone.UNUSED)
BUSY = gettext_lazy(
    "People are being brought in just now, maybe this person too. "
    "Wait until that is done, or stop it under Work."
)


class EraseRefused(Exception):
    """Why somebody is not erased now, as a sentence."""


def theirs(person: Person) -> set[int]:
    """Return the faces, by key, that a human said are the person's: of the record, shown or not."""
    return said_to_be(who.who_are({person.pk}))


def guessed(person: Person) -> set[int]:
    """Return the faces, by key, that are surely theirs as a machine says."""
    faces = Face.objects.filter(person=person, named_by=NamedBy.MACHINE)
    return set(faces.values_list("pk", flat=True))


@transaction.atomic
def begin(*, person: Person, with_guesses: bool) -> Task:
    """Take the person away now, and have all that is of them erased; raises EraseRefused.

    Their faces go with all that was computed of them, `with_guesses` those too that are surely theirs. Of
    somebody who refused to be recognised the locked vector stays, if there is one.
    """
    roster = turns.take(person.roster_id)
    if not Person.everyone.filter(pk=person.pk, gone__in=[Gone.NOT, Gone.REFUSED]).exists():
        raise EraseRefused(f"{NOBODY}")
    if is_busy(roster):
        raise EraseRefused(f"{BUSY}")
    faces = theirs(person) | (guessed(person) if with_guesses else set())
    keys = sorted(who.who_are({person.pk}))
    deleted = Said(Register(Topic.DELETED, person.pk), value=True)
    saying.say(roster, Did.ERASE, [deleted])
    arguments = {
        "roster": roster.pk,
        "people": keys,
        "faces": sorted(faces),
        "is_private": bool(who.private({person.pk})),
    }
    total = len(faces) + 1
    return tasks.enqueue(kind=KIND, owner=roster.owner, arguments=arguments, total=total)


def is_busy(roster: Roster) -> bool:
    """Return whether people are being brought in, so that somebody who goes would come again."""
    kinds = [pictures.KIND, arrived.ENCODINGS]
    return Task.objects.filter(kind__in=kinds, owner__in=roster.members).open().exists()


def sweep() -> int:
    """Erase whom a human deleted, or nothing named, thirty days ago; return how many people."""
    over = Person.everyone.filter(gone__in=SWEPT, gone_at__lt=timezone.now() - KEPT)
    count = 0
    for roster in Roster.objects.filter(people__in=over).distinct():
        keys = list(over.filter(roster=roster).values_list("pk", flat=True))
        for some in few(keys):
            with transaction.atomic():
                roster = turns.take(roster.pk)
                # Whoever was brought back meanwhile stays.
                still = set(over.filter(pk__in=some).values_list("pk", flat=True))
                people.erase(roster, who.who_are(still), Erased(), by_time=True)
            count += len(still)
    return count


def said_to_be(people: Collection[int]) -> set[int]:
    """Return the faces, by key, that a human said are these people's, by key, whoever those are by now."""
    ever = record.named_as(people)
    now = record.current_of([Topic.NAME], ever)
    return {one.subject for one, word in now.items() if word.person in people}
