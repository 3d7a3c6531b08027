"""What a person's page takes beside names and births: notes, other names, covers, hiding, favourites."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.services import describing
from gallery.services.people import NameRefused
from gallery.views import people
from gallery.views.asked import person_of
from gallery.views.http import Request, go, key_of

SHOWN = 120  # faces at once


@login_required
@require_POST
def tell_person(request: Request, pk: int) -> HttpResponse:
    """Take the notes on a person, and their other names, one a line."""
    person = person_of(request, pk)
    told = {name: request.POST.get(name, "") for name in ("about", "aliases")}
    try:
        describing.tell(person=person, about=told["about"], aliases=told["aliases"].splitlines())
    except NameRefused as refusal:
        # The page again, with what was typed.
        context = people.page(request, person) | {"told": told, "about_error": f"{refusal}"}
        return render(request, "gallery/person.html", context)
    return go(request, person.get_absolute_url())


@login_required
@require_POST
def favour_person(request: Request, pk: int) -> HttpResponse:
    """Have the person come first if the form says so, else no longer."""
    person = person_of(request, pk)
    is_favourite = "is_favourite" in request.POST
    describing.favour(roster=person.roster, keys=[pk], is_favourite=is_favourite)
    return go(request, person.get_absolute_url())


@login_required
@require_POST
def hide_person(request: Request, pk: int) -> HttpResponse:
    """Leave the person out of lists if the form says so, else no longer."""
    person = person_of(request, pk)
    describing.hide(roster=person.roster, keys=[pk], is_hidden="is_hidden" in request.POST)
    return go(request, person.get_absolute_url())


@login_required
@require_safe
def person_cover(request: Request, pk: int) -> HttpResponse:
    """Show the faces of which one may stand for the person, the best first."""
    person = person_of(request, pk)
    faces = Paginator(lists.people.named(person), SHOWN).get_page(request.GET.get("page"))
    return render(request, "gallery/cover.html", {"person": person, "faces": faces})


@login_required
@require_POST
def choose_cover(request: Request, pk: int) -> HttpResponse:
    """Have that face stand for the person; the best one if the form names none."""
    person = person_of(request, pk)
    try:
        describing.choose_cover(person=person, face_id=key_of(request.POST.get("face", "")))
    except NameRefused as refusal:
        messages.error(request, f"{refusal}")
        return redirect("person_cover", pk=pk)
    return go(request, person.get_absolute_url())
