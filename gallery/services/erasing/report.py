"""Looks for what is left of somebody who was erased, and tells what holds something still, how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from analysis.matching import NUMBERS
from gallery.models import BinnedPhoto, LockedVector, Network, Photo, Roster
from gallery.services.erasing import freed, remains
from gallery.services.erasing.erased import Erased
from gallery.services.erasing.remains import Named, Remains
from gallery.services.erasing.traces import Finder, Traces
from gallery.services.nearest import few
from gallery.services.sources import originals
from gallery.words import Words, say

# In a photo's file programs write names before the picture.
HEAD = 1024 * 1024
MOST_TOLD = 50  # places


def of(roster: Roster, erased: Erased, *, is_whole: bool) -> dict[str, Any]:
    """Return what came of it, as a task keeps it; call it in no transaction, once all is erased.

    Where that was interrupted, `is_whole` is False: not all that was erased is known any more.
    """
    locks = LockedVector.objects.filter(roster=roster)
    locked = {np.asarray(one.vector)[:NUMBERS].tobytes() for one in locks}
    gone = [one for one in erased.vectors if np.asarray(one)[:NUMBERS].tobytes() not in locked]
    named = Named.of(erased.names)
    # Whoever else bears the name has it in rows, and these are in the database's files.
    traces = Traces.of(erased.names - named.names, gone, named.within)
    finder = Finder(traces)
    cleared = freed.clear(finder)
    found = [*named.places, *_found(traces, finder, cleared)] if is_whole else []
    stays = [*_stays(roster, erased, cleared)]
    return {
        "faces": erased.faces,
        "crops": erased.crops,
        "photos": len(erased.photos),
        "reports": erased.reports,
        "is_checked": is_whole,
        "was_rewritten": cleared.was_rewritten,
        "found": [[one.place, one.times] for one in found[:MOST_TOLD]],
        "stays": [words.write() for words in stays],
    }


def _found(traces: Traces, finder: Finder, cleared: freed.Freed) -> Iterator[Remains]:
    """Yield where encodings are left, and names beside rows."""
    # Its files were looked through already, where they are here.
    if cleared.left or not remains.database_files():
        yield from remains.vectors_in_rows(Finder(traces.without_names()))
    if cleared.left:
        yield Remains("freed", cleared.left)
    yield from remains.in_files(finder, remains.other_files())


def _stays(roster: Roster, erased: Erased, cleared: freed.Freed) -> Iterator[Words]:
    """Yield what this site can't erase, and how long it is there."""
    if erased.photos:
        yield say("erased_photos", count=len(erased.photos))
    if named := _named_in_originals(roster, erased):
        yield say("erased_originals", count=named)
    if paths := _named_in_paths(roster, erased):
        yield say("erased_paths", count=paths)
    yield say("erased_copies", when=f"{timezone.localtime():%Y-%m-%d %H:%M}")
    if erased.is_private and LockedVector.objects.filter(roster=roster, person=None).exists():
        yield say("erased_locked")
    if connection.vendor == "sqlite":
        if not cleared.is_empty:
            yield say("erased_log")
        yield say("erased_disk")
    else:
        yield say("erased_server")
    yield say("erased_browsers")
    learnt = [one.name for one in Network.objects.order_by("name") if one.facts.get("corrections")]
    if learnt and erased.faces:
        yield say("erased_networks", names=learnt)


def _named_in_originals(roster: Roster, erased: Erased) -> int:
    """Return how many of the photos' own files hold a name, as programs write them into photos."""
    finder = Finder(Traces.of(erased.names, []))
    return sum(bool(finder.count(_head(photo))) for photo in _photos(roster, erased.photos))


def _named_in_paths(roster: Roster, erased: Erased) -> int:
    """Return how many photos are read in place by a path that holds a name."""
    finder = Finder(Traces.of(erased.names, []))
    lying = Photo.objects.filter(owner__in=roster.members).exclude(lies_at="")
    paths = lying.order_by().values_list("lies_at", flat=True)
    return sum(bool(finder.count([path.encode()])) for path in paths.iterator(chunk_size=1000))


def _photos(roster: Roster, photos: Iterable[int]) -> Iterator[Photo]:
    """Yield the photos, in the bin too, with no more of each than where its file lies."""
    for some in few(photos):
        for rows, lies_at in (
            (Photo.objects, "lies_at"),
            (BinnedPhoto.objects, "rows__photo__lies_at"),
        ):
            mine = rows.filter(pk__in=some, owner__in=roster.members)
            for key, place in mine.values_list("key", lies_at):
                yield Photo(key=key, lies_at=place or "")


def _head(photo: Photo) -> Iterator[bytes]:
    # Whose file has gone, or is in a folder that is closed, says nothing.
    with suppress(OSError), originals.open_file(photo) as file:
        yield file.read(HEAD)
