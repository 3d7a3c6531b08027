"""The limits of a roster, moved by how many strangers may get a name, with what that would change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gallery import installed
from gallery.models import Roster
from gallery.models.roster import ACCEPTED
from gallery.services import previewing
from gallery.services.previewing import Change, Preview
from gallery.views.http import Request, go, key_of
from gallery.views.preferences import choose_naming

CHANGES = {
    Change.GUESS_TO_QUESTION: ngettext_lazy(
        "%(shown)s guess would become a question.",
        "%(shown)s guesses would become questions.",
        "count",
    ),
    Change.GUESS_TO_NOBODY: ngettext_lazy(
        "%(shown)s guess would go.", "%(shown)s guesses would go.", "count"
    ),
    Change.QUESTION_TO_GUESS: ngettext_lazy(
        "%(shown)s question would become a guess.",
        "%(shown)s questions would become guesses.",
        "count",
    ),
    Change.QUESTION_TO_NOBODY: ngettext_lazy(
        "%(shown)s question would not be asked any more.",
        "%(shown)s questions would not be asked any more.",
        "count",
    ),
    Change.NOBODY_TO_GUESS: ngettext_lazy(
        "%(shown)s face without a name would get a guess.",
        "%(shown)s faces without a name would get a guess.",
        "count",
    ),
    Change.NOBODY_TO_QUESTION: ngettext_lazy(
        "%(shown)s face without a name would be asked about.",
        "%(shown)s faces without a name would be asked about.",
        "count",
    ),
    Change.SOMEBODY_ELSE: ngettext_lazy(
        "%(shown)s face would be taken for somebody else.",
        "%(shown)s faces would be taken for somebody else.",
        "count",
    ),
}


@login_required
@require_safe
def limits(request: Request) -> HttpResponse:
    """Show the limits as they would be, beside the page's plot, which goes by them."""
    context = moved(request, Roster.objects.of(request.user.pk))
    if not context:
        raise Http404
    return render(request, "gallery/_health_limits.html", context)


@login_required
@require_POST
def move_limits(request: Request) -> HttpResponse:
    """Have the roster's names go by other limits from now on."""
    if accepted := _accepted(request.POST.get("accepted", "")):
        choose_naming(request, {"accepted": accepted})
    return go(request, "health")


def moved(request: Request, roster: Roster) -> dict[str, Any]:
    """Return what the limits would be and change, where the page asks for others; nothing without a map."""
    found = installed.population()
    if found is None or roster.is_plain:
        return {}
    accepted = _accepted(request.GET.get("accepted", "")) or roster.accepted
    is_moved = accepted != roster.accepted
    context = {
        "limits": previewing.limits(roster, accepted, found.encoder),
        "accepted": accepted,
        "choices": sorted({*ACCEPTED, roster.accepted}),
        "is_moved": is_moved,
    }
    if is_moved:
        preview = previewing.preview(roster, accepted)
        context |= {"preview": preview, "changes": [*_said(preview)]}
    return context


def _accepted(text: str) -> int | None:
    number = key_of(text)
    return number if number in ACCEPTED else None


def _said(preview: Preview) -> Iterator[str]:
    for change, sentence in CHANGES.items():
        if count := preview.changes.get(change, 0):
            yield sentence % {"count": count, "shown": intcomma(count)}
    if not preview.changes:
        yield _("Nothing would change on your photos.")
