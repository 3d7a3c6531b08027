"""What is no face, and strangers: put aside from their photo, and brought back from a page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Face, Person, Roster
from gallery.models.face_queries import Mark
from gallery.services import curating, giving
from gallery.views.choosing import SHOWN, Act, AskedBack, obey
from gallery.views.http import Request, listed
from gallery.views.photos import render_result

ACTS: Mapping[str, Act] = {
    "back": lambda roster, faces, _whom: curating.mark(roster=roster, faces=faces, mark=Mark.NONE),
    "name": lambda roster, faces, whom: giving.name(roster=roster, faces=faces, whom=whom),
}


@login_required
@require_POST
def put_aside(request: Request, pk: int) -> HttpResponse:
    """Say that the face is none, or a stranger's, by the form's `mark`."""
    # Of what is no face already too: whoever presses twice says the same.
    faces = Face.everything.visible_to(request.user).select_related("photo")
    face = get_object_or_404(faces, pk=pk)
    mark = request.POST.get("mark", "")
    if mark not in lists.aside.KINDS:
        raise Http404
    roster = Roster.objects.of(face.photo.owner_id)
    curating.mark(roster=roster, faces=[face.pk], mark=Mark(mark))
    if request.htmx:
        return render_result(request, face.photo_id)
    return redirect(listed(request).address_of(face.photo))


@login_required
@require_safe
def aside(request: Request) -> HttpResponse:
    return render(request, "gallery/aside.html", _page(request))


@login_required
@require_POST
def answer_aside(request: Request) -> HttpResponse:
    """Bring the chosen faces back among the others, or say whose they are."""
    asked = obey(request, ACTS)
    if request.htmx:
        return render(request, "gallery/_aside.html", _page(request, asked))
    if asked:
        return render(request, "gallery/aside.html", _page(request, asked))
    return redirect("aside")


def _page(request: Request, asked: AskedBack | None = None) -> dict[str, Any]:
    parts = {
        mark: Paginator(lists.aside.of(request.user, mark), SHOWN).get_page(request.GET.get(mark))
        for mark in lists.aside.KINDS
    }
    names = lists.people.names(Person.objects.visible_to(request.user))
    asked_in = request.POST.get("part", "") if asked else ""
    return {
        "strangers": parts[Mark.STRANGER],
        "no_faces": parts[Mark.NO_FACE],
        "people_names": names,
        "asked": asked,
        "asked_in": asked_in,
    }
