"""The page of the camera, the only one on which browsers may use it, and the administrators' switch."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analysis.results import EMOTIONS, GENDERS
from gallery.services import camera
from gallery.views.http import Request, for_administrators, tell

POLICY = "camera=(self), microphone=(), geolocation=()"


@login_required
@require_safe
def live(request: Request) -> HttpResponse:
    is_allowed = camera.is_allowed(request.user)
    context = {
        "is_allowed": is_allowed,
        "most_bytes": camera.MOST_BYTES,
        "words": [*EMOTIONS, *GENDERS],
    }
    response = render(request, "camera/live.html", context)
    if is_allowed:
        response["Permissions-Policy"] = POLICY
    return response


@for_administrators
@require_POST
def turn_camera(request: Request) -> HttpResponse:
    """Let members use the camera, or not, as the form says."""
    is_on = "on" in request.POST
    camera.turn_for_members(is_on=is_on, by=request.user)
    if is_on:
        tell(request, _("Members may use the camera now."))
    else:
        tell(request, _("Members may not use the camera any more."))
    return redirect("accounts")
