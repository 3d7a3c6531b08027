"""When people were born, as far as those who know them say it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from analysis import dates
from analysis.born import Born
from gallery.models import Person
from gallery.models.record import Did
from gallery.services import saying, turns, wording
from gallery.services.people import NOBODY, NameRefused


class BirthRefused(Exception):
    """Why a date of birth was not taken, as a sentence."""


def written(*, year: str, month: str, day: str) -> Born | None:
    """Return what a form says, of which month or day may be empty; None where all is.

    Raises BirthRefused.
    """
    texts = [text.strip() for text in (year, month, day)]
    if not any(texts):
        return None
    numbers = [int(text) if text.isdecimal() and len(text) < 5 else None for text in texts]
    if any(text and number is None for text, number in zip(texts, numbers, strict=True)):
        raise BirthRefused(gettext("Write the date of birth in numbers."))
    if numbers[0] is None:
        raise BirthRefused(gettext("Write the year of birth too. It may stand alone."))
    if numbers[1] is None and numbers[2] is not None:
        raise BirthRefused(gettext("Choose the month too, or leave the day empty."))
    try:
        return _checked(Born(numbers[0], numbers[1], numbers[2]))
    except ValueError as error:
        raise BirthRefused(gettext("There is no such day. Look at day and month again.")) from error


def read(text: str) -> Born | None:
    """Return what a program says as 2015, 2015-04 or 2015-04-30, None for ""; raises BirthRefused."""
    if not text:
        return None
    try:
        return _checked(Born.read(text))
    except ValueError as error:
        example = {"example": "2015, 2015-04, 2015-04-30"}
        raise BirthRefused(gettext("Write a date of birth as %(example)s.") % example) from error


@transaction.atomic
def say(*, person: Person, born: Born | None) -> None:
    """Remember when the person was born, None takes that back, and guess again who is on photos.

    Raises NameRefused where the person has gone.
    """
    roster = turns.take(person.roster_id)
    if not Person.objects.filter(pk=person.pk).exists():
        raise NameRefused(NOBODY)
    words = [wording.born(person.pk, born)]
    saying.say(roster, Did.BIRTH, words, person=person.pk)
    person.born = born


def _checked(born: Born) -> Born:
    """Return it if somebody of whom there are photos may be born so; raises BirthRefused."""
    if born.year < dates.FIRST_YEAR:
        raise BirthRefused(
            gettext("There was no photography before %(year)s. Write a later year.")
            % {"year": dates.FIRST_YEAR}
        )
    # It may be tomorrow already where the child was born.
    if born.earliest > timezone.localdate() + timedelta(days=1):
        raise BirthRefused(gettext("This date of birth is in the future."))
    return born
