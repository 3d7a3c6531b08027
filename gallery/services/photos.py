"""Uploading, analysing again and deleting photos."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from analysis.errors import AnalysisError
from analysis.headers import Header, read_header
from analysis.methods import HARDER, Choice
from analysis.shot import NOTHING
from gallery import installed
from gallery.jobs import queue
from gallery.models import Action, BinnedPhoto, Person, Photo, Preferences
from gallery.models.record import Did
from gallery.services import bin, files, saying, turns, wording
from gallery.services.nearest import few
from gallery.services.sources import originals
from gallery.words import Words, say

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
CHUNK = 1024 * 1024
BUSY = gettext_lazy("This photo is being analysed already. Choose again when that is done.")


class UploadRefused(Exception):
    """Why a file was not taken: a code for programs and a sentence for the person."""

    def __init__(self, code: str, sentence: Words, photo: Photo | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.photo = photo


def upload(
    *,
    owner: User,
    file: File[bytes],
    choice: Choice | None = None,
    portrait_of: Person | None = None,
    modified: datetime | None = None,
) -> Photo:
    """Keep the file and queue its analysis; raises UploadRefused and then leaves nothing behind.

    A file that lies in the bin is brought back as it was, and one that was read in place and has gone is
    kept for its photo. Without a `choice` it is analysed by the methods that its owner prefers.
    `modified` is when the file was last written where it came from, with a zone: its date, until it is
    opened and says one itself.
    """
    header = check(file)
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    sha256 = digest.hexdigest()
    if (gone := _without_file(owner, sha256)) is not None and portrait_of is None:
        originals.keep(gone, _chunks(file))
        return gone
    # The file is read twice for this: what is here already is not written first.
    if (back := _there(owner, sha256, portrait_of)) is not None:
        return back
    photo = _new(owner, file.name or "", header, file.size, sha256, modified)
    # Before the row, whose job may be claimed as soon as it is committed.
    files.write(photo.original, _chunks(file))
    try:
        with transaction.atomic():
            _save(photo, choice, portrait_of)
    except IntegrityError:
        # The same file came twice at once, and the other one was faster.
        files.remove_folder(photo.folder)
        if (back := _there(owner, sha256, portrait_of)) is not None:
            return back
        raise
    return photo


def add_in_place(
    *, owner: User, path: Path, header: Header, size: int, sha256: str, modified: datetime
) -> Photo:
    """Add a photo whose file stays where it lies, and queue its analysis; raises UploadRefused.

    Call it in a transaction, with what was read of the file.
    """
    _refuse_duplicate(owner, sha256)
    photo = _new(owner, path.name, header, size, sha256, modified)
    photo.lies_at = f"{path}"
    _save(photo, None, None)
    return photo


def known(*, owner: User, digests: Collection[str]) -> dict[str, Photo]:
    """Return which of the owner's photos have the files with these SHA-256, in hexadecimal digits."""
    found = Photo.objects.visible_to(owner).filter(sha256__in=digests)
    return {photo.sha256: photo for photo in found}


def check(file: File[bytes]) -> Header:
    """Return the header of a photo that may be uploaded, as far as that says; raises UploadRefused."""
    try:
        header = read_header(cast(BinaryIO, file))
        installed.limits().check(header, file.size)
    except AnalysisError as error:
        raise UploadRefused(error.code, Words.of(error.sentence)) from error
    return header


def _new(
    owner: User, name: str, header: Header, size: int, sha256: str, modified: datetime | None
) -> Photo:
    photo = Photo(
        owner=owner,
        filename=files.display_name(name),
        format=header.format,
        size=size,
        sha256=sha256,
        width=header.width,
        height=header.height,
    )
    photo.date_by(modified)
    photo.shot = NOTHING  # Until it is opened.
    return photo


def _save(photo: Photo, choice: Choice | None, portrait_of: Person | None) -> None:
    try:
        photo.save(force_insert=True)
        # Not before: until then the other one may be put there.
        if BinnedPhoto.objects.filter(owner=photo.owner, sha256=photo.sha256).exists():
            raise IntegrityError("The same file is in the bin.")
        queue.enqueue(photo, choice=choice, portrait_of=portrait_of)
    except Exception:
        # Before the commit the row is surely gone; if only the answer to a commit was lost, it may
        # be there and need its file.
        files.remove_folder(photo.folder)
        raise


def add_samples(*, owner: User) -> int:
    """Upload the public-domain samples that are not in the library yet; return how many were new."""
    added = 0
    for path in sorted(SAMPLES.glob("*.jpg")) + sorted(SAMPLES.glob("*.png")):
        with path.open("rb") as source:
            try:
                upload(owner=owner, file=File(source, name=path.name))
            except UploadRefused as refusal:
                if refusal.code != "duplicate":
                    raise
            else:
                added += 1
    return added


