"""Writes who people are: what is said of them, that two are one, and who is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from gallery.models import Face, KnownEncoding, Person, Roster
from gallery.models.face_queries import NamedBy
from gallery.models.person import Gone
from gallery.models.record import Topic
from gallery.services import knowledge, record, who
from gallery.services.derived import locks, told
from gallery.services.derived.changed import Changed
from gallery.services.derived.names import NOBODY, TOGETHER
from gallery.services.nearest import few
from gallery.services.record import Register

# After these somebody may be gone, or there again.
GOING = (Topic.MERGED, Topic.DELETED, Topic.CONSENT)


def settle(roster: Roster, said: record.Current, changed: Changed) -> set[int]:
    """Write what is said of people; return the faces, by key, that may be others' by that."""
    if not said:
        return set()
    people = Person.everyone.in_bulk({register.subject for register in said})
    born = [key for key in people if Register(Topic.BORN, key) in said]
    before = knowledge.remember(born) if born else {}
    changed.photos |= _photos_of(told.write(people, said))
    # Of whom more than a name is said is there without a face; less may be said by now.
    changed.people |= {one.subject for one in said if one.topic is not Topic.CALLED}
    if born:
        knowledge.changed(roster, before)
        changed.has_names_follow = True
    moved = {one.subject for one in said if one.topic in GOING}
    brought = {one.subject for one in said if one.topic is Topic.BROUGHT}
    # Before nobody is known by anything of theirs.
    kept_out = locks.settle(
        roster, {one: word for one, word in said.items() if one.subject in people}
    )
    _give_brought(roster, brought - moved, changed)
    return kept_out | _move(roster, moved & people.keys(), changed)


def _move(roster: Roster, people: set[int], changed: Changed) -> set[int]:
    """Have merged and deleted people be gone, or be there again; return the faces that were named so."""
    if not people:
        return set()
    everybody = who.who_are(people)
    are = who.are(everybody)
    said = record.current_of(GOING, everybody)
    for key in sorted(everybody):
        gone = None
        if Register(Topic.DELETED, key) in said:
            gone = Gone.DELETED
        elif who.refuses(said.get(Register(Topic.CONSENT, key))):
            gone = Gone.REFUSED
        elif Register(Topic.MERGED, key) in said:
            gone = Gone.MERGED
        into = are[key] if gone == Gone.MERGED else None
        rows = Person.everyone.filter(pk=key)
        if gone is None:
            back = rows.filter(gone__in=(Gone.MERGED, Gone.DELETED, Gone.REFUSED))
            back.update(gone=Gone.NOT, gone_at=None, merged_into=None)
        else:
            rows.update(merged_into=None)  # Whoever was merged may be deleted now.
            rows.exclude(gone=gone).update(gone=gone, gone_at=timezone.now())
            rows.update(merged_into=into)
    _give_brought(roster, everybody, changed)
    changed.people |= everybody
    leaving = [key for key in everybody if are[key] != key]
    changed.photos |= _photos_of(everybody)
    changed.has_names_follow = True
    _guess_nobody(leaving)
    return _named_as(everybody)


def _give_brought(roster: Roster, people: Collection[int], changed: Changed) -> None:
    """Have whoever these people are be known by what came for them in files, and was not forgotten."""
    forgotten = {int(one.about) for one in record.current_of((Topic.BROUGHT,), people)}
    are = who.are(people)
    wrong: dict[int | None, list[int]] = defaultdict(list)
    for some in few(people):
        rows = KnownEncoding.objects.filter(brought_for__in=some)
        for pk, key, now in rows.values_list("pk", "brought_for", "person"):
            whose = None if pk in forgotten else are[key]
            if whose != now:
                wrong[whose].append(pk)
    for whose, keys in wrong.items():
        for some in few(keys, TOGETHER):
            knowledge.give(roster, KnownEncoding.objects.filter(pk__in=some), whose)
        changed.has_names_follow = True
    changed.people |= {one for one in are.values() if one is not None}.union(people)


def _photos_of(people: Collection[int]) -> set[int]:
    faces = Face.objects.filter(Q(person__in=people) | Q(suggestion__in=people))
    return set(faces.values_list("photo", flat=True))


def _guess_nobody(people: Collection[int]) -> None:
    """Drop what was guessed of people who are not there any more."""
    nobody = {**NOBODY, "person": None, "named_by": NamedBy.NOBODY}
    Face.objects.filter(person__in=people, named_by=NamedBy.MACHINE).update(**nobody)
    Face.objects.filter(suggestion__in=people).update(**NOBODY)


def _named_as(people: Collection[int]) -> set[int]:
    """Return the faces that are named by any of these people, or were so before the last word of them."""
    named = Face.everything.filter(person__in=people, named_by=NamedBy.HUMAN)
    return record.named_as(people) | set(named.values_list("pk", flat=True))
