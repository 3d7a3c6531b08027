"""Writes what the record says where pages and matching read it: of faces, people, photos and albums.

Nothing else writes them. What nothing was said about is left as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from gallery.models import Roster
from gallery.models.record import OF_ALBUMS, OF_PEOPLE, Topic
from gallery.services import record, unused
from gallery.services.derived import albums, apart, boxes, names, people, photo_words, photos
from gallery.services.derived import faces as of_faces
from gallery.services.derived.changed import Changed
from gallery.services.record import Register

__all__ = ["Changed", "settle"]


def settle(roster: Roster, registers: Iterable[Register]) -> Changed:
    """Write what the record says about these now."""
    changed = Changed()
    by_topic: dict[Topic, set[Register]] = defaultdict(set)
    for register in photos.with_binned(roster, set(registers), changed):
        by_topic[register.topic].add(register)
    said = [register for topic in OF_PEOPLE for register in by_topic[topic]]
    faces = people.settle(roster, record.current(said), changed)
    apart.settle(record.current(by_topic[Topic.APART]))
    boxes.settle(record.current(by_topic[Topic.BOX]), changed)
    boxes.settle_lost(record.current(by_topic[Topic.KEPT]), changed)
    for topic in (*names.NAMING, *names.BEING):
        faces |= {register.subject for register in by_topic[topic]}
    names.settle(roster, faces, changed)
    of_faces.settle_refusals(record.current(by_topic[Topic.REFUSAL]), changed)
    shown = {register.subject for topic in of_faces.SHOWING for register in by_topic[topic]}
    of_faces.settle_emotions(shown, changed)
    photos.settle_collages(record.current(by_topic[Topic.COLLAGE]), changed)
    of_photos = {register for topic in photo_words.TOPICS for register in by_topic[topic]}
    photo_words.settle(roster, record.current(of_photos), changed)
    of_albums = {register for topic in OF_ALBUMS for register in by_topic[topic]}
    albums.settle(record.current(of_albums))
    albums.settle_photos(record.current(by_topic[Topic.ALBUM]), changed)
    # What is said of groups is read from the record as they are found.
    changed.has_groups_follow = changed.has_names_follow or bool(by_topic[Topic.PART])
    unused.settle(changed.people)
    return changed
