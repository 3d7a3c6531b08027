"""A person's settings: how photos are analysed, how people are told, who may learn from corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from analysis.naming import Way
from gallery.forms import MethodsForm, SharingForm
from gallery.kinds import TaskRefused
from gallery.models import Preferences, Roster, Task
from gallery.naming_form import NamingForm
from gallery.services import (
    camera,
    colours,
    corrections,
    dates,
    names,
    renewal,
    roster_trainings,
    small,
)
from gallery.views.http import Request

SHARED = gettext_lazy("Saved. Administrators may train networks with the faces that you corrected.")
KEPT = gettext_lazy(
    "Saved. New trainings of others do not use what you corrected. "
    "One that runs already may go on to its end."
)
TOLD = gettext_lazy("Saved. Names are told that way from now on.")
TRAINED = gettext_lazy(
    "A network of your people is being trained: Work says how far. Until then the nearest face decides."
)
TOLD_ANEW = gettext_lazy("Saved. Names are being guessed anew on all photos: Work says how far.")


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    preferences = Preferences.objects.of(request.user.pk)
    roster = Roster.objects.visible_to(request.user).first() or Roster(owner=request.user)
    data = request.POST if request.method == "POST" else None
    form = MethodsForm(data, chosen=preferences.methods)
    naming_form = NamingForm(data, roster=roster)
    shared = {"shares_corrections": preferences.shares_corrections}
    sharing_form = SharingForm(data, initial=shared)
    if sharing_form.is_valid() and sharing_form.has_changed():
        shares = sharing_form.cleaned_data["shares_corrections"]
        corrections.share(user=request.user, shares=shares)
        messages.success(request, SHARED if shares else KEPT)
    if form.is_valid() and naming_form.is_valid():
        Preferences.objects.choose(request.user.pk, form.changed)
        if naming_form.changes:
            choose_naming(request, naming_form.changes)
        if form.changed or not (sharing_form.has_changed() or naming_form.changes):
            messages.success(request, _("Saved. New photos are analysed that way."))
        return redirect("settings")
    context = {
        "form": form,
        "naming_form": naming_form,
        "names_are_guessed": names.are_being_guessed(request.user),
        "corrections": corrections.counts(request.user),
        "sharing_form": sharing_form,
        "has_camera": camera.is_allowed(request.user),
        "made_otherwise": renewal.made_otherwise(request.user).count(),
        "unknown_colours": colours.unknown(request.user).count(),
        "without_small": small.lacking(request.user).count(),
        "unknown_dates": dates.unknown(request.user).count(),
        "unconverted": colours.unconverted(request.user).count(),
    }
    return render(request, "gallery/settings.html", context)


def choose_naming(request: Request, changes: Mapping[str, object]) -> None:
    """Have people told otherwise, and say what comes of it."""
    roster = Roster.objects.of(request.user.pk)
    try:
        task = names.choose(roster=roster, changes=changes)
    except TaskRefused as refusal:
        messages.success(request, f"{TOLD} {refusal}")
    else:
        messages.success(request, TOLD_ANEW if task else TOLD)
    if changes.get("way") == Way.CLASSIFIER.value:
        train_network(request, roster_trainings.choose, roster)


def train_network(request: Request, begin: Callable[[Roster], Task | None], roster: Roster) -> None:
    """Have a network of the roster trained by `begin`, and say what comes of it."""
    try:
        task = begin(roster)
    except TaskRefused as refusal:
        messages.info(request, f"{refusal}")
    else:
        if task:
            messages.success(request, TRAINED)
