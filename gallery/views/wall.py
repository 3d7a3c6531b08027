"""The library: photos by the months in which they were taken, all or those that a search finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import formats, installed
from gallery.models import Photo
from gallery.services import listing, timeline
from gallery.services.search import Found, Order, address
from gallery.views import chosen_photos, viewer
from gallery.views.http import Request, key_of, keys_of, listed

# So many photos that have come back are put in their places; of more, the page is loaded anew.
MOST_BACK = 200
MOST_SHOWN = 50_000


@login_required
@require_safe
def library(request: Request) -> HttpResponse:
    context = _wall(request)
    if not context["count"]:
        context["has_photos"] = Photo.objects.visible_to(request.user).exists()
    context |= chosen_photos.offered(request)
    context |= {"is_annotated": viewer.is_annotated(request)} | accepted()
    return render(request, "gallery/library.html", context)


def accepted() -> dict[str, Any]:
    """Return which files may be uploaded, for `_upload_form.html`."""
    return {
        "max_upload_mb": settings.MAX_UPLOAD_BYTES // 2**20,
        "max_raw_mb": settings.MAX_RAW_BYTES // 2**20,
        "largest_mb": installed.limits().most_bytes // 2**20,
        "accept": formats.ACCEPT,
    }


@login_required
@require_safe
def wall_part(request: Request) -> HttpResponse:
    """Return the part of a wall that the address asks for; static/js/timeline.js puts it in place."""
    return render(request, "gallery/_wall.html", _wall(request))


@login_required
@require_POST
def wall_news(request: Request) -> JsonResponse:
    """Say what a page lacks of a list, or shows too many."""
    return JsonResponse(news(request, listed(request).keys))


def news(request: Request, listed_keys: Sequence[int]) -> dict[str, Any]:
    """Return how many photos a list has, which that a page shows are gone, and which are missing there.

    `shown` are the keys of what its wall shows, `start` and `end` whether it shows the list from its start
    and to its end, `besides` those elsewhere on the page. Each missing one comes with that before which it
    belongs, 0 for the end.
    """
    keys = np.array(listed_keys, np.int64)
    shown, besides = (
        np.array(keys_of(request.POST.get(name, "").split(",")[:MOST_SHOWN]), np.int64)
        for name in ("shown", "besides")
    )
    gone = np.setdiff1d(np.concatenate([shown, besides]), keys).tolist()
    missing = _missing(keys, shown, "start" in request.POST, "end" in request.POST)
    elsewhere = set(besides.tolist())
    back = [(key, before) for key, before in missing if key not in elsewhere]
    return {
        "count": len(keys),
        "gone": gone,
        "back": back[:MOST_BACK],
        "more": len(back) > MOST_BACK,
    }


def _missing(
    keys: np.ndarray[Any, np.dtype[np.int64]],
    shown: np.ndarray[Any, np.dtype[np.int64]],
    from_start: bool,
    to_end: bool,
) -> list[tuple[int, int]]:
    """Return the keys between those shown that are not, the last first, each with the next after it."""
    at = np.flatnonzero(np.isin(keys, shown))
    if not len(at) and not (from_start and to_end):
        return []
    first, last = 0 if from_start else at[0], len(keys) - 1 if to_end else at[-1]
    places = np.setdiff1d(np.arange(first, last + 1), at)[::-1].tolist()
    return [
        (int(keys[place]), int(keys[place + 1]) if place < len(keys) - 1 else 0) for place in places
    ]


def _wall(request: Request) -> dict[str, Any]:
    here = listing.of_search(request.user, address.read(request.GET))
    found = here.found()
    part = timeline.part(found, first_place(found, request.GET))
    return {
        "listed": here,
        "search": here.search,
        "count": found.count,
        "part": part,
        "years": SimpleLazyObject(lambda: timeline.years(found)),  # Parts show none.
        "is_long": found.count > timeline.PAGE,
        "orders": _orders(found),
        "narrowed": [
            (name, value) for name, values in QueryDict(here.narrowed).lists() for value in values
        ],
    }


def _orders(found: Found) -> list[tuple[str, str, bool]]:
    """Return the orders in which photos may come: in words, as the address says it, and whether they do."""
    labels = {Order.TAKEN: _("Newest first"), Order.ADDED: _("Last added first")}
    if found.search.album in found.beside.albums:
        labels[Order.ALBUM] = _("As in the album")
    search = found.search
    return [
        (label, address.write(search.but(order=order)), search.order is order)
        for order, label in labels.items()
    ]


def first_place(found: Found, said: Mapping[str, str]) -> int:
    """Return from which place on the address asks for photos.

    `before` is the last photo above, `until` the first one below, `around` one in the middle; `at` the
    place of that photo, in case it is gone by now. `month` is one, as `2019-05`, or a year. With `end`,
    whatever it says, the last are asked for.
    """
    at = key_of(said.get("at", "")) or 0
    for name, offset in (("before", 1), ("until", -timeline.PAGE), ("around", -timeline.PAGE // 2)):
        key = key_of(said.get(name, ""))
        if key is not None:
            place = found.position_of(key)
            return max(0, (at if place is None else place) + offset)
    year, _dash, month = said.get("month", "").partition("-")
    if year.isdecimal() and len(year) == 4:
        return timeline.place_of_month(found, int(year), int(month) if month.isdecimal() else 12)
    return found.count - timeline.PAGE if "end" in said else at
