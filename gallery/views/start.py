"""The start page: what is new, what waits, what was on this day, and plots of the photos."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gallery import lists
from gallery.models import Photo
from gallery.services import camera, library_index, plots
from gallery.services import search as searching
from gallery.services.dashboard import news, this_day, waits
from gallery.services.search import address
from gallery.views.http import Request


@login_required
@require_safe
def start(request: Request) -> HttpResponse:
    """Show how things stand; whoever has no photos yet begins with the library's welcome."""
    search = address.read(request.GET)
    found = searching.found(request.user, search)
    if not len(found.library):
        return redirect("library")
    context = {
        **_now(request, found.library),
        "plots": plots.KINDS.items(),
        "photo_count": found.count,
        "query": address.write(search),
        "has_camera": camera.is_allowed(request.user),
    }
    return render(request, "start/start.html", context)


@login_required
@require_safe
def start_now(request: Request) -> HttpResponse:
    """Return what of the start page no search narrows."""
    return render(request, "start/_now.html", _now(request, library_index.of(request.user.pk)))


def _now(request: Request, library: library_index.Library) -> dict[str, Any]:
    new, years = news.of(request.user), this_day.of(library)
    keys = {*new.newest, *(key for year in years for key in year.photos)}
    found = lists.photos.cards(Photo.objects.visible_to(request.user).filter(pk__in=keys))
    photos = {photo.pk: photo for photo in found}
    return {
        "news": new,
        "newest": [photos[key] for key in new.newest if key in photos],
        "waits": waits.of(request.user, library),
        "years": [(year, [photos[key] for key in year.photos if key in photos]) for year in years],
        "days": news.DAYS,
    }
