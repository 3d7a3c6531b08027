"""Rows are asked for by thousands of keys as by few."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from gallery.models import Face, Photo
from gallery.services import renewal
from tests.factories import make_face, make_photo, vector


def test_rows_of_keys_are_those_that_in_finds(alice: User) -> None:
    faces = [make_face(make_photo(alice), vector(number)) for number in range(4)]
    keys = [faces[0].pk, faces[2].pk, 10**9]

    assert [*Face.objects.filter(pk__one_of=keys).order_by("pk")] == [faces[0], faces[2]]
    assert {*Face.objects.exclude(pk__one_of=keys)} == {faces[1], faces[3]}
    assert Face.objects.get(photo__one_of={faces[1].photo_id}) == faces[1]
    assert Photo.objects.filter(faces__one_of=keys).count() == 2


def test_no_keys_find_nothing_and_change_nothing(alice: User) -> None:
    make_face(make_photo(alice), vector(1))
    nothing = Face.objects.filter(pk__one_of=[])

    assert not nothing.exists()
    assert nothing.update(score=0) == 0
    assert Face.objects.exclude(pk__one_of=[]).count() == 1


@pytest.mark.django_db
def test_what_is_no_number_is_no_key() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Face.objects.filter(pk__one_of=["1) OR (1=1"]).exists()


def test_all_of_a_large_search_is_analysed_again(alice: User) -> None:
    photo = make_photo(alice)
    # More than a statement of SQLite takes as values.
    found = [photo.pk, *range(10**6, 10**6 + 250_000)]

    assert renewal.begin(user=alice, which="chosen", photos=found).total == 1
