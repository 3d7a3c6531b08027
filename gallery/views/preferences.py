"""A person's settings: how new photos are analysed, and who may learn from their corrections."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gallery.forms import MethodsForm, SharingForm
from gallery.models import Preferences
from gallery.services import emotions
from gallery.views.http import Request

SAVED = "Saved. New photos are analysed that way."
SHARED = " Administrators may train networks with the faces that you corrected."
KEPT = " What you corrected is not used for trainings of others from now on."


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    preferences = Preferences.objects.of(request.user.pk)
    data = request.POST if request.method == "POST" else None
    form = MethodsForm(data, chosen=preferences.methods)
    shared = {"shares_corrections": preferences.shares_corrections}
    sharing_form = SharingForm(data, initial=shared)
    if form.is_valid() and sharing_form.is_valid():
        Preferences.objects.choose(request.user.pk, form.changed)
        said = SAVED
        if sharing_form.has_changed():
            shares = sharing_form.cleaned_data["shares_corrections"]
            emotions.share(user=request.user, shares=shares)
            said += SHARED if shares else KEPT
        messages.success(request, said)
        return redirect("settings")
    context = {
        "form": form,
        "corrections": emotions.counts(request.user),
        "sharing_form": sharing_form,
    }
    return render(request, "gallery/settings.html", context)
