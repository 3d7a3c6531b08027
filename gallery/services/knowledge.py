"""What a roster's people are known by, as matching takes it; and how that becomes more or less.

Whatever is known by comes and goes here, in the roster's turn, so that faces near it are compared anew:
at once or soon (`following`).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from analysis import references
from analysis.results import Array
from gallery.models import KnownChange, KnownEncoding, Roster
from gallery.models.person import KnownEncodingQuerySet
from gallery.services import levels, lives
from gallery.services.levels import Leveled
from gallery.services.lives import Lives

AT_A_TIME = 500  # rows in a statement
TELL = (
    "INSERT INTO gallery_knownchange (roster_id, person, vector, encoder, level, came, created_at) "
    "SELECT %s, person_id, vector, encoder, COALESCE(level, 0), %s, %s FROM gallery_knownencoding "
    "WHERE person_id IS NOT NULL AND id IN ({places}) ORDER BY id"
)

_last: dict[tuple[int, int], dict[str, Known]] = {}


class Known(NamedTuple):
    """The known encodings (k, 128) of one roster and one encoder, their levels, and whose they are (k,).

    `weakness` is by how much further away each counts, because its person is known by a better face.
    """

    people: NDArray[np.int64]
    vectors: Array
    levels: Array
    weakness: Array
    lives: Lives | None

    def of_people(self, people: Collection[int]) -> Known:
        """Return what these people alone are known by."""
        at = np.isin(self.people, list(people))
        columns = self.people[at], self.vectors[at], self.levels[at], self.weakness[at]
        return Known(*columns, None if self.lives is None else self.lives.of(at))


class Remembered(NamedTuple):
    """A known encoding as it was, by how much further away it counted, and when its person was born."""

    known: Leveled
    weakness: float
    born: tuple[float, float, float] | None

    def differs(self, other: Remembered) -> bool:
        return self._said() != other._said()

    def _said(self) -> tuple[object, ...]:
        one = self.known
        # As text: a day that nobody knows is not even equal to itself.
        return one.encoder, one.encoding.tobytes(), one.level, self.weakness, f"{self.born}"


def of(roster: Roster) -> dict[str, Known]:
    """Return what the roster's people are known by, by encoder."""
    known = KnownEncoding.objects.of(roster)
    born = lives.of(known)
    found: dict[str, list[Leveled]] = defaultdict(list)
    for one in levels.of_known(known):
        found[one.encoder].append(one)
    # One person's beside each other, as ranking wants them.
    return {
        encoder: stacked(sorted(some, key=lambda one: one.person_id), born)
        for encoder, some in found.items()
    }


def now(roster: Roster) -> dict[str, Known]:
    """Return the same, read only if it has changed since this process did; call it in the roster's turn."""
    # Others of this turn may have read the roster by themselves, and have written it.
    roster.refresh_from_db(fields=["revision", "counted"])
    key = roster.pk, roster.revision
    last = _last.get(key)
    if last is None:
        last = of(roster)
        _last.clear()  # One roster's is enough: it may be large.
        if roster.revision:  # Else nobody has said yet when it changes.
            _last[key] = last
    return last


def stacked(known: Sequence[Leveled], born: dict[int, tuple[float, float, float]]) -> Known:
    """Return known encodings of one encoder as arrays, in their order; `born` is what `lives.of` says."""
    return Known(
        np.array([one.person_id for one in known], dtype=np.int64),
        np.stack([one.encoding for one in known]),
        np.array([one.level or 0.0 for one in known], dtype=np.float32),
        weakness_of(known),
        lives.lives_of([one.pk for one in known], born),
    )


def weakness_of(known: Sequence[Leveled]) -> Array:
    """Return by how much further away each of them counts, (k,); all that their people are known by."""
    # Encodings of two encoders are two people's, as they never meet.
    numbers: dict[tuple[int, str], int] = {}
    whose = [numbers.setdefault((one.person_id, one.encoder), len(numbers)) for one in known]
    scores = [np.nan if one.score is None else one.score for one in known]
    return references.weakness(np.array(whose, np.int64), np.array(scores, np.float64))


def add(roster: Roster, rows: Sequence[KnownEncoding]) -> None:
    """Know people of the roster by these encodings too, which are not saved yet."""
    before = remember({row.person_id for row in rows if row.person_id is not None})
    made = KnownEncoding.objects.bulk_create(rows, batch_size=AT_A_TIME)
    for start in range(0, len(made), AT_A_TIME):
        keys = [one.pk for one in made[start : start + AT_A_TIME]]
        _tell(roster, levels.of_known(KnownEncoding.objects.filter(pk__in=keys)), came=True)
    changed(roster, before)


def forget(roster: Roster, known: KnownEncodingQuerySet) -> None:
    """Know people of the roster no longer by these encodings."""
    people = set(known.values_list("person", flat=True))
    if not people:
        return
    before = remember(people)
    _tell(roster, levels.of_known(known), came=False)
    known.delete()
    changed(roster, before)


def give(roster: Roster, known: KnownEncodingQuerySet, person: int | None) -> None:
    """Have these encodings be what that person, by key, is known by, or nobody."""
    rows = levels.of_known(known.exclude(person=person) if person else known.exclude(person=None))
    if not rows:
        return
    keys = [one.pk for one in rows]
    whose = {one.person_id for one in rows}
    before = remember(whose if person is None else whose | {person})
    _tell_of(roster, keys, came=False)
    KnownEncoding.objects.filter(pk__in=keys).update(person=person)
    _tell_of(roster, keys, came=True)
    changed(roster, before)


def remember(people: Collection[int]) -> dict[int, Remembered]:
    """Return what these people, by key, are known by as it is now, by key, for `changed`."""
    known = KnownEncoding.objects.filter(person__in=people)
    rows, born = levels.of_known(known), lives.of(known)
    weak = weakness_of(rows)
    return {
        one.pk: Remembered(one, float(weak[number]), born.get(one.pk))
        for number, one in enumerate(rows)
    }


def changed(roster: Roster, before: Mapping[int, Remembered]) -> bool:
    """Return whether encodings say something else than `before`, and have faces follow where they do.

    They may by themselves, by a better face of the same person, or by when that was born.
    """
    now = remember({one.known.person_id for one in before.values()})
    # Those that went or came are told of by themselves.
    others = [pk for pk in before if pk in now and now[pk].differs(before[pk])]
    _tell(roster, [before[pk].known for pk in others], came=False)
    _tell(roster, [now[pk].known for pk in others], came=True)
    return bool(others)


def renew(roster: Roster) -> None:
    """Say that what faces are compared with is something else than before, in this turn."""
    # Not a count: after a transaction that failed, the next one would have the same number.
    roster.revision = secrets.randbits(62)
    roster.save(update_fields=["revision"])


def _tell(roster: Roster, known: Sequence[Leveled], *, came: bool) -> None:
    changes = [
        KnownChange(
            roster=roster,
            person=one.person_id,
            vector=one.encoding,
            encoder=one.encoder,
            level=one.level or 0.0,
            came=came,
        )
        for one in known
    ]
    if changes:
        KnownChange.objects.bulk_create(changes, batch_size=AT_A_TIME)
        renew(roster)


def _tell_of(roster: Roster, keys: Sequence[int], *, came: bool) -> None:
    """Tell of many by the database alone: their vectors need not come here and go back."""
    for start in range(0, len(keys), AT_A_TIME):
        some = keys[start : start + AT_A_TIME]
        places = ", ".join(["%s"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(TELL.format(places=places), [roster.pk, came, timezone.now(), *some])
    renew(roster)
