"""Guesses names: matches faces that no human named to what is known, without touching a pixel."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from django.db import connection, transaction

from analysis.naming import Likeness
from gallery.live import events
from gallery.models import Face, KnownChange, Photo, Roster, Task
from gallery.models.face_queries import FaceQuerySet, NamedBy
from gallery.services import guesses, knowledge, levels, nearest, rules
from gallery.services.guesses import Guess, Row
from gallery.services.matcher import Matcher
from gallery.services.nearest import Near, few
from gallery.services.rules import Rules

PHOTOS = 1000  # read at a time: memory must not grow with the library
# Many rows by one prepared statement, where bulk_update would write thousands of CASEs. Its last condition
# holds whoever forgets to take a turn: a human's word is not written over.
UPDATE = (
    "UPDATE gallery_face SET person_id = %s, suggestion_id = %s, named_by = %s, distance = %s, "
    "normalised = %s WHERE id = %s AND named_by <> 'human' "
    "AND mark = ''"
)
Guesses = Sequence[tuple[Row, Guess]]


@transaction.atomic
def rematch(roster: Roster) -> int:
    """Compare all faces with all that is known, and guess who they are; return how many changed.

    Encodings of different encoders never meet. A face is never guessed to be a person whom a human
    refused for it, a person is guessed once on a photo at most, unless it's a collage or told as in the
    study, and a human's name is left alone. Call it in the roster's turn (`turns`), where that is little.
    """
    rules.count(roster, rules.people_of(roster))
    knowledge.renew(roster)  # Whatever happened: all that is known is read.
    matcher, changed, last = Matcher.of(roster), 0, 0
    # By keys instead of an open cursor: in between rows are written.
    while photos := photos_after(roster, last):
        changed += _told(roster, match(matcher, rows_between(roster, photos)))
        last = photos.stop - 1
    KnownChange.objects.filter(roster=roster).delete()
    roster.has_nearest = True
    roster.save(update_fields=["has_nearest"])
    events.publish_to(roster)
    return changed


@transaction.atomic
def match_photos(roster: Roster, photos: Collection[int]) -> int:
    """Do the same for the faces of these photos alone."""
    matcher, changed = Matcher.of(roster), 0
    for some in few(photos):
        changed += _told(roster, match(matcher, rows_of(roster, some)))
    events.publish_to(roster)
    return changed


@transaction.atomic
def match_faces(
    roster: Roster, faces: Collection[int], people: Collection[int] | None = None
) -> int:
    """Compare these faces of the roster with all that is known, and guess who is on their photos.

    Where only what `people` are known by has changed, it is with that as far as it goes.
    """
    if not roster.has_nearest:
        # Whom others on the photos are near is not known.
        on = Face.objects.filter(pk__in=faces).values_list("photo", flat=True)
        return match_photos(roster, set(on))
    matcher = Matcher.of(roster)
    # Not those of the roster, which they are: a database would begin with all of its photos.
    rows = read(Face.objects.filter(pk__in=faces).unnamed())
    kept = nearest.of(row.pk for row in rows)
    near = _compare(matcher, rows, kept, people)
    # Most are nobody, as before, and so nothing to the others on their photos.
    somebody = matcher.rules.may_be_somebody
    photos = {
        row.photo_id
        for row in rows
        if row.is_said_to_be_somebody or somebody(row, kept) or somebody(row, near)
    }
    return guess(roster, photos)


@transaction.atomic
def guess(roster: Roster, photos: Collection[int]) -> int:
    """Guess who is on the photos by whom their faces are near; return how many changed."""
    if not photos:
        return 0
    by, changed = Rules.of(roster), 0
    for some in few(photos):
        rows = rows_of(roster, some)
        near = nearest.of(row.pk for row in rows)
        changed += _told(roster, _guess(by, rows, nearest.still(roster, near)))
    events.publish_to(roster)
    return changed


def match(matcher: Matcher, rows: list[Row]) -> Guesses:
    """Compare rows of whole photos with all that is known, and guess who they are; return all, and what."""
    near = _compare(matcher, rows)
    if rows:
        # Whoever keeps the roster's faces at hand reads them again.
        mine = Roster.objects.filter(pk=matcher.rules.roster.pk)
        mine.update(faces_revision=secrets.randbits(62))
    return _guess(matcher.rules, rows, near)


def unnamed(roster: Roster) -> FaceQuerySet:
    """Return the faces that go by the roster and that no human named."""
    return Face.objects.of(roster).unnamed()


def photos_after(roster: Roster, after: int, count: int = PHOTOS) -> range:
    """Return from where to where the keys of the roster's next photos are, above `after`; empty at the end.

    Faces are read by it: asked for the next thousand faces, a database sorts all that are left each time.
    """
    photos = Photo.objects.filter(owner__in=roster.members, pk__gt=after).order_by("pk")
    keys = list(photos.values_list("pk", flat=True)[:count])
    return range(keys[0], keys[-1] + 1) if keys else range(0)


def between(faces: FaceQuerySet, photos: range) -> FaceQuerySet:
    """Return those of the faces that are on photos with keys in the range, photo by photo."""
    return faces.filter(photo__gte=photos.start, photo__lt=photos.stop).order_by("photo", "pk")


def rows_between(roster: Roster, photos: range) -> list[Row]:
    """Return the faces on these photos that no human named, photo by photo, with levels."""
    return read(between(unnamed(roster), photos))


def rows_of(roster: Roster, photos: Collection[int]) -> list[Row]:
    """Return the faces of these photos that no human named, photo by photo, with levels."""
    return read(unnamed(roster).filter(photo__one_of=photos).order_by("photo", "pk"))


def read(faces: FaceQuerySet) -> list[Row]:
    """Return the faces as rows, with levels."""
    return levels.filled([Row(*values) for values in faces.values_list(*guesses.COLUMNS)])


def named_on(photos: Collection[int]) -> dict[int, set[int]]:
    """Return whom humans named on each of the photos."""
    taken: dict[int, set[int]] = defaultdict(set)
    for some in few(photos):
        named = Face.objects.filter(photo__one_of=some, named_by=NamedBy.HUMAN)
        for photo_id, person_id in named.values_list("photo", "person"):
            taken[photo_id].add(person_id)
    return taken


def _compare(
    matcher: Matcher,
    rows: Sequence[Row],
    kept: Near | None = None,
    people: Collection[int] | None = None,
) -> Near:
    """Find and keep whom the rows are near; `kept` and `people` as `Matcher.updated` has them."""
    refused = nearest.refused([row.pk for row in rows])
    near: dict[int, list[Likeness]] = {}
    if kept is not None and people is not None:
        # What is kept of a face that is due says nothing.
        due = nearest.due([row.pk for row in rows])
        some = [row for row in rows if row.pk not in due]
        near |= matcher.updated(some, kept, people, refused)
    near |= matcher.near([row for row in rows if row.pk not in near], refused)
    nearest.keep(near)
    return near


def _guess(by: Rules, rows: Sequence[Row], near: Near) -> Guesses:
    photos = {row.photo_id for row in rows}
    found = [*by.guesses(rows, near, named_on(photos))]
    changed = [(row, guess) for row, guess in found if guess.differs(row)]
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(UPDATE, [(*guess, row.pk) for row, guess in changed])
    for some in few({row.photo_id for row, _ in changed}):
        Photo.objects.filter(pk__one_of=some).touch()
    return found


def _told(roster: Roster, found: Guesses) -> int:
    """Return how many guesses changed.

    The task that guesses anew tells what became of those of an earlier version before it came by.
    """
    of_before = guesses.changes([pair for pair in found if pair[0].is_of_before])
    del of_before["kept"]  # It comes by these itself.
    if of_before:
        for task in Task.objects.filter(kind="names", arguments__roster=roster.pk).open():
            task.result = dict(Counter(task.result) + of_before)
            task.save(update_fields=["result"])
    return sum(guess.differs(row) for row, guess in found)
