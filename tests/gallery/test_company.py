"""A group of unknown faces says with whom it is on photos, and when these were taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.results import Box
from gallery.models import Face, FaceGroup, Person, Photo
from gallery.services import albums, people
from tests.factories import make_face, person_called, vector
from tests.gallery.test_desk import ask
from tests.gallery.test_groups import faces_of, group_of, regroup
from tests.gallery.test_quality import words

BESIDE = Box(300, 10, 340, 50)


def beside(faces: list[Face], name: str, seed: int) -> None:
    """Have somebody be on the photos of these faces."""
    for face in faces:
        people.name_face(face=make_face(face.photo, vector(seed), box=BESIDE), name=name)


@pytest.fixture
def group(alice: User) -> FaceGroup:
    faces = faces_of(alice, 1, 4)
    beside(faces[:3], "Carl", 8)
    beside(faces[3:], "Anna", 9)
    regroup(alice)
    found = group_of(faces[0])
    assert found is not None
    return found


def page(client: Client, group: FaceGroup) -> str:
    return words(client.get(group.get_absolute_url()).content.decode())


def dated(*days: datetime, source: str = "exif") -> None:
    photos = Photo.objects.filter(faces__grouped__group__isnull=False).order_by("pk").distinct()
    for photo, day in zip(photos, days, strict=False):
        Photo.objects.filter(pk=photo.pk).update(taken_at=day, taken_from=source)


def test_who_is_on_the_same_photos_stands_beside_a_group_most_often_first(
    as_alice: Client, group: FaceGroup
) -> None:
    assert "Seen with Carl 3 photos Anna 1 photo" in page(as_alice, group)
    for shown in (
        words(as_alice.get(reverse("people")).content.decode()),
        words(as_alice.get(reverse("groups")).content.decode()),
        ask(as_alice),
    ):
        assert "Seen with Carl, Anna" in shown


def test_hidden_people_are_not_said_to_be_there(as_alice: Client, group: FaceGroup) -> None:
    Person.objects.filter(pk=person_called("Carl").pk).update(is_hidden=True)

    assert "Seen with Anna 1 photo" in page(as_alice, group)


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((2019, 2019, 2019, 2019), "Taken on 14 May 2019"),
        ((2019, 2021, 2019, 2021), "Taken in 2019 (2), 2021 (2)"),
    ],
)
def test_the_dates_of_shots_are_said(
    as_alice: Client, group: FaceGroup, years: Any, said: str
) -> None:
    assert "Taken" not in page(as_alice, group)  # All that is known is when they were uploaded.

    dated(*(datetime(year, 5, 14, 12) for year in years))

    assert said in page(as_alice, group)


def test_many_years_are_said_as_the_first_and_the_last(alice: User, as_alice: Client) -> None:
    faces = faces_of(alice, 1, 6)
    regroup(alice)
    dated(*(datetime(2000 + 2 * number, 1, 1) for number in range(6)))
    group = group_of(faces[0])
    assert group is not None

    assert "Taken from 2000 to 2010" in page(as_alice, group)


def test_in_which_albums_its_photos_are_stands_beside_a_group(
    alice: User, as_alice: Client, group: FaceGroup
) -> None:
    keys = sorted(Photo.objects.filter(faces__grouped__group=group).values_list("pk", flat=True))
    assert "In the albums" not in page(as_alice, group)
    albums.create(owner=alice, name="Few", photos=keys[:1])
    albums.create(owner=alice, name="Most", photos=keys[:3])
    gone = albums.create(owner=alice, name="Gone", photos=keys)
    albums.delete(album=gone)

    assert "In the albums Most 3 photos Few 1 photo" in page(as_alice, group)
