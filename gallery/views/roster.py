"""The people page: everybody of the roster, in an order, searched and narrowed by the address."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gallery import lists
from gallery.lists.roster import Order, Show
from gallery.models import Person
from gallery.views.http import Request

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


@login_required
@require_safe
def people(request: Request) -> HttpResponse:
    wanted = lists.roster.Wanted.read(request.GET.dict())
    mine = Person.objects.visible_to(request.user)
    # What names went through last, as after an upgrade.
    work = lists.work.begun_on("people", request.user)[:1]
    found = lists.roster.page(mine, wanted, request.GET.get("page"))
    context = {
        "people": found,
        # Nobody at all, and not only nobody who is wanted.
        "is_empty": not (found or wanted.is_narrow or mine.exists()),
        "wanted": wanted,
        "orders": ORDERS.items(),
        "shows": SHOWS.items(),
        "work": work,
        "asked_about": lists.people.group_portraits(request.user).count(),
    }
    return render(request, "gallery/people.html", context)
