"""Naming a face, and confirming or refusing a guess. Each answers with the photo's whole result."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from gallery.models import Face
from gallery.services import people
from gallery.views.http import Request
from gallery.views.photos import render_result, result_context


@login_required
@require_GET
def face(request: Request, pk: int) -> HttpResponse:
    context = result_context(request, _mine(request, pk).photo_id)
    shown = next((face for face in context["faces"] if face.pk == pk), None)
    if shown is None:
        raise Http404
    return render(request, "gallery/_face.html", context | {"face": shown})


@login_required
@require_POST
def name_face(request: Request, pk: int) -> HttpResponse:
    face = _mine(request, pk)
    try:
        people.name_face(face=face, name=request.POST.get("name", ""))
    except people.NameRefused as refusal:
        return _answer(request, face, f"{refusal}")
    return _answer(request, face)


@login_required
@require_POST
def confirm_face(request: Request, pk: int) -> HttpResponse:
    face = _mine(request, pk)
    people.confirm(face=face)
    return _answer(request, face)


@login_required
@require_POST
def refuse_face(request: Request, pk: int) -> HttpResponse:
    face = _mine(request, pk)
    people.refuse(face=face)
    return _answer(request, face)


def _mine(request: Request, pk: int) -> Face:
    faces = Face.objects.visible_to(request.user).select_related("photo", "person")
    return get_object_or_404(faces, pk=pk)


def _answer(request: Request, face: Face, error: str = "") -> HttpResponse:
    if request.htmx:
        return render_result(request, face.photo_id, {face.pk: error} if error else None)
    if error:
        messages.error(request, error)
    return redirect(face.photo)
