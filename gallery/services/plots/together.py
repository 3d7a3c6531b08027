"""Who is on photos with whom, of those who are with others most often."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gallery.services.library_index.columns import Numbers
from gallery.services.plots.asked import Asked, with_people
from gallery.services.plots.value import Cell, Form, Link, Plot, Row
from gallery.services.search import people

LOOKED_AT = 64  # people, those on most photos
MOST = 16  # of them who are shown


def draw(asked: Asked) -> Plot:
    whose, photos = asked.of_people(people.hidden(asked.user))
    keys, together = _together(whose, photos)
    chosen = _ring(together)
    called = people.called(asked.user, keys[chosen].tolist())
    chosen = [at for at in chosen if int(keys[at]) in called]
    rows, links = [], []
    for number, at in enumerate(chosen):
        key = int(keys[at])
        cell = Cell(int(together[at, at]), with_people(asked.search, key))
        rows.append(Row(called[key], [cell], number))
    for one, other in combinations(range(len(chosen)), 2):
        count = int(together[chosen[one], chosen[other]])
        if count:
            both = int(keys[chosen[one]]), int(keys[chosen[other]])
            links.append(Link(one, other, Cell(count, with_people(asked.search, *both))))
    links.sort(key=lambda link: -link.cell.count)
    notes = [_("The thicker a line, the more photos two people are on together.")] if links else []
    return Plot(
        Form.BARS,
        _("Person"),
        [_("Photos")],
        rows if links else [],
        asked.count,
        notes,
        links=links,
    )


def _together(whose: Numbers, photos: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Return who is on most photos (k,), and on how many each two of them (k, k) are together."""
    everybody, counts = np.unique(whose, return_counts=True)
    keys = np.sort(everybody[np.argsort(-counts, kind="stable")[:LOOKED_AT]])
    some = np.isin(whose, keys)
    at, places = np.searchsorted(keys, whose[some]), photos[some]
    there, columns = np.unique(places, return_inverse=True)
    is_on = np.zeros((len(keys), len(there)), np.float32)
    is_on[at, columns] = 1
    return keys, np.rint(is_on @ is_on.T).astype(np.int64)


def _ring(together: NDArray[np.int64]) -> list[int]:
    """Return whom to show, so that who is often with each other stands beside each other."""
    pairs = together - np.diag(np.diag(together))
    social = pairs.sum(axis=1)
    left = [at for at in np.argsort(-social, kind="stable")[:MOST].tolist() if social[at]]
    ring = left[:1]
    left = left[1:]
    while left:
        following = max(left, key=lambda at: int(pairs[ring[-1], at]))
        left.remove(following)
        ring.append(following)
    return ring
