"""The search box: what is typed into it, what it may be going to be, and what else could be asked for."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery import lists
from gallery.lists.searched import SearchPage
from gallery.services import search
from gallery.services.search import Search, address, chips, facets, suggesting, typed
from gallery.views.http import Request

# What fields of their own say, in the form beside the counts.
FIELDS = {*address.SPANS, *address.FRACTIONS, "confidence", "from", "to"}


@login_required
@require_safe
def typed_search(request: Request) -> HttpResponse:
    """Lead to what was typed, or chosen in a form, as an address says it."""
    within = address.of_form(request.GET)
    found = typed.read(request.user, request.GET.get("q", ""), within)
    if found.unread:
        words = _("Not understood: %(words)s") % {"words": " ".join(found.unread)}
        messages.warning(request, words)
    return redirect(_page(request).showing(address.write(found.search)))


@login_required
@require_safe
def search_suggestions(request: Request) -> HttpResponse:
    """Return what the word that is being typed may be going to be."""
    text, within = request.GET.get("q", ""), address.read(request.GET)
    found = suggesting.of(request.user, text, within)
    context = {"suggestions": found, "on": _page(request)}
    return render(request, "gallery/_search_suggestions.html", context)


@login_required
@require_safe
def search_facets(request: Request) -> HttpResponse:
    """Return what the search could be narrowed to; without a script that is a page."""
    asked = address.read(request.GET)
    context = {
        "search": asked,
        "facets": facets.of(request.user, search.found(request.user, asked)),
        "others": [pair for pair in address.pairs(asked) if pair[0] not in FIELDS],
        "spans": _spans(asked),
        "on": _page(request),
    }
    part, page = "gallery/_search_facets.html", "gallery/search_facets.html"
    if not request.htmx:
        context["chips"] = chips.of(request.user, asked)
    return render(request, part if request.htmx else page, context)


def _spans(asked: Search) -> list[dict[str, object]]:
    """Return the fields of what has two ends, as the form shows them."""
    titles = {
        "age": (_("Age"), asked.ages, 120),
        "faces": (_("How many faces"), asked.faces, 999),
        "quality": (_("Clear to see, in percent"), asked.quality, 100),
        "distance": (_("Distance from the nearest known face"), asked.distance, 2),
        "took": (_("Seconds of analysis"), asked.took, 9999),
    }
    return [
        {"name": name, "title": title, "limit": limit, "step": address.fraction(1, digits)}
        | {
            end: "" if at is None else address.fraction(at, digits)
            for end, at in span._asdict().items()
        }
        for name, (title, span, limit) in titles.items()
        for digits in [address.FRACTIONS.get(name, 0)]
    ]


def _page(request: Request) -> SearchPage:
    """Return the page on which the search box is, as the address says."""
    return lists.searched.named(request.GET.get(lists.searched.PARAMETER, ""))
