"""Having many photos analysed again, by methods that are chosen: all of them, or some."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gallery.forms import MethodsForm
from gallery.kinds import TaskRefused
from gallery.models import Preferences
from gallery.services import renewal
from gallery.views.http import Request, key_of

SHOWN = 60


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def analyse_many(request: Request) -> HttpResponse:
    preferred = Preferences.objects.of(request.user.pk).choice.by_stage()
    form = MethodsForm(request.POST or None, chosen=preferred)
    if request.method == "POST" and form.is_valid() and _begun(request, form):
        return redirect("work")
    photos = renewal.analysed(request.user).order_by("-pk")
    shown = Paginator(photos, SHOWN).get_page(request.GET.get("page"))
    return render(request, "gallery/again.html", {"form": form, "shown": shown})


def _begun(request: Request, form: MethodsForm) -> bool:
    """Begin what the form asks for; return whether that was done, else a message says why not."""
    chosen = [key for text in request.POST.getlist("photo") if (key := key_of(text)) is not None]
    if "all" not in request.POST and not chosen:
        messages.warning(request, _("Choose at least one photo."))
        return False
    photos = None if "all" in request.POST else chosen
    try:
        renewal.begin(user=request.user, which="analysed", photos=photos, choice=form.choice)
    except TaskRefused as refusal:
        messages.warning(request, f"{refusal}")
        return False
    return True
