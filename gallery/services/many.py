"""Doing one thing with many photos: at once with few, else by a task, a part after the other.

All of it is one action to undo (`saying.as_one`). The first part is done while one waits, so whatever can
be refused is refused then. A part has the roster's turn for about half a second, however large the library.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from time import monotonic
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analysis import dates
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import Action, Album, Selection, Task
from gallery.services import albums, photo_words, photos, saying
from gallery.services.albums import NoPhotos
from gallery.services.saying import One, TakenBack

KIND = "many"
AT_ONCE = 200  # photos: the dearest, to delete them, takes a quarter of a second
FIRST = 50
MOST = 1000
# A part is to take so long, in seconds: meanwhile nobody else can say anything.
GOAL = 0.5
Said = Mapping[str, Any]


def _put(user: User, keys: Collection[int], said: Said) -> object:
    album = albums.get(Album.objects.open_to(user), said["album"])
    return albums.put(user=user, album=album, photos=keys)


def _out(user: User, keys: Collection[int], said: Said) -> object:
    album = albums.get(Album.objects.readable_by(user), said["album"])
    return albums.take_out(user=user, album=album, photos=keys)


def _date(user: User, keys: Collection[int], said: Said) -> object:
    on, at = dates.by_hand(said["on"]), time.fromisoformat(said["at"]) if said["at"] else None
    return photo_words.date_by_hand(owner=user, photos=keys, on=on.at.date(), at=at, to=on.to)


# What can be done with photos of the user's, by key; `said` are the values of JSON that it is called with.
ACTS: Mapping[str, Callable[[User, Collection[int], Said], object]] = {
    "put": _put,
    "out": _out,
    "date": _date,
    "shift": lambda user, keys, said: photo_words.shift(
        owner=user, photos=keys, by=timedelta(minutes=said["minutes"])
    ),
    "keyword": lambda user, keys, said: photo_words.add_keywords(
        owner=user, photos=keys, words=said["words"]
    ),
    "unkeyword": lambda user, keys, said: photo_words.remove_keywords(
        owner=user, photos=keys, words=said["words"]
    ),
    "undate": lambda user, keys, _said: photo_words.date_by_itself(owner=user, photos=keys),
    "caption": lambda user, keys, said: photo_words.caption(
        owner=user, photos=keys, text=said["text"]
    ),
    "favourite": lambda user, keys, _said: photo_words.like(
        owner=user, photos=keys, is_favourite=True
    ),
    "unfavourite": lambda user, keys, _said: photo_words.like(
        owner=user, photos=keys, is_favourite=False
    ),
    "delete": lambda user, keys, _said: photos.delete_many(owner=user, photos=keys),
}


@transaction.atomic
def act(*, user: User, do: str, photos: Collection[int], **said: Any) -> Task | object:
    """Do it with the photos, by key; return the task that does the rest where they are many.

    `do` is one of ACTS. Raises what that refuses.
    """
    keys = list(photos)
    if len(keys) <= AT_ONCE:
        return ACTS[do](user, keys, said)
    with saying.as_one(One()) as one:
        ACTS[do](user, keys[:FIRST], said)
    return _begin(user, one, keys, do, said)


@transaction.atomic
def make_album(*, user: User, name: str, photos: Collection[int]) -> Task | Album:
    """Make an album of the photos, by key; raises WordsRefused."""
    keys = list(photos)
    if len(keys) <= AT_ONCE:
        return albums.create(owner=user, name=name, photos=keys)
    with saying.as_one(One()) as one:
        album = albums.create(owner=user, name=name, photos=keys[:FIRST])
    return _begin(user, one, keys, "put", {"album": album.pk})


def _begin(user: User, one: One, keys: Collection[int], do: str, said: Said) -> Task:
    """Have the rest of the photos follow the first."""
    task = tasks.enqueue(
        kind=KIND,
        owner=user,
        arguments={"do": do, "said": said, "since": timezone.now().isoformat()},
        total=len(keys),
    )
    Selection.of(task, keys)
    task.done, task.result = FIRST, {"action": one.key, "size": FIRST}
    task.save(update_fields=["done", "result"])
    return task


@transaction.atomic
def go_on(task: Task) -> bool:
    """Do the next part; False where nothing is left. Raises LeaseLost, or what the act refuses."""
    size, began = task.result["size"], monotonic()
    keys = task.selection.some(task.done, size)
    if not keys:
        _finish(task, task.result)
        return False
    since = datetime.fromisoformat(task.arguments["since"])
    with saying.as_one(One(task.result["action"], since)) as one, suppress(NoPhotos):
        ACTS[task.arguments["do"]](task.owner, keys, task.arguments["said"])
    result = {"action": one.key, "size": _fit(size, monotonic() - began)}
    # How it went is known only now; where the lease was lost, this takes all of it back.
    if not tasks.advance(task, done=task.done + len(keys), result=result):
        raise LeaseLost
    return True


@transaction.atomic
def _finish(task: Task, result: Mapping[str, Any]) -> None:
    if not tasks.finish(task, dict(result)):
        raise LeaseLost
    task.selection.delete()


def step(task: Task) -> bool:
    """Do the next part, unless what was done so far was taken back meanwhile, which ends it."""
    try:
        return go_on(task)
    except TakenBack:
        _finish(task, task.result | {"taken_back": True})
        return False


def _fit(size: int, seconds: float) -> int:
    """Return how many photos the next part has, for it to take no longer than is good."""
    if seconds > 2 * GOAL:
        return max(1, size // 2)
    return min(MOST, 2 * size) if seconds < GOAL / 2 else size


def undo_more(task: Task) -> bool:
    """Have the next part of an action be undone, or done again, as its first is; False after the last."""
    whole = Action.objects.get(pk=task.arguments["action"])
    parts = whole.parts.filter(pk__gt=task.cursor).exclude(is_undone=whole.is_undone)
    part = parts.order_by("pk").first()
    if part is None:
        if not tasks.finish(task, task.result | {"is_undone": whole.is_undone}):
            raise LeaseLost
        return False
    with transaction.atomic():
        kept = saying.follow_whole(part)
        result = {"kept": task.result.get("kept", 0) + kept}
        done = min(task.total, task.done + part.count)
        if not tasks.advance(task, cursor=part.pk, done=done, result=result):
            raise LeaseLost
    return True
