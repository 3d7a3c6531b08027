"""Naming a face, and confirming or refusing a guess. Each answers with the photo's whole result."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.names import tidied
from gallery import lists
from gallery.lists.context import PARAMETER
from gallery.models import Face, Person
from gallery.services import people
from gallery.views.answers import Answer, offer_beside
from gallery.views.http import Request, key_of, listed
from gallery.views.photos import render_result


@login_required
@require_POST
def name_face(request: Request, pk: int) -> HttpResponse:
    """Take whom the form says: one of the `people` by key, somebody `new`, or whoever has the `name`."""
    face = _mine(request, pk)
    before = face.person_id
    try:
        _obey(request, face)
    except people.SeveralPeople as several:
        return _ask_which(request, face, several)
    except people.NameRefused as refusal:
        return _answered(request, face, Answer(face.pk, error=f"{refusal}"))
    face.refresh_from_db()
    # Who confirms a guess by typing it knows whom they mean.
    offer = "" if face.person_id == before else offer_beside(face)
    return _answered(request, face, Answer(face.pk, offer=offer))


@login_required
@require_safe
def which_person(request: Request, pk: int) -> HttpResponse:
    """Ask who is meant by a name that several bear; without JavaScript a page of its own."""
    face, name = _mine(request, pk), request.GET.get("name", "")
    found = Person.objects.visible_to(request.user).meant_by(tidied(name))
    if len(found) < 2:
        return redirect(listed(request).address_of(face.photo))
    answer = Answer(face.pk, name=found[0].name, candidates=_cards([one.pk for one in found]))
    context = {"face": face, "answer": answer, "listed": listed(request)}
    return render(request, "gallery/which.html", context)


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


@login_required
@require_POST
def add_reference(request: Request, pk: int) -> HttpResponse:
    """Know the person by this face too, though it is a poor one."""
    face = _mine(request, pk)
    return _do(request, face, lambda: people.add_reference(face=face))


def _obey(request: Request, face: Face) -> None:
    if "person" in request.POST:
        people.name_as(face=face, person_id=_shown(request))
    elif "new" in request.POST:
        people.name_anew(face=face, name=request.POST["new"])
    else:
        name = request.POST.get("name", "")
        # Nothing at all takes the name back; blanks are a slip.
        people.name_face(face=face, name=people.clean_name(name) if name.isspace() else name)


def _shown(request: Request) -> int:
    """Return whom the page showed: another tab may have changed it meanwhile."""
    return key_of(request.POST.get("person", "")) or 0


def _mine(request: Request, pk: int) -> Face:
    faces = Face.objects.visible_to(request.user).select_related("photo", "person", "suggestion")
    return get_object_or_404(faces, pk=pk)


def _cards(keys: list[int]) -> list[Person]:
    return list(lists.people.cards(Person.objects.filter(pk__in=keys)))


def _do(request: Request, face: Face, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except people.NameRefused as refusal:
        return _answered(request, face, Answer(face.pk, error=f"{refusal}"))
    return _answered(request, face, Answer(face.pk))


def _ask_which(request: Request, face: Face, several: people.SeveralPeople) -> HttpResponse:
    if not request.htmx:
        query = urlencode({"name": several.name, PARAMETER: listed(request).key})
        return redirect(f"{reverse('which_person', args=[face.pk])}?{query}")
    candidates = _cards(list(several.people))
    answer = Answer(face.pk, name=several.name, candidates=candidates)
    return render_result(request, face.photo_id, answer)


def _answered(request: Request, face: Face, answer: Answer) -> HttpResponse:
    if request.htmx:
        return render_result(request, face.photo_id, answer)
    if answer.error:
        messages.error(request, answer.error)
    here = listed(request)
    if answer.offer:
        return redirect(f"{here.address_of(face.photo, named=face.pk)}#face-{face.pk}")
    return redirect(here.address_of(face.photo))
