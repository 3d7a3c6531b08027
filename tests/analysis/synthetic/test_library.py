"""Made libraries: who is on which photo, when, and where."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analysis.matching import Population, distances, population
from analysis.results import FIT
from analysis.synthetic.frames import CAMERAS
from analysis.synthetic.library import FIRST_DAY, LAST_DAY, Batch, Library, Wanted
from analysis.synthetic.occasions import DAY
from analysis.synthetic.spreads import Numbers
from analysis.weights import DEFAULT_DIRECTORY

SIZES = (Wanted(500, 160, 10), Wanted(2000, 900, 100, seed=2), Wanted(3000, 200, 20, seed=3))


def the_map() -> Population:
    found = population(DEFAULT_DIRECTORY / "population")
    assert found is not None
    return found


@cache
def library(wanted: Wanted) -> tuple[Library, list[Batch]]:
    made = Library(wanted, the_map())
    return made, [*made.batches()]


@pytest.fixture(params=SIZES, ids=lambda wanted: f"{wanted.faces} faces")
def made(request: pytest.FixtureRequest) -> tuple[Library, list[Batch]]:
    return library(request.param)


def test_it_has_as_many_faces_and_photos_as_were_wanted(made: tuple[Library, list[Batch]]) -> None:
    whole, batches = made

    assert sum(len(batch.people) for batch in batches) == whole.wanted.faces
    assert batches[0].first == 0
    assert batches[-1].last == whole.wanted.photos
    assert len(whole.names) == whole.wanted.people


def test_nobody_is_twice_on_a_photo(made: tuple[Library, list[Batch]]) -> None:
    whole, _ = made
    pairs = np.stack([whole.photos.of_faces, whole.people])

    assert len(np.unique(pairs, axis=1).T) == whole.wanted.faces


def test_six_in_ten_faces_are_of_people_who_are_there_once(
    made: tuple[Library, list[Batch]],
) -> None:
    whole, _ = made

    assert (np.bincount(whole.people) == 1).sum() / whole.wanted.faces == pytest.approx(
        0.6, abs=0.02
    )


def test_each_known_person_is_there_twice_and_known_by_as_many_faces_as_wanted(
    made: tuple[Library, list[Batch]],
) -> None:
    whole, batches = made
    there = np.bincount(whole.people)[: whole.wanted.people]
    known = np.bincount(whole.people[whole.is_known], minlength=whole.wanted.people)

    assert there.min() >= 2
    assert (known == np.minimum(there, whole.wanted.known_faces)).all()
    for batch in batches:
        assert (batch.seen.quality[batch.is_known] >= FIT).all()


def test_each_face_lies_in_its_photo_and_none_over_another(
    made: tuple[Library, list[Batch]],
) -> None:
    for batch in made[1]:
        sizes = np.array([CAMERAS[number][:2] for number in batch.cameras])[batch.photo]
        box = batch.boxes
        assert (box.left >= 0).all()
        assert (box.top >= 0).all()
        assert (box.right <= sizes[:, 0]).all()
        assert (box.bottom <= sizes[:, 1]).all()
        assert (box.right > box.left).all()
        assert (box.bottom > box.top).all()
        for one in range(len(batch.photo)):
            for other in range(one):
                if batch.photo[one] == batch.photo[other]:
                    apart = box.left[one] >= box.right[other] or box.left[other] >= box.right[one]
                    under = box.top[one] >= box.bottom[other] or box.top[other] >= box.bottom[one]
                    assert apart or under


def test_photos_go_through_the_years_in_order(made: tuple[Library, list[Batch]]) -> None:
    seconds = made[0].photos.seconds

    assert (np.diff(seconds) >= 0).all()
    assert seconds[0] >= 0
    assert seconds[-1] < (LAST_DAY - FIRST_DAY).days * DAY + DAY
    assert seconds[-1] - seconds[0] > 3000 * DAY


def test_nobody_is_on_a_photo_from_before_their_birth(made: tuple[Library, list[Batch]]) -> None:
    whole, _ = made
    at = np.flatnonzero(whole.people < len(whole.known))
    days = FIRST_DAY.toordinal() + whole.photos.seconds[whole.photos.of_faces[at]] / DAY

    assert (days > whole.known.born[whole.people[at]]).all()


def test_people_look_as_old_as_they_are_and_age() -> None:
    whole, batches = library(SIZES[1])
    days = FIRST_DAY.toordinal() + whole.photos.seconds[whole.photos.of_faces] / DAY
    years = np.concatenate([batch.looks.years for batch in batches])
    at = np.flatnonzero(whole.people < len(whole.known))
    ages = (days[at] - whole.known.born[whole.people[at]]) / 365.2425

    assert np.abs(years[at] - ages).mean() < 8
    assert np.corrcoef(years[at], ages)[0, 1] > 0.85


def test_the_same_people_come_together() -> None:
    """Who is on a photo with somebody is far more often of the same family than chance has it."""
    whole, _ = library(SIZES[1])
    at = np.flatnonzero(whole.people < whole.wanted.people)
    photos, families = whole.photos.of_faces[at], whole.known.families[whole.people[at]]

    mixed = np.random.default_rng(1).permutation(families)
    assert within(photos, families) > 3 * within(photos, mixed)


def within(photos: Numbers, families: Numbers) -> float:
    """Return the share of pairs of faces on a photo that are of one family."""
    pairs = np.triu(photos[:, None] == photos[None, :], 1)
    return float((families[:, None] == families[None, :])[pairs].mean())


def test_a_seed_makes_one_library_and_another_seed_another() -> None:
    again = Library(SIZES[0], the_map())
    other = Library(Wanted(500, 160, 10, seed=7), the_map())
    whole, batches = library(SIZES[0])

    assert (again.people == whole.people).all()
    assert again.names == whole.names
    assert (next(again.batches()).encodings == batches[0].encodings).all()
    assert not np.array_equal(other.people, whole.people)


def test_relatives_look_more_alike_than_others() -> None:
    known = library(SIZES[1])[0].known
    apart = distances(known.traits.places, known.traits.places)
    family = known.families[:, None] == known.families[None, :]
    np.fill_diagonal(family, False)

    assert apart[family].mean() < 0.9 * apart[~family].mean()


def test_the_smallest_library_is_one_too() -> None:
    whole, batches = library(Wanted(20, 5, 1))

    assert sum(len(batch.people) for batch in batches) == 20
    assert whole.is_known.any()


def test_too_many_known_people_for_so_few_faces_are_refused() -> None:
    with pytest.raises(ValueError, match="100 known people need 2000 faces at least"):
        Library(Wanted(1000, 300, 100), the_map())
