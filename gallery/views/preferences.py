"""A person's settings: how new photos are analysed, and who may learn from their corrections."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gallery.forms import MethodsForm, SharingForm
from gallery.models import Preferences
from gallery.services import emotions
from gallery.views.http import Request

SHARED = "Saved. Administrators may train networks with the faces that you corrected."
KEPT = "Saved. What you corrected is not used for other trainings from now on."


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    preferences = Preferences.objects.of(request.user.pk)
    data = request.POST if request.method == "POST" else None
    form = MethodsForm(data, chosen=preferences.methods)
    if form.is_valid():
        Preferences.objects.choose(request.user.pk, form.changed)
        messages.success(request, "Saved. New photos are analysed that way.")
        return redirect("settings")
    context = {
        "form": form,
        "corrections": emotions.counts(request.user),
        "sharing_form": SharingForm(initial={"shares_corrections": preferences.shares_corrections}),
    }
    return render(request, "gallery/settings.html", context)


@login_required
@require_POST
def share_corrections(request: Request) -> HttpResponse:
    form = SharingForm(request.POST)
    if form.is_valid():
        Preferences.objects.update_or_create(user=request.user, defaults=form.cleaned_data)
        shares = form.cleaned_data["shares_corrections"]
        messages.success(request, SHARED if shares else KEPT)
    return redirect("settings")
