"""A person's page, and what they are over the years."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import formats, lists
from gallery.lists.person_photos import Narrowed
from gallery.models import AnalysisJob, Face, KnownEncoding, Person
from gallery.services import people as roster
from gallery.services import photos, portraits
from gallery.views import chosen_photos
from gallery.views.asked import crops, person_of
from gallery.views.http import Request, go, leading_to
from gallery.views.photos import cursor, grid, wall
from gallery.words import Words

PARTS = ("year", "month", "day")  # Of a date of birth, of which the last ones may be missing.


@login_required
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    return render(request, "gallery/person.html", page(request, person_of(request, pk)))


def page(request: Request, person: Person) -> dict[str, Any]:
    """Return what a person's page shows."""
    narrowed = Narrowed.read(person, request.GET.dict())
    here = lists.context.of_person(request.user, person, narrowed)
    encodings = person.encodings.select_related("face__photo").order_by("pk")
    context = wall(here.photos, request) | crops(request, person) | chosen_photos.offered(request)
    context |= {"person": person, "encodings": encodings, "accept": formats.ACCEPT, "listed": here}
    context["portraits"] = _portraits(person, [encoding.face for encoding in encodings])
    context |= {"narrowed": narrowed, "shown_count": here.photos.count()}
    context["photo_count"] = (
        lists.person_photos.said(person, request.user).count()
        if narrowed
        else context["shown_count"]
    )
    context["namesakes"] = _namesakes(person)
    context |= _told(person)
    numbers = f"{person.born or ''}".split("-")
    typed = {name: number.lstrip("0") for name, number in zip(PARTS, numbers, strict=False)}
    context["consented"] = {
        "answer": person.consent,
        "on": person.consent_on.isoformat() if person.consent_on else "",
        "note": person.consent_note,
    }
    return context | {"typed": typed, "months": [(f"{key}", name) for key, name in MONTHS.items()]}


@login_required
@require_safe
def person_photos(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    narrowed = Narrowed.read(person, request.GET.dict())
    here = lists.context.of_person(request.user, person, narrowed)
    context = grid(here.photos, cursor(request)) | {"person": person, "listed": here}
    return render(request, "gallery/_photo_grid.html", context)


@login_required
@require_safe
def person_story(request: Request, pk: int) -> HttpResponse:
    """Show the person over the years, and with whom they are on photos."""
    person = person_of(request, pk)
    context = {
        "person": person,
        "story": lists.person_story.tell(person),
        "company": lists.person_story.company(person),
    }
    return render(request, "gallery/story.html", context)


@login_required
@require_POST
def add_portrait(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a photo first."))
        return redirect(person)
    try:
        said = portraits.add(owner=request.user, person=person, file=file)
    except photos.UploadRefused as refusal:
        messages.error(request, leading_to(refusal.photo, f"{refusal}"))
    else:
        _say_of_portrait(request, person, said)
    return go(request, person.get_absolute_url())


@login_required
@require_POST
def delete_person(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    roster.delete(person)
    return go(request, "people")


@login_required
@require_POST
def remove_encoding(request: Request, pk: int) -> HttpResponse:
    mine = KnownEncoding.objects.filter(person__in=Person.objects.visible_to(request.user))
    encoding = get_object_or_404(mine.select_related("person"), pk=pk)
    whose = encoding.person
    assert whose is not None
    roster.remove_encoding(encoding)
    # Whoever was known by nothing else has gone.
    is_there = Person.objects.filter(pk=whose.pk).exists()
    return go(request, whose.get_absolute_url() if is_there else "people")


def _told(person: Person) -> dict[str, Any]:
    """Return what the person is also called, and what a form shows of what was told."""
    aliases = [alias.name for alias in person.aliases.order_by("name")]
    told = {"about": person.about, "aliases": "\n".join(aliases)}
    return {"other_names": lists.people.other_names(person, aliases), "told": told}


def _say_of_portrait(request: Request, person: Person, said: Words) -> None:
    """Say what became of a portrait, with the way to its photo where something speaks against it."""
    if said.code not in portraits.DOUBTS:
        messages.success(request, f"{said}")
        return
    known = person.encodings.select_related("face__photo").latest("pk")
    messages.warning(request, leading_to(known.face.photo if known.face else None, f"{said}"))


def _namesakes(person: Person) -> list[Person]:
    """Return the others who bear the name, as cards."""
    if not person.shares_name:
        return []
    same = Person.objects.filter(roster=person.roster_id).called(person.name)
    return list(lists.people.cards(same.exclude(pk=person.pk)))


def _portraits(person: Person, known: list[Face | None]) -> list[AnalysisJob]:
    """Return the person's latest portraits, each with the face by which the person is known since."""
    faces = {face.photo_id: face for face in known if face}
    latest = list(lists.people.portraits(person).select_related("photo")[:10])
    for job in latest:
        job.known_face = faces.get(job.photo_id)
        job.is_doubted = job.answer is not None and job.answer.code in portraits.DOUBTS
    return latest
