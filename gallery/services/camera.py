"""The camera: who may use it, and who is on a frame, by the same rules as on photos. Nothing is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from analysis.dates import Source
from analysis.methods import Choice
from analysis.results import DOUBTFUL
from gallery import installed
from gallery.models import Person, Recommendation, Roster, Switch
from gallery.models.switch import Name
from gallery.services import knowledge, locked
from gallery.services.guesses import Guess, Row
from gallery.services.knowledge import Known
from gallery.services.locked import Seen
from gallery.services.matcher import Matcher
from gallery.services.rules import Rules

if TYPE_CHECKING:
    from analysis.frames import FrameFace, SeenFrame

# Of a frame.
MOST_BYTES = 256 * 1024
# Rosters whose known encodings are kept at hand: of 20,000 known faces 10 MB each.
MOST_ROSTERS = 4
_known: OrderedDict[int, tuple[int, Mapping[str, Known]]] = OrderedDict()


def is_allowed(user: User | AnonymousUser) -> bool:
    """Return whether the user may have their camera looked at."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_staff or Switch.objects.is_on(Name.CAMERA)


def turn_for_members(*, is_on: bool, by: User) -> None:
    """Let members use it who are no administrators, or not."""
    Switch.objects.turn(Name.CAMERA, is_on=is_on, by=by.pk)


def choice() -> Choice:
    """Return the methods by which frames are looked at: the recommended ones, if they are quick enough."""
    recommended = Recommendation.objects.choice()
    return Choice().but({"emotion": recommended.emotion}, installed.weights())


def told(owner: int, frame: SeenFrame) -> list[dict[str, Any]]:
    """Return what is told of each face of a frame, as JSON can hold it.

    Names are those of the owner's roster. Of somebody who does not want to be recognised the box alone
    is told.
    """
    if not frame.faces:
        return []
    roster = Roster.objects.of(owner)
    rows = [_row(at, face, frame.encoder) for at, face in enumerate(frame.faces)]
    private = locked.seen_near(roster, [Seen(*_compared(row)) for row in rows])
    named = _named(roster, [row for row in rows if row.pk not in private])
    keys = {key for guess in named.values() for key in (guess.person_id, guess.suggestion_id)}
    people = {one.pk: one for one in Person.objects.filter(pk__in=keys - {None}, is_hidden=False)}
    return [
        {"box": _box(face), "private": True}
        if at in private
        else _face(face) | _who(named.get(at, Guess()), people)
        for at, face in enumerate(frame.faces)
    ]


def _compared(row: Row) -> tuple[Any, ...]:
    return row.pk, row.encoder, row.encoding, row.level, row.population


def _row(at: int, face: FrameFace, encoder: str) -> Row:
    """Return a face as matching takes it: on a photo that is taken just now."""
    found = installed.population()
    population = found.name if found and found.encoder == encoder else ""
    now: datetime = timezone.localtime().replace(tzinfo=None)
    return Row(
        pk=at,
        photo_id=0,
        is_collage=False,
        person_id=None,
        suggestion_id=None,
        distance=None,
        normalised=None,
        encoder=encoder,
        encoding=face.encoding,
        level=face.level,
        population=population,
        quality=face.quality,
        age=face.age.years,
        taken_at=now,
        taken_from=Source.EXIF.value,
        taken_to="",
    )


def _named(roster: Roster, rows: list[Row]) -> dict[int, Guess]:
    """Return what is guessed of each row, by its number."""
    matcher = Matcher(Rules.of(roster), _now(roster))
    near = matcher.near(rows, {})
    return {row.pk: guess for row, guess in matcher.rules.guesses(rows, near, {})}


def _now(roster: Roster) -> Mapping[str, Known]:
    """Return what the roster's people are known by, read again once that has changed.

    Without a turn: whoever writes renews the revision with it, so what was read in between is read again.
    """
    revision, known = _known.pop(roster.pk, (0, None))
    if known is None or not roster.revision or revision != roster.revision:
        known = knowledge.of(roster)
    _known[roster.pk] = roster.revision, known
    while len(_known) > MOST_ROSTERS:
        _known.popitem(last=False)
    return known


def _who(guess: Guess, people: Mapping[int, Person]) -> dict[str, Any]:
    person = people.get(guess.person_id or guess.suggestion_id or 0)
    if person is None:
        return {"name": None}
    return {"name": person.name, "sure": guess.person_id is not None, "colour": person.colour}


def _face(face: FrameFace) -> dict[str, Any]:
    return {
        "box": _box(face),
        "score": round(face.score, 3),
        "points": [[round(x, 1), round(y, 1)] for x, y in face.landmarks.tolist()],
        "age": round(face.age.years),
        "gender": face.gender.label,
        "genderSure": round(face.gender.confidence, 3),
        "emotion": face.emotion.label,
        "emotionSure": round(face.emotion.confidence, 3),
        "doubtful": face.quality < DOUBTFUL,
    }


def _box(face: FrameFace) -> list[int]:
    return [face.box.left, face.box.top, face.box.right, face.box.bottom]
