"""Whom a roster knows, taken along as a file."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.known import files
from gallery.models import Person, Roster
from gallery.services import known_export, people
from tests.factories import make_face, make_known, make_photo, vector


def address(suffix: str) -> str:
    return f"{reverse('known_people')}?form={suffix}"


def known(client: Client, suffix: str, folder: Path) -> Path:
    response = client.get(address(suffix))
    assert response.status_code == 200
    assert f'filename="known.{suffix}"' in response["Content-Disposition"]
    path = folder / f"known.{suffix}"
    path.write_bytes(response.getvalue())
    return path


@pytest.mark.parametrize("suffix", known_export.FORMS)
def test_what_is_taken_along_is_read_again_number_by_number(
    alice: User, bob: User, as_alice: Client, tmp_path: Path, suffix: str
) -> None:
    faces = [
        make_known(alice, name, vector(seed)) for seed, name in enumerate(("Ada", "미나", "Ada"))
    ]
    make_known(bob, "Bea", vector(9))

    found = files.read(known(as_alice, suffix, tmp_path))

    assert found.names == ("Ada", "미나", "Ada")
    assert np.array_equal(found.encodings, np.stack([face.encoding for face in faces]))


def test_a_known_bin_is_what_the_study_reads(alice: User, as_alice: Client, tmp_path: Path) -> None:
    make_known(alice, "Ada", vector(1))

    with known(as_alice, "bin", tmp_path).open("rb") as file:
        data = pickle.load(file)

    assert data.keys() == {"encodings", "names"}
    assert data["names"] == ["Ada"]
    np.testing.assert_allclose(data["encodings"][0], vector(1))


def test_people_of_one_name_are_told_apart_by_their_notes(alice: User) -> None:
    make_known(alice, "Anna", vector(1))
    other = people.name_anew(face=make_face(make_photo(alice), vector(2)), name="Anna")
    people.rename(person=other, name="Anna", note="cousin from Busan")

    found = known_export.of(Roster.objects.of(alice.pk))

    assert found is not None
    assert found.names == ("Anna", "Anna (cousin from Busan)")
    assert Person.objects.meant_by(found.names[1]) == [other]


def test_encodings_of_another_encoder_stay_here(alice: User) -> None:
    make_known(alice, "Ada", vector(1), encoder="another-v2")

    assert known_export.of(Roster.objects.of(alice.pk)) is None


def test_whoever_knows_nobody_is_told_so(as_alice: Client) -> None:
    response = as_alice.get(address("bin"), follow=True)

    assert "Nobody is known by a face yet" in response.content.decode()
    assert as_alice.get(address("exe")).status_code == 404


def test_the_roster_is_taken_along_from_its_health_page(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))

    page = as_alice.get(reverse("health")).content.decode()

    assert all(address(suffix) in page for suffix in known_export.FORMS)
