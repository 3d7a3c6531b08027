"""Which folders on the server photos are taken from, and for whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.utils import timezone

from gallery.jobs import tasks
from gallery.models import SourceFolder, Task
from gallery.models.source import Came
from gallery.services import albums
from gallery.words import Words, say

KIND = "folders"


class FolderRefused(Exception):
    """Why photos are not taken from a folder, as a sentence."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(f"{sentence}")
        self.sentence = sentence


def begin(
    *, owner: User, path: Path, in_place: bool, album: str = "", by_folder: bool = False
) -> SourceFolder:
    """Return the folder of that path, from now on one whose photos go into the owner's library.

    They are put into an album of a name, or into one for each folder in it. Raises FolderRefused, or
    WordsRefused for the name. Where links lead is looked at once, here.
    """
    name = albums.clean_name(album) if album else ""
    try:
        root = path.resolve(strict=True)
        is_folder = root.is_dir()
    except (OSError, RuntimeError, ValueError):  # Links in a circle; what is no path.
        is_folder = False
    if not is_folder:
        raise FolderRefused(say("source_gone", folder=f"{path}"))
    if root.is_relative_to(Path(settings.DATA_DIR)):
        raise FolderRefused(say("source_own", folder=f"{path}"))
    folder, _ = SourceFolder.objects.update_or_create(
        owner=owner,
        path=f"{root}",
        defaults={"in_place": in_place, "album": name, "by_folder": by_folder},
    )
    return folder


def take(*, user: User, path: str, is_watched: bool = False, **wanted: Any) -> None:
    """Have a look taken at a folder that the site may be told of, for `begin`'s `owner` and so on.

    Raises FolderRefused, TaskRefused while it is looked through already.
    """
    check_allowed(Path(path))
    folder = begin(path=Path(path), **wanted)
    look_again(user=user, folder=folder)
    if is_watched:
        watch(folder=folder, is_on=True)


def look_again(*, user: User, folder: SourceFolder) -> Task:
    """Have a look taken at a folder; raises FolderRefused, TaskRefused."""
    check_allowed(folder.root)
    arguments = {"folder": folder.pk, "path": folder.path}
    return tasks.enqueue(kind=KIND, owner=user, arguments=arguments)


def watch(*, folder: SourceFolder, is_on: bool) -> None:
    """Have the site look at a folder by itself from now on, or no more; raises FolderRefused."""
    if is_on:
        check_allowed(folder.root)
    due_at = timezone.now() if is_on else None
    SourceFolder.objects.filter(pk=folder.pk).update(is_watched=is_on, due_at=due_at, trouble=None)


def is_looked_through(folder: SourceFolder) -> bool:
    """Return whether a task looks at a folder, or waits to."""
    key = key_of(folder.pk)
    return Task.objects.filter(kind=KIND, key=key).open().exists()


def key_of(folder: int) -> str:
    """Return what the open tasks that look at a folder have for a key: there is one at most."""
    return f"folder {folder}"


def listed() -> list[SourceFolder]:
    """Return all folders, how many photos and vanished files each has, and if the site may look."""
    files = Q(files__came=Came.PHOTO)
    counted = SourceFolder.objects.select_related("owner").annotate(
        file_count=Count("files", filter=files & Q(files__is_there=True)),
        gone_count=Count("files", filter=files & Q(files__is_there=False)),
    )
    found = list(counted.order_by("path", "owner__username"))
    for folder in found:
        folder.is_allowed = is_allowed(folder.root)
    return found


def allowed() -> list[Path]:
    """Return the folders below which the site may be told to take photos, with no link in their paths."""
    return [Path(path).resolve() for path in settings.IMPORT_FOLDERS]


def is_allowed(path: Path) -> bool:
    try:
        whole = path.resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    return any(whole.is_relative_to(folder) for folder in allowed())


def check_allowed(path: Path) -> None:
    """Raise FolderRefused where a path, as somebody sent it, leads out of what is allowed."""
    if not is_allowed(path):
        raise FolderRefused(say("source_not_allowed", folder=f"{path}"))
