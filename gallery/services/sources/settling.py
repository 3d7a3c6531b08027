"""Decides what becomes of each file of a folder (`gallery.services.sources` says how)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from analysis.headers import Header
from analysis.photo_folders import opened
from gallery.jobs import queue
from gallery.models import BinnedPhoto, ForgottenFile, Photo, SourceFile, SourceFolder
from gallery.models.leased import State
from gallery.models.source import Came
from gallery.services import files, photos, turns
from gallery.services.photos import UploadRefused
from gallery.services.sources import losing, originals
from gallery.services.sources.seeing import CHUNK, Seen, is_as_it_was, read

# What is counted of files beside `Came`.
NEW, BACK, MOVED, REWRITTEN, WAITING = "new", "back", "moved", "rewritten", "waiting"


@dataclass(slots=True)
class Known:
    """What is known of some files, by their paths, and of the photos of the same content."""

    records: Mapping[str, SourceFile]
    photos: Mapping[str, Photo]

    @classmethod
    def of(cls, folder: SourceFolder, seen: Sequence[Seen]) -> Known:
        contents = {one.sha256 for one in seen if one.sha256}
        same = Photo.objects.filter(owner=folder.owner_id, sha256__in=contents)
        few = same.only("sha256", "lies_at", "is_gone")
        return cls(records_of(folder, [one.path for one in seen]), {one.sha256: one for one in few})

    def needs_nothing(self, folder: SourceFolder, seen: Seen) -> bool:
        """Whether the file and what it came to are as they were."""
        record = self.records.get(seen.path)
        if record is None or not record.is_there or not is_as_it_was(seen.found, record):
            return False
        if record.came == Came.REFUSED:
            return True
        photo = self.photos.get(seen.sha256)
        if record.came == Came.DELETED or photo is None or photo.is_gone:
            return record.came == Came.DELETED and photo is None
        is_its_own = photo.lies_at in {"", f"{folder.root / seen.path}"}
        return is_its_own if record.came == Came.PHOTO else True


@dataclass(slots=True)
class Settled:
    """What some files came to, counted, and the sentences of those of which something is to be said."""

    counts: dict[str, int] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[tuple[int, int]] = field(
        default_factory=list
    )  # sizes, and when they were written

    def count(self, name: str, times: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + times


def records_of(folder: SourceFolder, paths: Sequence[str]) -> dict[str, SourceFile]:
    return {one.path: one for one in folder.files.filter(path__in=paths)}


def unlike(folder: SourceFolder, seen: Sequence[Seen]) -> list[tuple[Seen, Photo]]:
    """Return files of contents that no photo has, with each photo that lay there, to be compared."""
    known = Known.of(folder, seen)
    new = (one for one in seen if one.sha256 and one.why is None and one.sha256 not in known.photos)
    at = {f"{folder.root / one.path}": one for one in new if not known.needs_nothing(folder, one)}
    lying = Photo.objects.lying_at(folder.owner_id, at.keys())
    return [(at[photo.lies_at], photo) for photo in lying if photo.has_picture]


def settle(
    folder: SourceFolder, seen: Sequence[Seen], look: int, alike: Mapping[str, int | None]
) -> Settled:
    """Bring photos, and what is known of files, to what these are now.

    `alike` has, by path, the photo by its key that a file looks like; None where it looks like none.
    """
    known, settled = Known.of(folder, seen), Settled()
    there: list[str] = []
    for one in seen:
        if not one.sha256 or known.needs_nothing(folder, one):
            there += [one.path] if one.path in known.records else []
            settled.count(name := _name_of(one, known))
            settled.waiting += [(one.found.size, one.found.modified)] if name == WAITING else []
        else:
            settled.count(_settle(folder, one, look, alike))
        if one.why is not None:
            settled.told.append((one.path, one.why.write()))
    folder.files.filter(path__in=there).update(look=look)
    return settled


def _name_of(seen: Seen, known: Known) -> str:
    if seen.sha256:
        return known.records[seen.path].came
    return Came.REFUSED if seen.why else WAITING


def _settle(folder: SourceFolder, seen: Seen, look: int, alike: Mapping[str, int | None]) -> str:
    """Settle one file in a transaction of its own, and return what is to be counted."""
    try:
        with transaction.atomic():
            turns.take_of(folder.owner_id)
            came, name = _came(folder, seen, alike)
            if name == WAITING:
                folder.files.filter(path=seen.path).update(look=look)
            else:
                _replace(folder, seen)
                _remember(folder, seen, came, look)
            return name
    except (UploadRefused, OSError):
        # Another has brought the same just now, or the file has gone: the next look sees that.
        return WAITING


def _came(folder: SourceFolder, seen: Seen, alike: Mapping[str, int | None]) -> tuple[Came, str]:
    owner, sha256 = folder.owner_id, seen.sha256
    if seen.why is not None:
        return Came.REFUSED, Came.REFUSED
    photo = Photo.objects.filter(owner=owner, sha256=sha256).first()
    record = folder.files.filter(path=seen.path).first()
    if photo is not None:
        return _of_photo(folder, seen, photo, record)
    is_binned = BinnedPhoto.objects.filter(owner=owner, sha256=sha256).exists()
    if is_binned or ForgottenFile.objects.filter(owner=owner, sha256=sha256).exists():
        return Came.DELETED, Came.DELETED
    lay = Photo.objects.lying_at(owner, [f"{folder.root / seen.path}"])
    if any(one.has_picture for one in lay) and seen.path not in alike:
        return Came.PHOTO, WAITING  # One has come to lie there while the others were compared.
    for one in lay:
        if one.pk == alike.get(seen.path) or not one.has_picture:
            return Came.PHOTO, _renew(folder, one, seen)
    if record is not None and record.is_there and record.came == Came.DELETED:
        # Another program has written into a file whose photo nobody wants.
        ForgottenFile.objects.get_or_create(owner_id=owner, sha256=sha256)
        return Came.DELETED, Came.DELETED
    _add(folder, seen)
    return Came.PHOTO, NEW


def _of_photo(
    folder: SourceFolder, seen: Seen, photo: Photo, record: SourceFile | None
) -> tuple[Came, str]:
    """Settle a file that a photo has the content of: it may be that photo's own, back or moved."""
    path = folder.root / seen.path
    if not photo.is_in_place:
        is_own = record is not None and (record.came, record.sha256) == (Came.PHOTO, seen.sha256)
        return (Came.PHOTO, Came.PHOTO) if is_own else (Came.SAME, Came.SAME)
    is_here = photo.lies_at == f"{path}"
    if is_here and not photo.is_gone:
        return Came.PHOTO, Came.PHOTO
    if not is_here and not photo.is_gone and _still_lies(photo):
        return Came.SAME, Came.SAME
    if folder.in_place:
        originals.lies_at(photo, path)
    else:
        with opened(path) as file:
            originals.keep(photo, iter(lambda: file.read(CHUNK), b""))
    return Came.PHOTO, BACK if is_here else MOVED


