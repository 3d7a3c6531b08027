"""What one did can be undone from where it was done, from any page, and from the list of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gallery.lists.done import SENTENCES
from gallery.models import Action, Face, Person
from gallery.models.record import Did
from gallery.services import curating, emotions, erasing, people, photos, saying
from tests.factories import fresh, make_face, make_known, make_photo, person_called, vector
from tests.gallery.test_record import last, named, roster_of

HTMX = {"HX-Request": "true"}


def name(client: Client, face: Face, text: str, **headers: Any) -> Any:
    url = reverse("name_face", args=[face.pk])
    return client.post(url, {"name": text}, headers=headers or None, follow=not headers)


def toast(response: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(response["HX-Trigger"])["toast"]
    return found


def test_a_name_is_said_and_undone_beside_the_photo(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))

    said = toast(name(as_alice, face, "Ada", **HTMX))

    assert said["text"] == "1 face is Ada now."
    undone = as_alice.post(said["undo"], headers=HTMX)
    assert undone.status_code == 204
    assert toast(undone)["text"] == "Undone: 1 face is Ada now."
    assert "news" in json.loads(undone["HX-Trigger"])
    assert named(face) is None

    again = as_alice.post(toast(undone)["redo"], headers=HTMX)
    assert toast(again) == {
        "text": "Done again: 1 face is Ada now.",
        "level": "success",
        "undo": said["undo"],
    }
    assert named(face) == "Ada"


def test_without_scripts_the_next_page_offers_to_undo(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))

    html = name(as_alice, face, "Ada").content.decode()

    url = reverse("undo", args=[last(Did.NAME).pk])
    assert "1 face is Ada now." in html
    assert f'action="{url}"' in html
    done = as_alice.post(url, follow=True)
    assert done.redirect_chain == [(reverse("done"), 302)]
    assert "Undone: 1 face is Ada now." in done.content.decode()
    assert named(face) is None


def test_what_a_page_says_itself_gets_the_way_back_beside_it(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))
    person = person_called("Ada")
    face = make_face(make_photo(alice), vector(1), suggestion=person)
    url = reverse("answer_faces", args=[person.pk])

    answer = as_alice.post(url, {"face": face.pk, "is_so": "yes"}, headers=HTMX)

    assert toast(answer)["text"] == "1 face is Ada now."
    assert toast(answer)["undo"] == reverse("undo", args=[last(Did.CONFIRM).pk])


def test_the_last_is_undone_first_and_then_the_one_before(alice: User, as_alice: Client) -> None:
    first, second = make_known(alice, "Ada"), make_known(alice, "Grace")
    url = reverse("undo_last")

    assert "Grace" in toast(as_alice.post(url, headers=HTMX))["text"]
    assert (named(first), named(second)) == ("Ada", None)
    assert "Ada" in toast(as_alice.post(url, headers=HTMX))["text"]
    assert (named(first), named(second)) == (None, None)
    nothing = toast(as_alice.post(url, headers=HTMX))
    assert nothing == {"text": "There is nothing to undo.", "level": "info"}


def test_what_is_gone_for_good_does_not_stand_before_what_can_be_undone(
    alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "Ada")
    photos.delete(make_photo(alice))
    photos.empty_bin(owner=alice)
    url = reverse("undo_last")

    assert "Ada" in toast(as_alice.post(url, headers=HTMX))["text"]
    assert named(face) is None
    # Nothing else is left: it says why.
    assert "is not there any more" in toast(as_alice.post(url, headers=HTMX))["text"]


def test_what_cannot_be_undone_says_why(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada")
    first = last(Did.NAME)
    people.name_face(face=face, name="Grace")

    answer = as_alice.post(reverse("undo", args=[first.pk]), headers=HTMX)

    assert "has been said otherwise since" in toast(answer)["text"]
    assert toast(answer)["level"] == "warning"
    assert named(face) == "Grace"


def test_an_undoing_says_of_how_many_something_else_was_said(alice: User, as_alice: Client) -> None:
    ada = make_known(alice, "Ada").person
    faces = [make_face(make_photo(alice)) for _ in range(3)]
    assert ada is not None
    curating.name(roster=roster_of(alice), faces=[one.pk for one in faces], person_id=ada.pk)
    action = last(Did.NAME)
    people.name_face(face=fresh(faces[0]), name="Grace")

    answer = as_alice.post(reverse("undo", args=[action.pk]), headers=HTMX)

    assert toast(answer)["text"] == (
        "Undone: 3 faces are Ada now. Of 1 something else was said since, which stays."
    )
    assert [named(face) for face in faces] == ["Grace", None, None]


def test_an_undoing_says_that_whose_faces_were_before_is_forgotten_for_good(
    alice: User, as_alice: Client
) -> None:
    first, second = make_known(alice, "Ada"), make_known(alice, "Ada")
    ada = person_called("Ada")
    curating.split(roster=roster_of(alice), faces=[first.pk, second.pk], name="Grace")
    Person.everyone.filter(pk=ada.pk).update(gone_at=timezone.now() - timedelta(days=31))
    assert erasing.sweep() == 1

    said = toast(as_alice.post(reverse("undo", args=[last(Did.SPLIT).pk]), headers=HTMX))["text"]

    assert "2 faces are nobody's: whose they were before was forgotten for good since." in said
    assert [named(first), named(second)] == [None, None]
    third = make_known(alice, "Ada")
    undone = saying.undo(action=last(Did.NAME))
    assert (named(third), undone.erased) == (None, 0)


def test_the_list_has_what_was_done_newest_first(
    alice: User, as_alice: Client, django_assert_max_num_queries: Any
) -> None:
    face = make_known(alice, "Ada")
    emotions.say(face=face, emotion="happy")
    for number in range(5):
        make_known(alice, f"Person {number}")
    people.delete(person_called("Ada"))

    with django_assert_max_num_queries(12):
        html = as_alice.get(reverse("done")).content.decode()

    told = [
        html.index(words) for words in ("Ada was removed", "Person 4 now", "Person 0 now", "shows")
    ]
    assert told == sorted(told)


def test_the_list_of_who_said_nothing_says_what_it_is_for(as_alice: Client) -> None:
    assert "Nothing was said yet" in as_alice.get(reverse("done")).content.decode()


def test_nobody_undoes_what_another_did(alice: User, as_bob: Client) -> None:
    face = make_known(alice, "Ada")
    action = last(Did.NAME)

    for verb in ("undo", "redo"):
        assert as_bob.post(reverse(verb, args=[action.pk]), headers=HTMX).status_code == 404
    as_bob.post(reverse("undo_last"), headers=HTMX)

    assert named(face) == "Ada"
    assert "Ada" not in as_bob.get(reverse("done")).content.decode()


def test_the_api_says_nothing_to_pages(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))

    as_alice.post(
        reverse("api_name_face", args=[face.pk]), {"name": "Ada"}, content_type="application/json"
    )

    assert named(face) == "Ada"
    assert "1 face is Ada now." not in as_alice.get(reverse("library")).content.decode()


def test_everything_that_can_be_done_has_a_sentence() -> None:
    assert SENTENCES.keys() == {*Did} - {Did.UNDO}


def test_the_sentences_can_all_be_read(alice: User, as_alice: Client) -> None:
    for did in SENTENCES:
        Action.objects.create(roster=roster_of(alice), did=did, count=2)
    html = as_alice.get(reverse("done")).content.decode()
    assert "%(" not in html
    assert "2 faces are somebody now." in html
