"""The bin: deleted photos wait there for thirty days, with all that was said of them.

What goes in and comes out follows from the record (`derived`), in the roster's turn. Here are the rows and
files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from gallery.jobs import wake
from gallery.models import (
    AnalysisJob,
    BinnedPhoto,
    ErasedFace,
    Face,
    ForgottenFile,
    GroupPortrait,
    KnownEncoding,
    Photo,
    Roster,
    SourceFile,
)
from gallery.models.leased import OPEN, State
from gallery.services import corrections, files, freezing, knowledge, nearest, turns
from gallery.services.lab import kept
from gallery.services.nearest import few

# What is kept of a photo beside its own row, in the order in which it is saved again. Words, names, marks
# and what faces are near follow from the record.
KINDS: Mapping[str, type[models.Model]] = {
    "jobs": AnalysisJob,
    "faces": Face,
    "group_portraits": GroupPortrait,
    "erased_faces": ErasedFace,
}


TOGETHER = 500  # photos at a time with all of their faces, some megabytes
AT_A_TIME = 500  # rows in a statement
# Of a binned photo that goes for good: without what is kept of it, kilobytes a face.
NEEDED = ("key", "owner", "sha256")


def put(roster: Roster, photos: Collection[int]) -> None:
    """Put photos, by key, into the bin: their rows go, their files stay."""
    known = KnownEncoding.objects.filter(face__photo__one_of=photos)
    knowledge.forget(roster, known.filter(face__photo__owner__in=roster.members))
    there = Photo.objects.filter(pk__one_of=photos, owner__in=roster.members)
    for some in few(there.values_list("pk", flat=True), TOGETHER):
        binned = _binned(some)
        BinnedPhoto.objects.bulk_create(binned, batch_size=AT_A_TIME)
        Photo.objects.filter(pk__one_of=some).delete()
        _forget_copies({face for one in binned for face in one.faces})


def _binned(photos: Collection[int]) -> list[BinnedPhoto]:
    """Return what is kept of photos, by key, as they are now; not saved."""
    rows = {name: _frozen(kind, photos) for name, kind in KINDS.items()}
    return [
        BinnedPhoto(
            id=photo.pk,
            owner_id=photo.owner_id,
            key=photo.key,
            filename=photo.filename,
            sha256=photo.sha256,
            faces=[row["id"] for row in rows["faces"][photo.pk]],
            rows={name: of[photo.pk] for name, of in rows.items()}
            | {"photo": freezing.frozen(photo)},
        )
        for photo in Photo.objects.filter(pk__one_of=photos).order_by("pk")
    ]


def _frozen(kind: type[models.Model], photos: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the rows of a kind by the key of their photo."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in kind._base_manager.filter(photo__one_of=photos).order_by("pk"):
        values = freezing.frozen(row)
        found[values["photo_id"]].append(values)
    return found


def bring_back(roster: Roster, photos: Collection[int]) -> set[int]:
    """Bring photos, by key, back from the bin as they were; return the keys of their faces."""
    found: set[int] = set()
    there = BinnedPhoto.objects.filter(pk__one_of=photos, owner__in=roster.members)
    for some in few(there.values_list("pk", flat=True), TOGETHER):
        binned = BinnedPhoto.objects.filter(pk__one_of=some).order_by("pk")
        rows: list[dict[str, Any]] = [one.rows for one in binned]
        found |= {face for one in binned for face in one.faces}
        _thaw(Photo, [of["photo"] for of in rows])
        for name, kind in KINDS.items():
            _thaw(kind, [values for of in rows for values in of.get(name, [])])
        binned.delete()
    nearest.make_due(Face.objects.unnamed().filter(pk__one_of=found).values_list("pk", flat=True))
    transaction.on_commit(wake.ring, robust=True)
    return found


def holds_any(photos: Collection[int] = (), faces: Collection[int] = ()) -> bool:
    """Return whether any of the photos or faces, by key, is in the bin."""
    if any(BinnedPhoto.objects.filter(pk__in=some).exists() for some in few(photos)):
        return True
    return holding(faces) > 0


def holding(faces: Collection[int]) -> int:
    """Return how many photos in the bin have any of the faces, by key."""
    wanted = set(faces)
    rows = BinnedPhoto.objects.values_list("faces", flat=True) if wanted else ()
    return sum(not wanted.isdisjoint(held) for held in rows)


def empty(binned: Iterable[BinnedPhoto]) -> int:
    """Delete binned photos for good, with their files; return how many.

    Those that were read in place are only forgotten: their files stay where they lie.
    """
    count = 0
    for one in binned:
        _forget(one)
        one.delete()
        count += 1
        # Not before: a row that stays after all needs its files.
        transaction.on_commit(partial(files.remove_folder, one.folder))
        transaction.on_commit(partial(kept.forget, one.key), robust=True)
    return count


def _forget(one: BinnedPhoto) -> None:
    """Have no look at a folder on the server bring the photo again."""
    same = SourceFile.objects.filter(folder__owner=one.owner_id, sha256=one.sha256)
    if same.exists():
        ForgottenFile.objects.get_or_create(owner_id=one.owner_id, sha256=one.sha256)


def sweep() -> int:
    """Delete for good what has waited for thirty days; return how many photos."""
    over = BinnedPhoto.objects.over()
    count = 0
    for pk, owner in over.values_list("pk", "owner"):
        with transaction.atomic():
            # In the turn: a photo that is brought back meanwhile needs its files.
            turns.take_of(owner)
            count += empty(over.filter(pk=pk).only(*NEEDED))
    return count


def _thaw(kind: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Save rows again."""
    kind._base_manager.bulk_create([_back(kind, one) for one in rows], batch_size=AT_A_TIME)


def _back(kind: type[models.Model], values: dict[str, Any]) -> models.Model:
    row = freezing.thawed(kind, values)
    if isinstance(row, Photo):
        row.changed_at = timezone.now()  # Pages that show where it was show it again.
    if isinstance(row, Face):
        # Who it is follows from the record, and from what is known by now.
        row.person, row.suggestion, row.named_by, row.mark = None, None, "", ""
        row.distance = row.normalised = None
    if isinstance(row, AnalysisJob) and row.state in OPEN:
        row.state, row.lease, row.lease_until = State.QUEUED, None, None
    return row


def _forget_copies(faces: set[int]) -> None:
    transaction.on_commit(lambda: corrections.forget_faces(faces=faces), robust=True)
