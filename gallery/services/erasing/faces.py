"""Erases faces: their encodings, crops and all that was guessed or said of them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from functools import partial

from django.db import transaction

from gallery.live import events
from gallery.models import BinnedPhoto, ErasedFace, Face, Photo, Roster
from gallery.models.photo import crops_in, folder_of
from gallery.services import corrections, files, grouping
from gallery.services.erasing import bin, tombstones
from gallery.services.erasing.erased import Erased
from gallery.services.lab import kept


def erase(roster: Roster, keys: Collection[int], erased: Erased) -> None:
    """Erase some faces, by key, but for where they were; call it in the roster's turn.

    Where those of somebody who does not want to be recognised were stays known as such.
    """
    _of_library(roster, keys, erased)
    _of_bin(roster, keys, erased)
    tombstones.of_faces(keys)
    # Whoever keeps the roster's faces at hand reads them again.
    Roster.objects.filter(pk=roster.pk).update(faces_revision=secrets.randbits(62))
    transaction.on_commit(lambda: corrections.forget_faces(faces=set(keys)), robust=True)
    grouping.go_on(roster)
    events.publish_to(roster)


def _of_library(roster: Roster, keys: Collection[int], erased: Erased) -> None:
    rows = Face.everything.of(roster).filter(pk__in=keys).select_related("photo")
    faces = list(rows.defer("landmarks", "emotion_scores", "methods"))
    ErasedFace.objects.bulk_create(
        ErasedFace.at(face.photo_id, face.detected or face.box, is_private=erased.is_private)
        for face in faces
    )
    for face in faces:
        _count(erased, face.photo, face.pk)
        erased.vectors.append(face.encoding)
    Face.everything.filter(pk__in=[face.pk for face in faces]).delete()
    Photo.objects.filter(pk__in={face.photo_id for face in faces}).touch()


def _of_bin(roster: Roster, keys: Collection[int], erased: Erased) -> None:
    for photo, face, vector in bin.erase_faces(roster, keys, is_private=erased.is_private):
        _count(erased, photo, face)
        erased.vectors.append(vector)


def _count(erased: Erased, photo: Photo | BinnedPhoto, face: int) -> None:
    """Count a face, and have its crops go."""
    crops = [path for path in crops_in(folder_of(photo.key), face) if path.exists()]
    erased.photos.add(photo.pk)
    erased.faces += 1
    erased.crops += len(crops)
    transaction.on_commit(partial(files.remove, crops))
    transaction.on_commit(partial(kept.forget, photo.key), robust=True)
