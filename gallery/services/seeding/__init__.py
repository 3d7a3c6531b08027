"""Fills an account with a made library: rows as the site would write them, of people who do not exist.

For measuring what large libraries cost. Who is made, and where their faces lie, is in `analysis.synthetic`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import transaction

from analysis.matching import Population
from analysis.synthetic.library import Library
from gallery.models import Action, Face, Person, Photo, Roster
from gallery.models.face_queries import FaceQuerySet
from gallery.services import files
from gallery.services.seeding import people, rows
from gallery.services.seeding.pictures import Pictures
from gallery.services.seeding.rows import MADE_UP

AT_A_TIME = 500  # photos removed by one transaction


def is_empty(owner: User) -> bool:
    """Whether the account has neither photos nor people."""
    known = Person.everyone.filter(roster__owner=owner)
    return not (Photo.objects.visible_to(owner).exists() or known.exists())


def is_made(owner: User) -> bool:
    """Whether all photos of the account were made here."""
    return not Photo.objects.visible_to(owner).exclude(note=MADE_UP).exists()


def fill(
    owner: User,
    library: Library,
    population: Population,
    told: Callable[[int], None],
    pictures: Pictures | None = None,
) -> None:
    """Write the library into the owner's account, as `told` hears: so many faces are there.

    Some photos at a time, so that others can write meanwhile. With `pictures` photos and faces get one of
    these as files. Nothing is matched.
    """
    roster = Roster.objects.of(owner.pk)
    known = people.add(roster, library)
    done = 0
    for batch in library.batches():
        with transaction.atomic():
            photos = rows.add_photos(owner, batch, population)
            faces = rows.add_faces(roster, photos, batch, known, population)
        if pictures is not None:
            pictures.add(batch, photos, faces)
        done += len(faces)
        told(done)


def faces_of(owner: User) -> FaceQuerySet:
    """Return the faces in the order in which they were made, `Library.people` says whose each is."""
    return Face.objects.visible_to(owner).order_by("pk")


def remove(owner: User) -> int:
    """Remove the account's photos with their files, and its people; return how many photos that were."""
    removed = 0
    while photos := list(Photo.objects.visible_to(owner).order_by("pk")[:AT_A_TIME]):
        with transaction.atomic():
            Photo.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
        for photo in photos:
            files.remove_folder(photo.folder)
        removed += len(photos)
    Person.everyone.filter(roster__owner=owner).delete()
    Action.objects.filter(roster__owner=owner).delete()
    return removed
