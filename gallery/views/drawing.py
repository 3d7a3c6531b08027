"""Drawing a face that no detector found, and moving the box of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from analysis.results import Box
from gallery import lists
from gallery.forms import BoxForm
from gallery.models import Face, Person, Photo
from gallery.services import drawing, measuring
from gallery.services.drawing import BoxRefused
from gallery.services.people import NameRefused, SeveralPeople
from gallery.views.http import Request, listed

SHARE = 6  # A box to begin with has this part of the shorter side.


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draw_face(request: Request, pk: int) -> HttpResponse:
    """Take a box in which there is a face, and whose it is if that is said."""
    photo = get_object_or_404(Photo.objects.visible_to(request.user).select_related("job"), pk=pk)
    form = BoxForm(request.POST or None, initial=_to_begin_with(photo))

    def draw(box: Box) -> None:
        try:
            drawing.draw(photo=photo, box=box, name=form.cleaned_data["name"])
        except SeveralPeople as several:
            drawing.draw(photo=photo, box=box)
            messages.warning(request, f"{several}")

    return _obeyed(request, photo, form, draw) or _page(request, photo, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_box(request: Request, pk: int) -> HttpResponse:
    """Take where a face is instead of where it was found."""
    face = _mine(request, pk)
    box = face.box
    place = {"left": box.left, "top": box.top, "width": box.width, "height": box.height}
    form = BoxForm(request.POST or None, initial=place)
    moved = _obeyed(request, face.photo, form, lambda box: drawing.correct(face=face, box=box))
    return moved or _page(request, face.photo, form, face)


@login_required
@require_POST
def take_box_away(request: Request, pk: int) -> HttpResponse:
    """Have a drawn face be none, or give a face the detector's box back."""
    face = _mine(request, pk)
    try:
        drawing.take_away(face=face)
    except BoxRefused as refusal:
        messages.error(request, f"{refusal}")
    return redirect(listed(request).address_of(face.photo))


@login_required
@require_POST
def measure_again(request: Request, pk: int) -> HttpResponse:
    face = _mine(request, pk)
    measuring.try_again(face=face)
    return redirect(listed(request).address_of(face.photo))


def _obeyed(
    request: Request, photo: Photo, form: BoxForm, act: Callable[[Box], None]
) -> HttpResponse | None:
    """Return the way on if the form was sent and obeyed; else it says what is wrong, and keeps the box."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        act(form.box)
    except (BoxRefused, NameRefused) as refusal:
        form.add_error(None, f"{refusal}")
        return None
    return redirect(listed(request).address_of(photo))


def _page(request: Request, photo: Photo, form: BoxForm, face: Face | None = None) -> HttpResponse:
    if not photo.has_picture:
        messages.warning(request, f"{drawing.NOT_YET}")
        return redirect(listed(request).address_of(photo))
    others = [one for one in lists.faces.of(photo) if one != face]
    context: dict[str, Any] = {
        "photo": photo, "form": form, "face": face, "others": others, "listed": listed(request),
        "people_names": lists.people.names(Person.objects.visible_to(request.user)),
        "title": _("Move the box") if face else _("Draw a face"),
    }  # fmt: skip
    return render(request, "gallery/draw.html", context)


def _to_begin_with(photo: Photo) -> dict[str, int]:
    width, height = photo.width or 0, photo.height or 0
    side = min(width, height) // SHARE
    return {"left": (width - side) // 2, "top": (height - side) // 2, "width": side, "height": side}


def _mine(request: Request, pk: int) -> Face:
    faces = Face.everything.visible_to(request.user).select_related("photo__job")
    return get_object_or_404(faces, pk=pk)
