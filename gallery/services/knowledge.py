"""What a roster's people are known by, as matching takes it; and how that becomes more or less.

Whatever is known by comes and goes here, in the roster's turn, so that faces near it are compared anew:
at once or soon (`following`).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array
from gallery.models import KnownChange, KnownEncoding, Roster
from gallery.models.person import KnownEncodingQuerySet
from gallery.services import levels, lives
from gallery.services.levels import Leveled
from gallery.services.lives import Lives

AT_A_TIME = 500  # rows in a statement

_last: dict[tuple[int, int], dict[str, Known]] = {}


class Known(NamedTuple):
    """The known encodings (k, 128) of one roster and one encoder, their levels, and whose they are (k,)."""

    people: NDArray[np.int64]
    vectors: Array
    levels: Array
    lives: Lives | None


class Remembered(NamedTuple):
    """Known encodings as they were, and when their people were born."""

    known: Sequence[Leveled]
    born: dict[int, tuple[float, float, float]]

    def differs(self, other: Remembered) -> bool:
        return self._said() != other._said()

    def _said(self) -> list[tuple[object, ...]]:
        # As text: a day that nobody knows is not even equal to itself.
        return [
            (one.pk, one.encoder, one.encoding.tobytes(), one.level, f"{self.born.get(one.pk)}")
            for one in self.known
        ]


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
        lives.lives_of([one.pk for one in known], born),
    )


def add(roster: Roster, rows: Iterable[KnownEncoding]) -> None:
    """Know people of the roster by these encodings too, which are not saved yet."""
    made = KnownEncoding.objects.bulk_create(rows, batch_size=AT_A_TIME)
    for start in range(0, len(made), AT_A_TIME):
        keys = [one.pk for one in made[start : start + AT_A_TIME]]
        _tell(roster, levels.of_known(KnownEncoding.objects.filter(pk__in=keys)), came=True)


def forget(roster: Roster, known: KnownEncodingQuerySet) -> None:
    """Know people of the roster no longer by these encodings."""
    _tell(roster, levels.of_known(known), came=False)
    known.delete()


def remember(known: KnownEncodingQuerySet) -> Remembered:
    """Return what these encodings say now, for `changed`."""
    return Remembered(levels.of_known(known), lives.of(known))


def changed(roster: Roster, before: Remembered) -> bool:
    """Return whether encodings say something else than `before`: by themselves, or by births."""
    keys = [one.pk for one in before.known]
    now = remember(KnownEncoding.objects.filter(pk__in=keys))
    if not now.differs(before):
        return False
    _tell(roster, before.known, came=False)
    _tell(roster, now.known, came=True)
    return True


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
