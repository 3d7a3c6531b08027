"""Renaming somebody; a name that others bear may mean that they are one, which is asked first."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from analysis.names import tidied
from gallery import lists
from gallery.fields import fold
from gallery.models import Person
from gallery.services import people
from gallery.views.asked import person_of
from gallery.views.http import Request, go


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename_person(request: Request, pk: int) -> HttpResponse:
    """Give somebody another name; one that is taken is asked about, on a page that keeps what was typed.

    `apart` is the name of which somebody said that it is another person's too.
    """
    person = person_of(request, pk)
    said = request.POST if request.method == "POST" else request.GET
    name, note = said.get("name", person.name), said.get("note")
    others = _others(person, name)
    if request.method != "POST":
        typed = {"name": tidied(name), "note": person.note if note is None else note}
        context = {"person": _card(person), "others": others, "typed": typed}
        return render(request, "gallery/taken.html", context) if others else redirect(person)
    if others and fold(said.get("apart", "")) != fold(tidied(name)):
        query = urlencode({"name": name} | ({} if note is None else {"note": note}))
        return go(request, f"{reverse('rename_person', args=[person.pk])}?{query}")
    try:
        people.rename(person=person, name=name, note=note)
    except people.NameRefused as refusal:
        messages.error(request, f"{refusal}")
        if not Person.objects.filter(pk=person.pk).exists():
            return go(request, "people")
    return go(request, person.get_absolute_url())


def _card(person: Person) -> Person:
    return lists.people.cards(Person.objects.filter(pk=person.pk)).get()


def _others(person: Person, name: str) -> list[Person]:
    """Return the others who go by a name that would be new to the person, as cards."""
    text = tidied(name)
    if not text or fold(text) == person.folded_name:
        return []
    same = Person.objects.filter(roster=person.roster_id).also_called(text)
    return list(lists.people.cards(same.exclude(pk=person.pk)))
