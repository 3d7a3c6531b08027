"""What humans say of photos themselves: what they show, keywords, dates, and which are favourites."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from analysis import dates
from analysis.dates import Precision, Source, Taken
from analysis.names import tidied
from gallery.fields import fold
from gallery.models import Action, Photo, PhotoKeyword
from gallery.models.keyword import LENGTH
from gallery.models.record import Did
from gallery.services import saying, turns, wording
from gallery.services.nearest import few
from gallery.services.record import Said

CAPTION_LENGTH = 2000
MOST_KEYWORDS = 20  # said at once
NO_KEYWORD = gettext_lazy("Write at least one keyword.")
NO_DAY = gettext_lazy("Write the year in which the photo was taken. Month and day may stay empty.")
NO_SHIFT = gettext_lazy("Write by how many days, hours or minutes the clock was wrong.")
FURTHEST = timedelta(days=200 * 366)


class WordsRefused(Exception):
    """Why something was not said of photos, as a sentence."""


@transaction.atomic
def caption(*, owner: User, photos: Collection[int], text: str) -> Action | None:
    """Say what the owner's photos, by key, show; "" takes that back. Raises WordsRefused."""
    clean = clean_text(text, CAPTION_LENGTH)
    return _say(owner, photos, Did.CAPTION, lambda key: [wording.captioned(key, clean)])


@transaction.atomic
def add_keywords(*, owner: User, photos: Collection[int], words: Iterable[str]) -> Action | None:
    """Say by which words the photos, by key, are found too; raises WordsRefused."""
    clean = _keywords(words)
    said = _keyword_words(clean, is_so=True)
    return _say(owner, photos, Did.KEYWORD, said)


@transaction.atomic
def remove_keywords(*, owner: User, photos: Collection[int], words: Iterable[str]) -> Action | None:
    """Say by which words the photos, by key, are found no more; raises WordsRefused."""
    said = _keyword_words(_keywords(words), is_so=False)
    return _say(owner, photos, Did.UNKEYWORD, said)


@transaction.atomic
def tell(*, owner: User, photo: int, text: str, keywords: Iterable[str]) -> Action | None:
    """Say what a photo shows, and by which words it is found, and by no others; raises WordsRefused."""
    clean, wanted = clean_text(text, CAPTION_LENGTH), _keywords(keywords, may_be_none=True)
    there = {
        one.folded_word: one.word
        for one in PhotoKeyword.objects.filter(photo=photo, photo__owner=owner)
    }
    gone = [word for folded, word in there.items() if folded not in set(map(fold, wanted))]
    new = [word for word in wanted if fold(word) not in there]
    words = [
        wording.captioned(photo, clean),
        *(wording.keyword(photo, word, is_so=False) for word in gone),
        *(wording.keyword(photo, word) for word in new),
    ]
    did = Did.CAPTION if not (gone or new) else Did.KEYWORD
    return _say(owner, [photo], did, lambda key: words)


@transaction.atomic
def date_by_hand(
    *,
    owner: User,
    photos: Collection[int],
    on: date,
    at: time | None = None,
    to: Precision = Precision.DAY,
) -> Action | None:
    """Say when the photos, by key, were taken, by a clock at the place; raises WordsRefused.

    Without a time each keeps its own, so that those of one day stay in their order. Where no more is known
    than the month or the year of `on`, there is none.
    """
    checked(on)
    turns.take_of(owner.pk)
    if to is not Precision.DAY:
        vague = Taken(datetime.combine(on, time()), Source.HAND, to=to)
        return _say(owner, photos, Did.DATE, lambda key: [wording.taken(key, vague)])
    clocks = dict.fromkeys(photos, at) if at is not None else _clocks(owner, photos)

    def said(key: int) -> list[Said]:
        moment = datetime.combine(on, clocks.get(key) or time())
        return [wording.taken(key, Taken(moment, Source.HAND))]

    return _say(owner, photos, Did.DATE, said)


@transaction.atomic
def shift(*, owner: User, photos: Collection[int], by: timedelta) -> Action | None:
    """Say that the clock by which the photos, by key, were dated was wrong; raises WordsRefused.

    Those of which no clock said anything are left as they are, and those that would be of the future, or of
    before there were photos.
    """
    if not by or abs(by) > FURTHEST:
        raise WordsRefused(f"{NO_SHIFT}")
    turns.take_of(owner.pk)
    first, end = bounds()
    moved = {key: at + by for key, at in _moments(owner, photos).items() if first <= at + by < end}
    return _say(
        owner,
        moved,
        Did.SHIFT,
        lambda key: [wording.taken(key, Taken(moved[key], Source.HAND))],
    )


