"""The library and the photo page."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.base import File
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gallery import lists, times
from gallery.forms import MethodsForm
from gallery.kinds import TaskRefused
from gallery.models import BinnedPhoto, Face, Person, Photo, Preferences
from gallery.models.photo import PhotoQuerySet
from gallery.services import album_uploads, colours, dates, likelihood, photos, renewal, small
from gallery.services.album_uploads import Into
from gallery.services.photo_words import WordsRefused
from gallery.views import viewer
from gallery.views.answers import Answer, offer_beside
from gallery.views.http import Request, go, key_of, listed, still_there, tell

PAGE = 60
MOST_CARDS = 200  # that are asked for at once


@login_required
@require_safe
def photo_cards(request: Request) -> HttpResponse:
    """Return the cards of several photos, as they are now; those that are gone are left out."""
    texts = request.GET.get("keys", "").split(",")[:MOST_CARDS]
    keys = [key for text in texts if (key := key_of(text)) is not None]
    found = lists.photos.cards(Photo.objects.visible_to(request.user).filter(pk__in=keys))
    context = {"photos": found, "listed": listed(request)}
    return render(request, "gallery/_photo_cards.html", context)


@login_required
@require_safe
def photo(request: Request, pk: int) -> HttpResponse:
    context = result_context(request, pk, _answer_to_form(request))
    here = context["listed"]
    context["previous"], context["next"] = here.around(pk)
    context["way_back"] = here.back_from(pk)
    context |= {"layers": viewer.layers(request), "keys": viewer.KEYS, "gestures": viewer.GESTURES}
    context["methods_form"] = MethodsForm(chosen=_chosen(context["photo"]))
    return render(request, "gallery/photo.html", context)


def _chosen(photo: Photo) -> dict[str, str]:
    """Return by which methods the photo would be analysed now: those of its owner, and its own."""
    chosen: dict[str, str] = photo.job.chosen
    return Preferences.objects.of(photo.owner_id).choice.by_stage() | chosen


@login_required
@require_safe
@still_there
def photo_result(request: Request, pk: int) -> HttpResponse:
    """Return what a photo's page shows of it; of one that was deleted meanwhile, where it is now."""
    with suppress(Http404):
        return render_result(request, pk)
    binned = get_object_or_404(BinnedPhoto.objects.visible_to(request.user), pk=pk)
    context = {"photo": binned, "listed": listed(request)}
    return render(request, "gallery/_photo_binned.html", context)


@login_required
@require_POST
def upload(request: Request) -> HttpResponse:
    """Take the files of a form without JavaScript; each refusal is a message.

    A form that can say it has a field `modified` for each file, in their order: when it was last written.
    """
    files, modified = request.FILES.getlist("files"), request.POST.getlist("modified")
    modified = modified if len(modified) == len(files) else [""] * len(files)
    album, name = key_of(request.POST.get("album", "")), request.POST.get("album_name", "")
    try:
        into = album_uploads.into(request.user, album, name)
    except WordsRefused as refusal:
        messages.error(request, f"{refusal}")
        return redirect("library")
    each = zip(files, modified, strict=True)
    taken = sum(_upload_one(request, file, written, into) for file, written in each)
    if taken:
        words = ngettext("%(count)s photo uploaded.", "%(count)s photos uploaded.", taken)
        messages.success(request, words % {"count": taken})
    return redirect(into.album if into and into.album else "library")


@login_required
@require_POST
def add_samples(request: Request) -> HttpResponse:
    photos.add_samples(owner=request.user)
    return go(request, "library")


@login_required
@require_POST
def analyse_photo(request: Request, pk: int) -> HttpResponse:
    """Queue the photo again: by the methods of the form if it names any, harder if it says so."""
    photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    form = MethodsForm(request.POST, chosen={})
    if "harder" in request.POST:
        if not photos.look_harder(photo):
            messages.warning(request, photos.BUSY)
    elif form.fields.keys().isdisjoint(request.POST):
        photos.analyse_again(photo)
    elif not form.is_valid():
        for field in form:
            for error in field.errors:
                messages.error(request, f"{field.label}: {error}")
    elif not photos.analyse_again(photo, form.choice):
        messages.warning(request, photos.BUSY)
    here = listed(request)
    if not request.htmx:
        return redirect(here.address_of(photo))
    if request.htmx.target == "photo-result":
        return render_result(request, pk)
    card = lists.photos.cards(Photo.objects.all()).get(pk=pk)
    return render(request, "gallery/_photo_cards.html", {"photos": [card], "listed": here})


@login_required
@require_POST
def mark_collage(request: Request, pk: int) -> HttpResponse:
    """Take the photo for a collage, with the same people several times, if the form says so."""
    photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    photos.mark_collage(photo=photo, is_collage="is_collage" in request.POST)
    return redirect(listed(request).address_of(photo))


@login_required
@require_POST
def renew_photos(request: Request) -> HttpResponse:
    """Have all those photos analysed again that the form names as a group."""
    which = request.POST.get("which", "")
    if which not in renewal.WHICH:
        raise Http404
    try:
        renewal.begin(user=request.user, which=which)
    except TaskRefused as refusal:
        messages.warning(request, f"{refusal}")
    return redirect("work")


