"""Saying of many at once whose they are: the faces of a person, and people who are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Person, Roster
from gallery.models.face_queries import Mark
from gallery.services import curating, doubts, giving
from gallery.services.people import NameRefused
from gallery.views.asked import person_of
from gallery.views.choosing import SHOWN, Act, AskedBack, obey
from gallery.views.http import Request, go, key_of, tell


@login_required
@require_safe
def choose_faces(request: Request, pk: int) -> HttpResponse:
    """Show the faces that a human said are the person's, for some of them to be somebody else's."""
    return render(request, "gallery/choose_faces.html", _page(request, person_of(request, pk)))


@login_required
@require_POST
def act_on_faces(request: Request, pk: int) -> HttpResponse:
    """Do with the chosen faces of a person what the form says."""
    person = person_of(request, pk)
    asked = obey(request, _acts(person))
    if asked is None and not Person.objects.filter(pk=person.pk).exists():
        return go(request, "people")  # All of their faces are somebody else's.
    if request.htmx:
        return render(request, "gallery/_choose_faces.html", _page(request, person, asked))
    if asked:
        return render(request, "gallery/choose_faces.html", _page(request, person, asked))
    return redirect("choose_faces", person.pk)


def _acts(person: Person) -> Mapping[str, Act]:
    return {
        "move": lambda roster, faces, whom: giving.move(roster=roster, faces=faces, whom=whom),
        "split": lambda roster, faces, whom: giving.split(roster=roster, faces=faces, whom=whom),
        "unname": lambda roster, faces, _whom: curating.take_back(
            roster=roster, faces=faces, person=person.pk
        ),
        "no_face": lambda roster, faces, _whom: curating.mark(
            roster=roster, faces=faces, mark=Mark.NO_FACE
        ),
        "stranger": lambda roster, faces, _whom: curating.mark(
            roster=roster, faces=faces, mark=Mark.STRANGER
        ),
    }


def _page(request: Request, person: Person, asked: AskedBack | None = None) -> dict[str, Any]:
    named = Paginator(lists.people.said(person), SHOWN)
    return {
        "person": person,
        "shown": named.get_page(request.GET.get("page")),
        "people_names": lists.people.names(Person.objects.visible_to(request.user)),
        "asked": asked,
    }


@login_required
@require_safe
def merge_people(request: Request) -> HttpResponse:
    """Ask which name stays of people whom the address names; say what happens, and what is against it."""
    found = _cards(request, request.GET.getlist("person"))
    if len(found) < 2:
        tell(request, f"{curating.TWO}", "warning")
        return go(request, "people")
    into = key_of(request.GET.get("into", "")) or found[0].pk
    context = {"candidates": found, "into": into, "doubts": doubts.of(found)}
    return render(request, "gallery/merge.html", context)


@login_required
@require_POST
def merge_chosen(request: Request) -> HttpResponse:
    """Say that the people of the form are one, who keeps the name of `into`.

    Where something speaks against it, that is said first on a page, whose form is `sure`.
    """
    found = {person.pk: person for person in _cards(request, request.POST.getlist("person"))}
    into = found.get(key_of(request.POST.get("into", "")) or 0)
    if into is None or len(found) < 2:
        tell(request, f"{curating.TWO}", "warning")
        return go(request, "people")
    if "sure" not in request.POST and doubts.of([*found.values()]):
        keys = [("person", key) for key in sorted(found)]
        query = urlencode([*keys, ("into", into.pk)])
        return go(request, f"{reverse('merge_people')}?{query}")
    try:
        curating.merge(into=into, others=found.keys())
    except NameRefused as refusal:
        tell(request, f"{refusal}", "error")
        return go(request, "people")
    return go(request, into.get_absolute_url())


def _cards(request: Request, texts: list[str]) -> list[Person]:
    """Return the user's people of these keys, those with most photos first."""
    keys = {key for text in texts if (key := key_of(text)) is not None}
    roster = Roster.objects.of(request.user.pk)
    return list(lists.people.cards(Person.objects.filter(roster=roster, pk__in=keys)))
