"""Pictures of people that come many at once, named by their files or folders: kept, uploaded, named.

A picture is an ordinary photo then, whose one face is named. Where there are several, nobody is.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.contrib.auth.models import User
from django.core.files.base import File

from analysis.known.layouts import Picture
from analysis.names import tidied
from gallery import installed, times
from gallery.jobs import tasks
from gallery.models import AnalysisJob, Person, Photo, Task
from gallery.models.leased import State
from gallery.services import files, photos, portraits
from gallery.services.photos import UploadRefused
from gallery.words import Words, say

KIND = "pictures"
LIST = "pictures.json"
# What a picture came to, by what was said of it as a portrait.
ANSWERS = {
    "portrait_added": "added",
    "portrait_poor": "added",
    "portrait_without_face": "without_face",
    "portrait_of_several": "several",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that waits: whose it is said to be, its path as people know it, and its file.

    `modified` is when the file was last written, as ISO 8601; "" where nothing says that.
    """

    name: str
    shown: str
    file: str
    modified: str


@dataclass(frozen=True, slots=True)
class CameOf:
    """What a picture came to, said in `words` where that has to be: "added", "known" and so on.

    "waiting" is one that is being analysed.
    """

    outcome: str
    photo: int | None = None
    words: Words | None = None


def begin(*, owner: User, pictures: Sequence[Picture], source: str, unpacked: bool = False) -> Task:
    """Keep the pictures and have them uploaded and named in the background.

    Where they lie they stay. Those `unpacked` for this alone take no more room, and their files' dates say
    nothing. Raises OSError.
    """
    folder = gathered(pictures, dates={} if unpacked else None, unpacked=unpacked)
    with files.removed_if_raised(folder):
        return begin_with(folder, owner=owner, source=source, total=len(pictures))


def gathered(
    pictures: Sequence[Picture], *, dates: Mapping[Path, str] | None = None, unpacked: bool = False
) -> Path:
    """Return a folder with the pictures and their list, which is swept unless it is begun with.

    Those `unpacked` for this alone are linked, so that nothing is lost if it comes to nothing. `dates`, as
    ISO 8601, say when they were written in place of their files. Raises OSError.
    """
    folder = installed.uploads() / uuid.uuid4().hex
    folder.mkdir(parents=True)
    with files.removed_if_raised(folder):
        kept = []
        for number, picture in enumerate(pictures, start=1):
            place = folder / f"{number:06}{picture.path.suffix.lower()}"
            (_link if unpacked else shutil.copyfile)(picture.path, place)
            modified = _written(picture.path) if dates is None else dates.get(picture.path, "")
            kept.append(Kept(picture.name, picture.shown, place.name, modified))
        listed = json.dumps([asdict(one) for one in kept])
        files.write(folder / LIST, [listed.encode()])
    return folder


def begin_with(folder: Path, *, owner: User, source: str, total: int) -> Task:
    """Have so many pictures that were gathered uploaded and named in the background."""
    # After the files: without its row a folder is swept, without its files a task could only fail.
    arguments = {"upload": folder.name, "source": tidied(source)}
    return tasks.enqueue(kind=KIND, owner=owner, arguments=arguments, total=total)


def _link(path: Path, place: Path) -> None:
    try:
        os.link(path, place)
    except OSError:  # Another file system, or one without links.
        shutil.copyfile(path, place)


def _written(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()


def folder_of(task: Task) -> Path:
    """Return the task's folder with the pictures, to which they are moved once it is there."""
    came = uploaded(task)
    if came.is_dir() and not task.folder.exists():
        task.folder.parent.mkdir(parents=True, exist_ok=True)
        came.rename(task.folder)
    return task.folder


def uploaded(task: Task) -> Path:
    return installed.uploads() / str(task.arguments["upload"])


def waiting_in(folder: Path) -> list[Kept]:
    """Return the list of the pictures in the folder; raises OSError where they are gone."""
    return [Kept(**one) for one in json.loads((folder / LIST).read_bytes())]


def bring(*, owner: User, kept: Kept, folder: Path, person: Person | None) -> CameOf:
    """Upload a picture as a portrait of the person, or use the photo that is there already.

    Without one, as they were deleted meanwhile, it is an ordinary photo.

    Call it in the roster's turn.
    """
    at = times.moment(kept.modified) if kept.modified else None
    try:
        with (folder / kept.file).open("rb") as source:
            file = File(source, name=PurePosixPath(kept.shown).name)
            photo = photos.upload(owner=owner, file=file, portrait_of=person, modified=at)
    except UploadRefused as refusal:
        if refusal.photo is not None:
            return _of_known(refusal.photo, person)
        return CameOf("unreadable", None, refusal.sentence)
    except FileNotFoundError:
        return CameOf("unreadable", None, say("upload_gone"))
    return CameOf("waiting", photo.pk)


def came_of(job: AnalysisJob) -> CameOf:
    """Return what came of a picture whose job has ended."""
    if job.state == State.FAILED:
        return CameOf("unreadable", job.photo_id, job.error)
    answer = job.answer
    if answer is None:  # Their person was deleted meanwhile.
        return CameOf("unnamed", job.photo_id)
    outcome = ANSWERS.get(answer.code, "unnamed")
    return CameOf(outcome, job.photo_id, None if answer.code == "portrait_added" else answer)


def _of_known(photo: Photo, person: Person | None) -> CameOf:
    """Return what comes of a picture that is there already: its one face is named, if it is nobody yet."""
    if person is None:
        return CameOf("unnamed", photo.pk)
    if any(face.is_named and face.person_id == person.pk for face in photo.faces.all()):
        return CameOf("known", photo.pk)
    try:
        answer = portraits.use(photo, person)
    except UploadRefused as refusal:
        outcome = ANSWERS.get(refusal.sentence.code, "known")
        return CameOf(outcome, photo.pk, refusal.sentence)
    if answer.code == "portrait_waiting":
        return CameOf("waiting", photo.pk)
    return CameOf("added", photo.pk, None if answer.code == "portrait_added" else answer)
