"""Puts the photos of a folder into albums: all into one, or those of each folder in it into one of its own.

A photo is put there once, when its file was first seen: what somebody has taken out since stays out, and
an album that somebody deleted stays away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from django.db import transaction

from gallery.fields import fold
from gallery.models import Album, Photo, SourceAlbum, SourceFile, SourceFolder
from gallery.models.album import NAME_LENGTH
from gallery.models.source import Came
from gallery.services import albums, turns


def put(folder: SourceFolder, paths: Sequence[str]) -> None:
    """Put the photos of these files where they belong, those of which nobody has yet."""
    if not folder.album and not folder.by_folder:
        return
    with transaction.atomic():
        turns.take_of(folder.owner_id)
        files = folder.files.filter(
            path__in=paths, is_put=False, came__in=[Came.PHOTO, Came.SAME], is_there=True
        )
        groups = defaultdict(list)
        for file in files:
            # No path within the folder begins so.
            own = f"//{folder.album}" if folder.album else f"{PurePosixPath(file.path).parent}"
            groups[own].append(file)
        for within, some in groups.items():
            _put_together(folder, within, some)


def _put_together(folder: SourceFolder, within: str, files: Sequence[SourceFile]) -> None:
    same = Photo.objects.filter(
        owner=folder.owner_id, sha256__in=[one.sha256 for one in files]
    ).order_by("taken_at", "pk")
    keys = list(same.values_list("pk", flat=True))
    album = _album(folder, within)
    if album is not None and keys:
        albums.put(user=folder.owner, album=album, photos=keys)
    SourceFile.objects.filter(pk__in=[one.pk for one in files]).update(is_put=True)


def _album(folder: SourceFolder, within: str) -> Album | None:
    """Return the album of a folder; None where somebody has deleted it, or has made a search of it."""
    made = SourceAlbum.objects.filter(folder=folder, within=within).first()
    if made is not None:
        return Album.objects.filter(pk=made.album_id, search="").first()
    album = _named(folder, folder.album) if folder.album else _of_folder(folder, within)
    SourceAlbum.objects.create(folder=folder, within=within, album_id=album.pk)
    return album


def _named(folder: SourceFolder, name: str) -> Album:
    """Return the owner's album of that name, the first of several, or a new one."""
    mine = Album.objects.visible_to(folder.owner).filter(search="")
    there = mine.filter(folded_name=fold(name)).order_by("pk").first()
    return there or albums.create(owner=folder.owner, name=name)


def _of_folder(folder: SourceFolder, within: str) -> Album:
    """Return a new album called as the folder, with those above it where another is called so."""
    parts = PurePosixPath(folder.root.name, within).parts
    names = ["/".join(parts[-count:])[-NAME_LENGTH:] for count in range(1, len(parts) + 1)]
    mine = Album.objects.visible_to(folder.owner)
    free = (name for name in names if not mine.filter(folded_name=fold(name)).exists())
    return albums.create(owner=folder.owner, name=next(free, names[-1]))
