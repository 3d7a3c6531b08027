"""Who is meant by a search: people of the user's roster, as they are by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from gallery.models import Person, Roster
from gallery.models.person import Gone
from gallery.services.search.value import Search

Owner = AbstractBaseUser | AnonymousUser


def standing(user: Owner, searches: Sequence[Search]) -> Sequence[Search]:
    """Return the searches with whoever was merged replaced by who they are now, in one query at most.

    Somebody else's people, and those who are gone, stay as keys that no face has.
    """
    asked = {
        key for search in searches for group in (*search.people, search.without) for key in group
    }
    if not asked:
        return searches
    merged = Person.everyone.visible_to(user).filter(pk__in=asked, gone=Gone.MERGED)
    now = {pk: into for pk, into in merged.values_list("pk", "merged_into") if into}
    return [_standing(search, now) for search in searches] if now else searches


def _standing(search: Search, now: Mapping[int, int]) -> Search:
    return search.but(
        people=tuple(dict.fromkeys(_now(group, now) for group in search.people)),
        without=_now(search.without, now),
    )


def _now(keys: Iterable[int], now: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(now.get(key, key) for key in keys))


def called(user: Owner, keys: Iterable[int]) -> dict[int, str]:
    """Return what people of the user's are called, by key, so that two of one name are told apart."""
    people = Person.objects.visible_to(user).filter(pk__in=set(keys)).told_apart()
    return {person.pk: person.shown_name for person in people}


def hidden(user: Owner) -> set[int]:
    """Return the keys of the user's people whom somebody hid, and who are offered nowhere."""
    people = Person.objects.filter(roster__in=Roster.objects.visible_to(user), is_hidden=True)
    return set(people.values_list("pk", flat=True))
