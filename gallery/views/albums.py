"""Albums: the list of them, what one is called, how it is ordered; its wall is `album_wall`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery import lists
from gallery.models import Album
from gallery.services import album_photos, albums, sharing
from gallery.services.album_photos import Reader
from gallery.services.photo_words import WordsRefused
from gallery.services.search import address
from gallery.views.http import Request, key_of, tell

ARRANGED = 200  # photos at once where they are put in order


@login_required
@require_safe
def album_list(request: Request) -> HttpResponse:
    there = Album.objects.select_related("owner")
    mine = list(lists.albums.cards(there.visible_to(request.user)))
    others = there.shared_with(request.user).annotate(owner_name=F("owner__username"))
    shared = list(lists.albums.cards(others))
    for album, found in album_photos.found_by([*mine, *shared]):
        vars(album).update(photo_count=found.count, cover_id=next(iter(found.page(0, 1)), None))
    return render(request, "gallery/albums.html", {"albums": mine, "shared": shared})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_album(request: Request) -> HttpResponse:
    """Make an album of nothing yet, or of what a search finds; ask what it is called."""
    query = address.write(address.of(request.POST.get("search", request.GET.get("search", ""))))
    name, error = request.POST.get("name", ""), ""
    if request.method == "POST":
        try:
            album = albums.create(owner=request.user, name=name, search=query)
        except WordsRefused as refusal:
            error = f"{refusal}"
        else:
            return redirect(album)
    context = {"name": name, "error": error, "search": query}
    return render(request, "gallery/new_album.html", context)


@login_required
@require_safe
def arrange_album(request: Request, pk: int) -> HttpResponse:
    """Show the photos to be put in order, chosen, or taken out."""
    return render(request, "gallery/arrange_album.html", _arranged(request, _mine(request, pk)))


@login_required
@require_POST
def move_in_album(request: Request, pk: int) -> HttpResponse:
    """Put photos before another one, or one `to` the first, earlier, later or last place."""
    found = _mine(request, pk)
    photos = [key for text in request.POST.getlist("photo") if (key := key_of(text)) is not None]
    before = key_of(request.POST.get("before", ""))
    if (to := request.POST.get("to")) and photos:
        before = _before(album_photos.keys(found), photos[0], to)
    if photos and before not in photos:
        albums.move(album=found, photos=photos, before=before)
    found.refresh_from_db()
    if request.htmx:
        return render(request, "gallery/_arranged.html", _arranged(request, found))
    return HttpResponseRedirect(
        f"{_arranging(found, request)}#arrange-{photos[0] if photos else 0}"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tell_album(request: Request, pk: int) -> HttpResponse:
    """Show what is said of an album and with whom it is shared; take another name, notes and order."""
    found, error = _mine(request, pk), ""
    if request.method == "POST":
        name, about = request.POST.get("name", ""), request.POST.get("about", "")
        try:
            albums.tell(album=found, name=name, about=about)
        except WordsRefused as refusal:
            error = f"{refusal}"
            found.name, found.about = name, about
        else:
            return redirect(found)
    return render(request, "gallery/tell_album.html", about_album(request, found, error))


@login_required
@require_POST
def order_album(request: Request, pk: int) -> HttpResponse:
    """Have the photos stand by their dates again; by hand they do once one is moved."""
    found = _mine(request, pk)
    if albums.order_by_date(album=found) is None:
        tell(request, _("That was so already."), "info")
    return redirect(_arranging(found, request))


@login_required
@require_POST
def choose_album_cover(request: Request, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    photo = key_of(request.POST.get("photo", ""))
    if photo is not None and not album_photos.holds(found, photo):
        raise Http404
    albums.choose_cover(album=found, photo=photo)
    return HttpResponseRedirect(_arranging(found, request))


@login_required
@require_POST
def delete_album(request: Request, pk: int) -> HttpResponse:
    albums.delete(album=_mine(request, pk))
    return redirect("albums")


def reader_of(request: Request, pk: int) -> Reader:
    """Return how whoever asks reads the album; there is none of others."""
    reader = album_photos.reader(request.user, pk)
    if reader is None:
        raise Http404
    return reader


def about_album(
    request: Request, found: Album, error: str = "", share_error: str = ""
) -> dict[str, Any]:
    """Return what the page about an album shows."""
    return {
        "album": found,
        "error": error,
        "share_error": share_error,
        "shares": found.shares.order_by("name"),
        "reads_members": sharing.reads_members(request.user),
        "members": sharing.members(request.user),
    }


def _mine(request: Request, pk: int) -> Album:
    reader = reader_of(request, pk)
    if not reader.is_owner:
        raise Http404
    return reader.album


def _arranged(request: Request, found: Album) -> dict[str, Any]:
    keys = album_photos.keys(found)
    page = min(key_of(request.GET.get("page", "")) or 1, max(1, -(-len(keys) // ARRANGED)))
    start = (page - 1) * ARRANGED
    shown = keys[start : start + ARRANGED]
    reader = Reader(found, request.user, None)
    cover = found.chosen_cover if found.chosen_cover in keys else None
    return {
        "album": found,
        "photos": lists.shared.photos(shown, reader.reads_names),
        "count": len(keys),
        "first": keys[0] if keys else 0,
        "last": keys[-1] if keys else 0,
        "cover": cover,
        "page": page,
        # Before which a photo stands that is dropped at the end of what is shown.
        "after": keys[start + ARRANGED] if start + ARRANGED < len(keys) else "",
        "previous": page - 1 if page > 1 else None,
        "next": page + 1 if start + ARRANGED < len(keys) else None,
    }


def _arranging(found: Album, request: Request) -> str:
    page = key_of(request.GET.get("page", ""))
    query = f"?page={page}" if page else ""
    return f"{found.get_absolute_url()}arrange/{query}"


def _before(keys: Sequence[int], photo: int, to: str) -> int | None:
    """Return before which photo one stands once it is moved; None for the last place."""
    if photo not in keys:
        return None
    place, last = keys.index(photo), len(keys) - 1
    wanted = {"first": 0, "earlier": place - 1, "later": place + 1, "last": last}.get(to, place)
    wanted = min(max(wanted, 0), last)
    rest = [key for key in keys if key != photo]
    return rest[wanted] if wanted < len(rest) else None
