"""A picture of somebody that shows several faces waits until a human says which one is theirs."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gallery import lists
from gallery.jobs import queue
from gallery.models import Face, GroupPortrait, Person
from gallery.services import people, photos, portraits, results
from tests.factories import (
    analysed,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    upload_file,
    vector,
)
from tests.gallery.test_portraits import ADA, SOMEONE

pytestmark = pytest.mark.django_db


def brought(person: Person) -> GroupPortrait:
    """Bring a picture of the person that shows two faces, and have it analysed."""
    portraits.add(owner=person.roster.owner, person=person, file=upload_file())
    claim = queue.claim()
    assert claim is not None
    results.save(claim=claim, analysed=analysed(ADA, SOMEONE))
    return GroupPortrait.objects.get(photo=claim.photo_id)


@pytest.fixture
def ada(alice: User) -> Person:
    return make_person(alice, "Ada")


@pytest.fixture
def group(ada: Person) -> GroupPortrait:
    return brought(ada)


def faces_of(group: GroupPortrait) -> list[Face]:
    return list(group.photo.faces.left_to_right())


def choose(client: Client, group: GroupPortrait, face: Face) -> int:
    address = reverse("choose_face", args=[group.photo_id, group.person_id])
    return client.post(address, {"face": face.pk}).status_code


def dismissal(group: GroupPortrait) -> str:
    return reverse("dismiss_group_portrait", args=[group.photo_id, group.person_id])


def test_its_faces_are_buttons_and_the_one_that_is_pressed_makes_the_person_known(
    as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    first, second = faces_of(group)
    page = as_alice.get(reverse("group_portraits"), follow=True)
    html = page.content.decode()

    assert page.redirect_chain[-1][0] == group.get_absolute_url()
    # Beside its crop, and on the photo.
    assert html.count(f'value="{first.pk}"') == 2
    assert choose(as_alice, group, second) == 302

    assert ada.encodings.get().face == second
    assert ada.faces.get() == second
    assert not GroupPortrait.objects.unanswered().exists()
    said = as_alice.get(reverse("people")).content.decode()
    assert "Added as a known face of Ada." in said
    assert "to-group-portraits" not in said


def test_the_people_and_the_person_lead_to_it(
    as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    assert "1 picture that was brought shows several faces." in (
        as_alice.get(reverse("people")).content.decode()
    )
    address = group.get_absolute_url()
    assert address in as_alice.get(ada.get_absolute_url()).content.decode()


def test_a_face_that_is_somebody_else_by_a_humans_word_cannot_be_chosen(
    as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    first, _ = faces_of(group)
    people.name_face(face=first, name="Grace")

    html = as_alice.get(group.get_absolute_url()).content.decode()
    assert html.count("disabled") == 1
    choose(as_alice, group, first)

    first.refresh_from_db()
    assert first.label == "Grace"
    assert not ada.encodings.exists()
    assert GroupPortrait.objects.get() == group


def test_two_people_may_be_asked_about_on_one_picture(
    alice: User, as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    grace = make_person(alice, "Grace")
    file = upload_file("again.jpg", group.photo.original.read_bytes())
    with pytest.raises(photos.UploadRefused, match="Choose the one that is Grace"):
        portraits.add(owner=alice, person=grace, file=file)
    of_grace = GroupPortrait.objects.get(person=grace)
    first, second = faces_of(group)

    html = as_alice.get(group.get_absolute_url()).content.decode()
    assert "1 more picture" in html
    assert of_grace.get_absolute_url() in html
    choose(as_alice, group, first)
    choose(as_alice, of_grace, second)

    assert (ada.encodings.get().face, grace.encodings.get().face) == (first, second)


def test_whom_nothing_else_names_is_forgotten_with_the_last_picture(
    as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    other = brought(ada)
    as_alice.post(dismissal(group))
    assert Person.objects.get() == ada

    as_alice.post(dismissal(other))

    assert not Person.objects.exists()
    assert not GroupPortrait.objects.unanswered().exists()


def test_whoever_is_known_stays_when_a_picture_is_dismissed(alice: User, as_alice: Client) -> None:
    ada = make_known(alice, "Ada", vector(5)).person
    assert ada

    as_alice.post(dismissal(brought(ada)))

    assert Person.objects.get() == ada


def test_naming_the_face_elsewhere_answers_it_and_taking_the_name_back_asks_again(
    alice: User, group: GroupPortrait
) -> None:
    first, _ = faces_of(group)
    people.name_face(face=first, name="Ada")
    assert not lists.people.group_portraits(alice).exists()

    make_known(alice, "Ada", near(vector(1), 0.1))
    people.name_face(face=first, name="")

    assert lists.people.group_portraits(alice).exists()


def test_a_second_press_answers_nothing_else(
    as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    first, second = faces_of(group)
    choose(as_alice, group, first)

    assert choose(as_alice, group, second) == 302
    assert ada.encodings.get().face == first


def test_a_face_of_another_photo_is_none_of_its(
    alice: User, as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    elsewhere = make_known(alice, "Grace")

    assert choose(as_alice, group, elsewhere) == 404
    assert not ada.encodings.exists()


def test_another_account_sees_and_answers_nothing(
    as_bob: Client, ada: Person, group: GroupPortrait
) -> None:
    assert as_bob.get(group.get_absolute_url()).status_code == 404
    assert choose(as_bob, group, faces_of(group)[0]) == 404
    assert as_bob.post(dismissal(group)).status_code == 404

    assert GroupPortrait.objects.get() == group
    assert not ada.encodings.exists()


def test_the_question_goes_with_its_photo_or_its_person(
    alice: User, ada: Person, group: GroupPortrait
) -> None:
    photos.delete(group.photo)
    assert not GroupPortrait.objects.unanswered().exists()

    brought(ada)
    people.delete(ada)
    assert not GroupPortrait.objects.unanswered().exists()


def test_the_page_takes_as_many_queries_for_many_pictures_as_for_few(
    alice: User, as_alice: Client, ada: Person, group: GroupPortrait
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            as_alice.get(group.get_absolute_url())
        return len(taken)

    queries()
    few = queries()
    for _ in range(3):
        photo = make_photo(alice)
        make_face(photo)
        GroupPortrait.objects.create(photo=photo, person=ada)
    assert queries() == few


def test_whom_a_picture_may_still_make_known_stays_when_their_only_name_is_corrected(
    ada: Person, alice: User
) -> None:
    group = brought(ada)
    face = make_face(make_photo(alice), vector(50))
    people.name_as(face=face, person_id=ada.pk)

    people.name_face(face=face, name="Bob")

    assert GroupPortrait.objects.get() == group
