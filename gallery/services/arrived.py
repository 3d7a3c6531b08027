"""What files are that were sent: read once all are there, then, at a human's word, brought in.

Whose pictures they are is told each time from their paths, so that a human may choose the layout.
`gallery.services.arrival_previews` shows what would come of them.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction

from analysis.known import as_npz, layouts, zipped
from analysis.known.files import Kind, kind_of
from analysis.known.known import Known, KnownRefused
from analysis.known.layouts import Layout, Listing
from analysis.photo_files import is_photo
from gallery import installed
from gallery.fields import fold
from gallery.jobs import tasks
from gallery.models import Arrival, Task
from gallery.services import arrivals, files, photos, pictures
from gallery.services.arrivals import ArrivalRefused
from gallery.words import Words, say

ENCODINGS = "encodings"
FOUND = "found.json"
KNOWN = "known.npz"
UNPACKED = "unpacked"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be brought in, in a file or folder of its own, and how that begins."""

    path: Path
    begin: Callable[[], Task]


def form_of(arrival: Arrival) -> Kind | None:
    """Return what the only file is that was sent, None where it is pictures.

    Raises KnownRefused for a file that is nothing of all that, and OSError.
    """
    wanted = arrivals.Listing.read(arrival.folder).wanted
    if len(wanted) != 1 or is_photo(wanted[0].path):
        return None
    form = kind_of(only(arrival))
    if form is None:
        raise KnownRefused(say("known_no_form"))
    return form


def only(arrival: Arrival) -> Path:
    """Return the only file that was sent."""
    return arrival.folder / arrivals.Listing.read(arrival.folder).wanted[0].file


def read_pictures(arrival: Arrival, form: Kind | None, progress: Progress) -> dict[str, int]:
    """Find which pictures can be read, in a zip too, and keep that; return how many there are, of whom.

    `progress` is told how many of how many are done, and may raise. Raises KnownRefused and OSError.
    """
    sent = arrivals.Listing.read(arrival.folder)
    found = [(one.path, arrival.folder / one.file, one.modified) for one in sent.wanted]
    left_out = list(sent.left_out)
    if form == "zip":
        into = arrival.folder / UNPACKED
        files.remove_folder(into)  # Of a try that was interrupted.
        into.mkdir()
        unpacked, damaged = zipped.extracted(
            only(arrival), into, limits=installed.limits(), progress=progress
        )
        found = [(within, path, "") for within, path in unpacked]
        left_out += [(one.shown, Words.of(one.why)) for one in damaged]
    good = []
    for number, (within, path, modified) in enumerate(found, start=1):
        if why := _unreadable(path):
            left_out.append((layouts.shown(layouts.parts_of(within)), why))
        else:
            good.append((within, path.relative_to(arrival.folder).as_posix(), modified))
        if form is None:
            progress(number, len(found))
    left_out.sort(key=lambda one: layouts.natural(one[0]))
    _keep(arrival, form="pictures", found=good, left_out=left_out, hidden=sent.hidden)
    named = listing(arrival, found_in(arrival))
    return {"people": len({fold(name) for name in named.names}), "count": len(named.pictures)}


def keep_known(arrival: Arrival, form: Kind, known: Known) -> dict[str, int]:
    """Keep the names and encodings that a file held, in a form that nothing has to be feared of."""
    with (arrival.folder / KNOWN).open("wb") as file:
        as_npz.write(known, file)
    _keep(arrival, form=form)
    return {"people": len(set(map(fold, known.names))), "count": len(known)}


def choose(arrival: Arrival, layout: Layout) -> None:
    """Have the pictures named by their files, or by the folders that they lie in."""
    arrival.layout = layout
    arrival.save(update_fields=["layout"])


def bring(arrival: Arrival) -> Task:
    """Bring the people in, in the background; nothing waits for a word after that.

    Whatever it raises, the files still wait and can be brought in again. Raises ArrivalRefused where there
    is nothing to bring, or somebody was faster, and OSError.
    """
    # Before the transaction, which keeps others from writing.
    ready = _ready(arrival)
    # A lost commit leaves what is ready to the sweep: whether it was lost cannot be known for sure.
    with transaction.atomic(), files.removed_if_raised(ready.path):
        # Who presses twice at once brings once: the second waits here, and finds it gone.
        if Arrival.objects.select_for_update().filter(pk=arrival.pk).first() is None:
            raise ArrivalRefused(say("arrival_gone"))
        task = ready.begin()
        arrivals.leave(arrival)
    return task


def _ready(arrival: Arrival) -> Ready:
    try:
        kept = found_in(arrival)
        return (
            _ready_pictures(arrival, kept) if kept["form"] == "pictures" else _ready_known(arrival)
        )
    except FileNotFoundError as error:
        raise ArrivalRefused(say("arrival_gone")) from error


def _ready_pictures(arrival: Arrival, kept: dict[str, Any]) -> Ready:
    named = listing(arrival, kept).pictures
    if not named:
        raise ArrivalRefused(say("arrival_nothing"))
    dates = {arrival.folder / file: modified for _, file, modified in kept["found"] if modified}
    folder = pictures.gathered(named, dates=dates, unpacked=True)
    owner, source = arrival.owner, arrival.source
    begin = partial(pictures.begin_with, folder, owner=owner, source=source, total=len(named))
    return Ready(folder, begin)


def _ready_known(arrival: Arrival) -> Ready:
    installed.uploads().mkdir(parents=True, exist_ok=True)
    total = len(as_npz.read(arrival.folder / KNOWN))
    path = installed.uploads() / f"{uuid.uuid4().hex}.npz"
    with files.removed_if_raised(path):
        shutil.copyfile(arrival.folder / KNOWN, path)
    arguments = {"upload": path.name, "source": arrival.source}
    owner = arrival.owner
    begin = partial(tasks.enqueue, kind=ENCODINGS, owner=owner, arguments=arguments, total=total)
    return Ready(path, begin)


def listing(arrival: Arrival, kept: dict[str, Any]) -> Listing:
    """Return whose pictures they are, by the layout that was chosen or told."""
    layout = Layout(arrival.layout) if arrival.layout else None
    found = [(within, arrival.folder / file) for within, file, _ in kept["found"]]
    # A folder that was dropped, or packed, lies around everything.
    return layouts.arranged(found, layout, wrapped=True)


def _unreadable(path: Path) -> Words | None:
    """Return why a picture cannot be taken, by its header; None where it can, as far as that says."""
    with path.open("rb") as file:
        try:
            photos.check(File(file, name=path.name))
        except photos.UploadRefused as refusal:
            return refusal.sentence
    return None


def _keep(arrival: Arrival, **found: Any) -> None:
    if "left_out" in found:
        found["left_out"] = [(path, why.write()) for path, why in found["left_out"]]
    files.write(arrival.folder / FOUND, [json.dumps(found).encode()])


def found_in(arrival: Arrival) -> dict[str, Any]:
    """Return what was kept of files that have been read; raises OSError."""
    found: dict[str, Any] = json.loads((arrival.folder / FOUND).read_bytes())
    return found
