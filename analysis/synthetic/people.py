"""Who there is in a made library: families, their births, and where their faces lie."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from analysis.born import YEAR
from analysis.results import Array
from analysis.synthetic.spreads import Flags, Floats, Numbers, Space

# Sizes of families, and how many in a hundred have each.
SIZES = {1: 25, 2: 20, 3: 20, 4: 20, 5: 10, 6: 5}
PARTNERS = 60  # somebody's partner is of one of so many next neighbourhoods


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What stays with n people, whatever photo they are on.

    `homes` says which neighbourhood of the map they come from, `places` (n, 128) where their grown faces
    lie, `older` by how many years they look older than they are, `smiles` how often they do.
    """

    homes: Numbers
    places: Array
    is_male: Flags
    older: Floats
    smiles: Floats

    def __getitem__(self, chosen: Numbers) -> Traits:
        return Traits(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def put(self, at: Numbers, others: Traits) -> None:
        """Have the people at these places be others."""
        for one in fields(self):
            getattr(self, one.name)[at] = getattr(others, one.name)


def traits(random: np.random.Generator, space: Space, homes: Numbers) -> Traits:
    """Return somebody of each of the neighbourhoods."""
    count = len(homes)
    places = space.places(random, homes).astype(np.float32)
    is_male = random.random(count) < 0.5
    return Traits(homes, places, is_male, random.normal(0, 3, count), random.beta(4.8, 5.2, count))


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """People who are there more than once: families, one after the other.

    `families` (n,) says whose each is of, `born` (n,) the ordinals of their days of birth.
    """

    families: Numbers
    born: Floats
    traits: Traits

    def __len__(self) -> int:
        return len(self.born)


def cast(
    random: np.random.Generator, space: Space, count: int, first_day: float, last_day: float
) -> Cast:
    """Return `count` people. Parents are grown on the first day; children are born up to the last third."""
    families, roles = _families(random, count)
    first_of = np.searchsorted(families, families)
    partners, children = np.flatnonzero(roles == 1), np.flatnonzero(roles >= 2)
    homes = random.integers(space.homes, size=families.max(initial=-1) + 1)[families]
    homes[partners] = space.neighbours(random, homes[partners], PARTNERS)
    from_mother = random.random(len(children)) < 0.5
    homes[children] = homes[first_of[children] + from_mother]

    ages = np.clip(random.normal(36, 11, count), 19, 80)
    born = first_day - np.floor(ages * YEAR)
    at_birth = random.uniform(22, 38, count) * YEAR
    latest = last_day - (last_day - first_day) / 3
    born[children] = np.minimum(born[first_of[children]] + at_birth[children], latest)

    people = traits(random, space, homes)
    people.is_male[partners] = ~people.is_male[first_of[partners]]
    places = people.places
    parents = places[first_of[children]], places[first_of[children] + 1]
    places[children] = space.children(places[children], *parents)
    return Cast(families, born, people)


def _families(random: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    """Return whose family each of `count` people is of, and which of it they are: 0 and 1 are parents."""
    chances = np.array([*SIZES.values()], np.float64)
    sizes = random.choice([*SIZES], size=count, p=chances / chances.sum())
    families = np.repeat(np.arange(count), sizes)[:count]
    roles = np.arange(count) - np.searchsorted(families, families)
    return families, roles
