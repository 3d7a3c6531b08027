"""Whether somebody agrees to be recognised: said on their page, and what one can do with who does not."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery.models import LockedVector, Person, Roster
from gallery.models.person import Consent
from gallery.services import consent, erasing
from gallery.services.people import NameRefused
from gallery.views import people
from gallery.views.asked import person_of
from gallery.views.http import Request, go, key_of


@login_required
@require_POST
def say_consent(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    typed = {name: request.POST.get(name, "").strip() for name in ("answer", "on", "note")}
    is_locked = "locked" in request.POST
    try:
        answer, on = _read(typed)
        consent.say(person=person, answer=answer, on=on, note=typed["note"], is_locked=is_locked)
    except consent.ConsentRefused as refusal:
        # The page again, with what was typed.
        said = {"consented": typed | {"locked": is_locked}, "consent_error": f"{refusal}"}
        return render(request, "gallery/person.html", people.page(request, person) | said)
    except NameRefused as refusal:
        messages.error(request, f"{refusal}")
        return go(request, "people")
    return go(request, "refused" if answer is Consent.REFUSED else person.get_absolute_url())


def _read(typed: dict[str, str]) -> tuple[Consent, date | None]:
    """Return what a form says; raises ConsentRefused."""
    try:
        answer = Consent(typed["answer"])
        return answer, date.fromisoformat(typed["on"]) if typed["on"] else None
    except ValueError as error:
        raise consent.ConsentRefused(_("There is no such day. Look at it again.")) from error


@login_required
@require_safe
def refused(request: Request) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def answer_refused(request: Request) -> HttpResponse:
    """Let somebody be recognised again, or erase them, once that is sure."""
    roster = Roster.objects.of(request.user.pk)
    do = request.POST.get("do", "")
    if "lock" in request.POST:
        return _answer_erased(request, roster, do)
    person = consent.refused(roster).filter(pk=key_of(request.POST.get("person", "")) or 0).first()
    if person is None:
        return go(request, "refused")
    if do == "agree":
        # Whoever is being erased in another tab meanwhile has gone.
        with suppress(NameRefused):
            consent.say(person=person, answer=Consent.GIVEN)
            return go(request, person.get_absolute_url())
        return go(request, "refused")
    if do == "sure":
        return _erase(request, person)
    return _page(request, sure=person.pk)


def _answer_erased(request: Request, roster: Roster, do: str) -> HttpResponse:
    """Let somebody be recognised who was erased but for a locked vector, which goes once that is sure."""
    locks = LockedVector.objects.filter(roster=roster, person=None)
    lock = locks.filter(pk=key_of(request.POST["lock"]) or 0).first()
    if lock is not None and do == "let_in":
        return _page(request, sure_lock=lock.pk)
    if lock is not None and do == "sure":
        consent.let_in(roster=roster, lock=lock)
    return go(request, "refused")


def _erase(request: Request, person: Person) -> HttpResponse:
    try:
        task = consent.erase(person=person)
    except erasing.EraseRefused as refusal:
        return _page(request, error=f"{refusal}")
    return go(request, reverse("task", args=[task.pk]))


def _page(request: Request, **said: Any) -> HttpResponse:
    roster = Roster.objects.of(request.user.pk)
    found = list(consent.refused(roster).select_related("locked_vector"))
    for person in found:
        assert person.gone_at is not None
        person.erased_on = (person.gone_at + erasing.KEPT).date()  # type: ignore[attr-defined]
        person.is_locked = hasattr(person, "locked_vector")  # type: ignore[attr-defined]
    locks = LockedVector.objects.filter(roster=roster, person=None).order_by("since", "pk")
    context = {"people": found, "locks": locks, **said}
    return render(request, "gallery/refused.html", context)
