"""Writes which photos are in the bin, and on which people may be several times."""

from __future__ import annotations

from gallery.models import BinnedPhoto, Face, Photo, Roster
from gallery.models.face_queries import NamedBy
from gallery.models.record import OF_FACES, OF_PHOTOS, Topic
from gallery.services import bin, record
from gallery.services.derived.changed import Changed
from gallery.services.record import Register


def with_binned(roster: Roster, registers: set[Register], changed: Changed) -> set[Register]:
    """Put photos into the bin, or bring them back; return what is to be settled, with all said of these."""
    binned = {register for register in registers if register.topic is Topic.BINNED}
    if not binned:
        return registers
    said = record.current(binned)
    away = {register.subject for register in binned if said[register].value}
    changed.people |= set(
        Face.everything.filter(photo__one_of=away, named_by=NamedBy.HUMAN).values_list(
            "person", flat=True
        )
    )
    bin.put(roster, away)
    back = BinnedPhoto.objects.filter(pk__one_of={register.subject for register in binned} - away)
    changed.unmatched = set(back.values_list("pk", flat=True))
    faces = bin.bring_back(roster, changed.unmatched)
    changed.photos |= changed.unmatched
    changed.has_names_follow = True
    topics = set(OF_PHOTOS) - {Topic.BINNED}
    said_of_them = record.registers_of(topics, changed.unmatched)
    # Of those of whom nothing is said, some may have to be left alone by now.
    names = {Register(Topic.NAME, face) for face in faces}
    return registers | said_of_them | names | record.registers_of(OF_FACES, faces)


def settle_collages(said: record.Current, changed: Changed) -> None:
    for register, word in said.items():
        Photo.objects.filter(pk=register.subject).update(is_collage=bool(word.value))
        changed.photos.add(register.subject)
        changed.has_names_follow = True
