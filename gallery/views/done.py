"""What one did, and how it is undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Action
from gallery.services import saying
from gallery.services.record import UndoRefused
from gallery.services.saying import Undone
from gallery.views.http import Request


@login_required
@require_safe
def done(request: Request) -> HttpResponse:
    return render(request, "gallery/done.html", {"done": lists.done.latest(request.user)})


@login_required
@require_POST
def undo_last(request: Request) -> HttpResponse:
    """Undo what one did last and has not undone yet, wherever that was."""
    last = saying.last(request.user)
    if last is None:
        return _answer(request, _("There is nothing to undo."), "info")
    return _flip(request, last, saying.undo)


@login_required
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    return _flip(request, _mine(request, pk), saying.undo)


@login_required
@require_POST
def redo(request: Request, pk: int) -> HttpResponse:
    return _flip(request, _mine(request, pk), saying.redo)


def _mine(request: Request, pk: int) -> Action:
    return get_object_or_404(Action.objects.visible_to(request.user), pk=pk)


def _flip(request: Request, action: Action, flip: Callable[..., Undone]) -> HttpResponse:
    sentence = lists.done.told([action])[0].sentence
    try:
        undone = flip(action=action)
    except UndoRefused as refusal:
        return _answer(request, f"{refusal}", "warning")
    words = _("Undone: %(what)s") if undone.action.is_undone else _("Done again: %(what)s")
    said = words % {"what": sentence}
    return _answer(request, " ".join([said, *_but(undone)]), "success", undone.action)


def _but(undone: Undone) -> Iterator[str]:
    """Yield of how many it is not as it was before, and why."""
    if undone.goes_on:
        yield _("It goes on under Work.")
    if undone.kept:
        kept = ngettext(
            "Of %(count)s something else was said since, which stays.",
            "Of %(count)s something else was said since, which stays.",
            undone.kept,
        )
        yield kept % {"count": intcomma(undone.kept)}
    if undone.erased:
        erased = ngettext(
            "%(count)s face is nobody's: whose it was before was forgotten for good since.",
            "%(count)s faces are nobody's: whose they were before was forgotten for good since.",
            undone.erased,
        )
        yield erased % {"count": intcomma(undone.erased)}


def _answer(
    request: Request, sentence: str, level: str, action: Action | None = None
) -> HttpResponse:
    """Say what came of it, and offer the opposite."""
    if not request.htmx:
        request.said = sentence, level
        return redirect("done")
    toast = {"text": sentence, "level": level}
    if action is not None and action.is_undone:
        toast["redo"] = reverse("redo", args=[action.pk])
    elif action is not None:
        toast["undo"] = reverse("undo", args=[action.pk])
    # The page asks what has changed, as if it had been told.
    return HttpResponse(
        status=204, headers={"HX-Trigger": json.dumps({"toast": toast, "news": {}})}
    )
