"""Files of people that are sent: listed first, then taken in pieces, and kept aside from the library.

What the files are is found by `gallery.services.arrived`, once all are there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from analysis.known import archives, zipped
from analysis.known.layouts import parts_of, shown
from analysis.limits import MEGABYTE, too_many_bytes
from analysis.names import tidied
from analysis.photo_files import is_hidden, is_photo
from analysis.sentences import Sentence
from gallery import installed
from gallery.jobs import tasks
from gallery.models import Arrival, Task
from gallery.models.leased import OPEN
from gallery.services import files
from gallery.words import Words, say

KIND = "arrival"
LISTING = "listing.json"
MOST_FILES = archives.ENTRIES
MOST_BYTES = zipped.MOST_UNPACKED
SOURCE_LENGTH = 255
SHOWN_NAMES = 2
KEPT = timedelta(days=2)
YOUNG = timedelta(hours=1)
# What people are known by, or what pictures may lie in: brought alone, and left out beside pictures.
ALONE = zipped.ARCHIVES | {".bin", ".pickle", ".pkl", ".json", ".npz"}


class ArrivalRefused(Exception):
    """Why files were not taken, as a sentence."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(f"{Words.of(sentence)}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that is to be sent: its path as the sender has it, bytes, and when it was last written.

    `modified` is ISO 8601, or "" where that says nothing.
    """

    path: str
    size: int
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Wanted(Listed):
    """A file that is taken, by its number among all that were listed, and what it is called here."""

    number: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file that was listed, which begins at byte `start`."""

    number: int
    start: int
    data: File[bytes]


@dataclass(frozen=True, slots=True)
class Listing:
    """Which listed files are taken, which are not, as paths and why, and how many are hidden."""

    wanted: tuple[Wanted, ...]
    left_out: tuple[tuple[str, Words], ...]
    hidden: int

    def write(self) -> bytes:
        left_out = [(path, why.write()) for path, why in self.left_out]
        wanted = [asdict(one) for one in self.wanted]
        return json.dumps({"wanted": wanted, "left_out": left_out, "hidden": self.hidden}).encode()

    @classmethod
    def read(cls, folder: Path) -> Listing:
        kept = json.loads((folder / LISTING).read_bytes())
        left_out = tuple((path, Words.read(why)) for path, why in kept["left_out"])
        return cls(tuple(Wanted(**one) for one in kept["wanted"]), left_out, kept["hidden"])


def begin(*, owner: User, listed: Sequence[Listed]) -> tuple[Arrival, Listing]:
    """Get ready to take files; what the owner sent before and did not bring in is left.

    Raises ArrivalRefused where there is nothing to take, or too much, and OSError.
    """
    listing = sorted_out(listed)
    _check(listing)
    sweep()
    for before in Arrival.objects.filter(owner=owner):
        leave(before)
    arrival = Arrival(owner=owner, source=source_of([one.path for one in listing.wanted]))
    try:
        files.write(arrival.folder / LISTING, [listing.write()])
        with transaction.atomic():
            arrival.save(force_insert=True)
    except IntegrityError as error:
        files.remove_folder(arrival.folder)
        raise ArrivalRefused(say("arrival_another")) from error
    except BaseException:
        files.remove_folder(arrival.folder)
        raise
    return arrival, listing


def receive(*, arrival: Arrival, pieces: Sequence[Piece]) -> None:
    """Keep pieces of files; one that was sent twice is kept once.

    Raises ArrivalRefused for a piece of another file, one that is too long, leaves a gap or comes when all
    are read already, and OSError.
    """
    # Read once for all pieces: of 20,000 files it takes a quarter of a second.
    wanted = {one.number: one for one in Listing.read(arrival.folder).wanted}
    for piece in pieces:
        one = wanted.get(piece.number)
        if arrival.task_id or one is None or not 0 <= piece.start <= one.size - piece.data.size:
            raise ArrivalRefused(say("arrival_piece"))
        _write(arrival.folder / one.file, piece)


def _write(path: Path, piece: Piece) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        if os.fstat(descriptor).st_size < piece.start:
            raise ArrivalRefused(say("arrival_piece"))
        target.seek(piece.start)
        target.writelines(piece.data.chunks())


