"""The networks of rosters that are in force: who tells people where that way is chosen.

A network that is lost, or not trained yet, leaves people to their nearest face.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection

import numpy as np
from django.db import transaction

from analysis import roster_network
from analysis.matching import NUMBERS
from analysis.naming import Way
from analysis.roster_network import RosterNetwork as Network
from analysis.training.wanted import Wanted
from gallery import installed
from gallery.models import KnownEncoding, Roster, RosterNetwork
from gallery.services import files, levels

CHANGED = 1 / 5  # of what a network learnt of, after which it is trained anew
SEVERAL = 2  # known faces of somebody new, for whom that is worth its while at once
log = logging.getLogger(__name__)


def in_force(roster: Roster) -> Network | None:
    """Return the network by which the roster's people are told; None where their nearest face decides."""
    if Way(roster.way) is not Way.CLASSIFIER or roster.is_plain:
        return None
    kept = RosterNetwork.objects.filter(roster=roster.pk).first()
    found = installed.population()
    if kept is None or found is None or kept.encoder != found.encoder:
        return None
    try:
        return roster_network.installed(kept.path)
    except (OSError, ValueError):
        log.warning("The network of roster %s can't be read: %s", roster.pk, kept.path)
        return None


def wanted(roster: Roster) -> Wanted | None:
    """Return what a network of the roster is to learn: what is known by the map's encoder, if anything."""
    found = installed.population()
    if found is None:
        return None
    known = KnownEncoding.objects.of(roster).filter(encoder=found.encoder)
    rows = levels.of_known(known)
    if not rows:
        return None
    ages = dict(known.with_faces().values_list("pk", "face__age_years"))
    grown = found.calibration.grown
    return Wanted(
        vectors=np.stack([one.encoding[:NUMBERS] for one in rows]),
        people=np.array([one.person_id for one in rows], np.int64),
        children=np.array([ages.get(one.pk, grown) < grown for one in rows]),
        encoder=found.encoder,
    )


def counts(roster: Roster, encoder: str) -> Counter[str]:
    """Return by how many encodings each person is known, by key as JSON has it."""
    known = KnownEncoding.objects.of(roster).filter(encoder=encoder)
    return Counter(f"{person}" for person in known.values_list("person", flat=True))


def has_changed(kept: RosterNetwork) -> bool:
    """Return whether so much is otherwise than when the network was trained that it should be anew.

    That is when a fifth as many faces as it learnt of came or went, when it knows somebody who is known no
    longer, or when somebody new is known by several faces: till then such people are told by their nearest.
    """
    before, now = Counter[str](kept.known), counts(kept.roster, kept.encoder)
    if knows_too_many(kept):
        return True
    if any(now[person] >= SEVERAL for person in now.keys() - before.keys()):
        return True
    moved = (now - before).total() + (before - now).total()
    return moved >= CHANGED * before.total()


def knows_too_many(kept: RosterNetwork) -> bool:
    """Return whether the network knows somebody who is known no longer: what it learnt of them is to go."""
    return bool(kept.known.keys() - counts(kept.roster, kept.encoder).keys())


def learnt_of(roster_id: int, people: Collection[int]) -> bool:
    """Return whether the roster's network, if it has one, learnt of any of these people, by key."""
    kept = RosterNetwork.objects.filter(roster=roster_id).first()
    return kept is not None and any(f"{key}" in kept.known for key in people)


def drop(roster: Roster) -> None:
    """Forget the roster's network, with its file."""
    for kept in RosterNetwork.objects.filter(roster=roster):
        path = kept.path
        kept.delete()
        transaction.on_commit(lambda path=path: files.remove([path]))  # type: ignore[misc]


def unneeded() -> list[str]:
    """Return the names of files in the folder of rosters that no row has."""
    here = {path.name for path in installed.rosters().glob("*")}
    return sorted(here - set(RosterNetwork.objects.values_list("file", flat=True)))
