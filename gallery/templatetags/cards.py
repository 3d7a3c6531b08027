"""Cards of a wall: one photo each, and what is known of it at a glance.

Written here and not in a template, which would take 20 ms for a page of 60 photos instead of six.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from typing import NamedTuple

from django import template
from django.template.context import Context
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from gallery import lists
from gallery.models import AnalysisJob, Photo
from gallery.templatetags.facesite import icon
from gallery.templatetags.walls import faces_over

register = template.Library()

CARD = (
    '<article class="card" id="photo-{key}" data-ratio="{ratio:.4f}" data-state="{state}"'
    ' data-month="{month}"><label class="card-tick"><input type="checkbox" id="photo-{key}-choose"'
    ' name="photo" value="{key}" form="chosen-photos" autocomplete="off" aria-label="{choose}"></label>'
    '<a class="card-link" id="photo-{key}-link" href="{address}">{shown}</a>{retry}</article>'
)
PICTURE = (
    '<img {sources} alt="{words}" width="{width}" height="{height}" {wanted} decoding="async">'
    '<span class="visually-hidden">{filename}</span>{faces}'
    '<span class="card-badges">{badges}</span>{names}'
)
PENDING = (
    '<span class="card-pending"><span class="card-filename" title="{filename}">{filename}</span>'
    "{state}</span>"
)
STATE = '<span class="{}">{} {}</span>'
# What says more than its icon to whoever points at it, or can't see it.
SIGN = '<span class="card-badge {}" title="{words}">{}<span class="visually-hidden">{words}</span></span>'
COUNT = '<span class="card-badge">{} <span>{}</span></span>'
KEY = 9_000_000_000_000_000_000  # stands in an address for that of a photo


@register.simple_tag(takes_context=True)
def photo_cards(context: Context, photos: Iterable[Photo]) -> SafeString:
    """Write the cards of the reader's own photos, as `lists.photos.cards` has them."""
    card = _Writer(context).card
    return SafeString("".join([card(photo) for photo in photos]))


@register.simple_tag(takes_context=True)
def photo_card(context: Context, photo: Photo) -> SafeString:
    return photo_cards(context, [photo])


class _Addresses(NamedTuple):
    """What writes the addresses of photos, by their keys, in a hundredth of the time of `reverse`."""

    photo: Callable[[object], str]
    small: Callable[[object], str]
    thumbnail: Callable[[object], str]


@cache
def _addresses(_prefix: str) -> _Addresses:
    names = "photo", "photo_small", "photo_thumbnail"
    return _Addresses(*(reverse(name, args=[KEY]).replace(f"{KEY}", "{}").format for name in names))


class _Writer:
    """Writes the cards of one page: what is alike on many of them is said once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._to = _addresses(get_script_prefix())
        self._query = escape(context["listed"].query)
        self._first = set(context["part"].first) if "part" in context else set()
        self._choose = gettext("Choose %(name)s")
        self._badges: dict[object, str] = {}

    def card(self, photo: Photo) -> str:
        job = getattr(photo, "job", None)
        is_to_try = job is not None and job.is_failed and not photo.has_picture
        return CARD.format(
            key=photo.pk,
            ratio=photo.aspect,
            state=job.state if job else "",
            month=photo.month,
            choose=escape(self._choose % {"name": photo.filename}),
            address=self._to.photo(photo.pk) + self._query,
            shown=self._picture(photo, job) if photo.has_picture else self._pending(photo, job),
            retry=self._retry(photo) if is_to_try else "",
        )

    def _picture(self, photo: Photo, job: AnalysisJob | None) -> str:
        larger = self._to.thumbnail(photo.pk)
        names = escape(", ".join(photo.names))
        return PICTURE.format(
            sources=f'src="{self._to.small(photo.pk)}" data-larger="{larger}"'
            if photo.has_small
            else f'src="{larger}"',
            words=escape(lists.photos.in_words(photo)),
            width=photo.width,
            height=photo.height,
            wanted='fetchpriority="high"' if photo.pk in self._first else 'loading="lazy"',
            filename=escape(photo.filename),
            faces=faces_over(photo),
            badges="".join(self._of(photo, job)),
            names=f'<span class="card-names">{names}</span>' if names else "",
        )

    def _of(self, photo: Photo, job: AnalysisJob | None) -> Iterable[str]:
        """Yield the badges of a photo."""
        badge = "card-badge card-state"
        if photo.is_gone:
            yield STATE.format(badge, icon("image-off"), gettext("File gone"))
        if job is not None and job.is_open:
            yield _under_way(job, badge)
            return
        if job is not None and job.is_failed:
            yield STATE.format(badge, icon("triangle-alert"), gettext("Failed"))
        if photo.is_favourite:
            yield self._once("favourite", _favourite)
        if photo.has_question:
            yield self._once("question", _question)
        if count := photo.face_count:
            yield self._once(count, lambda: _count(count))

    def _once(self, key: object, badge: Callable[[], str]) -> str:
        if key not in self._badges:
            self._badges[key] = badge()
        return self._badges[key]

    def _pending(self, photo: Photo, job: AnalysisJob | None) -> str:
        """Write what stands there while there is no picture."""
        if job is not None and job.is_failed:
            error = escape(f"{job.error}")
            state = f'<span class="card-error" title="{error}">{error}</span>'
        else:
            state = _under_way(job, "card-state")
        return PENDING.format(filename=escape(photo.filename), state=state)

    def _retry(self, photo: Photo) -> str:
        engine = self._context.template.engine  # type: ignore[union-attr]
        with self._context.push(photo=photo):
            return str(engine.get_template("gallery/_photo_retry.html").render(self._context))


def _under_way(job: AnalysisJob | None, kind: str) -> str:
    if job is not None and job.is_running:
        return STATE.format(kind, icon("loader-circle"), gettext("Analysing"))
    return STATE.format(kind, icon("clock"), gettext("Queued"))


def _favourite() -> str:
    return SIGN.format("card-favourite", icon("star"), words=gettext("Favourite"))


def _question() -> str:
    words = gettext("A question waits here")
    return SIGN.format("card-question", icon("circle-question-mark"), words=words)


def _count(count: int) -> str:
    words = ngettext(
        '%(number)s <span class="visually-hidden">face</span>',
        '%(number)s <span class="visually-hidden">faces</span>',
        count,
    )
    return COUNT.format(icon("user-round"), words % {"number": count})
