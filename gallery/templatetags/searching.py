"""The search box above a wall, and what is said where a search finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import RequestContext

from gallery import lists
from gallery.lists.searched import SearchPage
from gallery.services import search as searches
from gallery.services.search import Search, address, chips

register = template.Library()


@dataclass(frozen=True, slots=True)
class WayOut:
    """A search that asks for a little less, and how many photos it finds."""

    label: str
    query: str
    count: int


@register.inclusion_tag("gallery/_search.html", takes_context=True)
def search_box(context: RequestContext, on: str = lists.searched.LIBRARY.name) -> dict[str, Any]:
    """Show the box, what is asked for, and the way to what could be asked for besides.

    All of it leads to the page of that name, `on` which the box is.
    """
    request = context["request"]
    search = address.read(request.GET)
    return {
        "chips": chips.of(request.user, search),
        "pairs": list(address.pairs(search)),
        "query": address.write(search),
        "on": lists.searched.named(on),
    }


@register.simple_tag
def showing(on: SearchPage, query: str) -> str:
    """Return the address at which a page shows what the search of that query finds."""
    return on.showing(query)


@register.inclusion_tag("gallery/_search_nothing.html", takes_context=True)
def search_nothing(context: RequestContext) -> dict[str, Any]:
    """Say which chip to take away, the one that leaves most photos first."""
    user, search = context["request"].user, address.read(context["request"].GET)
    found = [
        WayOut(chip.label, chip.query, searches.found(user, chip.without).count)
        for chip in chips.of(user, search)
    ]
    left = sorted((one for one in found if one.count), key=lambda one: -one.count)
    return {"ways": left or _without_several(user, search), "guessed": _with_guesses(user, search)}


def _without_several(user: Any, search: Search) -> list[WayOut]:
    """Return the search without as many of its last chips as keep it from finding anything."""
    labels: list[str] = []
    while there := chips.of(user, search):
        labels.insert(0, there[-1].label)
        search = there[-1].without
        count = searches.found(user, search).count
        if count:
            return [WayOut(chips.listed(labels), address.write(search), count)]
    return []


def _with_guesses(user: Any, search: Search) -> WayOut | None:
    """Return the search for whom the site is sure of as well, where that finds anybody."""
    if search.sure or not search.people:
        return None
    wanted = search.but(sure=True)
    count = searches.found(user, wanted).count
    return WayOut("", address.write(wanted), count) if count else None
