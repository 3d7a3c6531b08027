"""The bar of what is under way, and with it the news of what changed since the page asked last."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from gallery import lists
from gallery.models import Action, BinnedPhoto, Photo
from gallery.services import progress as batch
from gallery.views.http import Request

# A change is stamped inside its transaction and seen at its end; looking back a little misses none.
LOOK_BACK = timedelta(seconds=1)
MOST_CHANGES = 300


def context(request: HttpRequest) -> dict[str, Any]:
    """Give base.html its bar of what is under way; only a template that shows it asks the database."""
    return {
        "progress": SimpleLazyObject(lambda: batch.of(request.user)),
        "under_way": SimpleLazyObject(lambda: lists.work.under_way(request.user)),
        "since": timezone.now().timestamp(),
    }


@login_required
@require_safe
def progress(request: Request) -> HttpResponse:
    now = timezone.now()
    context = {
        "progress": batch.of(request.user),
        "under_way": lists.work.under_way(request.user),
        "since": now.timestamp(),
    }
    response = render(request, "gallery/_progress.html", context)
    since = moment(request.GET.get("since", ""))
    if since is not None:
        response["HX-Trigger"] = json.dumps(_changes(request, since))
    return response


def moment(text: str) -> datetime | None:
    """Return since when a page has not asked, as it says it; None where that is no time."""
    try:
        seconds = float(text)
        return datetime.fromtimestamp(seconds, UTC) - LOOK_BACK if math.isfinite(seconds) else None
    except (ValueError, OverflowError, OSError):
        return None


def _changes(request: Request, since: datetime) -> dict[str, Any]:
    changed = Photo.objects.visible_to(request.user).filter(changed_at__gt=since)
    newest = changed.order_by("-changed_at").values_list("pk", flat=True)[:MOST_CHANGES]
    binned = BinnedPhoto.objects.visible_to(request.user).filter(binned_at__gt=since)
    gone = binned.order_by("-binned_at").values_list("pk", flat=True)[:MOST_CHANGES]
    keys = [*newest, *gone]
    events: dict[str, Any] = {f"photo-{pk}": {} for pk in keys}
    if keys:
        events["photos"] = {"keys": keys}  # Cards hear of them at once.
    if events or _was_anything_said(request, since):
        events["people"] = {}
    return events


def _was_anything_said(request: Request, since: datetime) -> bool:
    """Return whether anything was said or undone since, be it of people of whom no photo tells."""
    said = Action.objects.visible_to(request.user).order_by("-pk").values_list("said_at", flat=True)
    last = said.first()
    return last is not None and last > since
