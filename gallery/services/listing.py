"""The list in which one is, as an address names it: besides those of `lists.context`, what a search finds.

The whole library is the search that asks for nothing, in the order of its timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from gallery import lists
from gallery.lists.context import Context, Owner
from gallery.models import Photo
from gallery.services.search import Found as Finding
from gallery.services.search import Search, address, found

SEARCH = "search:"


@dataclass(frozen=True, slots=True)
class Found(Context):
    """The photos that a search of the user's finds, in its order."""

    user: Owner = field(kw_only=True)
    search: Search = field(kw_only=True)

    def found(self) -> Finding:
        return found(self.user, self.search)

    @property
    def keys(self) -> Sequence[int]:
        return [*self.found().keys.tolist()]

    def around(self, pk: int) -> tuple[Photo | None, Photo | None]:
        before, after = self.found().around(pk)
        keys = [key for key in (before, after) if key]
        there = self.photos.select_related("job").in_bulk(keys)
        return there.get(before or 0), there.get(after or 0)


def of(user: Owner, text: str) -> Context:
    """Return the list that an address names; the whole library where it names none of the user's."""
    if text.startswith(SEARCH):
        return of_search(user, address.of(text.removeprefix(SEARCH)))
    return lists.context.of(user, text) or of_search(user, Search())


def of_search(user: Owner, asked: Search) -> Found:
    query = address.write(asked)
    return Found(
        Photo.objects.visible_to(user),
        reverse("library"),
        f"{SEARCH}{query}" if query else "",
        _("what was found") if query else "",
        narrowed=query,
        user=user,
        search=asked,
    )
