"""How far named faces are from what else their person is known by, as matching counts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from django.contrib.auth.models import User

from analysis.born import Born
from analysis.results import Quality
from gallery.models import Face, KnownEncoding, Person
from gallery.services import births, confirmed, knowledge, library_index, matching, people
from gallery.services.matcher import Matcher
from gallery.services.rules import Rules
from tests.factories import CLEAR, make_face, make_photo, near, vector
from tests.gallery.test_record import roster_of

pytestmark = pytest.mark.django_db


def named(alice: User, year: int, seed: int, quality: Quality = CLEAR) -> Face:
    """Save a face of Ada, on a photo of that year."""
    photo = make_photo(alice, taken_at=datetime(year, 5, 3), taken_from="exif")
    face = make_face(photo, near(vector(1), 0.3, seed), quality=quality, age_years=8.0)
    people.name_face(face=face, name="Ada")
    return face


def told(alice: User) -> dict[int, float]:
    library = library_index.of(alice.pk)
    found = confirmed.distances(library)
    return dict(zip(library.faces.keys.tolist(), found.tolist(), strict=True))


def test_they_are_what_matching_would_compare(alice: User) -> None:
    """As children grow, and where a known face is poor beside others."""
    for year, quality in ((2012, 0.9), (2015, 0.6), (2021, 0.9), (2024, 0.55)):
        named(alice, year, year, replace(CLEAR, score=quality))
    births.say(person=Person.objects.get(), born=Born(2010, 4, 2))

    roster, rows = roster_of(alice), matching.read(Face.objects.all())
    [known] = knowledge.of(roster).values()
    _plain, counted, never = Matcher(Rules.of(roster), {}).apart(rows, known)
    whose = KnownEncoding.objects.order_by("pk").values_list("face", flat=True)
    is_itself = np.array([row.pk for row in rows])[:, None] == np.array([*whose])[None, :]
    counted[is_itself if never is None else is_itself | never] = np.inf

    assert len(known.people) > 2
    assert [told(alice)[row.pk] for row in rows] == pytest.approx(counted.min(axis=1).tolist())


def test_who_was_not_born_yet_is_near_nobody(alice: User) -> None:
    before, first, second = (named(alice, year, year) for year in (1999, 2015, 2016))
    assert not np.isnan(list(told(alice).values())).any()

    births.say(person=Person.objects.get(), born=Born(2010, 4, 2))

    now = told(alice)
    assert np.isnan(now[before.pk])
    assert not np.isnan([now[first.pk], now[second.pk]]).any()
    births.say(person=Person.objects.get(), born=None)
    assert not np.isnan(list(told(alice).values())).any()
