"""The wall of an album: a page of its photos, those that follow, and what has changed of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gallery.models import Album, Photo
from gallery.services import album_photos, listing, sharing
from gallery.services.album_photos import Reader
from gallery.views import chosen_photos, viewer
from gallery.views.albums import reader_of
from gallery.views.http import Request, key_of, keys_of
from gallery.views.progress import moment
from gallery.views.wall import MOST_SHOWN, accepted, news

PAGE = 120
MOST_CARDS = 200
MOST_CHANGES = 300


@login_required
@require_safe
def album(request: Request, pk: int) -> HttpResponse:
    reader = reader_of(request, pk)
    keys = album_photos.keys(reader.album)
    context = _wall(request, reader, keys)
    context |= chosen_photos.offered_in(request, reader) | accepted()
    context |= {
        "count": len(keys),
        "shared_with": sharing.shared_with(reader.album) if reader.is_owner else [],
        "is_annotated": viewer.is_annotated(request),
        "since": timezone.now().timestamp(),
    }
    return render(request, "gallery/album.html", context)


@login_required
@require_safe
def album_part(request: Request, pk: int) -> HttpResponse:
    """Return the photos from a place on, for the wall that has those before it."""
    reader = reader_of(request, pk)
    keys = album_photos.keys(reader.album)
    return render(request, "gallery/_album_wall.html", _wall(request, reader, keys))


@login_required
@require_safe
def album_cards(request: Request, pk: int) -> HttpResponse:
    """Return the cards of several of its photos, as they are now; those that have left it are left out."""
    reader = reader_of(request, pk)
    asked = set(keys_of(request.GET.get("keys", "").split(",")[:MOST_CARDS]))
    found = [key for key in album_photos.keys(reader.album) if key in asked]
    return render(request, "gallery/_album_cards.html", _shown(request, reader, found))


@login_required
@require_POST
def album_news(request: Request, pk: int) -> JsonResponse:
    """Say what a page lacks of an album, or shows too many, and which of others changed `since`."""
    reader = reader_of(request, pk)
    keys, now = album_photos.keys(reader.album), timezone.now()
    said = news(request, np.array(keys, np.int64))
    since = moment(request.POST.get("since", ""))
    shown = set(keys_of(request.POST.get("shown", "").split(",")[:MOST_SHOWN])).intersection(keys)
    others = Photo.objects.filter(pk__one_of=shown).exclude(owner=request.user)
    changed = others.filter(changed_at__gt=since or now - timedelta(days=1)).order_by("-changed_at")
    said["changed"] = list(changed.values_list("pk", flat=True)[:MOST_CHANGES])
    return JsonResponse(said | {"since": now.timestamp()})


def _wall(request: Request, reader: Reader, keys: Sequence[int]) -> dict[str, Any]:
    start = _start(request, keys)
    after = start + PAGE
    shown = keys[start:after]
    return _shown(request, reader, shown) | {
        "more": after if after < len(keys) else None,
        "last": shown[-1] if shown else 0,
        "newer": max(0, start - PAGE) if start else None,
    }


def _shown(request: Request, reader: Reader, keys: Sequence[int]) -> dict[str, Any]:
    return {
        "reader": reader,
        "album": reader.album,
        "photos": album_photos.cards(reader, keys),
        "listed": listing.of(request.user, _listed(reader)),
    }


def _start(request: Request, keys: Sequence[int]) -> int:
    """Return from which place on photos are asked for: `after` one, `at` a place, or `around` one."""
    around, after = (key_of(request.GET.get(name, "")) for name in ("around", "after"))
    if around is not None and around in keys:
        return max(0, keys.index(around) - PAGE // 2)
    if after is not None and after in keys:
        return keys.index(after) + 1
    return key_of(request.GET.get("at", "")) or 0


def _listed(reader: Reader) -> str:
    """Return by which list one goes on from a photo of one's own; what others search for is theirs."""
    album: Album = reader.album
    if album.is_smart and reader.is_owner:
        return f"{listing.SEARCH}{album.search}"
    return f"album:{album.pk}"
