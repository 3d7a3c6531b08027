"""Boxes and names over the thumbnails of a wall.

Written here and not in a template, which would take 30 ms for a page of 150 faces instead of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analysis import shown
from gallery import lists
from gallery.models import Face, Photo
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


@register.simple_tag
def faces_over(photo: Photo) -> SafeString:
    """Draw the faces of a card over its picture; who is hidden is nobody there."""
    faces = list(photo.faces.all())
    if not faces or not photo.width or not photo.height:
        return SafeString("")
    lists.faces.give_colours([face for face in faces if _name(face)])
    left, top, width, height = shown.on_wall(photo.width, photo.height)
    named = [(face.pk, *_look(face), _name(face)) for face in faces if _name(face)]
    return format_html(
        '<span class="card-faces" aria-hidden="true">'
        '<svg class="overlay" viewBox="{} {} {} {}" preserveAspectRatio="xMidYMid slice">{}</svg>'
        '<span class="chips">{}</span></span>',
        left, top, width, height, _marks(faces, width), format_html_join("", CHIP, named),
    )  # fmt: skip


def _marks(faces: Sequence[Face], width: int) -> SafeString:
    return SafeString("".join(_mark(face, width) for face in faces))


def _mark(face: Face, width: int) -> str:
    """Draw one face. Numbers and our own words need no escaping, which takes longer than all the rest."""
    place = face.left, face.top, face.width, face.height
    name = _name(face)
    label = format_html(PLAIN, face.left, face.top, width // 14, name) if name else ""
    return MARK.format(face.pk, *_look(face), *place, *place, label)


def _name(face: Face) -> str:
    return face.label if face.person and not face.person.is_hidden else ""


def _look(face: Face) -> tuple[str, int | str]:
    """Return what the face's lines say: who says who it is, and in which colour."""
    if not _name(face):
        return "unknown", "none"
    return "named" if face.is_named else "guess", "none" if face.colour is None else face.colour


@register.simple_tag
def month_options(years: Iterable[Year]) -> SafeString:
    """Return an option for each month, in a group for each year."""
    return format_html_join(
        "", '<optgroup label="{}">{}</optgroup>', ((one.year, _months(one)) for one in years)
    )


def _months(year: Year) -> SafeString:
    rows = [
        (f"{month:%Y-%m}", count, name := date_format(month, "YEAR_MONTH_FORMAT"), name, count)
        for month, count in year.months
    ]
    option = '<option value="{}" data-count="{}" data-words="{}">{} ({})</option>'
    return format_html_join("", option, rows)
