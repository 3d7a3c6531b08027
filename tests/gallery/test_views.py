"""The pages: what they show, how many queries they cost, and what a script gets instead."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gallery.models import AnalysisJob, Person, Photo, Refusal
from gallery.models.leased import State
from gallery.views.photos import PAGE
from tests.factories import (
    fresh,
    jpeg,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    rematch,
    upload_file,
    vector,
)

HTMX = {"HX-Request": "true"}


def queries_of(client: Client, url: str) -> int:
    client.get(url)  # what is asked only once, such as the session's content types
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def fill(owner: User, number: int) -> None:
    """Give the owner `number` photos of Ada and a person on each of them besides."""
    ada = Person.objects.visible_to(owner).filter(name="Ada").first()
    if ada is None:
        make_known(owner, "Ada", vector(1))
        ada = person_called("Ada")
    for _ in range(number):
        photo = make_photo(owner)
        other = make_person(owner, f"Person {photo.pk}")
        make_face(photo, person=ada, named_by="human")
        make_face(photo, person=other, named_by="human")


@pytest.mark.parametrize("page", ["library", "wall_part", "people", "api_photos", "api_people"])
def test_a_list_costs_the_same_queries_for_3_photos_and_for_50(
    alice: User, as_alice: Client, page: str
) -> None:
    fill(alice, 3)
    few = queries_of(as_alice, reverse(page))
    fill(alice, 47)

    assert queries_of(as_alice, reverse(page)) == few
    assert few <= {"people": 20}.get(page, 14)  # It says how much waits at the desk too.


def test_a_persons_page_costs_the_same_queries_for_3_photos_and_for_50(
    alice: User, as_alice: Client
) -> None:
    fill(alice, 3)
    url = person_called("Ada").get_absolute_url()
    few = queries_of(as_alice, url)
    fill(alice, 47)
    for _ in range(5):
        make_known(alice, "Ada")

    assert queries_of(as_alice, url) == few


def test_a_photos_page_costs_the_same_queries_for_1_face_and_for_20(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    # Where a name came from is asked where there is one.
    make_face(photo, person=make_person(alice, "Ada"), named_by="human")
    few = queries_of(as_alice, photo.get_absolute_url())
    for number in range(19):
        person = make_person(alice, f"Person {number}")
        make_face(photo, person=person, named_by="human")

    assert queries_of(as_alice, photo.get_absolute_url()) == few


def cards(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="photo-(\d+)"', html)]


def next_page(html: str) -> str:
    address: str = re.findall(r'(?:hx-get|data-part)="([^"]+\?before=\d+[^"]*)"', html)[0]
    return unescape(address)


@pytest.mark.parametrize("of_a_person", [False, True])
def test_pages_follow_each_other_without_gap_or_repetition(
    alice: User, as_alice: Client, of_a_person: bool
) -> None:
    ada = make_person(alice, "Ada")
    photos = [make_photo(alice) for _ in range(PAGE + 5)]
    for photo in photos:
        make_face(photo, person=ada, named_by="human")
    start = ada.get_absolute_url() if of_a_person else reverse("library")

    first = as_alice.get(start).content.decode()
    newer = make_photo(alice)
    make_face(newer, person=ada, named_by="human")
    second = as_alice.get(next_page(first)).content.decode()

    assert len(cards(first)) == PAGE
    assert cards(first) + cards(second) == [photo.pk for photo in reversed(photos)]
    assert "before=" not in second


def test_a_full_page_with_nothing_after_it_offers_no_more(alice: User, as_alice: Client) -> None:
    for _ in range(PAGE):
        make_photo(alice)

    html = as_alice.get(reverse("library")).content.decode()

    assert len(cards(html)) == PAGE
    assert "before=" not in html


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1;drop", "9" * 30])
def test_a_cursor_that_is_none_never_breaks_the_page(
    alice: User, as_alice: Client, cursor: str
) -> None:
    make_photo(alice)

    assert as_alice.get(reverse("wall_part"), {"before": cursor}).status_code == 200


def test_an_empty_library_offers_sample_photos(as_alice: Client) -> None:
    assert reverse("add_samples") in as_alice.get(reverse("library")).content.decode()


def test_a_photo_shows_each_face_with_all_that_is_guessed(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    make_known(alice, "Ada", vector(1))
    make_face(photo, near(vector(1), 0.3))
    rematch(alice)

    html = as_alice.get(photo.get_absolute_url()).content.decode()

    assert f'viewBox="0 0 {photo.width} {photo.height}"' in html
    assert "Ada?" in html
    assert "0.30" in html
    assert "about 34" in html
    assert "(25-32)" in html
    for word in ("female", "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"):
        assert word in html.lower()


def test_two_people_of_a_photo_have_two_colours_and_one_person_has_one(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    people = [make_person(alice, f"Person {number}") for number in range(9)]
    for person in [*people, people[0]]:
        make_face(photo, person=person, named_by="human")

    html = as_alice.get(photo.get_absolute_url()).content.decode()

    marks = re.findall(r'class="mark"[^>]*data-colour="(\w+)"', html)
    assert len(set(marks[:9])) == 9
    assert marks[9] == marks[0]


def test_what_people_call_things_is_shown_as_text(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "<script>alert(1)</script>")
    Photo.objects.update(filename='"><img src=x onerror=alert(1)>.jpg')

    for url in (
        reverse("library"), face.photo.get_absolute_url(), reverse("people"), face.person.get_absolute_url()
        if face.person else "",
    ):  # fmt: skip
        html = as_alice.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_previous_and_next_stay_within_the_library(
    alice: User, bob: User, as_alice: Client
) -> None:
    older, theirs, photo = make_photo(alice), make_photo(bob), make_photo(alice)
    between, newer = make_photo(bob), make_photo(alice)

    html = as_alice.get(photo.get_absolute_url()).content.decode()

    for neighbour in (older, newer):
        assert f'href="{neighbour.get_absolute_url()}"' in html
    for stranger in (theirs, between):
        assert f'href="{stranger.get_absolute_url()}"' not in html


@pytest.mark.parametrize(
    ("state", "is_there"), [("queued", False), ("failed", False), ("done", True)]
)
def test_the_next_photo_is_fetched_ahead_once_there_is_something_to_fetch(
    alice: User, as_alice: Client, state: str, is_there: bool
) -> None:
    older, photo = make_photo(alice, state=state), make_photo(alice)
    html = as_alice.get(photo.get_absolute_url()).content.decode()
    assert (reverse("photo_preview", args=[older.pk]) in html) == is_there


def test_a_failed_photo_shows_its_reason_and_how_to_try_again(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice, state="failed")

    for url in (reverse("library"), photo.get_absolute_url()):
        html = as_alice.get(url).content.decode()
        assert "This file is not a photo we can read. Try a JPEG or PNG." in html
        assert reverse("analyse_photo", args=[photo.pk]) in html


def test_naming_answers_a_script_with_the_result_and_a_form_with_the_page(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    face = make_face(photo)
    url = reverse("name_face", args=[face.pk])

    partial = as_alice.post(url, {"name": "Ada"}, headers=HTMX)
    page = as_alice.post(url, {"name": "Bea"})

    assert partial.status_code == 200
    assert 'id="photo-result"' in partial.content.decode()
    assert "<html" not in partial.content.decode()
    assert "Ada" in partial.content.decode()
    assert (page.status_code, page["Location"]) == (302, photo.get_absolute_url())
    assert fresh(face).label == "Bea"


def test_a_name_that_is_refused_is_told_beside_the_face(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))
    url = reverse("name_face", args=[face.pk])
    sentence = "A name may have up to 100 letters."

    partial = as_alice.post(url, {"name": "x" * 101}, headers=HTMX)
    page = as_alice.post(url, {"name": "x" * 101}, follow=True)

    assert sentence in partial.content.decode()
    assert sentence in page.content.decode()


def test_a_guess_is_confirmed_or_refused_by_one_click(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))
    yes, no = (make_face(make_photo(alice), near(vector(1), 0.3, seed=seed)) for seed in (1, 2))
    rematch(alice)

    shown = {"person": person_called("Ada").pk}
    as_alice.post(reverse("confirm_face", args=[yes.pk]), shown, headers=HTMX)
    as_alice.post(reverse("refuse_face", args=[no.pk]), shown, headers=HTMX)

    assert fresh(yes).label == "Ada"
    assert fresh(no).label == "Unknown"
    assert Refusal.objects.get().face == no


def test_deleting_sends_a_script_and_a_form_to_the_next_page(alice: User, as_alice: Client) -> None:
    older, photo, another = (make_photo(alice) for _ in range(3))

    scripted = as_alice.post(reverse("delete_photo", args=[another.pk]), headers=HTMX)
    plain = as_alice.post(reverse("delete_photo", args=[photo.pk]))

    assert scripted["HX-Redirect"] == photo.get_absolute_url()
    assert plain["Location"] == older.get_absolute_url()
    assert as_alice.post(reverse("delete_photo", args=[older.pk]))["Location"] == reverse("library")
    assert not Photo.objects.exists()


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_photo_that_is_analysed_again_keeps_its_picture(
    state: State, alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    leased = {"lease": uuid.uuid4(), "lease_until": timezone.now()} if state == "running" else {}
    AnalysisJob.objects.filter(photo=photo).update(state=state, **leased)
    card = as_alice.get(reverse("photo_cards"), {"keys": photo.pk}).content.decode()
    assert reverse("photo_thumbnail", args=[photo.pk]) in card
    assert {"queued": "Queued", "running": "Analysing"}[state] in card
    page = as_alice.get(photo.get_absolute_url()).content.decode()
    assert reverse("photo_preview", args=[photo.pk]) in page
    assert "analysed again. What you said stays." in page


def test_analysing_again_queues_the_photo_and_answers_with_its_card(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice, state="failed")
    url = reverse("analyse_photo", args=[photo.pk])

    card = as_alice.post(url, headers=HTMX | {"HX-Target": f"photo-{photo.pk}"})
    result = as_alice.post(url, headers=HTMX | {"HX-Target": "photo-result"})

    assert cards(card.content.decode()) == [photo.pk]
    assert 'data-state="queued"' in card.content.decode()
    assert 'id="photo-result"' in result.content.decode()
    assert as_alice.post(url)["Location"] == photo.get_absolute_url()


def test_the_form_without_a_script_takes_many_files_and_tells_of_each_refusal(
    alice: User, as_alice: Client
) -> None:
    twice = jpeg()
    files = [
        upload_file("one.jpg", twice),
        upload_file("again.jpg", twice),
        upload_file("words.jpg", b"just words"),
        upload_file("two.jpg"),
    ]

    page = as_alice.post(reverse("upload"), {"files": files}, follow=True).content.decode()

    assert Photo.objects.count() == 2
    assert "2 photos uploaded." in page
    assert "again.jpg: This photo is already in your library, as one.jpg." in page
    assert "words.jpg: This file is not a photo we can read. Try a JPEG or PNG." in page


def test_an_upload_without_a_file_says_nothing_was_uploaded(as_alice: Client) -> None:
    assert as_alice.post(reverse("upload")).status_code == 302
    assert not Photo.objects.exists()


def test_sample_photos_are_added_by_a_button(alice: User, as_alice: Client) -> None:
    assert as_alice.post(reverse("add_samples"))["Location"] == reverse("library")
    assert Photo.objects.filter(owner=alice).count() >= 4


def test_an_address_of_nothing_says_so_on_a_page(as_alice: Client) -> None:
    answer = as_alice.get("/photos/999999/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_looking_harder_queues_the_photo_and_its_page_says_what_came_of_it(
    alice: User, bob: User, as_alice: Client
) -> None:
    photo, strangers = make_photo(alice), make_photo(bob)
    url = reverse("analyse_photo", args=[photo.pk])
    assert "Look harder" in as_alice.get(photo.get_absolute_url()).content.decode()

    assert as_alice.post(url, {"harder": "yes"})["Location"] == photo.get_absolute_url()
    job = AnalysisJob.objects.get(photo=photo)
    assert (job.state, job.choice["detector"]) == ("queued", "yunet-thorough")
    busy = as_alice.post(url, {"harder": "yes"}, follow=True).content.decode()
    assert "This photo is being analysed already." in busy
    others = reverse("analyse_photo", args=[strangers.pk])
    assert as_alice.post(others, {"harder": "yes"}).status_code == 404

    AnalysisJob.objects.filter(photo=photo).update(state="done")
    said = {
        0: "Looked harder: no more faces than before.",
        1: "Looked harder: 1 more face than before.",
        3: "Looked harder: 3 more faces than before.",
    }
    for more, sentence in said.items():
        Photo.objects.filter(pk=photo.pk).update(more_faces=more)
        assert sentence in as_alice.get(photo.get_absolute_url()).content.decode()
    Photo.objects.filter(pk=photo.pk).update(more_faces=None)
    assert "Looked harder" not in as_alice.get(photo.get_absolute_url()).content.decode()
