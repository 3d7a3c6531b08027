"""What a roster's people are known by, as matching takes it; and how that becomes more or less.

Whatever is known by comes and goes here, in the roster's turn, so that faces near it are compared anew:
at once or soon (`following`).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from analysis import matching, references
from analysis.results import Array
from gallery.models import KnownChange, KnownEncoding, Roster
from gallery.models.person import KnownEncodingQuerySet
from gallery.services import levels, lives
from gallery.services.levels import Leveled
from gallery.services.lives import Dated, Lives
from gallery.services.nearest import few

AT_A_TIME = 500  # rows in a statement
KNOW = (
    "INSERT INTO gallery_knownencoding "
    "(person_id, face_id, imported_from, vector, encoder, level, population, created_at) "
    "SELECT person_id, id, '', encoding, encoder, level, population, %s FROM gallery_face "
    "WHERE id IN ({places}) ORDER BY id"
)
TELL = (
    "INSERT INTO gallery_knownchange (roster_id, person, vector, encoder, level, came, created_at) "
    "SELECT %s, person_id, vector, encoder, COALESCE(level, 0), %s, %s FROM gallery_knownencoding "
    "WHERE person_id IS NOT NULL AND id IN ({places}) ORDER BY id"
)
TELL_GIVEN = (
    "INSERT INTO gallery_knownchange "
    "(roster_id, person, before, vector, encoder, level, came, created_at) "
    "SELECT %s, %s, person_id, vector, encoder, COALESCE(level, 0), %s, %s "
    "FROM gallery_knownencoding WHERE id IN ({places}) ORDER BY id"
)

_last: dict[tuple[int, int], dict[str, Known]] = {}


class Known(NamedTuple):
    """The known encodings of one roster and one encoder, their levels, and whose they are (k,).

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

    def counted(
        self, distances: Array, faces: Iterable[Dated]
    ) -> tuple[Array, NDArray[np.bool_] | None]:
        """Return what distances (n, k) of faces count here, and whom dates rule out, if anybody.

        More where a child has grown since, and where the known face is a poor one beside others of the same
        person.
        """
        counted = distances + self.weakness[None, :]
        if self.lives is None:
            return counted, None
        never, weakness = self.lives.against([*faces])
        return counted + weakness.astype(np.float32), never


class Scored(Protocol):
    """A known encoding: whose it is, and the quality of its face, if it has one."""

    @property
    def person_id(self) -> int: ...
    @property
    def encoder(self) -> str: ...
    @property
    def score(self) -> float | None: ...


class _Scored(NamedTuple):
    pk: int
    person_id: int
    encoder: str
    score: float | None


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
        matching.stacked([one.encoding for one in known]),
        np.array([one.level or 0.0 for one in known], dtype=np.float32),
        weakness_of(known),
        lives.lives_of([one.pk for one in known], born),
    )


def weakness_of(known: Sequence[Scored]) -> Array:
    """Return by how much further away each of them counts, (k,); all that their people are known by."""
    # Encodings of two encoders are two people's, as they never meet.
    numbers: dict[tuple[int, str], int] = {}
    whose = [numbers.setdefault((one.person_id, one.encoder), len(numbers)) for one in known]
    scores = [np.nan if one.score is None else one.score for one in known]
    return references.weakness(np.array(whose, np.int64), np.array(scores, np.float64))


def add(roster: Roster, faces: Mapping[int, int]) -> bool:
    """Know people of the roster by these faces too, whose they are by key; return whether any is there.

    Here and below the database alone copies encodings: they need not come here and go back.
    """
    before, count = _weak(set(faces.values())), 0
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    for some in few(sorted(faces)):
        count += _run(KNOW, now, keys=some)
        keys = levels.keys_of(KnownEncoding.objects.filter(face__one_of=some))
        _tell_of(roster, keys, came=True)
    _weakened(roster, before)
    return count > 0


def forget(roster: Roster, known: KnownEncodingQuerySet) -> None:
    """Know people of the roster no longer by these encodings."""
    people = set(known.values_list("person", flat=True))
    if not people:
        return
    before = _weak(people)
    _tell_of(roster, levels.keys_of(known), came=False)
    known.delete()
    _weakened(roster, before)


def give(roster: Roster, known: KnownEncodingQuerySet, person: int | None) -> None:
    """Have these encodings be what that person, by key, is known by, or nobody."""
    others = known.exclude(person=person) if person else known.exclude(person=None)
    whose = set(others.values_list("person", flat=True))
    if not whose:
        return
    before = _weak(whose if person is None else whose | {person})
    keys = levels.keys_of(others)
    if person is None:
        _tell_of(roster, keys, came=False)
    else:
        for some in few(keys):
            _run(TELL_GIVEN, roster.pk, person, True, timezone.now(), keys=some)
        renew(roster)
    KnownEncoding.objects.filter(pk__one_of=keys).update(person=person)
    for key in keys:  # They are told of by themselves.
        before.pop(key, None)
    _weakened(roster, before)


def _weak(people: Set[int | None]) -> dict[int, tuple[int, float]]:
    """Return whose these people's known encodings are, by key, and by how much further away each counts."""
    known = KnownEncoding.objects.filter(person__in=people - {None}).order_by("pk")
    fields = ("pk", "person", "encoder", "face__quality_score")
    rows = [_Scored(*values) for values in known.values_list(*fields)]
    weakness = weakness_of(rows).tolist()
    return {row.pk: (row.person_id, weak) for row, weak in zip(rows, weakness, strict=True)}


def _weakened(roster: Roster, before: Mapping[int, tuple[int, float]]) -> None:
    """Have faces follow where encodings count as further away, or nearer, by what came or went."""
    now = _weak({person for person, _ in before.values()}) if before else {}
    others = [pk for pk, (_, weak) in before.items() if pk in now and now[pk][1] != weak]
    _tell_of(roster, others, came=True)


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


def _tell_of(roster: Roster, keys: Iterable[int], *, came: bool) -> None:
    """Tell of these known encodings, by key, as the database has them now."""
    is_any = False
    for some in few(keys):
        _run(TELL, roster.pk, came, timezone.now(), keys=some)
        is_any = True
    if is_any:
        renew(roster)


def _run(statement: str, *values: str | float | datetime | None, keys: Sequence[int]) -> int:
    """Run a statement that is about these keys; return how many rows it wrote."""
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(statement.format(places=places), [*values, *keys])
        return int(cursor.rowcount)
