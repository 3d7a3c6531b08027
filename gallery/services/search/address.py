"""A search as an address says it, in words of no language: `person=12&person=-13&emotion=happy&faces=3-5`.

A minus before one of a list leaves it out; before a text that begins with one stands a plus. What an
address says that is not understood asks for nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from analysis.results import EMOTIONS, GENDERS
from gallery.models.face_queries import NamedBy
from gallery.services.search.value import Days, Excluded, Order, Search, Shown, Span

SPAN = re.compile(r"([0-9]{0,3})(?:(-)([0-9]{0,3}))?")
DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
# What has digits behind a point, and how many.
FRACTIONS = {"distance": 2, "took": 1}
FRACTION = re.compile(r"([0-9]{0,4})(?:\.([0-9]{0,3}))?")
MARKED = re.compile(r"\+*-")
BY = (NamedBy.HUMAN, NamedBy.MACHINE)
SPANS = ("faces", "age", "quality")
# What a photo has several of, and what any of may be left out, by what it's called in a search.
LISTS = {
    "emotion": "emotions",
    "camera": "cameras",
    "keyword": "keywords",
    "album": "albums",
    "text": "texts",
    "state": "states",
}
MOST = 20  # things of a kind; no address says more, and nobody has more looked at
LONGEST = 200
Anything = TypeVar("Anything")


def of(query: str) -> Search:
    """Return what a query string asks for."""
    return read(QueryDict(query))


def read(said: QueryDict) -> Search:
    """Return what an address asks for."""
    groups = _some(group for text in said.getlist("person") if (group := _group(text)))
    wanted, unwanted = _lists(said)
    return Search(
        people=tuple(group for group, is_there in groups if is_there),
        without=_some(key for group, is_there in groups if not is_there for key in group),
        only="only" in said,
        sure="sure" in said,
        unnamed="unnamed" in said,
        faces=span(said.get("faces", "")),
        ages=span(said.get("age", "")),
        gender=said.get("gender", "") if said.get("gender") in GENDERS else "",
        confidence=min(span(said.get("confidence", "")).least or 0, 100),
        quality=span(said.get("quality", "")),
        looking="looking" in said,
        by=said.get("by", "") if said.get("by") in BY else "",
        distance=fractions(said.get("distance", ""), FRACTIONS["distance"]),
        took=fractions(said.get("took", ""), FRACTIONS["took"]),
        days=Days(first_day(said.get("from", "")), last_day(said.get("to", ""))),
        favourite="favourite" in said,
        excluded=Excluded(**unwanted),
        order=next((one for one in Order if one == said.get("order")), Order.TAKEN),
        **wanted,
    )


def write(search: Search) -> str:
    """Return the query that asks for it, without a question mark; the same for the same search."""
    return urlencode([*pairs(search)], safe=",")


def of_form(said: QueryDict) -> Search:
    """Return what a form asks for, in which the ends of a span are fields of their own: `age_least`."""
    whole = said.copy()
    for name in (*SPANS, *FRACTIONS):
        if f"{name}_least" in said or f"{name}_most" in said:
            ends = (said.get(f"{name}_{end}", "").strip() for end in ("least", "most"))
            whole[name] = "-".join(ends)
    return read(whole)


def span(text: str) -> Span:
    """Return from where to where: `3`, `3-5`, `3-` or `-5`; what is neither has no ends."""
    match = SPAN.fullmatch(text)
    if match is None:
        return Span()
    least, dash, most = match.groups()
    if not dash:
        most = least
    return Span(int(least) if least else None, int(most) if most else None)


def fractions(text: str, digits: int) -> Span:
    """Return from where to where, in steps of the last of so many digits: `0.30-0.45` are 30 and 45."""
    least, dash, most = text.partition("-")
    ends = [FRACTION.fullmatch(end.strip()) for end in (least, most if dash else least)]
    if not all(ends):
        return Span()
    steps = [
        int(f"{match[1]}{(match[2] or '').ljust(digits, '0')[:digits]}") if match[0] else None
        for match in ends
        if match is not None
    ]
    return Span(*steps)


def first_day(text: str) -> date | None:
    """Return the first day of a year, a month or a day, as `2019`, `2019-05` or `2019-05-03`."""
    with suppress(ValueError):
        if match := DAY.fullmatch(text):
            year, month, day = match.groups()
            return date(int(year), int(month or 1), int(day or 1))
    return None


def last_day(text: str) -> date | None:
    with suppress(ValueError):
        if (match := DAY.fullmatch(text)) and (first := first_day(text)):
            _year, month, day = match.groups()
            until = first if month else first.replace(month=12)
            return until if day else until.replace(day=monthrange(until.year, until.month)[1])
    return None


def told(found: Span) -> str:
    least, most = ("" if end is None else f"{end}" for end in found)
    return least if least == most else f"{least}-{most}"


def fraction(steps: int, digits: int) -> str:
    return f"{steps / 10**digits:.{digits}f}"


def told_fractions(found: Span, digits: int) -> str:
    least, most = ("" if end is None else fraction(end, digits) for end in found)
    return least if least == most else f"{least}-{most}"


def pairs(search: Search) -> Iterator[tuple[str, str]]:
    """Yield what an address says of the search: names and values, one after the other."""
    for group in search.people:
        yield "person", ",".join(map(str, group))
    for key in search.without:
        yield "person", f"-{key}"
    yield from _flags(search, "only", "sure", "unnamed")
    if search.faces:
        yield "faces", told(search.faces)
    yield from _said_of_faces(search)
    yield from _said_of_photos(search)


def _flags(search: Search, *names: str) -> Iterator[tuple[str, str]]:
    return ((name, "1") for name in names if getattr(search, name))


def _said_of_faces(search: Search) -> Iterator[tuple[str, str]]:
    if search.ages:
        yield "age", told(search.ages)
    if search.gender:
        yield "gender", search.gender
    yield from _listed(search, "emotion")
    if search.confidence:
        yield "confidence", f"{search.confidence}"
    if search.quality:
        yield "quality", told(search.quality)
    yield from _flags(search, "looking")
    if search.by:
        yield "by", search.by
    yield from _fractions(search, "distance")


def _said_of_photos(search: Search) -> Iterator[tuple[str, str]]:
    if search.days.first:
        yield "from", _shortest(search.days.first, first_day)
    if search.days.last:
        yield "to", _shortest(search.days.last, last_day)
    yield from _listed(search, "camera", "keyword")
    yield from _flags(search, "favourite")
    yield from _fractions(search, "took")
    yield from _listed(search, "album", "text", "state")
    if search.order is not Order.TAKEN:
        yield "order", search.order.value


def _fractions(search: Search, name: str) -> Iterator[tuple[str, str]]:
    if span := getattr(search, name):
        yield name, told_fractions(span, FRACTIONS[name])


def _listed(search: Search, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        for one in getattr(search, LISTS[name]):
            text = f"{one}"
            yield name, f"+{text}" if MARKED.match(text) else text
        for one in getattr(search.excluded, LISTS[name]):
            yield name, f"-{one}"


def _shortest(day: date, read: Callable[[str], date | None]) -> str:
    """Return the year or the month where that means the same day."""
    text = day.isoformat()
    return next(part for part in (text[:4], text[:7], text) if read(part) == day)


def _group(text: str) -> tuple[tuple[int, ...], bool] | None:
    """Return the keys that a text lists, and whether they are to be there."""
    keys = text.removeprefix("-").split(",")
    if not all(map(_is_key, keys)):
        return None
    return _some(map(int, keys)), not text.startswith("-")


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _lists(said: QueryDict) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is asked for of each list, and what is left out."""
    wanted: dict[str, Any] = {}
    unwanted: dict[str, Any] = {}
    for name, what in LISTS.items():
        texts = [text.strip() for text in said.getlist(name)]
        plain = [text[1:] if MARKED.match(text) else text for text in texts if text[:1] != "-"]
        left_out = [text[1:] for text in texts if text[:1] == "-"]
        wanted[what], unwanted[what] = _some(READ[what](plain)), _some(READ[what](left_out))
    return wanted, unwanted


def _texts(said: Iterable[str]) -> Iterator[str]:
    return (text for one in said if (text := one.strip()[:LONGEST]))


READ: Mapping[str, Callable[[Iterable[str]], Iterable[Any]]] = {
    "emotions": lambda said: (one for one in said if one in EMOTIONS),
    "cameras": _texts,
    "keywords": _texts,
    "albums": lambda said: (int(key) for key in said if _is_key(key)),
    "texts": _texts,
    "states": lambda said: (Shown(one) for one in said if one in [*Shown]),
}


def _some(found: Iterable[Anything]) -> tuple[Anything, ...]:
    """Return the first few, each once."""
    return tuple(dict.fromkeys(found))[:MOST]
