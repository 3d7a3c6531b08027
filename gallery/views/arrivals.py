"""Bringing people in: files are sent, looked at, and brought in or left. Scripts send them in pieces."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from analysis.known.layouts import Layout
from analysis.known.likely import people_among
from gallery import times
from gallery.models import Arrival
from gallery.services import arrivals, arrived
from gallery.services.arrivals import ArrivalRefused, Listed, Piece
from gallery.views.http import Request
from gallery.words import say

PATH_LENGTH = 1000
NAMES_SHOWN = 5
OTHER_ACCOUNT = gettext_lazy("You are signed in as another account by now. Reload the page.")
BROKEN = gettext_lazy("What was sent cannot be understood. Reload the page and try again.")

Arguments = ParamSpec("Arguments")


class Unreadable(Exception):
    """A script sent something else than it does."""


def for_scripts(
    view: Callable[Concatenate[Request, Arguments], JsonResponse],
) -> Callable[Concatenate[Request, Arguments], HttpResponse]:
    """Answer a script with JSON, refusals too: `detail` is what to tell its user.

    A page names its user, for the browser may be another's by now; a program need not.
    """

    @login_required
    @require_POST
    @wraps(view)
    def answered(
        request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if request.headers.get("X-Facesite-User", f"{request.user.pk}") != f"{request.user.pk}":
            return JsonResponse({"detail": OTHER_ACCOUNT}, status=409)
        try:
            return view(request, *args, **kwargs)
        except ArrivalRefused as refusal:
            return JsonResponse({"detail": f"{refusal}"}, status=400)
        except Unreadable:
            return JsonResponse({"detail": BROKEN}, status=400)
        except Http404:
            return JsonResponse({"detail": f"{say('arrival_gone')}"}, status=404)

    return answered


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bring_people(request: Request) -> HttpResponse:
    """Say what can be brought; without JavaScript take the files of the form."""
    if request.method != "POST":
        return render(request, "gallery/bring.html")
    sent = request.FILES.getlist("files")
    listed = [Listed(file.name or "?", file.size or 0) for file in sent]
    try:
        arrival, listing = arrivals.begin(owner=request.user, listed=listed)
        pieces = [Piece(one.number, 0, sent[one.number]) for one in listing.wanted]
        arrivals.receive(arrival=arrival, pieces=pieces)
        task = arrivals.close(arrival)
    except ArrivalRefused as refusal:
        messages.error(request, f"{refusal}" if sent else _("Choose some files first."))
        return redirect("bring_people")
    return redirect("task", task.pk)


@for_scripts
def look_at_folders(request: Request) -> JsonResponse:
    """Return the first names of folders that look like people, and how many do; none where they do not."""
    names = people_among(one.path for one in _listed(request))
    return JsonResponse({"names": names[:NAMES_SHOWN], "count": len(names)})


@for_scripts
def begin_arrival(request: Request) -> JsonResponse:
    """Take the list of files that a page is about to send, and return which are wanted, by their places."""
    arrival, listing = arrivals.begin(owner=request.user, listed=_listed(request))
    names = {"pieces": "send_pieces", "close": "close_arrival", "leave": "leave_arrival"}
    urls = {name: reverse(view, args=[arrival.key]) for name, view in names.items()}
    wanted = [one.number for one in listing.wanted]
    return JsonResponse({"wanted": wanted, "source": arrival.source} | urls)


@for_scripts
def send_pieces(request: Request, key: uuid.UUID) -> JsonResponse:
    """Keep pieces: the fields `number` and `start` say of which file each `piece` is, and from where."""
    arrival = _mine(request, key)
    numbers, starts = (request.POST.getlist(name) for name in ("number", "start"))
    files = request.FILES.getlist("piece")
    if not len(numbers) == len(starts) == len(files):
        raise Unreadable
    sent = zip(map(_whole, numbers), map(_whole, starts), files, strict=True)
    arrivals.receive(arrival=arrival, pieces=[Piece(*one) for one in sent])
    return JsonResponse({})


@for_scripts
def close_arrival(request: Request, key: uuid.UUID) -> JsonResponse:
    """Have the files read, and return the page that shows them."""
    task = arrivals.close(_mine(request, key))
    return JsonResponse({"url": reverse("task", args=[task.pk])})


@login_required
@require_POST
def choose_layout(request: Request, key: uuid.UUID) -> HttpResponse:
    arrival = _mine(request, key)
    try:
        layout = Layout(request.POST.get("layout", ""))
    except ValueError as error:
        raise Http404 from error
    arrived.choose(arrival, layout)
    return redirect("task", arrival.task_id) if arrival.task_id else redirect("people")


@login_required
@require_POST
def bring_arrival(request: Request, key: uuid.UUID) -> HttpResponse:
    """Bring the people in; a second press finds that done."""
    arrival = _still_there(request, key)
    if arrival is None or arrival.task is None or not arrival.task.is_done:
        messages.info(request, f"{say('arrival_gone')}")
        return redirect("people")
    try:
        task = arrived.bring(arrival)
    except ArrivalRefused as refusal:
        messages.warning(request, f"{refusal}")
        return redirect("people")
    return redirect("task", task.pk)


@login_required
@require_POST
def leave_arrival(request: Request, key: uuid.UUID) -> HttpResponse:
    """Forget the files; nothing of them is kept."""
    arrival = _still_there(request, key)
    if arrival is not None:
        arrivals.leave(arrival)
    return redirect("people")


def _mine(request: Request, key: uuid.UUID) -> Arrival:
    return get_object_or_404(Arrival.objects.visible_to(request.user), key=key)


def _still_there(request: Request, key: uuid.UUID) -> Arrival | None:
    """Return what was sent, None where it was brought in or left, as by a first press."""
    return Arrival.objects.visible_to(request.user).filter(key=key).first()


def _listed(request: Request) -> list[Listed]:
    """Return the files that a page has listed: a JSON array of [path, bytes, modified]."""
    sent = request.FILES.get("listing")
    try:
        found = json.load(sent) if sent else None
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(found, list):
        raise Unreadable
    return [_one(entry) for entry in found]


def _one(entry: Any) -> Listed:
    match entry:
        case [str(path), int(size), str(modified)] if len(path) <= PATH_LENGTH and size >= 0:
            return Listed(path, size, _time(modified))
    raise Unreadable


def _time(text: str) -> str:
    """Return a time as it was sent; "" for what is none, which nobody wrote."""
    try:
        times.moment(text)
    except ValueError:
        return ""
    return text


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Unreadable
    return int(text)
