"""Boxes and names over the thumbnails of a wall.

Written here and not in a template, which would take 30 ms for a page of 150 faces instead of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analysis import shown
from analysis.dates import Precision
from gallery import lists, times
from gallery.lists.shared import SharedPhoto
from gallery.models import Face, Photo
from gallery.services.search.found import Month
from gallery.services.timeline import Year

register = template.Library()

MARK = (
    '<g class="mark" data-face="{}" data-state="{}" data-colour="{}">'
    '<rect class="halo box" x="{}" y="{}" width="{}" height="{}"/>'
    '<rect class="line box" x="{}" y="{}" width="{}" height="{}"/>{}</g>'
)
# Without a script the name stands above its box, sized by the photo; static/js/labels.js places the chips.
PLAIN = '<text class="plain-label" x="{}" y="{}" dy="-.3em" font-size="{}">{}</text>'
CHIP = (
    '<span class="chip" data-chip="{}" data-state="{}" data-colour="{}">'
    '<span class="chip-name">{}</span></span>'
)
OPTION = (
    '<option value="{key}" data-count="{count}" data-words="{words}">{words} ({count})</option>'
)


class Drawn(NamedTuple):
    """A face as it is drawn: where it is in the photo's pixels, who says who it is, and its name if any."""

    key: int
    left: int
    top: int
    width: int
    height: int
    state: str
    colour: int | str
    name: str


@register.simple_tag
def faces_over(photo: Photo) -> SafeString:
    """Draw the faces of a card over its picture; who is hidden is nobody there."""
    faces = list(photo.faces.all())
    lists.faces.give_colours([face for face in faces if _name(face)])
    return _over(photo.width or 0, photo.height or 0, [_drawn(face) for face in faces])


@register.simple_tag
def faces_shared(photo: SharedPhoto) -> SafeString:
    """Draw the faces of somebody else's photo in an album, as its readers see them."""
    faces = [
        Drawn(
            *(number, face.left, face.top, face.width, face.height),
            *(face.state, "none" if face.colour is None else face.colour, face.name),
        )
        for number, face in enumerate(photo.faces)
    ]
    return _over(photo.width, photo.height, faces)


def _over(width: int, height: int, faces: Sequence[Drawn]) -> SafeString:
    if not faces or not width or not height:
        return SafeString("")
    left, top, wide, high = shown.on_wall(width, height)
    named = [(face.key, face.state, face.colour, face.name) for face in faces if face.name]
    return format_html(
        '<span class="card-faces" aria-hidden="true">'
        '<svg class="overlay" viewBox="{} {} {} {}" preserveAspectRatio="xMidYMid slice">{}</svg>'
        '<span class="chips">{}</span></span>',
        left, top, wide, high, _marks(faces, wide), format_html_join("", CHIP, named),
    )  # fmt: skip


def _marks(faces: Sequence[Drawn], width: int) -> SafeString:
    return SafeString("".join(_mark(face, width) for face in faces))


def _mark(face: Drawn, width: int) -> str:
    """Draw one face. Numbers and our own words need no escaping, which takes longer than all the rest."""
    place = face.left, face.top, face.width, face.height
    label = format_html(PLAIN, face.left, face.top, width // 14, face.name) if face.name else ""
    return MARK.format(face.key, face.state, face.colour, *place, *place, label)


def _drawn(face: Face) -> Drawn:
    place = face.pk, face.left, face.top, face.width, face.height
    if not (name := _name(face)):
        return Drawn(*place, "unknown", "none", "")
    colour = "none" if face.colour is None else face.colour
    return Drawn(*place, "named" if face.is_named else "guess", colour, name)


def _name(face: Face) -> str:
    return face.label if face.person and not face.person.is_hidden else ""


@register.simple_tag
def month_options(years: Iterable[Year]) -> SafeString:
    """Return an option for each month, in a group for each year."""
    return format_html_join(
        "", '<optgroup label="{}">{}</optgroup>', ((one.year, _months(one)) for one in years)
    )


@register.filter
def month_title(month: Month) -> str:
    """Write "May 2019", or "2019" of a year alone."""
    return times.written(month.first, Precision.MONTH if month.month else Precision.YEAR)


def _months(year: Year) -> SafeString:
    return SafeString("".join(map(_month, year.months)))


def _month(month: Month) -> str:
    words = escape(month_title(month))
    return OPTION.format(key=month.key, count=month.photos, words=words)
