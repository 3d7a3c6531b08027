"""Says of photos that are read in place that their files have gone, unless others hold the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from analysis.photo_folders import status_of, written
from gallery.models import Photo, SourceFile
from gallery.models.source import Came
from gallery.services.sources import originals


def lose(photos: Iterable[Photo]) -> int:
    """Have photos of one owner lie where a copy of their file is, or be gone; return how many are gone.

    Call it in the roster's turn.
    """
    left = [photo for photo in photos if not photo.is_gone]
    contents = [photo.sha256 for photo in left]
    copies = defaultdict(list)
    same = SourceFile.objects.filter(
        folder__in_place=True, folder__owner__in={photo.owner_id for photo in left},
        sha256__in=contents, is_there=True,
    )  # fmt: skip
    for record in same.select_related("folder").order_by("pk"):
        copies[record.sha256].append(record)
    gone = []
    for photo in left:
        others = (one for one in copies[photo.sha256] if f"{one.whole_path}" != photo.lies_at)
        copy = next(filter(is_as_kept, others), None)
        if copy is None:
            gone.append(photo.pk)
        else:
            originals.lies_at(photo, copy.whole_path)
            SourceFile.objects.filter(pk=copy.pk).update(came=Came.PHOTO)
    Photo.objects.filter(pk__in=gone).update(is_gone=True, changed_at=timezone.now())
    return len(gone)


def is_as_kept(record: SourceFile) -> bool:
    """Whether a file is there as it was when it was read, or may be: its folder is closed."""
    try:
        status = status_of(record.whole_path)
    except OSError:
        return True
    now = status and (status.st_size, written(status))
    return now == (record.size, record.modified)