@transaction.atomic
def analyse_again(photo: Photo, choice: Choice | None = None) -> bool:
    """Queue the photo again; False, and nothing done, while it is queued or running already.

    Without a `choice` it is analysed as a new photo would be, and if it had failed, as before.
    """
    return queue.enqueue(photo, choice=choice)


def look_harder(photo: Photo) -> bool:
    """Queue the photo to be searched as thoroughly as can be; False while it is queued or running.

    All else is done as the owner prefers. What that finds stays until the photo is analysed otherwise.
    """
    preferred = Preferences.objects.of(photo.owner_id).choice
    return analyse_again(photo, preferred.but(HARDER, installed.weights()))


@transaction.atomic
def mark_collage(*, photo: Photo, is_collage: bool) -> None:
    """Say whether the same people may be several times on the photo, and guess again who is on it."""
    roster = turns.take_of(photo.owner_id)
    words = [wording.collage(photo.pk, is_collage=is_collage)]
    saying.say(roster, Did.COLLAGE, words)


@transaction.atomic
def delete(photo: Photo) -> None:
    """Put the photo into the bin, with all that was said of it, from where it can be brought back."""
    roster = turns.take_of(photo.owner_id)
    saying.say(roster, Did.DELETE_PHOTO, [wording.binned(photo.pk, is_so=True)])


@transaction.atomic
def delete_many(*, owner: User, photos: Collection[int]) -> Action | None:
    """Put those of the photos, by key, that are the owner's into the bin."""
    roster = turns.take_of(owner.pk)
    mine = Photo.objects.visible_to(owner).order_by("pk")
    there = [
        pk for some in few(photos) for pk in mine.filter(pk__in=some).values_list("pk", flat=True)
    ]
    words = [wording.binned(pk, is_so=True) for pk in there]
    return saying.say(roster, Did.DELETE_PHOTO, words)


@transaction.atomic
def bring_back(*, owner: User, photos: Collection[int]) -> int:
    """Bring photos, by key, back from the owner's bin, as they were; return how many."""
    roster = turns.take_of(owner.pk)
    there = BinnedPhoto.objects.visible_to(owner).filter(pk__one_of=photos)
    words = [wording.binned(pk, is_so=False) for pk in there.values_list("pk", flat=True)]
    saying.say(roster, Did.BRING_BACK, words)
    return len(words)


@transaction.atomic
def empty_bin(*, owner: User) -> int:
    """Delete for good what is in the owner's bin; return how many photos. There is no way back."""
    turns.take_of(owner.pk)
    return bin.empty(BinnedPhoto.objects.visible_to(owner).only(*bin.NEEDED))


def sweep(media: Path, older_than: timedelta = timedelta(hours=1)) -> int:
    """Remove folders of no photo, as a process that was killed may leave; return how many."""
    # Young folders may be those of uploads whose row is still to come. The keys are read after the
    # folders, or one of a photo that comes in between would count as nobody's; and all by one query, or one
    # that is brought back from the bin between two would.
    latest = (timezone.now() - older_than).timestamp()
    folders = [folder for folder in media.glob("photos/??/*") if folder.stat().st_mtime < latest]
    if not folders:
        return 0
    binned = BinnedPhoto.objects.order_by().values_list("key", flat=True)
    keys = Photo.objects.order_by().values_list("key", flat=True).union(binned, all=True)
    kept = {key.hex for key in keys}
    orphans = [folder for folder in folders if folder.name not in kept]
    for folder in orphans:
        files.remove_folder(folder)
    return len(orphans)


def _there(owner: User, sha256: str, portrait_of: Person | None) -> Photo | None:
    """Return the photo of the same file from the bin; raises UploadRefused where it is in the library."""
    _refuse_duplicate(owner, sha256)
    back = _brought_back(owner, sha256)
    if back is not None and portrait_of is not None:
        _refuse_duplicate(owner, sha256)
    return back


def _without_file(owner: User, sha256: str) -> Photo | None:
    """Return the photo of the same content that was read in place, if its file has gone from there."""
    return Photo.objects.visible_to(owner).filter(sha256=sha256, is_gone=True).first()


def _refuse_duplicate(owner: User, sha256: str) -> None:
    twin = Photo.objects.visible_to(owner).filter(sha256=sha256).first()
    if twin is not None:
        raise UploadRefused("duplicate", say("duplicate", filename=twin.filename), twin)


def _brought_back(owner: User, sha256: str) -> Photo | None:
    """Bring the same file back from the bin, if it is there, instead of a second one."""
    binned = BinnedPhoto.objects.visible_to(owner).filter(sha256=sha256).first()
    if binned is None:
        return None
    bring_back(owner=owner, photos=[binned.pk])
    return Photo.objects.filter(pk=binned.pk).first()


def _chunks(file: File[bytes]) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(CHUNK), b"")
