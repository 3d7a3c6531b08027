"""A digit and a picture are names as any other, wherever one can be typed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.services import curating, giving, newcomers, people
from gallery.services.giving import Whom
from tests.factories import make_face, make_known, make_photo, person_called
from tests.gallery.test_record import named, roster_of

NAMES = ["7", "\N{SLIGHTLY SMILING FACE}", "\N{HEAVY BLACK HEART}\ufe0f"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_typed_beside_a_face_found_again_and_taken_on(
    alice: User, as_alice: Client, name: str
) -> None:
    faces = [make_face(make_photo(alice)) for _ in range(3)]

    as_alice.post(reverse("name_face", args=[faces[0].pk]), {"name": name})
    people.name_face(face=faces[1], name=name)
    giving.name(roster=roster_of(alice), faces=[faces[2].pk], whom=Whom(name=name))

    assert [named(face) for face in faces] == [name] * 3
    person = person_called(name)
    assert newcomers.meant(roster_of(alice), name, "a folder").person == person
    assert name in as_alice.get(person.get_absolute_url()).content.decode()
    other = make_known(alice, "Ada").person
    assert other is not None
    curating.merge(into=other, others=[person.pk])
    people.rename(person=other, name=name)
    assert named(faces[0]) == name