@login_required
@require_POST
def look_at_colours(request: Request) -> HttpResponse:
    """Have the photos opened of which it is not known whether they are sRGB."""
    try:
        colours.look(user=request.user)
    except TaskRefused as refusal:
        messages.warning(request, f"{refusal}")
    return redirect("work")


@login_required
@require_POST
def look_for_dates(request: Request) -> HttpResponse:
    """Have the photos opened of which it is not known whether they say when they were taken."""
    try:
        dates.look(user=request.user)
    except TaskRefused as refusal:
        messages.warning(request, f"{refusal}")
    return redirect("work")


@login_required
@require_POST
def make_small_pictures(request: Request) -> HttpResponse:
    """Have the small pictures made of photos from before there were any."""
    try:
        small.make(user=request.user)
    except TaskRefused as refusal:
        messages.warning(request, f"{refusal}")
    return redirect("work")


@login_required
@require_POST
def delete_photo(request: Request, pk: int) -> HttpResponse:
    photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    here = listed(request)
    _newer, older = here.around(pk)
    photos.delete(photo)
    tell(request, _("%(name)s is in the bin now, for 30 days.") % {"name": photo.filename})
    if request.POST.get("back") == "work":
        return redirect("work")
    return go(request, here.address_of(older) if older else here.page)


def wall(queryset: PhotoQuerySet, request: Request) -> dict[str, Any]:
    """Return the part of a wall that the address asks for, and whether there are newer ones above it."""
    start = _start(queryset, request)
    context = grid(queryset, start)
    first = context["photos"][0].pk if context["photos"] else 0
    is_below = start is not None and queryset.filter(pk__gt=first).exists()
    shown = {"is_annotated": viewer.is_annotated(request)}
    return context | shown | {"newer": first if is_below else None}


def _start(queryset: PhotoQuerySet, request: Request) -> int | None:
    """Return the cursor of the page to show: the one asked for, or one half a page above a photo."""
    around = key_of(request.GET.get("around", ""))
    if around is None:
        return cursor(request)
    newer = queryset.filter(pk__gt=around).order_by("pk").values_list("pk", flat=True)
    return next(iter(newer[PAGE // 2 : PAGE // 2 + 1]), None)


def cursor(request: Request) -> int | None:
    return key_of(request.GET.get("before", ""))


def grid(queryset: PhotoQuerySet, before: int | None) -> dict[str, Any]:
    """Return one page of cards below the cursor, and the cursor of the next page."""
    if before is not None:
        queryset = queryset.filter(pk__lt=before)
    found = list(lists.photos.cards(queryset)[: PAGE + 1])
    page = found[:PAGE]
    return {"photos": page, "next_cursor": page[-1].pk if len(found) > PAGE else None}


def result_context(request: Request, pk: int, answer: Answer | None = None) -> dict[str, Any]:
    mine = Photo.objects.visible_to(request.user).select_related("job")
    photo = get_object_or_404(lists.drawn.knowing_of_boxes(mine), pk=pk)
    faces = lists.faces.of(photo)
    likelihood.tell(faces, photo.owner_id)
    lists.origins.tell(faces)
    aside = lists.faces.put_aside(photo)
    is_lost = answer is not None and answer.face not in {face.pk for face in faces}
    return {
        "photo": photo,
        "faces": faces,
        "panel": lists.faces.panel(faces),
        "erased": list(photo.erased_faces.order_by("left", "pk")),
        "put_aside": aside,
        "strangers": lists.faces.strangers(aside),
        "made": lists.made.mark(photo, faces),
        "question": lists.lost.of_photo(faces),
        "boxes_due": lists.drawn.waiting(photo),
        "answer": answer,
        "keywords": sorted(photo.keywords.values_list("word", flat=True)),
        "in_albums": lists.albums.of_photo(request.user, pk),
        "open_albums": lists.albums.open_to(request.user),
        "lost_error": answer.error if answer is not None and is_lost else "",
        "people_names": lists.people.names(Person.objects.visible_to(request.user)),
        "listed": listed(request),
    }


def render_result(request: Request, pk: int, answer: Answer | None = None) -> HttpResponse:
    return render(request, "gallery/_photo_result.html", result_context(request, pk, answer))


def _answer_to_form(request: Request) -> Answer | None:
    """Return what a page without JavaScript offers beside the face that was just named."""
    named = key_of(request.GET.get("named", ""))
    faces = Face.objects.visible_to(request.user).filter(pk=named or 0)
    return next((Answer(face.pk, offer=offer_beside(face)) for face in faces), None)


def _upload_one(request: Request, file: File[bytes], modified: str, into: Into | None) -> bool:
    written = None
    with suppress(ValueError):  # What is no time is none that anybody wrote.
        written = times.moment(modified)
    try:
        photo: Photo | None = photos.upload(owner=request.user, file=file, modified=written)
        taken = True
    except photos.UploadRefused as refusal:
        messages.error(request, f"{file.name}: {refusal}")
        taken, photo = False, refusal.photo
    if into and photo and (why := into.take(photo)):
        messages.error(request, f"{file.name}: {why}")
    return taken
