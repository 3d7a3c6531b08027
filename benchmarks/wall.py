"""How long the library's page takes, and any place of its timeline (benchmarks/library.py)."""

from __future__ import annotations

import random

from benchmarks import made
from tests.site.process import Visitor

TIMES = 20


def time_pages(visitor: Visitor) -> None:
    from gallery.models import Photo

    keys = [*Photo.objects.filter(owner=made.owner()).values_list("pk", flat=True)]
    chance = random.Random(1)
    visitor.page("/library/")
    some = [chance.choice(keys) for _ in range(TIMES)]
    for what, addresses in {
        "the library, its newest photos": ["/library/"] * TIMES,
        "the library, around a photo anywhere": [f"/library/?around={key}" for key in some],
        "the library, by date added": ["/library/?order=added"] * TIMES,
        "a part of the timeline, anywhere": [f"/photos/page/?before={key}" for key in some],
        "a photo's card": [f"/photos/cards/?keys={key}" for key in some],
    }.items():
        made.told(what, [made.seconds(visitor, address) for address in addresses])
