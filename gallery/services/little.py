"""Which libraries are so small that all follows at once, in the turn of whoever said something."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from gallery.models import KnownEncoding, Roster
from gallery.services import matching

# Of as many, one core compares all in a quarter of a second and groups them in an eighth; in a fortieth
# where no unknown face changed.
LITTLE = 2_000


def is_little(roster: Roster) -> bool:
    """Return whether the roster has few faces that no human named, and few that people are known by."""
    return _are_few(matching.unnamed(roster)) and _are_few(KnownEncoding.objects.of(roster))


def _are_few(rows: QuerySet[Any]) -> bool:
    return rows.order_by()[: LITTLE + 1].count() <= LITTLE
