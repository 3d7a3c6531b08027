"""Guesses names: matches faces that no human named to the known encodings, without touching a pixel."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.typing import NDArray

from analysis import naming
from analysis.matching import distances, normalised
from analysis.naming import Likeness, Limits, Named, Ranking, Seen, Way
from analysis.results import Array
from gallery import installed
from gallery.live import events
from gallery.models import Face, Photo, Refusal, Roster, Task
from gallery.models.face import FaceQuerySet, NamedBy
from gallery.services import guesses, knowledge, levels
from gallery.services.guesses import Guess, Row
from gallery.services.knowledge import Known

CHUNK = 4000  # faces read at a time: memory must not grow with the library
DISTANCES = 500_000  # computed at a time, 4 MB in float64: nor with the roster
# Many rows by one prepared statement, where bulk_update would write thousands of CASEs. Its last condition
# holds whoever forgets to take a turn: a human's word is not written over.
UPDATE = (
    "UPDATE gallery_face SET person_id = %s, suggestion_id = %s, named_by = %s, distance = %s, "
    "normalised = %s WHERE id = %s AND named_by <> 'human'"
)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Everything that faces are matched by: read once, good for as long as the roster's turn lasts."""

    known: dict[str, Known]
    refused: dict[int, set[int]]
    limits: dict[str, Limits]
    grown: float
    way: Way
    is_plain: bool

    @classmethod
    def of(cls, roster: Roster) -> Matcher:
        """Read the roster's known encodings and refusals, and set its limits for so many people."""
        known = knowledge.of(roster)
        count(roster, len({int(person) for one in known.values() for person in one.people}))
        return cls.by(roster, known)

    @classmethod
    def by(cls, roster: Roster, known: dict[str, Known]) -> Matcher:
        """Return one that goes by what is known and by the roster as it is, which stays so."""
        found = installed.population()
        return cls(
            known=known,
            refused=_refused(roster),
            limits={encoder: limits_of(roster, encoder) for encoder in known},
            grown=found.calibration.grown if found else 0.0,
            way=Way(roster.way),
            is_plain=roster.is_plain,
        )

    def guesses(self, rows: list[Row], taken: dict[int, set[int]]) -> Iterator[tuple[Row, Guess]]:
        """Yield what is guessed of each row, photo by photo; `taken` is whom humans named on each."""
        near = self.near(rows)
        for photo_id, group in groupby(rows, key=lambda row: row.photo_id):
            of_photo = list(group)
            if not any(row.pk in near for row in of_photo):
                yield from ((row, Guess()) for row in of_photo)
                continue
            gone = set(taken.get(photo_id, ()))
            for encoder in sorted({row.encoder for row in of_photo}):
                some = [row for row in of_photo if row.encoder == encoder]
                seen = [self.seen(row, near.get(row.pk, [])) for row in some]
                named = self._name(encoder, some[0].is_collage, seen, gone)
                # Nobody twice by two encoders either.
                gone |= {one.likeness.person for one in named if one}
                yield from zip(some, map(Guess.of, named), strict=True)

    def seen(self, row: Row, nearest: list[Likeness]) -> Seen:
        """Return the face as naming takes it."""
        # The study knew neither doubt nor age.
        is_doubtful = row.is_doubtful and not self.is_plain
        return Seen(nearest, is_doubtful, is_child=row.age < self.grown)

    def _name(
        self, encoder: str, is_collage: bool, seen: list[Seen], taken: Collection[int]
    ) -> list[Named | None]:
        limits = self.limits.get(encoder)
        if limits is None:
            return [None] * len(seen)
        if self.is_plain or is_collage:
            return naming.name_each(seen, limits, self.way)
        return naming.name_photo(seen, limits, taken, self.way)

    def near(self, rows: list[Row]) -> dict[int, list[Likeness]]:
        """Return the nearest people of each row that may be somebody, by its key."""
        found: dict[int, list[Likeness]] = {}
        for encoder, known in self.known.items():
            some = [row for row in rows if row.encoder == encoder]
            step = max(1, DISTANCES // len(known.people))
            for start in range(0, len(some), step):
                part = some[start : start + step]
                ranking = self.ranking(part, known, encoder)
                near = np.flatnonzero(ranking.within(self.limits[encoder])).tolist()
                found |= {part[number].pk: ranking.of(number) for number in near}
        return found

    def ranking(self, rows: list[Row], known: Known, encoder: str) -> Ranking:
        """Return the nearest people of the rows, but for those whom humans refused or dates rule out."""
        plain, fair, never = self.apart(rows, known)
        if never is not None:
            fair[never] = np.inf
        for number, row in enumerate(rows):
            if row.pk in self.refused:
                # Refused people alone: the next best may still be guessed.
                refused = np.isin(known.people, list(self.refused[row.pk]))
                plain[number, refused] = fair[number, refused] = np.inf
        return naming.rank(plain, fair, known.people, self.limits[encoder].maybe, self.way)

    def apart(self, rows: list[Row], known: Known) -> tuple[Array, Array, NDArray[np.bool_] | None]:
        """Return (n, k): plain distances, those that count, and whom dates rule out, if anybody.

        What counts is the normalised distance, more where a child has grown since.
        """
        plain = distances(np.stack([row.encoding for row in rows]), known.vectors)
        if self.is_plain:
            return plain, plain.copy(), None
        levels = np.array([row.level or 0.0 for row in rows], np.float32)
        fair = normalised(plain, levels, known.levels)
        if known.lives is None:
            return plain, fair, None
        never, weakness = known.lives.against([row.dated for row in rows])
        return plain, fair + weakness.astype(np.float32), never


def limits_of(roster: Roster, encoder: str) -> Limits:
    """Return up to which distance faces of that encoder are named by the roster's people."""
    found = installed.population()
    if roster.is_plain:
        return Limits.plain(settings.MATCH_TOLERANCE)
    if found is None or found.encoder != encoder:
        return Limits.unsure(settings.MATCH_TOLERANCE)
    return Limits.of(found.calibration, roster.counted, 1 / roster.accepted)


def count(roster: Roster, people: int) -> None:
    """Have the limits follow the number of people, once that has doubled or halved."""
    if people and not roster.counted / 2 < people < roster.counted * 2:
        roster.counted = people
        roster.save(update_fields=["counted"])


@transaction.atomic
def rematch(roster: Roster, photos: Collection[int] | None = None) -> int:
    """Guess again who is on `photos`, by default on all that go by the roster; return how many changed.

    Encodings of different encoders never meet. A face is never guessed to be a person whom a human
    refused for it, a person is guessed once on a photo at most, unless it's a collage or told as in the
    study, and a human's name is left alone. Call it in the roster's turn (`turns`).
    """
    matcher = Matcher.of(roster)
    faces = unnamed(roster)
    if photos is not None:
        faces = faces.filter(photo__in=photos)
    changed = last = 0
    of_before: Counter[str] = Counter()
    # By keys instead of an open cursor: between two chunks the rows are written.
    while rows := chunk(faces, last):
        found = match(matcher, rows)
        changed += sum(guess.differs(row) for row, guess in found)
        of_before += guesses.changes([pair for pair in found if pair[0].is_of_before])
        last = rows[-1].photo_id
    _tell_open_task(roster, of_before)
    events.publish_to(roster)
    return changed


def _tell_open_task(roster: Roster, of_before: Counter[str]) -> None:
    """Have the task that guesses anew tell what this did to guesses of an earlier version before it did."""
    del of_before["kept"]  # It comes by these itself.
    if of_before:
        for task in Task.objects.filter(kind="names", arguments__roster=roster.pk).open():
            task.result = dict(Counter(task.result) + of_before)
            task.save(update_fields=["result"])


def unnamed(roster: Roster) -> FaceQuerySet:
    """Return the faces that go by the roster and that no human named."""
    return Face.objects.of(roster).exclude(named_by=NamedBy.HUMAN)


def chunk(faces: FaceQuerySet, after: int) -> list[Row]:
    """Return the next faces, CHUNK or a few more, of photos whose keys are above `after`, with levels.

    They are those of whole photos: people are given to the faces of a photo together.
    """
    faces = faces.order_by("photo", "pk")
    rows = _read(faces.filter(photo__gt=after)[:CHUNK])
    if rows:
        rows += _read(faces.filter(photo=rows[-1].photo_id, pk__gt=rows[-1].pk))
    return levels.filled(rows)


def match(matcher: Matcher, rows: list[Row]) -> list[tuple[Row, Guess]]:
    """Guess who the rows of whole photos are, and write what is new; return all as they were and are."""
    found = [*matcher.guesses(rows, named_on({row.photo_id for row in rows}))]
    changed = [(row, guess) for row, guess in found if guess.differs(row)]
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(UPDATE, [(*guess, row.pk) for row, guess in changed])
    _touch({row.photo_id for row, _ in changed})
    return found


def _read(faces: FaceQuerySet) -> list[Row]:
    return [Row(*values) for values in faces.values_list(*guesses.COLUMNS)]


def named_on(photos: Collection[int]) -> dict[int, set[int]]:
    """Return whom humans named on each of the photos."""
    taken: dict[int, set[int]] = defaultdict(set)
    for some in _some(photos):
        named = Face.objects.filter(photo__in=some, named_by=NamedBy.HUMAN)
        for photo_id, person_id in named.values_list("photo", "person"):
            taken[photo_id].add(person_id)
    return taken


def _refused(roster: Roster) -> dict[int, set[int]]:
    refused: dict[int, set[int]] = defaultdict(set)
    rows = Refusal.objects.filter(person__roster=roster)
    for face_id, person_id in rows.values_list("face_id", "person_id"):
        refused[face_id].add(person_id)
    return refused


def _touch(photo_ids: Collection[int]) -> None:
    for some in _some(photo_ids):
        Photo.objects.filter(pk__in=some).touch()


def _some(keys: Collection[int]) -> Iterator[list[int]]:
    """Yield the keys a few at a time: a statement takes no more than so many values."""
    remaining = iter(keys)
    while some := list(islice(remaining, 500)):
        yield some
