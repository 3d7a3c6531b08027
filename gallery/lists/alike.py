"""People who may be one, as pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gallery.lists import people
from gallery.models import Alike, Person, Roster

SHOWN = 6  # pairs at once


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people as cards, who is on more photos first; `key` tells pairs apart in a page."""

    key: int
    first: Person
    second: Person


def front(roster: Roster | None) -> dict[str, Any]:
    """Return what the front of People shows of them: the nearest, and how many there are."""
    if roster is None:
        return {"pairs": [], "pair_count": 0}
    asked = Alike.objects.asked(roster)
    rows = list(asked[:SHOWN])
    count = asked.count() if len(rows) == SHOWN else len(rows)
    keys = {key for row in rows for key in (row.first_id, row.second_id)}
    cards = (
        {one.pk: one for one in people.cards(Person.objects.filter(pk__in=keys))} if keys else {}
    )
    # In the order of cards stands first who is seen more.
    places = {key: place for place, key in enumerate(cards)}
    pairs = []
    for row in rows:
        two = sorted({row.first_id, row.second_id} & cards.keys(), key=places.__getitem__)
        if len(two) == 2:
            pairs.append(Pair(row.pk, cards[two[0]], cards[two[1]]))
    return {"pairs": pairs, "pair_count": count}
