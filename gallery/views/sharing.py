"""Sharing an album, and what a member sees of one that is shared: pages and pictures of its own.

A photo is found here by the album that it is in, never by itself; nothing else of its owner is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import AlbumShare, Photo
from gallery.services import album_photos, sharing
from gallery.services.photo_words import WordsRefused
from gallery.views.albums import about_album, reader_of
from gallery.views.http import Request, tell
from gallery.views.media import picture


@login_required
@require_POST
def share_album(request: Request, pk: int) -> HttpResponse:
    """Share an album with the member whom the form names, or give them other rights."""
    reader = reader_of(request, pk)
    if not reader.is_owner:
        raise Http404
    try:
        share = sharing.share(
            album=reader.album,
            name=request.POST.get("name", ""),
            may_add="may_add" in request.POST,
            shows_names="shows_names" in request.POST,
        )
    except WordsRefused as refusal:
        context = about_album(request, reader.album, share_error=f"{refusal}")
        return render(request, "gallery/tell_album.html", context | {"typed": request.POST})
    if sharing.reads_members(request.user):
        said = _("%(name)s sees this album now.")
    else:
        said = _("If there is an account called %(name)s, the album is shown there now.")
    tell(request, said % {"name": share.name})
    return redirect("tell_album", pk)


@login_required
@require_POST
def unshare_album(request: Request, pk: int, share: int) -> HttpResponse:
    reader = reader_of(request, pk)
    if not reader.is_owner:
        raise Http404
    found = get_object_or_404(_shares(pk), pk=share)
    sharing.end(share=found)
    tell(request, _("%(name)s does not see this album any more.") % {"name": found.name})
    return redirect("tell_album", pk)


@login_required
@require_POST
def leave_album(request: Request, pk: int) -> HttpResponse:
    """Have nothing more to do with an album of somebody else's; own photos are taken out of it."""
    share = get_object_or_404(_shares(pk), member=request.user)
    sharing.leave(share=share)
    tell(request, _("You left the album “%(name)s”.") % {"name": share.album.name})
    return redirect("albums")


@login_required
@require_safe
def album_photo(request: Request, pk: int, photo: int) -> HttpResponse:
    """Show a photo of an album as its readers see it, with a way to those before and after it."""
    reader = reader_of(request, pk)
    keys = album_photos.keys(reader.album)
    if photo not in keys:
        raise Http404
    shown = lists.shared.photos([photo], reader.reads_names)
    if not shown:
        raise Http404
    return render(
        request,
        "gallery/album_photo.html",
        {"reader": reader, "album": reader.album, "photo": shown[0], **_beside(keys, photo)},
    )


@login_required
@require_safe
def album_thumbnail(request: Request, pk: int, photo: int) -> HttpResponse:
    return picture(_photo(request, pk, photo).thumbnail)


@login_required
@require_safe
def album_small(request: Request, pk: int, photo: int) -> HttpResponse:
    found = _photo(request, pk, photo)
    path: Path = found.small if found.has_small else found.thumbnail
    return picture(path)


@login_required
@require_safe
def album_preview(request: Request, pk: int, photo: int) -> HttpResponse:
    return picture(_photo(request, pk, photo).preview)


def _photo(request: Request, album: int, key: int) -> Photo:
    """Return a photo of an album that whoever asks may read."""
    reader = reader_of(request, album)
    if not album_photos.holds(reader.album, key):
        raise Http404
    return get_object_or_404(Photo, pk=key)


def _shares(album: int) -> Any:
    shares = AlbumShare.objects.select_related("album")
    return shares.filter(album=album, album__is_gone=False)


def _beside(keys: Sequence[int], photo: int) -> dict[str, int | None]:
    place = keys.index(photo)
    return {
        "previous": keys[place - 1] if place else None,
        "next": keys[place + 1] if place + 1 < len(keys) else None,
    }