def _still_lies(photo: Photo) -> bool:
    """Whether the photo's file is where it was, as it was; also where that can't be told."""
    records = SourceFile.objects.filter(
        folder__owner=photo.owner_id, sha256=photo.sha256, is_there=True
    )
    return any(
        f"{record.whole_path}" == photo.lies_at and losing.is_as_kept(record)
        for record in records.select_related("folder")
    )


def _renew(folder: SourceFolder, photo: Photo, seen: Seen) -> str:
    """Have a photo be analysed again whose file was written anew; what was said stays."""
    if photo.job.state == State.RUNNING:
        return WAITING  # What is being analysed is perhaps what was there before.
    photo.sha256, photo.size, photo.format = (
        seen.sha256,
        seen.found.size,
        _header(folder, seen).format,
    )
    photo.is_gone, photo.changed_at = False, timezone.now()
    photo.save(update_fields=["sha256", "size", "format", "is_gone", "changed_at"])
    queue.enqueue(photo)
    return REWRITTEN


def _add(folder: SourceFolder, seen: Seen) -> None:
    """Add a photo; raises UploadRefused, or OSError where its file has gone or has changed meanwhile."""
    path = folder.root / seen.path
    if folder.in_place:
        photos.add_in_place(
            owner=folder.owner, path=path, header=_header(folder, seen), size=seen.found.size,
            sha256=seen.sha256, modified=seen.modified,
        )  # fmt: skip
        return
    with opened(path) as file:
        photo = photos.upload(
            owner=folder.owner, file=File(file, name=path.name), modified=seen.modified
        )
    if photo.sha256 != seen.sha256:
        files.remove_folder(photo.folder)
        raise FileNotFoundError(f"{path} has changed.")


def _header(folder: SourceFolder, seen: Seen) -> Header:
    """Return a file's header, also of one that was not read again; raises OSError where it has changed."""
    again = seen if seen.header else read(folder, seen.found)
    if again.header is None or again.sha256 != seen.sha256:
        raise FileNotFoundError(f"{seen.path} has changed.")
    return again.header


def _replace(folder: SourceFolder, seen: Seen) -> None:
    """Say of photos of other contents that lay there that they lie there no more."""
    lying = Photo.objects.lying_at(folder.owner_id, [f"{folder.root / seen.path}"])
    losing.lose(one for one in lying if one.sha256 != seen.sha256)


def _remember(folder: SourceFolder, seen: Seen, came: Came, look: int) -> None:
    folder.files.update_or_create(
        path=seen.path,
        defaults={
            "size": seen.found.size, "modified": seen.found.modified, "sha256": seen.sha256,
            "came": came, "note": seen.why, "look": look, "is_there": True,
        },
    )  # fmt: skip
