"""The library: photos by the months in which they were taken, all or those that a search finds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from numpy.typing import NDArray

from gallery import formats, installed
from gallery.models import Photo
from gallery.services import listing, timeline
from gallery.services.search import Found, Order, address
from gallery.views import chosen_photos, viewer
from gallery.views.http import Request, key_of, keys_of, listed

# So many photos that have come back are put in their places; of more, the page is loaded anew.
MOST_BACK = 200
MOST_SHOWN = 50_000
Keys = NDArray[np.int64]
NONE = np.zeros(0, np.int64)


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
@require_safe
def wall_cards(request: Request) -> HttpResponse:
    """Return photos by their months, for a wall that lacks them; static/js/coming.js puts them in place."""
    here = listing.of_search(request.user, address.read(request.GET))
    part = timeline.some(here.found(), keys_of(request.GET.get("keys", "").split(",")[:MOST_BACK]))
    return render(request, "gallery/_wall.html", {"listed": here, "part": part})


@login_required
@require_safe
def wall_years(request: Request) -> HttpResponse:
    """Return the years and months of a list, as its page shows them."""
    return render(request, "gallery/_years.html", _of_list(request))


@login_required
@require_POST
def wall_news(request: Request) -> JsonResponse:
    """Say what a page lacks of a list, or shows too many; of a timeline what is new besides."""
    here = listed(request)
    if not isinstance(here, listing.Found):
        return JsonResponse(news(request, np.array(here.keys, np.int64)))
    found = here.found()
    if "newest" not in request.POST:
        return JsonResponse(news(request, found.keys))
    to_come = found.keys_to_come
    months = {month.key: month.photos for year in timeline.years(found) for month in year.months}
    said = news(request, found.keys, to_come, found.library.photos.keys)
    return JsonResponse(said | _fresh(request, found.keys, to_come) | {"months": months})


def news(
    request: Request, keys: Keys, to_come: Keys = NONE, library: Keys | None = None
) -> dict[str, Any]:
    """Return how many photos a list has, which that a page shows are gone, and which are missing there.

    `shown` are the keys of what its wall shows, `start` and `end` whether it shows the list from its start
    and to its end, `besides` those elsewhere on the page, which go once they are not in the `library`
    any more. Each missing one comes with that before which it belongs, 0 for the end; those `to_come` are
    not missed yet. Of what is shown `moved` are those whose place is another by now: they go, and are
    missing unless that is beyond what is shown.
    """
    shown, besides = (_keys(request, name) for name in ("shown", "besides"))
    left_out = (
        np.setdiff1d(shown, keys),
        np.setdiff1d(besides, keys if library is None else library),
    )
    moved = _moved(keys, shown)
    placed = keys[~np.isin(keys, np.setdiff1d(to_come, shown))]
    missing = _missing(
        placed, np.setdiff1d(shown, moved), "start" in request.POST, "end" in request.POST
    )
    later = {key for key, _before in missing[MOST_BACK:]}
    return {
        "count": len(keys),
        "gone": np.union1d(*left_out).tolist(),
        "moved": [key for key in moved.tolist() if key not in later],
        "back": missing[:MOST_BACK],
        "more": bool(later),
    }


def _keys(request: Request, name: str) -> Keys:
    return np.array(keys_of(request.POST.get(name, "").split(",")[:MOST_SHOWN]), np.int64)


def _fresh(request: Request, keys: Keys, to_come: Keys) -> dict[str, Any]:
    """Return how many photos a page has not shown that are newer than the `newest` it knew, and the first.

    What it has `seen`, or has elsewhere, is none of them.
    """
    there = keys[~np.isin(keys, to_come)]
    known = np.concatenate([_keys(request, name) for name in ("seen", "besides")])
    fresh = there[(there > (key_of(request.POST["newest"]) or 0)) & ~np.isin(there, known)]
    first = int(fresh[0]) if len(fresh) else 0
    return {"fresh": {"count": len(fresh), "first": first, "newest": int(there.max(initial=0))}}


def _moved(keys: Keys, shown: Keys) -> Keys:
    """Return the fewest of the keys shown without which the others are in the order of the list."""
    order = np.argsort(keys, kind="stable")
    there = shown[np.isin(shown, keys)]
    places = order[np.searchsorted(keys, there, sorter=order)]
    if not np.any(places[1:] < places[:-1]):
        return NONE
    # By the longest run that rises: the least place at which one of each length ends.
    ends: list[int] = []
    lengths = []
    for place in places.tolist():
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        lengths.append(at)
    stays, wanted = np.zeros(len(places), np.bool_), len(ends) - 1
    for at in range(len(places) - 1, -1, -1):
        if lengths[at] == wanted:
            stays[at], wanted = True, wanted - 1
    return there[~stays]


def _missing(keys: Keys, shown: Keys, from_start: bool, to_end: bool) -> list[tuple[int, int]]:
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
    context = _of_list(request)
    found = context["found"]
    return context | {
        "search": context["listed"].search,
        "count": found.count,
        "newest": found.keys.max(initial=0),
        "part": timeline.part(found, first_place(found, request.GET)),
        "orders": _orders(found),
    }


def _of_list(request: Request) -> dict[str, Any]:
    """Return what years and months of a list need."""
    here = listing.of_search(request.user, address.read(request.GET))
    found = here.found()
    return {
        "listed": here,
        "found": found,
        "years": SimpleLazyObject(lambda: timeline.years(found)),  # Parts show none.
        "is_long": found.count > timeline.PAGE,
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
