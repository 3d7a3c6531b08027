"""People who may be one, on the front of People: each pair is said to be two, or leads to merging."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Person, Roster
from gallery.services import curating
from gallery.services.people import NameRefused
from gallery.views.http import Request, go, key_of, still_there, tell


@login_required
@require_safe
@still_there
def pairs(request: Request) -> HttpResponse:
    return _part(request)


@login_required
@require_POST
def keep_apart(request: Request) -> HttpResponse:
    """Say that the two people of the form are two."""
    keys = [key_of(text) or 0 for text in request.POST.getlist("person")]
    if len(keys) != 2 or keys[0] == keys[1]:
        tell(request, f"{curating.TWO}", "warning")
    else:
        one, other = (
            get_object_or_404(Person.everyone.visible_to(request.user), pk=key) for key in keys
        )
        try:
            curating.keep_apart(one=one, other=other)
        except NameRefused as refusal:
            tell(request, f"{refusal}", "error")
    return _part(request) if request.htmx else go(request, "people")


def _part(request: Request) -> HttpResponse:
    return render(
        request,
        "gallery/_pairs.html",
        lists.alike.front(Roster.objects.visible_to(request.user).first()),
    )
