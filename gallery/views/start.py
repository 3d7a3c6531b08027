"""The start page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from gallery.views.http import Request


@login_required
@require_safe
def start(request: Request) -> HttpResponse:
    """Lead to the library, whose welcome is what a new account begins with."""
    return redirect("library")
