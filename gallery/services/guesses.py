"""What matching needs of a face, what a machine says of whose it is, and what becomes of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from analysis.naming import Answer, Named
from analysis.results import DOUBTFUL, Array
from gallery.models.dated import taken
from gallery.models.face_queries import NamedBy
from gallery.services.lives import Dated

# A distance that differs by less is the same to people, and not worth a write.
SAME = 1e-4
# What may become of a guess: it stays, is a question now, or is gone; and what is new.
CHANGES = ("kept", "asked", "dropped", "found", "questions")
COLUMNS = (
    "pk", "photo_id", "photo__is_collage", "person_id", "suggestion_id", "distance", "normalised",
    "encoder", "encoding", "level", "population", "quality_score", "age_years",
    "photo__taken_at", "photo__taken_from", "photo__taken_to",
)  # fmt: skip


class Row(NamedTuple):
    """What matching needs of a face."""

    pk: int
    photo_id: int
    is_collage: bool
    person_id: int | None
    suggestion_id: int | None
    distance: float | None
    normalised: float | None
    encoder: str
    encoding: Array
    level: float | None
    population: str
    quality: float | None
    age: float
    taken_at: datetime | None
    taken_from: str
    taken_to: str

    @property
    def dated(self) -> Dated:
        return Dated(taken(self.taken_at, self.taken_from, self.taken_to), self.age)

    @property
    def is_said_to_be_somebody(self) -> bool:
        return self.person_id is not None or self.suggestion_id is not None

    @property
    def is_of_before(self) -> bool:
        """Whether it has a guess by a version that knew no normalised distance."""
        return self.person_id is not None and self.normalised is None

    @property
    def is_doubtful(self) -> bool:
        return self.quality is not None and self.quality < DOUBTFUL


class Guess(NamedTuple):
    """What a machine says of whose a face is, as its row has it."""

    person_id: int | None = None
    suggestion_id: int | None = None
    named_by: str = NamedBy.NOBODY
    distance: float | None = None
    normalised: float | None = None

    @classmethod
    def of(cls, named: Named | None) -> Guess:
        if named is None:
            return cls()
        one = named.likeness
        if named.answer is Answer.SURE:
            return cls(one.person, None, NamedBy.MACHINE, one.plain, one.normalised)
        return cls(None, one.person, NamedBy.NOBODY, one.plain, one.normalised)

    def differs(self, row: Row) -> bool:
        if (row.person_id, row.suggestion_id) != (self.person_id, self.suggestion_id):
            return True
        numbers = (row.distance, self.distance), (row.normalised, self.normalised)
        return any(_apart(before, now) for before, now in numbers)


def _apart(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(before - now) > SAME


def changes(guesses: Sequence[tuple[Row, Guess]]) -> Counter[str]:
    """Count what became of guesses that were there, and what is new; see CHANGES."""
    return Counter(change for row, guess in guesses for change in _changes(row, guess))


def _changes(row: Row, guess: Guess) -> Iterator[str]:
    if row.person_id is not None:
        if guess.person_id == row.person_id:
            yield "kept"
            return
        if guess.suggestion_id == row.person_id:
            yield "asked"
            return
        yield "dropped"
    if guess.person_id is not None:
        yield "found"
    elif guess.suggestion_id not in (None, row.suggestion_id):
        yield "questions"
