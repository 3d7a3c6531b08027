"""The people page: everybody of the roster, in an order, searched and narrowed by the address.

With `choose` in it people are ticked, and something is done with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.lists.roster import Order, Show
from gallery.models import Action, Person, Roster
from gallery.services import describing, desk
from gallery.views.http import Request, go, key_of, tell

ORDERS = {
    Order.PHOTOS: gettext_lazy("Most photos first"),
    Order.NAME: gettext_lazy("By name"),
    Order.NEWEST: gettext_lazy("Newest first"),
    Order.UNCONFIRMED: gettext_lazy("Most unconfirmed first"),
}
SHOWS = {
    Show.ALL: gettext_lazy("Everybody"),
    Show.UNCONFIRMED: gettext_lazy("With unconfirmed faces"),
    Show.UNREFERENCED: gettext_lazy("Without a good known face"),
    Show.FAVOURITES: gettext_lazy("Favourites"),
    Show.HIDDEN: gettext_lazy("Hidden people"),
}


# What can be done with the people who are chosen, by what the form says to `do`.
ACTS: Mapping[str, Callable[[Roster, Collection[int]], Action | None]] = {
    "favour": lambda roster, keys: describing.favour(roster=roster, keys=keys),
    "unfavour": lambda roster, keys: describing.favour(
        roster=roster, keys=keys, is_favourite=False
    ),
    "hide": lambda roster, keys: describing.hide(roster=roster, keys=keys),
    "show": lambda roster, keys: describing.hide(roster=roster, keys=keys, is_hidden=False),
}


@login_required
@require_safe
def people(request: Request) -> HttpResponse:
    wanted = lists.roster.Wanted.read(request.GET.dict())
    mine = Person.objects.visible_to(request.user)
    roster = Roster.objects.visible_to(request.user).first()
    # What names went through last, as after an upgrade.
    work = lists.work.begun_on("people", request.user)[:1]
    alike = lists.alike.front(roster)
    found = lists.roster.page(mine, wanted, request.GET.get("page"))
    context = {
        "people": found,
        # Nobody at all, and not only nobody who is wanted.
        "is_empty": not (found or wanted.is_narrow or mine.exists()),
        "wanted": wanted,
        "is_choosing": "choose" in request.GET,
        "back": _without(request.GET, "choose"),
        "orders": ORDERS.items(),
        "shows": SHOWS.items(),
        "work": work,
        **lists.groups.front(request.user),
        **alike,
        "waiting": desk.waiting(roster, pairs=alike["pair_count"]) if roster else 0,
        # Asked for only where there is a field for a name.
        "people_names": partial(lists.people.names, mine),
        "aside_count": lists.aside.count(request.user),
        "refused_count": lists.people.refused(request.user),
        "asked_about": lists.people.group_portraits(request.user).count(),
    }
    return render(request, "gallery/people.html", context)


@login_required
@require_POST
def act_on_people(request: Request) -> HttpResponse:
    """Do with the people who are ticked what the button says, and go back to where they are listed."""
    keys = {key for text in request.POST.getlist("person") if (key := key_of(text)) is not None}
    if request.POST.get("do") == "merge" and keys:
        chosen = urlencode([("person", key) for key in sorted(keys)])
        return go(request, f"{reverse('merge_people')}?{chosen}")
    act = ACTS.get(request.POST.get("do", ""))
    if act is None or not keys:
        tell(request, _("Choose at least one person."), "warning")
    elif act(Roster.objects.of(request.user.pk), keys) is None:
        tell(request, _("That was so already."), "info")
    back = _without(QueryDict(request.POST.get("back", "")), "choose")
    return go(request, f"{reverse('people')}?{back}" if back else "people")


def _without(said: QueryDict, name: str) -> str:
    """Return what an address says, but for one thing."""
    rest = said.copy()
    rest.pop(name, None)
    return rest.urlencode()
