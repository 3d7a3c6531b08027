"""Roster health: what the page says of how far names can be trusted."""

from __future__ import annotations

from html import unescape

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.naming import Way
from gallery.models import KnownEncoding, Roster
from gallery.services import health, people
from gallery.services.health import Examined
from tests.factories import (
    CLEAR,
    POOR,
    fresh,
    known_encoding,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    vector,
)
from tests.gallery.test_quality import words


def examined(owner: User) -> Examined:
    found = health.examine(Roster.objects.of(owner.pk))
    assert found is not None
    return found


def page(client: Client) -> str:
    answer = client.get(reverse("health"))
    assert answer.status_code == 200
    return unescape(words(answer.content.decode()))


def a_family(owner: User) -> None:
    """Know Ada by two like faces and one far off, Bea by one near Ada's, and Cleo by one alone."""
    for encoding in (vector(1), near(vector(1), 0.3, seed=1), near(vector(3), 0.9, seed=2)):
        make_known(owner, "Ada", encoding)
    make_known(owner, "Bea", near(vector(1), 0.5, seed=3))
    make_known(owner, "Cleo", vector(3))


def test_each_face_is_told_by_the_others_in_both_ways(alice: User, as_alice: Client) -> None:
    a_family(alice)

    found = examined(alice)
    said = page(as_alice)

    assert (found.known, found.people) == (5, 3)
    several = found.health.several[Way.NEAREST]
    assert (several.faces, several.right + several.asked, several.nobody) == (3, 2, 1)
    assert found.health.alone[Way.NEAREST].faces == 2
    assert "5 known faces of 3 people." in said
    assert "3 faces of people who have others By the nearest yours By votes" in said
    assert "Named wrongly 0 0.0 % 0 0.0 % Nobody 1 33.3 % 1 33.3 %" in said.replace("\xa0", " ")


def test_people_near_each_other_and_a_face_far_from_its_others_are_shown(
    alice: User, as_alice: Client
) -> None:
    a_family(alice)

    found = examined(alice)

    [pair] = found.mixed
    assert (pair.first.person.name, pair.second.person.name) == ("Ada", "Bea")
    assert [one.person.name for one in found.far.found] == ["Ada"]
    assert [one.name for one in found.few] == ["Bea", "Cleo"]
    said = page(as_alice)
    assert "1 pair of people is near enough to be taken for each other." in said
    assert "1 known face is like no other of its person" in said
    assert "2 people are known by one face or none." in said


def test_a_face_that_is_near_to_several_others_attracts_strangers(
    alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "Ada", vector(1))
    for seed, name in enumerate(("Bea", "Cleo", "Dot")):
        make_known(alice, name, near(vector(1), 0.5, seed=seed))

    found = examined(alice)

    assert found.attracting.found[0].known.face == face
    assert found.attracting.found[0].others == 3
    assert "near to 3 others" in page(as_alice)


def test_a_poor_reference_is_shown_with_what_is_wrong(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    poor = make_known(alice, "Ada", vector(1), quality=POOR)
    people.add_reference(face=fresh(poor))

    found = examined(alice)

    assert [one.known for one in found.poor.found] == [known_encoding(poor)]
    assert "1 known face is too blurred, small or turned away" in page(as_alice)


def test_what_was_imported_stands_without_a_picture(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))
    ada = person_called("Ada")
    KnownEncoding.objects.create(
        person=ada,
        brought_for=ada,
        imported_from="known.bin",
        vector=near(vector(3), 0.2),
        encoder=KnownEncoding.objects.get().encoder,
    )

    assert examined(alice).imported == 1
    assert "1 was imported without a picture." in page(as_alice)
    assert len(examined(alice).far.found) == 2


def test_faces_of_another_encoder_are_counted_and_left_out(alice: User, as_alice: Client) -> None:
    for name in ("Ada", "Bea"):
        make_known(alice, name)
    make_known(alice, "Ada", encoder="another-v2")

    found = examined(alice)

    assert (found.known, found.apart) == (2, 1)
    assert "1 by another encoder is left out" in page(as_alice)


def test_in_the_studys_way_distances_are_plain(alice: User, as_alice: Client) -> None:
    a_family(alice)
    Roster.objects.update(is_plain=True, way="vote")

    said = page(as_alice)

    assert "Distances are the plain ones, in the study's way." in said
    assert "By votes yours" in said
    assert "The line is the tolerance, 0.60." in said


def test_an_encoder_without_a_map_says_so(alice: User, as_alice: Client) -> None:
    for seed in (1, 2):
        make_known(alice, "Ada", vector(seed), encoder="another-v2")

    assert "Nobody has measured what distances of this encoder mean" in page(as_alice)


def test_the_table_holds_what_the_plot_shows(alice: User, as_alice: Client) -> None:
    a_family(alice)

    html = as_alice.get(reverse("health")).content.decode()

    assert 'data-plot="apart-table"' in html
    assert html.count("data-values=") >= 2
    assert "Pairs of known faces of one person (3) and of two people (7)" in page(as_alice)


def test_without_anybody_known_the_page_says_what_it_is_for(alice: User, as_alice: Client) -> None:
    make_person(alice, "Ada")

    assert "Nobody is known by a face yet" in page(as_alice)


def test_namesakes_are_told_apart(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))
    people.rename(person=person_called("Ada"), name="Ada", note="cousin")
    people.name_anew(face=make_face(make_photo(alice), near(vector(1), 0.4)), name="Ada")

    assert "Ada (cousin)" in page(as_alice)


def test_only_ones_own_people_are_looked_at(alice: User, as_bob: Client) -> None:
    a_family(alice)

    said = page(as_bob)

    assert "Ada" not in said
    assert "Nobody is known by a face yet" in said


def test_the_queries_are_as_many_however_many_people_there_are(
    alice: User, as_alice: Client
) -> None:
    counts = []
    for number in range(3):
        a_family(alice)
        for name in ("Dot", "Eve"):
            make_known(alice, f"{name} {number}", near(vector(1), 0.5, seed=number))
        with CaptureQueriesContext(connection) as captured:
            as_alice.get(reverse("health"))
        counts.append(len(captured))

    assert len(set(counts)) == 1
    assert counts[0] <= 16


@pytest.mark.parametrize("path", ["/people/health/"])
def test_whoever_is_signed_out_signs_in_first(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 302


def test_people_leads_there_once_there_is_somebody(alice: User, as_alice: Client) -> None:
    assert reverse("health") not in as_alice.get(reverse("people")).content.decode()
    make_known(alice, "Ada", vector(1))

    assert reverse("health") in as_alice.get(reverse("people")).content.decode()


def test_a_long_list_shows_the_worst_and_says_how_many_there_are(
    alice: User, as_alice: Client
) -> None:
    random = np.random.default_rng(3)
    for number in range(health.SHOWN + 6):
        for _ in range(2):
            make_known(alice, f"Person {number}", vector(int(random.integers(1_000_000))))

    found = examined(alice)

    assert found.far.count == 2 * (health.SHOWN + 6)
    assert len(found.far.found) == health.SHOWN
    distances = [one.distance for one in found.far.found]
    assert distances == sorted(distances, reverse=True)
    assert f"{found.far.count} known faces are like no other of their person" in page(as_alice)
