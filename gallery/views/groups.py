"""Groups of unknown faces: naming one, taking faces out, saying that it is several people or strangers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from analysis.names import tidied
from gallery import lists
from gallery.models import FaceGroup, Person
from gallery.models.face_queries import Mark
from gallery.services import curating, groups
from gallery.services.people import NameRefused
from gallery.views.http import Request, key_of, still_there, tell

SHOWN = 120  # faces of a group on a page
STACKS = 48  # groups on a page of them


@login_required
@require_safe
def group_list(request: Request) -> HttpResponse:
    mine = FaceGroup.objects.visible_to(request.user).filter(count__gte=lists.groups.LEAST)
    page = Paginator(mine.order_by("-count", "pk"), STACKS).get_page(request.GET.get("page"))
    context = {"page": page, "stacks": lists.groups.stacks(list(page)), **_names(request)}
    return render(request, "gallery/groups.html", context)


@login_required
@require_safe
@still_there
def stacks(request: Request) -> HttpResponse:
    """Return the part of People with the largest groups."""
    return _stacks(request)


@login_required
@require_safe
def group(request: Request, pk: int) -> HttpResponse:
    one = _mine(request, pk)
    found = Paginator(lists.groups.faces(one), SHOWN).get_page(request.GET.get("page"))
    asked = _meant(request, request.GET.get("name", ""))
    context = {"group": one, "shown": found, "asked": asked, "name": request.GET.get("name", "")}
    context |= {"company": lists.groups.company_of(one), "when": lists.groups.when(one)}
    context["in_albums"] = lists.groups.albums_of(one)
    return render(request, "gallery/group.html", context | _names(request))


@login_required
@require_POST
def name_group(request: Request, pk: int) -> HttpResponse:
    """Name all faces of the group but those that were shown and not ticked.

    The form says whose they are: one of the `people` by key, somebody `new`, or a `name`. A name that is
    somebody's asks whether it is them.
    """
    one = _mine(request, pk)
    text = tidied(request.POST.get("name", ""))
    is_said = "person" in request.POST or "new" in request.POST
    if not is_said and _meant(request, text):
        return _ask(request, one, text)
    try:
        _name(request, one, text)
    except NameRefused as refusal:
        tell(request, f"{refusal}", "error")
        return _answer(request, one, is_done=False)
    return _answer(request, one)


@login_required
@require_POST
def take_out(request: Request, pk: int) -> HttpResponse:
    """Say that the faces that were shown and not ticked are somebody else's."""
    one = _mine(request, pk)
    out = _shown(request) - _ticked(request)
    return _do(request, one, lambda: groups.take_out(group=one, faces=out), is_done=False)


@login_required
@require_POST
def divide(request: Request, pk: int) -> HttpResponse:
    """Say that the group is several people's."""
    one = _mine(request, pk)

    def act() -> None:
        parts = groups.divide(group=one)
        words = ngettext("It is %(count)s part now.", "It is %(count)s parts now.", parts)
        tell(request, words % {"count": intcomma(parts)})

    return _do(request, one, act)


@login_required
@require_POST
def put_aside(request: Request, pk: int) -> HttpResponse:
    """Say that all faces of the group, but those shown and not ticked, are a stranger's."""
    one = _mine(request, pk)
    return _do(
        request,
        one,
        lambda: curating.mark(roster=one.roster, faces=_wanted(request, one), mark=Mark.STRANGER),
    )


def _do(
    request: Request, one: FaceGroup, act: Callable[[], object], *, is_done: bool = True
) -> HttpResponse:
    try:
        act()
    except NameRefused as refusal:
        tell(request, f"{refusal}", "error")
    return _answer(request, one, is_done=is_done)


def _name(request: Request, one: FaceGroup, text: str) -> None:
    faces = _wanted(request, one)
    if not faces:
        raise NameRefused(_("Choose at least one face."))
    if "person" in request.POST:
        person = key_of(request.POST["person"]) or 0
        curating.name(roster=one.roster, faces=faces, person_id=person)
    else:
        curating.name_anew(roster=one.roster, faces=faces, name=request.POST.get("new", text))


def _wanted(request: Request, one: FaceGroup) -> set[int]:
    there = set(lists.groups.faces(one).values_list("pk", flat=True))
    return there - (_shown(request) - _ticked(request))


def _shown(request: Request) -> set[int]:
    return _keys(request, "shown")


def _ticked(request: Request) -> set[int]:
    return _keys(request, "face")


def _keys(request: Request, name: str) -> set[int]:
    return {key for text in request.POST.getlist(name) if (key := key_of(text)) is not None}


def _mine(request: Request, pk: int) -> FaceGroup:
    return get_object_or_404(FaceGroup.objects.visible_to(request.user), pk=pk)


def _meant(request: Request, text: str) -> list[Person]:
    """Return who has that name already, with covers."""
    name = tidied(text)
    found = Person.objects.visible_to(request.user).meant_by(name) if name else []
    keys = [person.pk for person in found]
    return list(lists.people.cards(Person.objects.filter(pk__in=keys))) if keys else []


def _names(request: Request) -> dict[str, Any]:
    return {"people_names": lists.people.names(Person.objects.visible_to(request.user))}


def _ask(request: Request, one: FaceGroup, name: str) -> HttpResponse:
    """Ask whether it is whoever has that name."""
    if request.htmx:
        return _stacks(request, asking=one, asked=_meant(request, name), name=name)
    return redirect(f"{one.get_absolute_url()}?{urlencode({'name': name})}")


def _answer(request: Request, one: FaceGroup, *, is_done: bool = True) -> HttpResponse:
    if request.htmx:
        return _stacks(request)
    return redirect("groups") if is_done else redirect(one)


def _stacks(request: Request, **asking: Any) -> HttpResponse:
    context = lists.groups.front(request.user) | _names(request) | asking
    return render(request, "gallery/_group_stacks.html", context)
