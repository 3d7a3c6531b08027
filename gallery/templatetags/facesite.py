"""What the templates need beyond Django's own filters: icons, percentages, SVG paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from analysis.born import Born, ages
from analysis.dates import Taken
from analysis.photo_files import KEPT_BY_SYSTEMS
from analysis.shot import Place
from gallery import lists, times
from gallery.models import Face, Photo
from gallery.times import NO_BREAK_SPACE

register = template.Library()

SPRITE = "vendor/lucide-1.62.0.svg"
SYMBOL = re.compile(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
STAGES = {
    "detector": gettext_noop("Detector"),
    "landmarks": gettext_noop("Landmarks"),
    "alignment": gettext_noop("Alignment"),
    "encoding": gettext_noop("Encoding"),
    "encoder": gettext_noop("Encoder"),
    "age_gender": gettext_noop("Age and gender"),
    "emotion": gettext_noop("Emotion"),
    "colour": gettext_noop("Colours"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite; it is decoration, so the control around it needs its own words.

    Its lines stand in the page: a button whose icon comes in another file is empty on a slow line.
    """
    return format_html(
        '<svg class="icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        _icons()[name],
    )


@cache
def _icons() -> Mapping[str, SafeString]:
    sprite = (Path(settings.STATICFILES_DIRS[0]) / SPRITE).read_text(encoding="utf-8")
    return {name: mark_safe(lines) for name, lines in SYMBOL.findall(sprite)}  # noqa: S308


@register.simple_tag
def kept_by_systems() -> str:
    """Return the folders that systems keep for themselves, for scripts: names without blanks."""
    return " ".join(sorted(KEPT_BY_SYSTEMS))


@register.filter
def percent(share: float | None) -> str:
    """Write a share (0 to 1) as a whole percentage, "82 %", or nothing if there is none."""
    return "" if share is None else f"{share * 100:.0f}{NO_BREAK_SPACE}%"


@register.filter
def degrees(angle: float) -> str:
    """Write an angle with its sign: "+12°"."""
    whole = round(angle)
    return f"{whole:+d}°".replace("-", "\N{MINUS SIGN}") if whole else "0°"


@register.filter
def stage(name: str) -> str:
    """Write the name of a stage of the analysis as people read it, "Age and gender"."""
    return gettext(STAGES[name]) if name in STAGES else name.capitalize()


@register.filter
def translated(word: str) -> str:
    """Return a word of the analysis's own vocabulary, as "happy" or a method's title, for the reader."""
    return gettext(word) if word else ""  # The translation of nothing is a catalogue's header.


@register.filter
def perhaps(guess: str, is_doubtful: bool) -> str:
    """Write a guess as one that may well be wrong, "perhaps happy", where it is doubtful."""
    return gettext("perhaps {guess}").format(guess=guess) if is_doubtful else guess


@register.filter
def closeness(distance: float | None) -> float:
    """Turn a distance of encodings (0 is the same face) into a bar's length, 0 to 1."""
    return 0.0 if distance is None else round(max(0.0, 1.0 - distance), 3)


@register.filter
def dots(points: Iterable[tuple[float, float]]) -> str:
    """Write points as one SVG path of zero-length lines, which round caps draw as dots.

    One element instead of 68 keeps a photo of a crowd light, and a dot's size on the screen
    is then a stroke width, which `vector-effect` can hold constant.
    """
    return "".join(f"M{x:.5g} {y:.5g}h0" for x, y in points)


@register.filter
def things(tasks: Sequence[object], photos: int) -> int:
    """Return how many things are under way: each task, and the photos together."""
    return len(tasks) + bool(photos)


@register.filter
def time_left(seconds: float | None) -> str:
    """Write a rough time: "about 20 s", "about 3 min", "about 2 h"."""
    return "" if seconds is None else times.about(seconds)


@register.filter
def when(taken: Taken) -> str:
    """Write what a clock showed where a photo was taken: "3 May 2019, 14:02 (+09:00)"."""
    return times.when(taken)


@register.simple_tag
def month_names() -> list[tuple[str, str]]:
    """Return the months by their numbers, as fields of a form offer them."""
    return [(f"{number}", f"{name}") for number, name in MONTHS.items()]


@register.filter
def day(taken: Taken) -> str:
    """Write the day on which a photo was taken, or as much as is known of it."""
    return times.day(taken)


@register.filter
def where(place: Place) -> str:
    """Write a place as maps understand it, in whichever language: "37.5665° N, 126.978° E"."""
    angles = (place.latitude, "NS"), (place.longitude, "EW")
    return ", ".join(
        f"{abs(angle):.6f}".rstrip("0").rstrip(".") + f"°{NO_BREAK_SPACE}{sides[angle < 0]}"
        for angle, sides in angles
    )


@register.filter
def birth(born: Born) -> str:
    """Write a date of birth as far as it is known: "2015", "April 2015", "30 April 2015"."""
    return times.birth(born)


@register.filter
def in_words(photo: Photo) -> str:
    """Say what a card shows: "Ada and one unknown face, 3 May 2019"."""
    return lists.photos.in_words(photo)


@register.filter
def known_age(face: Face) -> str:
    """Write how old whom a human named is, as far as dates prove it: "21 to 22 by the dates"."""
    born = face.person.born if face.person and face.is_named else None
    found = ages(born, face.photo.taken) if born else None
    if found is None:
        return ""
    low, high = int(found.low), int(found.high)
    if low == high:
        return gettext("{age} by the dates").format(age=low)
    if low == 0 and high > 1:
        # The photo may be a scan: it is not newer than it says, and that is all.
        return gettext("at most {age} by the dates").format(age=high)
    return gettext("{low} to {high} by the dates").format(low=low, high=high)


@register.filter
def options(values: Iterable[str]) -> SafeString:
    """Return an option for each; of thousands a loop of a template takes ten times as long."""
    return format_html_join("", '<option value="{}"></option>', ((value,) for value in values))


@register.filter
def words(text: str) -> list[str]:
    """Return the words of a text, to go through them."""
    return text.split()
