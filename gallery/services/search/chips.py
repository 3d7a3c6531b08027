"""What a search asks for, a chip for each thing, each with the search that is left without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.models import Album
from gallery.models.face_queries import NamedBy
from gallery.services.search import address, people
from gallery.services.search.value import Days, Search, Shown, Span

STATES = {
    Shown.FAILED: gettext_lazy("analysis failed"),
    Shown.WAITING: gettext_lazy("waiting for analysis"),
    Shown.NO_FACE: gettext_lazy("no face found"),
    Shown.OTHERWISE: gettext_lazy("made by other methods than today's"),
    Shown.UNDATED: gettext_lazy("without a date"),
    Shown.GONE: gettext_lazy("file gone"),
    Shown.BOX: gettext_lazy("a box waits to be measured"),
}
NAMED: Mapping[str, Promise] = {
    NamedBy.HUMAN: gettext_lazy("confirmed name"),
    NamedBy.MACHINE: gettext_lazy("guessed name"),
}
ICONS = {
    "emotions": "smile",
    "cameras": "camera",
    "keywords": "tag",
    "texts": "image",
    "albums": "images",
    "states": "info",
}
Called = Mapping[int, str]
NOBODY: Called = {}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked for, in words; `icon` is that of its kind."""

    label: str
    icon: str
    without: Search
    is_negative: bool = False

    @property
    def query(self) -> str:
        """What the address says without it."""
        return address.write(self.without)


def of(user: AbstractBaseUser | AnonymousUser, search: Search) -> list[Chip]:
    """Return the chips of a search, in two queries at most."""
    keys = [key for group in search.people for key in group] + [*search.without]
    called = people.called(user, keys) if keys else {}
    asked = search.said("albums")
    found = Album.objects.readable_by(user).filter(pk__in=asked) if asked else ()
    return told(search, called, {album.pk: album.name for album in found})


def told(search: Search, called: Called = NOBODY, albums: Called = NOBODY) -> list[Chip]:
    """Return the chips of a search, given what its people and albums are called."""
    return [
        *_of_people(search, called),
        *_of_faces(search),
        *_of_photos(search, albums),
        *_excluded(search, albums),
    ]


def _of_people(search: Search, called: Called) -> Iterator[Chip]:
    for group in search.people:
        names = [called.get(key) or _("somebody who is not here") for key in group]
        left = tuple(other for other in search.people if other != group)
        # Without anybody nobody is the only one.
        without = search.but(people=left, only=search.only and bool(left))
        yield Chip(either(names), "user-round", without)
    for key in search.without:
        name = called.get(key) or _("somebody who is not here")
        others = tuple(other for other in search.without if other != key)
        label = _("not %(name)s") % {"name": name}
        yield Chip(label, "user-round", search.but(without=others), is_negative=True)
    if search.only:
        yield _chip(search, _("nobody else"), "users", only=False)
    if search.sure:
        yield _chip(search, _("also sure guesses"), "circle-question-mark", sure=False)
    if search.unnamed:
        yield _chip(search, _("somebody unnamed"), "scan-face", unnamed=False)


def _of_faces(search: Search) -> Iterator[Chip]:
    if search.faces:
        yield _chip(search, faces(search.faces), "scan-face", faces=Span())
    if search.ages:
        yield _chip(search, ages(search.ages), "user-round", ages=Span())
    if search.gender:
        yield _chip(search, _(search.gender), "user-round", gender="")
    if search.emotions:
        label = either(map(_, search.emotions))
        yield _chip(search, label, "smile", emotions=())
    if search.confidence:
        label = _("at least %(share)s %% sure") % {"share": search.confidence}
        yield _chip(search, label, "smile", confidence=0)
    if search.quality:
        label = _("clear to see by %(share)s %%") % {"share": spelt(search.quality)}
        yield _chip(search, label, "eye", quality=Span())
    if search.looking:
        yield _chip(search, _("looking at the camera"), "eye", looking=False)
    if search.by:
        yield _chip(search, f"{NAMED[search.by]}", "circle-question-mark", by="")
    if search.distance:
        label = _("distance: %(distance)s") % {"distance": distance(search.distance)}
        yield _chip(search, label, "user-round", distance=Span())


