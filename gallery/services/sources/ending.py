"""Tells what has gone from a folder, at the end of a look: what was not seen, and is not there."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Substr

from analysis.photo_folders import status_of, walk
from gallery.models import Photo, SourceFile, SourceFolder
from gallery.models.photo import PhotoQuerySet
from gallery.models.source import Came
from gallery.services import turns
from gallery.services.sources import losing
from gallery.words import Words, say

CHUNK = 200
# Of these it is kept that they were there: what becomes of a photo is still to come.
KEPT = (Came.PHOTO, Came.DELETED)


class FolderGone(Exception):
    """A folder that can't be looked into, with a sentence that says why."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(f"{sentence}")
        self.sentence = sentence


class Ended(NamedTuple):
    """How many photos are gone, and the `last`, by key, of those that were looked at by themselves."""

    gone: int
    last: int


def end_some(
    folder: SourceFolder, look: int, waiting: Set[tuple[int, int]], last: int = 0
) -> Ended | None:
    """Look for some files that were not seen, then for photos after the `last`; return None at the end.

    `waiting` has the size and time of those that were not read yet. A moved one keeps both, and its photo
    is not shown as gone until then. Raises FolderGone where no photo is in the folder any more: its
    disk may have gone, before the look or in the middle of it.
    """
    unseen = folder.files.filter(look__lt=look, is_there=True).order_by("look", "pk")[:CHUNK]
    left = list(unseen)
    away = [one for one in left if (one.size, one.modified) not in waiting]
    gone = [one for one in away if not _is_there(folder, one)]
    # Only now: until then the disk may go.
    if gone and not _has_photos(folder.root):
        raise FolderGone(say("source_empty", folder=folder.path))
    with transaction.atomic():
        turns.take_of(folder.owner_id)
        # Those that are there after all, or in a folder that is closed, are seen to by the next look.
        folder.files.filter(pk__in=[one.pk for one in left]).update(look=look)
        rows = folder.files.filter(pk__in=[one.pk for one in gone])
        rows.exclude(came__in=KEPT).delete()
        rows.update(is_there=False)
        if left:
            paths = [f"{folder.root / one.path}" for one in gone]
            return Ended(losing.lose(Photo.objects.lying_at(folder.owner_id, paths)), last)
        # Once, and from where the last part ended: each is looked up.
        photos = list(_without_file(folder).filter(pk__gt=last)[:CHUNK])
        return Ended(losing.lose(photos), photos[-1].pk) if photos else None


def _without_file(folder: SourceFolder) -> PhotoQuerySet:
    """Return photos that should lie in the folder and don't, those too that have come back from the bin."""
    root = f"{folder.root}/"
    same = SourceFile.objects.filter(
        folder=folder, path=OuterRef("within"), sha256=OuterRef("sha256"), is_there=True
    )
    lying = Photo.objects.filter(owner=folder.owner_id, is_gone=False).exclude(lies_at="")
    below = lying.annotate(above=Substr("lies_at", 1, len(root))).filter(above=root)
    within = below.annotate(within=Substr("lies_at", len(root) + 1))
    return within.filter(~Exists(same)).order_by("pk")


def _is_there(folder: SourceFolder, file: SourceFile) -> bool:
    try:
        return status_of(folder.root / file.path) is not None
    except OSError:
        return True


def _has_photos(root: Path) -> bool:
    try:
        return any(one.is_photo for one in walk(root, without=[Path(settings.DATA_DIR)]))
    except OSError:
        return False
