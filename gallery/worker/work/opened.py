"""Has photos opened by a child, which tells one thing of each without decoding it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import ngettext

from analysis.limits import Limits
from analysis.processes import Request
from gallery import installed
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.models import Photo
from gallery.services.sources import originals

CHUNK = 100  # A photo takes 1 to 50 ms, and a file on a slow disk longer.
Seen = TypeVar("Seen")


async def see(
    pool: AnalysisPool,
    photos: Sequence[Photo],
    question: Callable[[tuple[Path, ...], Limits], Request[tuple[Seen | None, ...]]],
) -> tuple[Seen | None, ...]:
    """Return what a request says of each photo; None too for one that ends the child which opens it."""
    paths = tuple(originals.path_of(photo) for photo in photos)
    try:
        return await pool.ask(question(paths, installed.limits()))
    except ChildFailed as failed:
        if failed.code == "unavailable":
            raise
        if len(photos) == 1:
            return (None,)
    # One of them is to blame, and the others need not stay unknown for it.
    return tuple([(await see(pool, [photo], question))[0] for photo in photos])


def passed_over(count: int) -> str:
    """Return the sentence of the photos of which nothing was told."""
    sentence = ngettext(
        "%(count)s was passed over: its file could not be read.",
        "%(count)s were passed over: their files could not be read.",
        count,
    )
    return sentence % {"count": intcomma(count)}