def _of_photos(search: Search, called: Called) -> Iterator[Chip]:
    if search.days:
        yield _chip(search, days(search.days), "calendar-days", days=Days())
    if search.favourite:
        yield _chip(search, _("favourites"), "star", favourite=False)
    if search.took:
        label = _("seconds of analysis: %(seconds)s") % {"seconds": seconds(search.took)}
        yield _chip(search, label, "clock", took=Span())
    for what in ("cameras", "keywords", "texts", "albums", "states"):
        for label, left in _each(getattr(search, what), what, called):
            yield _chip(search, label, ICONS[what], **{what: left})


def _excluded(search: Search, called: Called) -> Iterator[Chip]:
    for what, icon in ICONS.items():
        for label, left in _each(getattr(search.excluded, what), what, called):
            without = search.but(excluded=search.excluded.but(**{what: left}))
            yield Chip(_("not %(name)s") % {"name": label}, icon, without, is_negative=True)


def _each(found: Sequence[Any], what: str, called: Called) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield what each of a list is called, and what is left of the list without it."""
    for one in found:
        if what == "albums":
            label = called.get(one) or _("an album that is not here")
        elif what == "states":
            label = f"{STATES[one]}"
        elif what == "texts":
            label = f"“{one}”"
        else:
            label = _(one) if what == "emotions" else one
        yield label, tuple(other for other in found if other != one)


def _chip(search: Search, label: str, icon: str, **without: Any) -> Chip:
    return Chip(label, icon, search.but(**without))


def either(words: Iterable[str]) -> str:
    """Return "this, that or those"."""
    *others, last = words
    if not others:
        return last
    return _("%(some)s or %(last)s") % {"some": ", ".join(others), "last": last}


def listed(words: Sequence[str]) -> str:
    """Return "this”, “that” and “those"; the outer quotation marks are whoever's who asks."""
    *others, last = words
    if not others:
        return last
    return _("%(some)s” and “%(last)s") % {"some": "”, “".join(others), "last": last}


def spelt(span: Span, digits: int = 0) -> str:
    """Return the numbers of a span, which count steps of the last of so many digits behind the point."""
    least, most = (None if end is None else address.fraction(end, digits) for end in span)
    if most is None:
        return _("%(number)s or more") % {"number": least}
    if least is None:
        return _("%(number)s or less") % {"number": most}
    return least if least == most else f"{least}\N{EN DASH}{most}"


def distance(span: Span) -> str:
    return spelt(span, address.FRACTIONS["distance"])


def seconds(span: Span) -> str:
    return spelt(span, address.FRACTIONS["took"])


def faces(span: Span) -> str:
    if span == Span(0, 0):
        return _("no faces")
    number = span.most if span.most is not None else span.least
    words = ngettext("%(number)s face", "%(number)s faces", number or 0)
    return words % {"number": spelt(span)}


def ages(span: Span) -> str:
    return _("%(years)s years old") % {"years": spelt(span)}


def days(found: Days) -> str:
    """Return in which year, month or days, as shortly as can be."""
    first, last = found
    if first and last:
        year = address.first_day(f"{first.year:04}"), address.last_day(f"{first.year:04}")
        if year == found:
            return f"{first.year}"
        month = first.strftime("%Y-%m")
        if (address.first_day(month), address.last_day(month)) == found:
            return date_format(first, "YEAR_MONTH_FORMAT")
        if first == last:
            return _day(first)
        return f"{_day(first)} \N{EN DASH} {_day(last)}"
    if first:
        return _("since %(day)s") % {"day": _day(first)}
    assert last is not None
    return _("until %(day)s") % {"day": _day(last)}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
