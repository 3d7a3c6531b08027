"""A person's settings: how new photos are analysed, and who may learn from their corrections."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gallery.forms import MethodsForm, SharingForm
from gallery.models import Preferences
from gallery.services import colours, dates, emotions, renewal
from gallery.views.http import Request

SHARED = gettext_lazy("Saved. Administrators may train networks with the faces that you corrected.")
KEPT = gettext_lazy(
    "Saved. New trainings of others do not use what you corrected. "
    "One that runs already may go on to its end."
)


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    preferences = Preferences.objects.of(request.user.pk)
    data = request.POST if request.method == "POST" else None
    form = MethodsForm(data, chosen=preferences.methods)
    shared = {"shares_corrections": preferences.shares_corrections}
    sharing_form = SharingForm(data, initial=shared)
    if sharing_form.is_valid() and sharing_form.has_changed():
        shares = sharing_form.cleaned_data["shares_corrections"]
        emotions.share(user=request.user, shares=shares)
        messages.success(request, SHARED if shares else KEPT)
    if form.is_valid():
        Preferences.objects.choose(request.user.pk, form.changed)
        if form.changed or not sharing_form.has_changed():
            messages.success(request, _("Saved. New photos are analysed that way."))
        return redirect("settings")
    context = {
        "form": form,
        "corrections": emotions.counts(request.user),
        "sharing_form": sharing_form,
        "made_otherwise": renewal.made_otherwise(request.user).count(),
        "unknown_colours": colours.unknown(request.user).count(),
        "unknown_dates": dates.unknown(request.user).count(),
        "unconverted": colours.unconverted(request.user).count(),
    }
    return render(request, "gallery/settings.html", context)
