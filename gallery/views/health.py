"""How far a roster can be trusted, as tables, a plot and the faces that are worth a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from analysis.health import EDGES, Health, Tally
from analysis.naming import BY_DISTANCE, Way
from gallery.models import Roster
from gallery.services import health as examination
from gallery.services import known_export, roster_trainings
from gallery.views.http import Request, go
from gallery.views.limits import moved
from gallery.views.preferences import train_network

OUTCOMES = (
    ("first", gettext_lazy("Their own person comes first")),
    ("right", gettext_lazy("Named right")),
    ("asked", gettext_lazy("Asked about the right person")),
    ("asked_wrongly", gettext_lazy("Asked about somebody else")),
    ("wrong", gettext_lazy("Named wrongly")),
    ("nobody", gettext_lazy("Nobody")),
)
# Whose person has no other face cannot be told right.
OF_STRANGERS = ("asked_wrongly", "wrong", "nobody")


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """An outcome, by the nearest, by votes, and by a network if one was tried out."""

    title: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Bar:
    """How many of the pairs of one person and of two (shares) are between two distances."""

    low: float
    high: float
    same: float
    different: float


@login_required
@require_safe
def health(request: Request) -> HttpResponse:
    roster = Roster.objects.of(request.user.pk)
    found = examination.examine(roster)
    context: dict[str, Any] = {"found": found, "known_forms": known_export.FORMS.values()}
    if found:
        several, alone = found.health.several, found.health.alone
        tried = found.tried
        context |= {
            "tested": several[Way.NEAREST].faces,
            "several": [
                *_rows(several, tried.several if tried else None, [name for name, _ in OUTCOMES])
            ],
            "alone": [*_rows(alone, tried.alone if tried else None, OF_STRANGERS)],
            "tried": tried,
            "is_being_trained": roster_trainings.is_being_trained(roster),
            "bars": _bars(found.health),
        }
    if found and found.is_mapped:
        context |= moved(request, roster)
    return render(request, "gallery/health.html", context)


@login_required
@require_POST
def train(request: Request) -> HttpResponse:
    """Have a network of the roster's people trained."""
    train_network(request, roster_trainings.train, Roster.objects.of(request.user.pk))
    return go(request, "health")


def _rows(
    by_distance: dict[Way, Tally], of_network: Tally | None, names: Sequence[str]
) -> Iterator[Row]:
    """Yield the outcomes of faces, if there are any; a network was tried on those of its time."""
    if not by_distance[Way.NEAREST].faces:
        return
    tallies = [by_distance[way] for way in BY_DISTANCE]
    if of_network is not None:
        tallies.append(of_network)
    for name, title in OUTCOMES:
        if name in names:
            counts = [(getattr(tally, name), max(1, tally.faces)) for tally in tallies]
            yield Row(f"{title}", [Cell(count, count / of) for count, of in counts])


def _bars(found: Health) -> list[Bar]:
    """Return the histograms as shares, from the first that has something to the last."""
    same, different = (
        one.counts / max(1, int(one.counts.sum())) for one in (found.same, found.different)
    )
    some = [at for at in range(len(same)) if same[at] or different[at]]
    return (
        [
            Bar(float(EDGES[at]), float(EDGES[at + 1]), float(same[at]), float(different[at]))
            for at in range(some[0], some[-1] + 1)
        ]
        if some
        else []
    )
