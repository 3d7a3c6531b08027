"""The lab: one photo by every method, each part on the page once a child has come to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.methods import DETECTORS
from gallery.models import Face, Photo
from gallery.services import lab
from gallery.services.lab import kept, shown
from gallery.views.http import Request, key_of


@login_required
@require_safe
def lab_page(request: Request, pk: int) -> HttpResponse:
    photo = _mine(request, pk)
    context = _state(request, photo) | _closely(request, photo)
    if context["progress"].is_open:
        kept.watch(photo.key)  # Whoever reloads it without scripts waits too.
    context["columns"] = shown.columns(photo, request.GET)
    context["heats"] = shown.heats(context["faces"])
    return render(request, "lab/lab.html", context)


@login_required
@require_POST
def ask_lab(request: Request, pk: int) -> HttpResponse:
    """Have the photo looked at, by every method anew if the form says so."""
    photo = _mine(request, pk)
    if photo.has_picture:
        anew = "anew" in request.POST
        lab.begin(photo=photo, user=request.user, faces=_asked_for(request), anew=anew)
    if request.htmx:
        return lab_state(request, pk)
    return redirect(f"{reverse('lab', args=[pk])}?faces={_asked_for(request)}")


def lab_state(request: Request, pk: int) -> HttpResponse:
    """Say how far it is, and have the page fetch what has come; whoever asks waits for it."""
    photo = _mine(request, pk)
    context = _state(request, photo)
    if context["progress"].is_open:
        kept.watch(photo.key)
    response = render(request, "lab/_state.html", context)
    here = set(context["progress"].parts) - set(context["progress"].waiting)
    response["HX-Trigger"] = json.dumps({f"lab-{name}": {} for name in sorted(here)})
    return response


@login_required
@require_safe
def lab_progress(request: Request, pk: int) -> HttpResponse:
    return lab_state(request, pk)


@login_required
@require_safe
def lab_detector(request: Request, pk: int, name: str) -> HttpResponse:
    photo = _mine(request, pk)
    if name not in DETECTORS:
        raise Http404
    context = {"photo": photo, "column": shown.column(photo, name, request.GET.get(name, ""))}
    return render(request, "lab/_detector.html", context)


@login_required
@require_safe
def lab_closely(request: Request, pk: int) -> HttpResponse:
    return render(request, "lab/_closely.html", _closely(request, _mine(request, pk)))


@login_required
@require_safe
def lab_chips(request: Request, pk: int, face: int) -> HttpResponse:
    """Send a face's chips as its encoder sees them."""
    photo = _mine(request, pk)
    if face not in {one.pk for one in lab.crowd(photo)}:
        raise Http404
    try:
        content = kept.chips(photo.key, face).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-cache"
    return response


def _mine(request: Request, pk: int) -> Photo:
    mine = Photo.objects.visible_to(request.user).select_related("job")
    return get_object_or_404(mine, pk=pk)


def _asked_for(request: Request) -> int:
    """Return of how many faces the address asks for more than a box."""
    return lab.rounded(key_of(request.GET.get("faces", "")) or 0)


def _state(request: Request, photo: Photo) -> dict[str, Any]:
    asked = _asked_for(request)
    return {"photo": photo, "asked": asked, "progress": lab.progress(photo, asked)}


def _closely(request: Request, photo: Photo) -> dict[str, Any]:
    """Return the face that the address names, or the first, and what is known of it."""
    asked = _asked_for(request)
    crowd = lab.crowd(photo)
    faces = sorted(crowd[:asked], key=lambda face: (face.left, face.pk))
    for number, face in enumerate(faces, start=1):
        face.number = number
    wanted = key_of(request.GET.get("face", ""))
    first = faces[0] if faces else None
    chosen = next((one for one in faces if one.pk == wanted), first)
    context: dict[str, Any] = {
        "photo": photo,
        "asked": asked,
        "faces": faces,
        "face": chosen,
        "count": len(crowd),
        "more": min(len(crowd), lab.rounded(asked + 1)) - len(faces),
    }
    return context | (_of_face(photo, crowd, chosen) if chosen else {})


def _of_face(photo: Photo, crowd: Sequence[Face], face: Face) -> dict[str, Any]:
    part = next(name for name, some in lab.closely(crowd).items() if face in some)
    return {
        "part": part,
        "outlines": shown.outlines(face),
        "encoding": shown.encoding(face),
        "closely": shown.closely(photo, part, face),
    }