@transaction.atomic
def date_by_itself(*, owner: User, photos: Collection[int]) -> Action | None:
    """Have the photos, by key, be dated by what they say themselves."""
    return _say(owner, photos, Did.UNDATE, lambda key: [wording.taken(key, None)])


@transaction.atomic
def like(*, owner: User, photos: Collection[int], is_favourite: bool) -> Action | None:
    """Say of the photos, by key, whether they are favourites."""
    did = Did.LIKE if is_favourite else Did.UNLIKE
    return _say(owner, photos, did, lambda key: [wording.liked(key, is_so=is_favourite)])


def clean_text(text: str, most: int) -> str:
    """Return the text in its lines, with nothing around it; raises WordsRefused if it is too long."""
    lines = [line.rstrip() for line in text.replace("\x00", "").splitlines()]
    clean = "\n".join(lines).strip()
    if len(clean) > most:
        raise WordsRefused(gettext("This may have up to %(most)s letters.") % {"most": most})
    return clean


def split(text: str) -> list[str]:
    """Return the keywords of a field, between commas or on lines of their own."""
    return [word for part in text.splitlines() for word in part.split(",") if tidied(word)]


def checked(on: date) -> date:
    """Return the day if a photo may be of it; raises WordsRefused."""
    if on.year < dates.FIRST_YEAR:
        raise WordsRefused(
            gettext("There was no photography before %(year)s. Write a later year.")
            % {"year": dates.FIRST_YEAR}
        )
    # It may be tomorrow already where the photo was taken.
    if on > timezone.localdate() + timedelta(days=1):
        raise WordsRefused(gettext("This day is in the future."))
    return on


def bounds() -> tuple[datetime, datetime]:
    """Return from when on, and before when, photos may be."""
    # It may be tomorrow already where a photo was taken.
    end = timezone.localdate() + timedelta(days=2)
    return datetime(dates.FIRST_YEAR, 1, 1), datetime.combine(end, time())


def _keyword_words(words: Collection[str], *, is_so: bool) -> Callable[[int], list[Said]]:
    return lambda key: [wording.keyword(key, word, is_so=is_so) for word in words]


def _keywords(words: Iterable[str], *, may_be_none: bool = False) -> list[str]:
    """Return the cleaned keywords, each once; raises WordsRefused."""
    clean = list({fold(word): word for word in map(tidied, words) if word}.values())
    if not clean and not may_be_none:
        raise WordsRefused(f"{NO_KEYWORD}")
    if len(clean) > MOST_KEYWORDS:
        raise WordsRefused(
            gettext("A photo gets up to %(most)s keywords at once.") % {"most": MOST_KEYWORDS}
        )
    if any(len(word) > LENGTH for word in clean):
        raise WordsRefused(gettext("A keyword may have up to %(most)s letters.") % {"most": LENGTH})
    return clean


def _clocks(owner: User, photos: Collection[int]) -> dict[int, time]:
    """Return by key at what time of a day photos were taken, where anything but the upload says it."""
    return {key: at.time() for key, at in _moments(owner, photos).items()}


def _moments(owner: User, photos: Collection[int]) -> dict[int, datetime]:
    """Return by key what a clock showed as photos were taken, where any but that of the upload did."""
    rows = Photo.objects.visible_to(owner).filter(taken_at__isnull=False, taken_to="")
    return {
        key: at
        for some in few(photos)
        for key, at in rows.exclude(taken_from=Source.UPLOAD)
        .filter(pk__in=some)
        .values_list("pk", "taken_at")
        if at is not None
    }


def _say(
    owner: User, photos: Collection[int], did: Did, words: Callable[[int], list[Said]]
) -> Action | None:
    """Say it of those of the photos, by key, that are the owner's."""
    roster = turns.take_of(owner.pk)
    there = [
        key
        for some in few(sorted(set(photos)))
        for key in Photo.objects.visible_to(owner)
        .filter(pk__in=some)
        .order_by("pk")
        .values_list("pk", flat=True)
    ]
    return saying.say(roster, did, [word for key in there for word in words(key)])
