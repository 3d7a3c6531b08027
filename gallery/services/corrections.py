"""The faces whose emotion people corrected: what networks can learn from, and who may have it."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from analysis.results import EMOTIONS
from gallery.jobs import tasks
from gallery.models import EmotionWord, Face, Preferences, Task
from gallery.services import files

TABLE = "labels.csv"
COLUMNS = ("file", "emotion", "not", "guess", "confidence", "network", "said_at")
# No emotion is called so: readers of a folder for each emotion pass over it.
WITHOUT_EMOTION = "not"
# Keys in one query: SQLite may take no more than 999 values.
CHUNK = 500
COPIES = "corrections"  # In the folder of a training.
# In there, once a copy was removed: what was learnt so far cannot be gone on with.
FORGOTTEN = "forgotten"


def corrected(user: User) -> QuerySet[Face]:
    """Return the faces whose emotion was said that `user` may train networks with.

    Those are the user's own, and those of everyone who shares theirs; all have a crop.
    """
    has_word = Q(emotion_words__is_so=True, has_emotion_crop=True)
    return Face.objects.filter(_may_learn_from(user), has_word)


def _may_learn_from(user: User) -> Q:
    return Q(photo__owner=user) | Q(photo__owner__preferences__shares_corrections=True)


def write_folders(directory: Path, *, user: User) -> int:
    """Copy the crops of `corrected` faces to directory/<emotion>/<key>.png; return how many."""
    words = EmotionWord.objects.filter(face__in=corrected(user), is_so=True)
    words = words.select_related("face__photo").defer("face__encoding", "face__landmarks")
    count = 0
    for word in words.order_by("face_id").iterator():
        crop = word.face.photo.emotion_crop(word.face_id)
        folder = directory / word.emotion
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # The photo has been deleted since.
            shutil.copyfile(crop, folder / f"{word.face_id}.png")
            count += 1
    return count


@transaction.atomic
def share(*, user: User, shares: bool) -> None:
    """Let administrators train networks with the faces that the user corrected, or not any more."""
    Preferences.objects.update_or_create(user=user, defaults={"shares_corrections": shares})
    if not shares:
        # After the commit, or a training that begins meanwhile would copy them once more. One that this
        # misses looks for itself before it goes on.
        transaction.on_commit(_forget_withdrawn, robust=True)


def forget_withdrawn(training: Task) -> None:
    """Remove what a training copied of faces that are gone, or that its owner may not use any more."""
    copies = list((training.folder / COPIES).glob("*/*.png"))
    allowed = Face.objects.filter(_may_learn_from(training.owner)).values_list("pk", flat=True)
    for start in range(0, len(copies), CHUNK):
        some = copies[start : start + CHUNK]
        keys = set(allowed.filter(pk__in=[int(copy.stem) for copy in some]))
        _forget(training, [copy for copy in some if int(copy.stem) not in keys])


def forget_faces(*, faces: Collection[int]) -> None:
    """Remove what trainings copied of faces, by their keys, that were deleted."""
    for training in _trainings() if faces else ():
        folder = training.folder / COPIES
        named = (folder / emotion / f"{key}.png" for emotion in EMOTIONS for key in faces)
        _forget(training, [copy for copy in named if copy.exists()])


def _forget_withdrawn() -> None:
    for training in _trainings():
        forget_withdrawn(training)


def _trainings() -> list[Task]:
    """Return the tasks that copied corrected faces."""
    unfinished = tasks.unfinished().select_related("owner")
    return [task for task in unfinished if (task.folder / COPIES).is_dir()]


def _forget(training: Task, copies: Sequence[Path]) -> None:
    if copies:
        # The mark first: were the copies gone without it, the training would go on with other images.
        with suppress(FileNotFoundError):  # It has ended meanwhile, and its folder is gone.
            (training.folder / COPIES / FORGOTTEN).touch()
        files.remove(copies)


@dataclass(frozen=True, slots=True)
class Counts:
    """A user's faces with a word: those whose emotion was said, those of which only what it is not.

    Of `without_crop`, some of both, no crop was kept.
    """

    said: int
    only_not: int
    without_crop: int


def counts(user: User) -> Counts:
    faces = _of(user)
    return Counts(
        said=faces.filter(emotion_words__is_so=True).count(),
        only_not=faces.exclude(emotion_words__is_so=True).count(),
        without_crop=faces.filter(has_emotion_crop=False).count(),
    )


def archive(*, user: User) -> IO[bytes]:
    """Return a zip file of the user's words: a folder of crops for each emotion, and a table of all.

    It lies in a temporary file that goes when it is closed. The same words make the same bytes.
    """
    with ExitStack() as undo:
        # Closed, and gone with that, where packing fails.
        file = undo.enter_context(tempfile.TemporaryFile())
        _pack_all(file, user)
        undo.pop_all()
    file.seek(0)
    return file


def _pack_all(file: IO[bytes], user: User) -> None:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(COLUMNS)
    # Stored, as PNG is compressed already.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack:
        for face in _with_words(user):
            name = f"{face.said_emotion or WITHOUT_EMOTION}/{face.pk}.png"
            is_there = _pack(pack, name, face.photo.emotion_crop(face.pk))
            rows.writerow([name if is_there else "", *_row(face)])
        pack.writestr(zipfile.ZipInfo(TABLE), table.getvalue())


def _of(user: User) -> QuerySet[Face]:
    words = EmotionWord.objects.filter(face__photo__owner=user)
    return Face.objects.filter(pk__in=words.values("face"))


def _with_words(user: User) -> Iterator[Face]:
    faces = _of(user).select_related("photo").prefetch_related("emotion_words")
    faces = faces.defer("encoding", "landmarks").order_by("pk")
    # A word may be taken back between the query for the faces and the one for their words.
    return (face for face in faces.iterator(chunk_size=CHUNK) if face.emotion_words.all())


def _pack(pack: zipfile.ZipFile, name: str, crop: Path) -> bool:
    """Put the crop into the archive, dated 1980 as all are; False if it was not kept."""
    try:
        content = crop.read_bytes()
    except FileNotFoundError:
        return False
    pack.writestr(zipfile.ZipInfo(name), content)
    return True


def _row(face: Face) -> list[str]:
    said_at = max(word.said_at for word in face.emotion_words.all())
    return [
        face.said_emotion,
        " ".join(face.denied_emotions),
        face.emotion,
        f"{face.emotion_confidence:.4f}",
        face.methods.get("emotion", ""),
        said_at.isoformat(timespec="seconds"),
    ]
