"""Which folders on the server photos are taken from, and for whom."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from gallery.models import SourceFolder
from gallery.words import Words, say


class FolderRefused(Exception):
    """Why photos are not taken from a folder, as a sentence."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(f"{sentence}")
        self.sentence = sentence


def begin(*, owner: User, path: Path, in_place: bool) -> SourceFolder:
    """Return the folder of that path, from now on one whose photos go into the owner's library.

    Raises FolderRefused. Where links lead is looked at once, here.
    """
    try:
        root = path.resolve(strict=True)
        is_folder = root.is_dir()
    except (OSError, RuntimeError):  # Links in a circle.
        is_folder = False
    if not is_folder:
        raise FolderRefused(say("source_gone", folder=f"{path}"))
    if root.is_relative_to(Path(settings.DATA_DIR)):
        raise FolderRefused(say("source_own", folder=f"{path}"))
    folder, _ = SourceFolder.objects.update_or_create(
        owner=owner, path=f"{root}", defaults={"in_place": in_place}
    )
    return folder


def allowed() -> list[Path]:
    """Return the folders below which the site may be told to take photos, with no link in their paths."""
    return [Path(path).resolve() for path in settings.IMPORT_FOLDERS]


def check_allowed(path: Path) -> None:
    """Raise FolderRefused where a path, as somebody sent it, leads out of what is allowed."""
    if not any(path.resolve().is_relative_to(folder) for folder in allowed()):
        raise FolderRefused(say("source_not_allowed", folder=f"{path}"))
