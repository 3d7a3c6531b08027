"""Who people are by now that words name: themselves, whom they were merged into, or nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gallery.models import Person, Word
from gallery.models.record import Topic
from gallery.services import record
from gallery.services.nearest import few


def are(people: Collection[int]) -> dict[int, int | None]:
    """Return who each of the people, by key, is; None who was deleted, or isn't in the database."""
    steps = _steps(people)
    return {key: _end(steps, key) for key in people}


def who_are(people: Collection[int]) -> set[int]:
    """Return the people, by key, and those who were merged into them, or into these."""
    found, new = set(people), set(people)
    while new:
        said = Word.objects.counting().filter(topic=Topic.MERGED)
        merged = {
            subject
            for some in few(new)
            for subject in said.filter(person__in=some).values_list("subject", flat=True)
        }
        new = merged - found
        found |= new
    return found


def _steps(people: Collection[int]) -> dict[int, int | None]:
    steps: dict[int, int | None] = {}
    new = set(people)
    while new:
        there = {
            pk
            for some in few(new)
            for pk in Person.everyone.filter(pk__in=some).values_list("pk", flat=True)
        }
        said = record.current_of((Topic.MERGED, Topic.DELETED), new)
        into = {one.subject: word.person for one, word in said.items() if one.topic is Topic.MERGED}
        deleted = {one.subject for one in said if one.topic is Topic.DELETED}
        steps |= {
            key: None if key not in there or key in deleted else into.get(key, key) for key in new
        }
        new = {key for key in steps.values() if key is not None} - steps.keys()
    return steps


def _end(steps: Mapping[int, int | None], key: int) -> int | None:
    seen = {key}
    while (step := steps[key]) not in (None, key):
        assert step is not None
        if step in seen:
            return None
        seen.add(step)
        key = step
    return step
