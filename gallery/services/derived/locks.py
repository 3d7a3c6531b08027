"""Writes the locked vectors of those who refused to be recognised, where they agreed to one."""

from __future__ import annotations

from collections import Counter

import numpy as np

from analysis.matching import in_common, stacked
from gallery.models import Face, KnownEncoding, LockedVector, Person, Roster
from gallery.models.face_queries import Mark, NamedBy
from gallery.models.record import Topic
from gallery.services import locked, record, who


def settle(roster: Roster, said: record.Current) -> set[int]:
    """Write what is said of consent; return the faces, by key, that may be kept out or let in by that."""
    consents = {one.subject: word for one, word in said.items() if one.topic is Topic.CONSENT}
    if not consents:
        return set()
    wanted = {
        key for key, word in consents.items() if who.refuses(word) and word.value["is_locked"]
    }
    there = LockedVector.objects.filter(person__in=consents)
    over = there.exclude(person__in=wanted)
    faces: set[int] = set()
    if over.exists():
        over.delete()
        private = Face.everything.of(roster).filter(mark=Mark.PRIVATE)
        faces |= set(private.values_list("pk", flat=True))
    lacking = wanted - set(there.values_list("person", flat=True))
    new = [lock for key in sorted(lacking) if (lock := _made(roster, key)) is not None]
    for lock in new:
        lock.save(force_insert=True)
    return faces | (locked.unknown_near(roster, new) if new else set())


def _made(roster: Roster, key: int) -> LockedVector | None:
    """Return the mean of what somebody is known by, else of their faces; None without any."""
    known = KnownEncoding.objects.filter(person=key)
    rows = list(known.values_list("encoder", "vector"))
    if not rows:
        faces = Face.everything.filter(person=key, named_by=NamedBy.HUMAN).exclude(encoder="")
        rows = list(faces.values_list("encoder", "encoding"))
    if not rows:
        return None
    encoder = Counter(encoder for encoder, _ in rows).most_common(1)[0][0]
    vectors = in_common(stacked([np.asarray(vector) for by, vector in rows if by == encoder]))
    person = Person.everyone.get(pk=key)
    lock = LockedVector(roster=roster, person=person, vector=vectors.mean(axis=0), encoder=encoder)
    if person.consent_on:
        lock.since = person.consent_on
    return lock
