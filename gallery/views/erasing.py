"""The page on which somebody is erased for good, once their name was typed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gallery.fields import fold
from gallery.models import Arrival, Person
from gallery.services import erasing, roster_networks
from gallery.services.erasing import EraseRefused
from gallery.views.asked import person_of
from gallery.views.http import Request, go


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase_person(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    if request.method != "POST":
        return _page(request, person)
    typed = request.POST.get("typed", "")
    with_guesses = "guesses" in request.POST
    if fold(typed.strip()) != fold(person.name):
        error = _("This is not the name. Nothing was erased.")
        return _page(request, person, error=error, typed=typed, with_guesses=with_guesses)
    try:
        task = erasing.begin(person=person, with_guesses=with_guesses)
    except EraseRefused as refusal:
        error = f"{refusal}"
        return _page(request, person, error=error, typed=typed, with_guesses=with_guesses)
    return go(request, reverse("task", args=[task.pk]))


def _page(
    request: Request,
    person: Person,
    *,
    error: str = "",
    typed: str = "",
    with_guesses: bool = True,
) -> HttpResponse:
    context: dict[str, Any] = {
        "person": person,
        "error": error,
        "typed": typed,
        "with_guesses": with_guesses,
        "faces": len(erasing.theirs(person)),
        "guesses": len(erasing.guessed(person)),
        "has_network": roster_networks.learnt_of(person.roster_id, [person.pk]),
        "arrival": Arrival.objects.filter(owner=request.user).first(),
    }
    return render(request, "gallery/erase.html", context)
