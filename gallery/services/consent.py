"""What people say of whether somebody agrees to be recognised.

Whoever refused is gone at once: no name, no crops, known by nothing, guessed nowhere. For thirty days that
can be undone; then they are erased, but for one locked vector where they agreed to it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from analysis.names import tidied
from gallery.models import Action, LockedVector, Person, Roster, Task
from gallery.models.face import Face
from gallery.models.face_queries import Mark
from gallery.models.person import Consent, Gone, PersonQuerySet
from gallery.models.record import Did, Topic
from gallery.services import consequences, derived, erasing, saying, turns, wording
from gallery.services.erasing.people import names_of
from gallery.services.erasing.redacting import Redaction
from gallery.services.people import NOBODY, NameRefused
from gallery.services.record import Register

NOTE_LENGTH = 500
LATER = gettext_lazy("This day is still to come. Write when it was said.")


class ConsentRefused(Exception):
    """Why a word was not taken, as a sentence."""


@transaction.atomic
def say(
    *,
    person: Person,
    answer: Consent,
    on: date | None = None,
    note: str = "",
    is_locked: bool = False,
) -> Action | None:
    """Say whether the person agrees to be recognised, since when, and how that is known.

    With `is_locked` somebody who refused agreed that one vector stays, to leave their faces alone by.
    Raises ConsentRefused, and NameRefused where the person has gone.
    """
    text = tidied(note)
    if len(text) > NOTE_LENGTH:
        most = {"most": NOTE_LENGTH}
        raise ConsentRefused(gettext("A note may have up to %(most)s letters.") % most)
    if on is not None and on > timezone.localdate():
        raise ConsentRefused(f"{LATER}")
    roster = turns.take(person.roster_id)
    if not Person.everyone.filter(pk=person.pk, gone__in=[Gone.NOT, Gone.REFUSED]).exists():
        raise NameRefused(NOBODY)
    if answer is Consent.REFUSED and erasing.is_busy(roster):
        raise ConsentRefused(f"{erasing.BUSY}")
    is_locked = is_locked and answer is Consent.REFUSED
    word = wording.consent(person.pk, answer, on, text, is_locked=is_locked)
    action = saying.say(roster, Did.CONSENT, [word], person=person.pk)
    if answer is Consent.REFUSED:
        Redaction(roster, names_of(who_is(person)), set()).reports()
    return action


def who_is(person: Person) -> set[int]:
    """Return the keys of the person, and of those who were made one with them."""
    merged = Person.everyone.filter(merged_into=person).values_list("pk", flat=True)
    return {person.pk, *merged}


def refused(roster: Roster) -> PersonQuerySet:
    """Return who does not want to be recognised, and can still agree again."""
    return Person.everyone.filter(roster=roster, gone=Gone.REFUSED).order_by("consent_on", "pk")


@transaction.atomic
def let_in(*, roster: Roster, lock: LockedVector) -> None:
    """Take away the locked vector of somebody who was erased; faces that it kept out are unknown again."""
    roster = turns.take(roster.pk)
    private = Face.everything.of(roster).filter(mark=Mark.PRIVATE)
    faces = list(private.values_list("pk", flat=True))
    LockedVector.objects.filter(pk=lock.pk, roster=roster, person=None).delete()
    names = [Register(Topic.NAME, face) for face in faces]
    consequences.follow(roster, derived.settle(roster, names))


def erase(*, person: Person) -> Task:
    """Erase somebody who refused now, but for the locked vector that they agreed to."""
    return erasing.begin(person=person, with_guesses=False)


def sweep() -> int:
    """Have those erased who refused thirty days ago; return how many."""
    over = Person.everyone.filter(gone=Gone.REFUSED, gone_at__lt=timezone.now() - erasing.KEPT)
    begun = 0
    for person in over.select_related("roster__owner"):
        # Not begun where pictures are being brought in: tomorrow. In the turn: they may agree meanwhile.
        with suppress(erasing.EraseRefused), transaction.atomic():
            turns.take(person.roster_id)
            if over.filter(pk=person.pk).exists():
                erase(person=person)
                begun += 1
    return begun
