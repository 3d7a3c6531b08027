"""Groups of faces: all anew, or as new faces come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.grouping.apart import Apart
from analysis.grouping.carrying import WAITING, carried
from analysis.grouping.limits import Limits
from analysis.grouping.linking import SLACK, between, link
from analysis.grouping.neighbours import near, near_to
from analysis.grouping.units import Flags, Numbers, Units, gathered
from analysis.matching import SLOPE, is_whole, joint
from analysis.results import Array

# Once faces are together others may be near: of each only its nearest neighbours were looked at, and
# only those that are near enough to a single face.
PASSES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """n faces of one encoder: encodings, levels (n,), and what is known of their groups.

    The encodings are (n, 128), or (n, 256) if all are whole.

    `groups` (n,) are the numbers of the last ones, WAITING for faces that are in none. Humans had to do
    with the groups of those that are `held` (n,): no such face leaves its group, and no two of these groups
    become one.
    """

    encodings: Array
    levels: Array
    groups: Numbers
    held: Flags
    apart: Apart

    @property
    def is_whole(self) -> bool:
        return is_whole(self.encodings)

    @property
    def singles(self) -> Units:
        """A unit for each face; of whole ones links are distances by both networks as they are."""
        if self.is_whole:
            return Units.of_faces(joint(self.encodings), self.levels / SLOPE)
        return Units.of_faces(self.encodings, self.levels)


def group(faces: Faces, limits: Limits) -> Numbers:
    """Return the numbers (n,) of all faces' groups, found anew but for those that are held."""
    limits = limits.before_stretching() if faces.is_whole else limits
    kept = np.where(faces.held, faces.groups, WAITING)
    forming = _Forming.of(faces, kept, limits)
    for number in range(PASSES):
        least, reach = (1, limits.widest) if number else (0, limits.alone + SLACK)
        probes = np.flatnonzero(forming.units.counts > least)
        # Whoever was held has more faces than one from the beginning, and is found in the next pass.
        if not forming.link(*near(forming.units, probes, reach)) and number:
            break
    return carried(forming.whose, faces.groups, faces.held)


def join(faces: Faces, new: Numbers, limits: Limits) -> Numbers:
    """Return the numbers (n,) of all faces' groups, of which those with the numbers `new` are in none yet.

    A new face joins a group, founds one with others that wait, or waits. By one that lies between them
    groups may become one, if nobody held them.
    """
    limits = limits.before_stretching() if faces.is_whole else limits
    forming = _Forming.of(faces, faces.groups, limits)
    probes = np.unique(forming.whose[new])
    everybody = np.arange(len(forming.units))
    forming.link(*near_to(forming.units, probes, everybody, limits.widest))
    return carried(forming.whose, faces.groups, faces.held)


@dataclass(slots=True, eq=False)
class _Forming:
    """Units that become fewer; `whose` (n,) says of which each face is."""

    units: Units
    whose: Numbers
    apart: Apart
    limits: Limits

    @classmethod
    def of(cls, faces: Faces, groups: Numbers, limits: Limits) -> _Forming:
        singles = np.arange(len(groups)) + groups.max(initial=WAITING) + 1
        alone = groups == WAITING
        whose = np.unique(np.where(alone, singles, groups), return_inverse=True)[1]
        units = gathered(faces.singles, whose, int(whose.max(initial=-1)) + 1)
        held = np.flatnonzero(faces.held)
        touched = Apart(held, np.zeros(len(held), np.int64), faces.groups[held])
        return cls(units, whose, Apart.of([faces.apart, touched]), limits)

    def link(self, first: Numbers, second: Numbers) -> bool:
        """Put together what is near enough of the pairs; return whether anything was."""
        before = len(self.units)
        edges = between(self.units, first, second, self.limits)
        link(self.units, edges, self.apart, self.whose, self.limits)
        left, self.whose = np.unique(self.whose, return_inverse=True)
        self.units = self.units[left]
        return len(left) < before
