"""Whether faces stay of which something is said, and which were not found again: of a photo, or of all."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from gallery import lists
from gallery.models import Photo, Roster
from gallery.models.face_queries import FaceQuerySet
from gallery.services import lost
from gallery.views.http import Request, listed
from gallery.views.photos import render_result

ANSWERS = {"keep": True, "let_go": False}


@login_required
@require_POST
def answer_for_photo(request: Request, pk: int) -> HttpResponse:
    photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    _answer(request, lists.lost.asked(request.user).filter(photo=photo))
    if request.htmx:
        return render_result(request, pk)
    return redirect(listed(request).address_of(photo))


@login_required
@require_POST
def answer_for_all(request: Request) -> HttpResponse:
    _answer(request, lists.lost.asked(request.user))
    return redirect("work")


def _answer(request: Request, faces: FaceQuerySet) -> None:
    stays = ANSWERS.get(request.POST.get("answer", ""))
    if stays is None:
        return  # Nothing was said.
    keys = list(faces.values_list("pk", flat=True))
    lost.answer(roster=Roster.objects.of(request.user.pk), faces=keys, stays=stays)
