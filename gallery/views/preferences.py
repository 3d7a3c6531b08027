"""A person's settings: how new photos are analysed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gallery.forms import MethodsForm
from gallery.models import Preferences
from gallery.views.http import Request


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    chosen = Preferences.objects.of(request.user.pk).methods
    data = request.POST if request.method == "POST" else None
    form = MethodsForm(data, chosen=chosen)
    if form.is_valid():
        Preferences.objects.choose(request.user.pk, form.choice)
        messages.success(request, "Saved. New photos are analysed that way.")
        return redirect("settings")
    return render(request, "gallery/settings.html", {"form": form})
