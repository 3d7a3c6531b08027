"""Naming a face, and confirming or refusing a guess. Each answers with the photo's whole result."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from gallery.models import Face
from gallery.services import people
from gallery.views.http import Request, key_of
from gallery.views.photos import render_result


@login_required
@require_POST
def name_face(request: Request, pk: int) -> HttpResponse:
    face, name = _mine(request, pk), request.POST.get("name", "")
    return _do(request, face, lambda: people.name_face(face=face, name=name))


@login_required
@require_POST
def confirm_face(request: Request, pk: int) -> HttpResponse:
    face, person_id = _mine(request, pk), _shown(request)
    return _do(request, face, lambda: people.confirm(face=face, person_id=person_id))


@login_required
@require_POST
def refuse_face(request: Request, pk: int) -> HttpResponse:
    face, person_id = _mine(request, pk), _shown(request)
    return _do(request, face, lambda: people.refuse(face=face, person_id=person_id))


def _shown(request: Request) -> int:
    """Return whom the page showed as the guess: another tab may have changed it meanwhile."""
    return key_of(request.POST.get("person", "")) or 0


def _mine(request: Request, pk: int) -> Face:
    faces = Face.objects.visible_to(request.user).select_related("photo", "person")
    return get_object_or_404(faces, pk=pk)


def _do(request: Request, face: Face, act: Callable[[], object]) -> HttpResponse:
    photo, errors = face.photo, {}
    try:
        act()
    except people.NameRefused as refusal:
        errors[face.pk] = f"{refusal}"
    if request.htmx:
        return render_result(request, photo.pk, errors)
    for error in errors.values():
        messages.error(request, error)
    return redirect(photo)
