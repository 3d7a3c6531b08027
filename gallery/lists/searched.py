"""The pages that show what a search finds: the library, and the plots of the start page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

PARAMETER = "on"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page whose address says what is searched for; `part` is where on it that shows."""

    name: str
    part: str = ""

    def __str__(self) -> str:
        return self.name

    def showing(self, query: str) -> str:
        """Return the address at which the page shows what the search of that query finds."""
        return reverse(self.name) + (f"?{query}" if query else "") + self.part


LIBRARY = SearchPage("library")
START = SearchPage("start", "#plots")


def named(name: str) -> SearchPage:
    """Return the page of that name, the library where it is none of these."""
    return START if name == START.name else LIBRARY
