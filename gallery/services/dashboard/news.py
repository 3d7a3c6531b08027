"""What came lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils import timezone

from gallery.models import Photo

DAYS = 7
SHOWN = 12
# So many are looked at: there is no index by when photos came, and beyond it nobody needs the number.
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class News:
    """How many photos came in the last DAYS, that or more with `is_more`; and the newest, by key."""

    count: int
    is_more: bool
    newest: list[int]


def of(user: AbstractBaseUser | AnonymousUser) -> News:
    mine = Photo.objects.visible_to(user).order_by("-pk")
    rows = list(mine.values_list("pk", "created_at")[:COUNTED])
    since = timezone.now() - timedelta(days=DAYS)
    count = sum(created >= since for _pk, created in rows)
    return News(count, count == COUNTED, [pk for pk, _created in rows[:SHOWN]])
