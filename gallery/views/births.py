"""The form on a person's page that says when they were born."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from gallery.services import births
from gallery.services.people import NameRefused
from gallery.views import people
from gallery.views.asked import person_of
from gallery.views.http import Request, go


@login_required
@require_POST
def say_birth(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    typed = {name: request.POST.get(name, "").strip() for name in people.PARTS}
    try:
        births.say(person=person, born=births.written(**typed))
    except births.BirthRefused as refusal:
        # The page again, with what was typed.
        context = people.page(request, person) | {"typed": typed, "birth_error": f"{refusal}"}
        return render(request, "gallery/person.html", context)
    except NameRefused as refusal:
        messages.error(request, f"{refusal}")
        return go(request, "people")
    return go(request, person.get_absolute_url())
