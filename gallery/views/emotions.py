"""What a person says of the emotion on a face; the answer is the photo's whole result."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from gallery.models import Face
from gallery.services import emotions
from gallery.views.answers import Answer
from gallery.views.http import Request, listed
from gallery.views.photos import render_result

# The button that was pressed: its name says what of the emotion, which is its value.
VERBS = {"is": emotions.say, "not": emotions.say_not, "back": emotions.take_back}


@login_required
@require_POST
def say_emotion(request: Request, pk: int) -> HttpResponse:
    faces = Face.objects.visible_to(request.user).select_related("photo")
    face = get_object_or_404(faces, pk=pk)
    error = ""
    try:
        _obey(request, face)
    except emotions.WordRefused as refusal:
        error = f"{refusal}"
    if request.htmx:
        return render_result(request, face.photo_id, Answer(face.pk, error))
    if error:
        messages.error(request, error)
    # What stands inside of folded details opens them again.
    return redirect(f"{listed(request).address_of(face.photo)}#emotion-words-{face.pk}")


def _obey(request: Request, face: Face) -> None:
    pressed = next((name for name in VERBS if name in request.POST), "is")
    VERBS[pressed](face=face, emotion=request.POST.get(pressed, ""))
