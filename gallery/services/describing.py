"""What humans say of people beside their names: notes, other names, covers, who is hidden or first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from analysis.names import tidied
from gallery.fields import fold
from gallery.models import Action, Face, Person, PersonAlias, Roster
from gallery.models.face_queries import NamedBy
from gallery.models.record import Did
from gallery.services import people, saying, turns, wording
from gallery.services.nearest import few
from gallery.services.people import NOBODY, NameRefused
from gallery.services.record import Said

ABOUT_LENGTH = 10_000
MOST_ALIASES = 20


@transaction.atomic
def tell(*, person: Person, about: str, aliases: Sequence[str]) -> Action | None:
    """Say what is to be known of the person, and by which other names they go, and by no others.

    Raises NameRefused where a name can't be one, there are too many or too much, or the person has gone.
    """
    text = clean_about(about)
    wanted = {fold(name): name for name in map(people.clean_name, filter(tidied, aliases))}
    wanted.pop(fold(person.name), None)
    if len(wanted) > MOST_ALIASES:
        raise NameRefused(
            gettext("A person may have up to %(most)s other names.") % {"most": MOST_ALIASES}
        )
    roster = _take_turn(person)
    there = {one.folded_name: one.name for one in PersonAlias.objects.filter(person=person)}
    gone = [wording.alias(person.pk, there[key], is_so=False) for key in there.keys() - wanted]
    kept = [wording.alias(person.pk, name) for name in wanted.values()]
    words = [wording.about(person.pk, text), *gone, *kept]
    return saying.say(roster, Did.ABOUT, words, person=person.pk)


def clean_about(text: str) -> str:
    """Return the text in its lines, with nothing around it; raises NameRefused if it is too long."""
    lines = [line.rstrip() for line in text.replace("\x00", "").splitlines()]
    clean = "\n".join(lines).strip()
    if len(clean) > ABOUT_LENGTH:
        raise NameRefused(
            gettext("Notes may have up to %(most)s letters.") % {"most": ABOUT_LENGTH}
        )
    return clean


@transaction.atomic
def choose_cover(*, person: Person, face_id: int | None) -> Action | None:
    """Say which of the person's faces stands for them, None the best; raises NameRefused."""
    roster = _take_turn(person)
    mine = Face.objects.filter(person=person, named_by=NamedBy.HUMAN)
    if face_id is not None and not mine.filter(pk=face_id).exists():
        raise NameRefused(people.CHANGED)
    return saying.say(roster, Did.COVER, [wording.cover(person.pk, face_id)], person=person.pk)


def hide(*, roster: Roster, keys: Collection[int], is_hidden: bool = True) -> Action | None:
    """Have people, by key, left out of lists, or shown again."""
    did = Did.HIDE if is_hidden else Did.SHOW
    others = Person.objects.filter(roster=roster, is_hidden=not is_hidden)
    return _of_each(roster, others, keys, did, lambda key: wording.hidden(key, is_hidden=is_hidden))


def favour(*, roster: Roster, keys: Collection[int], is_favourite: bool = True) -> Action | None:
    """Have people, by key, come first, or no longer."""
    did = Did.FAVOUR if is_favourite else Did.UNFAVOUR
    others = Person.objects.filter(roster=roster, is_favourite=not is_favourite)
    return _of_each(
        roster, others, keys, did, lambda key: wording.favourite(key, is_favourite=is_favourite)
    )


@transaction.atomic
def _of_each(
    roster: Roster,
    others: QuerySet[Person],
    keys: Collection[int],
    did: Did,
    word: Callable[[int], Said],
) -> Action | None:
    """Say it of those of the people, by key, who are among the others, of whom it is not so yet."""
    roster = turns.take(roster.pk)
    there = [
        key
        for some in few(keys)
        for key in others.filter(pk__in=some).order_by("pk").values_list("pk", flat=True)
    ]
    return saying.say(roster, did, map(word, there), person=there[0] if len(there) == 1 else None)


def _take_turn(person: Person) -> Roster:
    roster = turns.take(person.roster_id)
    if not Person.objects.filter(pk=person.pk).exists():
        raise NameRefused(NOBODY)
    return roster
