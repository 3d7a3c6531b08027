"""Who people are by now that words name: themselves, whom they were merged into, or nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gallery.models import Person, Word
from gallery.models.person import Consent
from gallery.models.record import Topic
from gallery.services import record
from gallery.services.nearest import few
from gallery.services.record import Said


def are(people: Collection[int]) -> dict[int, int | None]:
    """Return who each of the people, by key, is; None who was deleted, or isn't in the database."""
    steps, _ = _steps(people)
    return {key: _end(steps, key) for key in people}


def private(people: Collection[int]) -> set[int]:
    """Return those of the people, by key, who do not want to be recognised, as who they are by now."""
    steps, refused = _steps(people)
    return {key for key in people if not refused.isdisjoint(_chain(steps, key))}


def go_round(people: Collection[int]) -> bool:
    """Return whether any of the people, by key, is said to be somebody who is said to be them."""
    steps, _ = _steps(people)
    ends = {_chain(steps, key)[-1] for key in people}
    return any(steps[end] not in (None, end) for end in ends)


def refuses(word: Said | None) -> bool:
    """Return whether that is what a word of consent says."""
    return word is not None and bool(word.value) and word.value["answer"] == Consent.REFUSED


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


def _steps(people: Collection[int]) -> tuple[dict[int, int | None], set[int]]:
    """Return who each is next, None who is gone; and who does not want to be recognised."""
    steps: dict[int, int | None] = {}
    refused: set[int] = set()
    new = set(people)
    while new:
        there = {
            pk
            for some in few(new)
            for pk in Person.everyone.filter(pk__in=some).values_list("pk", flat=True)
        }
        said = record.current_of((Topic.MERGED, Topic.DELETED, Topic.CONSENT), new)
        into = {one.subject: word.person for one, word in said.items() if one.topic is Topic.MERGED}
        gone = {one.subject for one in said if one.topic is Topic.DELETED}
        refused |= {
            one.subject
            for one, word in said.items()
            if one.topic is Topic.CONSENT and refuses(word)
        }
        gone |= refused
        steps |= {
            key: None if key not in there or key in gone else into.get(key, key) for key in new
        }
        new = {key for key in steps.values() if key is not None} - steps.keys()
    return steps, refused


def _end(steps: Mapping[int, int | None], key: int) -> int | None:
    last = _chain(steps, key)[-1]
    return last if steps[last] == last else None


def _chain(steps: Mapping[int, int | None], key: int) -> list[int]:
    """Return who somebody is, one after the other, until that is nobody else."""
    chain = [key]
    while (step := steps[chain[-1]]) is not None and step not in chain:
        chain.append(step)
    return chain
