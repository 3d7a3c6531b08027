"""Says what other limits would change, before anything does: names are guessed by them and not kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from analysis.naming import Limits
from gallery.models import Photo, Roster
from gallery.services import knowledge, matching, nearest
from gallery.services.guesses import Guess, Row
from gallery.services.matcher import Matcher
from gallery.services.nearest import few
from gallery.services.rules import Rules, limits_of

FACES = 20_000  # looked at, at most
DISTANCES = 50_000_000  # computed at most: two seconds of a core


class Change(Enum):
    """What a face is now, and what it would be."""

    GUESS_TO_QUESTION = "guess_to_question"
    GUESS_TO_NOBODY = "guess_to_nobody"
    QUESTION_TO_GUESS = "question_to_guess"
    QUESTION_TO_NOBODY = "question_to_nobody"
    NOBODY_TO_GUESS = "nobody_to_guess"
    NOBODY_TO_QUESTION = "nobody_to_question"
    SOMEBODY_ELSE = "somebody_else"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change of `looked_at` faces without a human's name, the latest of `faces`."""

    changes: Mapping[Change, int]
    looked_at: int
    faces: int


def limits(roster: Roster, accepted: int, encoder: str) -> Limits:
    """Return the limits by which one in so many strangers may get a name."""
    return limits_of(_accepting(roster, accepted), encoder)


def preview(roster: Roster, accepted: int, most: int = FACES) -> Preview:
    """Return what would change if one in so many strangers might get a name; nothing is written."""
    known = knowledge.of(roster)
    matcher = Matcher(Rules.of(_accepting(roster, accepted)), known)
    largest = max((len(one.people) for one in known.values()), default=1)
    most = min(most, max(1, DISTANCES // largest))
    changes: Counter[Change] = Counter()
    looked_at = 0
    for rows in _latest(roster, most):
        looked_at += len(rows)
        near = matcher.near(rows, nearest.refused([row.pk for row in rows]))
        named = matching.named_on({row.photo_id for row in rows})
        found = (_change(row, guess) for row, guess in matcher.rules.guesses(rows, near, named))
        changes.update(change for change in found if change)
    return Preview(changes, looked_at, matching.unnamed(roster).count())


def _accepting(roster: Roster, accepted: int) -> Roster:
    """Return the roster as it would be; it is not to be saved."""
    return Roster(
        pk=roster.pk,
        owner_id=roster.owner_id,
        is_plain=roster.is_plain,
        way=roster.way,
        accepted=accepted,
        counted=roster.counted,
    )


def _latest(roster: Roster, most: int) -> Iterator[list[Row]]:
    """Yield the faces of the latest photos, a few photos at a time, so many or a few less."""
    photos = Photo.objects.filter(owner__in=roster.members).order_by("-pk")
    left = most
    for keys in few(photos.values_list("pk", flat=True).iterator()):
        rows = matching.rows_of(roster, keys)
        if len(rows) > left:
            # The photo with the first face that is too many is left out, and those before it.
            last = rows[-left - 1].photo_id
            yield [row for row in rows if row.photo_id > last]
            return
        yield rows
        left -= len(rows)


def _change(row: Row, guess: Guess) -> Change | None:
    before, after = (_kind(each) for each in (row, guess))
    if before != after:
        return Change(f"{before}_to_{after}")
    same = (row.person_id, row.suggestion_id) == (guess.person_id, guess.suggestion_id)
    return None if same else Change.SOMEBODY_ELSE


def _kind(face: Row | Guess) -> str:
    if face.person_id is not None:
        return "guess"
    return "nobody" if face.suggestion_id is None else "question"