def close(arrival: Arrival) -> Task:
    """Have the files read, all of which have been sent; raises ArrivalRefused where they have not.

    Asked again, it is the same task.
    """
    if arrival.task is not None:
        return arrival.task
    listing = Listing.read(arrival.folder)
    if not all(_is_there(arrival, one) for one in listing.wanted):
        raise ArrivalRefused(say("arrival_piece"))
    with transaction.atomic():
        arguments = {"arrival": arrival.key.hex, "source": arrival.source}
        total = len(listing.wanted)
        task = tasks.enqueue(kind=KIND, owner=arrival.owner, arguments=arguments, total=total)
        arrival.task, arrival.touched_at = task, timezone.now()
        arrival.save(update_fields=["task", "touched_at"])
    return task


@transaction.atomic
def leave(arrival: Arrival) -> None:
    """Forget the files, and that they were read."""
    discard(arrival)
    if arrival.task_id is not None:
        Task.objects.filter(pk=arrival.task_id).delete()


def discard(arrival: Arrival) -> None:
    """Remove the files; whoever reads them notices."""
    folder = arrival.folder
    Arrival.objects.filter(pk=arrival.pk).delete()
    transaction.on_commit(lambda: files.remove_folder(folder))


def sweep() -> int:
    """Remove what was sent days ago and not brought in, and folders that no row names."""
    now = timezone.now()
    old = Arrival.objects.filter(touched_at__lt=now - KEPT).exclude(task__state__in=OPEN)
    swept = list(old)
    for arrival in swept:
        leave(arrival)
    before = (now - YOUNG).timestamp()
    folders = [path for path in installed.arrivals().glob("*") if path.stat().st_mtime < before]
    # Read after the folders: one of an arrival that begins in between would count as nobody's.
    keys = {key.hex for key in Arrival.objects.values_list("key", flat=True)}
    left = [folder for folder in folders if folder.name not in keys]
    for folder in left:
        files.remove_folder(folder)
    return len(swept) + len(left)


def sorted_out(listed: Sequence[Listed]) -> Listing:
    """Return which of the files are pictures, or the only one that is not hidden, whatever it is."""
    most = installed.limits().most_bytes
    wanted, left_out, hidden = [], [], 0
    seen = [not any(map(is_hidden, parts_of(one.path))) for one in listed]
    is_alone = sum(seen) == 1
    for number, (one, is_seen) in enumerate(zip(listed, seen, strict=True)):
        suffix = PurePosixPath(one.path).suffix.lower()
        if not is_seen:
            hidden += 1
        elif is_photo(one.path) and one.size > most:
            left_out.append((shown(parts_of(one.path)), Words.of(too_many_bytes(one.size, most))))
        elif is_photo(one.path) or is_alone:
            # Of a photo the suffix is one of a few; of anything else it could be anything.
            name = f"{number:06}{suffix if is_photo(one.path) else ''}"
            wanted.append(Wanted(one.path, one.size, one.modified, number, name))
        else:
            why = say("arrival_by_itself") if suffix in ALONE else say("arrival_no_picture")
            left_out.append((shown(parts_of(one.path)), why))
    return Listing(tuple(wanted), tuple(left_out), hidden)


def source_of(paths: Sequence[str]) -> str:
    """Return what people know the files by: the folder or file that was brought, or the first ones."""
    tops = list(dict.fromkeys(tidied(parts[0]) or "_" for one in paths if (parts := parts_of(one))))
    named = ", ".join(tops[:SHOWN_NAMES])
    if len(tops) > SHOWN_NAMES:
        values = {"first": named, "count": len(tops) - SHOWN_NAMES}
        named = gettext("%(first)s and %(count)s more") % values
    return named[:SOURCE_LENGTH] or "?"


def _check(listing: Listing) -> None:
    """Raise ArrivalRefused for nothing, or too much."""
    if not listing.wanted:
        raise ArrivalRefused(say("arrival_nothing"))
    if len(listing.wanted) > MOST_FILES:
        raise ArrivalRefused(say("arrival_many", most=MOST_FILES))
    if sum(one.size for one in listing.wanted) > MOST_BYTES:
        raise ArrivalRefused(say("arrival_large", limit=MOST_BYTES // MEGABYTE))


def _is_there(arrival: Arrival, one: Wanted) -> bool:
    path = arrival.folder / one.file
    return path.is_file() and path.stat().st_size == one.size
