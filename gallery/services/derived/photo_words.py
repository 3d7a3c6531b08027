"""Writes what is said of photos themselves: captions, keywords, dates, and which are favourites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from analysis import dates
from analysis.dates import Source
from gallery.models import Person, Photo, PhotoKeyword, Roster
from gallery.models.dated import AWAY, BACK, VAGUE
from gallery.models.photo import PhotoQuerySet
from gallery.models.record import Topic
from gallery.services import record
from gallery.services.derived.changed import Changed
from gallery.services.nearest import few

TOPICS = (Topic.CAPTION, Topic.KEYWORD, Topic.TAKEN, Topic.LIKED)


def settle(roster: Roster, said: record.Current, changed: Changed) -> None:
    """Write it; of many photos that get the same at once by few statements."""
    by_value: dict[tuple[Topic, Any], list[int]] = defaultdict(list)
    for register, word in said.items():
        if register.topic is not Topic.KEYWORD:
            by_value[register.topic, word.value].append(register.subject)
    for (topic, value), keys in by_value.items():
        for some in few(sorted(keys)):
            _write(Photo.objects.filter(pk__one_of=some), topic, value)
    _write_keywords({one.subject for one in said if one.topic is Topic.KEYWORD})
    changed.photos |= {register.subject for register in said}
    dated = {register.subject for register in said if register.topic is Topic.TAKEN}
    if dated and Person.objects.filter(roster=roster, born_on__isnull=False).exists():
        # Nobody is on a photo from before their birth.
        changed.unmatched |= dated
        changed.has_names_follow = True


def _write(photos: PhotoQuerySet, topic: Topic, value: Any) -> None:
    if topic is Topic.CAPTION:
        photos.update(caption=value or "")
    elif topic is Topic.LIKED:
        photos.update(is_favourite=bool(value))
    elif value is None:
        forget_dates(photos)
    else:
        said = dates.by_hand(value)
        now = {"taken_at": said.at, "taken_offset": None, "taken_to": VAGUE.get(said.to, "")}
        photos.filter(taken_from=Source.HAND).update(**now)
        photos.exclude(taken_from=Source.HAND).update(**AWAY, **now, taken_from=Source.HAND)


def forget_dates(photos: PhotoQuerySet) -> None:
    """Have what machines read count again."""
    photos.filter(taken_from=Source.HAND).update(**BACK)


def _write_keywords(photos: Collection[int]) -> None:
    for some in few(sorted(photos)):
        PhotoKeyword.objects.filter(photo__one_of=some).delete()
        there = set(Photo.objects.filter(pk__one_of=some).values_list("pk", flat=True))
        now = record.current_of([Topic.KEYWORD], there)
        words = sorted((one.subject, word.value) for one, word in now.items())
        PhotoKeyword.objects.bulk_create(
            [PhotoKeyword(photo_id=key, word=word) for key, word in words],
            batch_size=record.AT_A_TIME,
        )
