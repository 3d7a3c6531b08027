"""Many faces that surely or maybe are a person, confirmed or refused at once."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gallery.models import Face, KnownEncoding, Person, Refusal
from gallery.services import people
from gallery.services.people import Answered
from gallery.views.asked import SHOWN
from tests.factories import (
    CLEAR,
    POOR,
    fresh,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)
from tests.gallery.test_quality import words
from tests.gallery.test_three_answers import MAYBE, SURE

HTMX = {"HX-Request": "true", "HX-Target": "person-faces"}


def faces_at(owner: User, distance: float, count: int, **fields: Any) -> list[Face]:
    """Save faces, on a photo each, that are so far from vector(1) and far from each other."""
    start = 100 + Face.objects.count()
    return [
        make_face(make_photo(owner), near(vector(1), distance, seed=start + number), **fields)
        for number in range(count)
    ]


def make_ada(owner: User) -> Person:
    make_known(owner, "Ada", vector(1), quality=CLEAR)
    return person_called("Ada")


def keys(faces: Sequence[Face]) -> list[int]:
    return [face.pk for face in faces]


def labels(faces: Sequence[Face]) -> list[str]:
    return [fresh(face).label for face in faces]


def test_guesses_and_questions_are_confirmed_at_once(alice: User) -> None:
    sure, maybe = faces_at(alice, SURE, 3), faces_at(alice, MAYBE, 2)
    ada = make_ada(alice)
    assert labels(sure + maybe) == ["Ada?"] * 3 + ["Unknown"] * 2

    answered = people.confirm_many(person=ada, faces=keys(sure[:2] + maybe))

    assert answered == Answered(done=4, changed=0)
    assert labels([*sure[:2], *maybe]) == ["Ada"] * 4
    assert fresh(sure[2]).is_guess
    assert not Face.objects.filter(named_by="human", suggestion__isnull=False).exists()
    assert ada.encodings.count() == 5


def test_others_are_guessed_by_what_was_confirmed(alice: User) -> None:
    near_her = faces_at(alice, SURE, 1)[0]
    ada = make_ada(alice)
    further = make_face(make_photo(alice), near(near_her.encoding, 0.3))
    far_from_her = fresh(further)
    assert not far_from_her.is_guess

    people.confirm_many(person=ada, faces=[near_her.pk])

    assert fresh(further).label == "Ada?"


def test_a_doubtful_face_that_is_confirmed_is_no_reference(alice: User) -> None:
    blurred, clear = (faces_at(alice, SURE, 1, quality=one)[0] for one in (POOR, CLEAR))
    ada = make_ada(alice)

    people.confirm_many(person=ada, faces=keys([blurred, clear]))

    assert labels([blurred, clear]) == ["Ada", "Ada"]
    assert KnownEncoding.objects.filter(face=clear).exists()
    assert not KnownEncoding.objects.filter(face=blurred).exists()


def test_many_are_refused_at_once_and_never_guessed_again(alice: User) -> None:
    faces = faces_at(alice, SURE, 2) + faces_at(alice, MAYBE, 2)
    ada = make_ada(alice)

    assert people.refuse_many(person=ada, faces=keys(faces)) == Answered(done=4, changed=0)
    rematch(alice)

    assert Refusal.objects.filter(person=ada).count() == 4
    assert [fresh(face).asked_about for face in faces] == [None] * 4


def test_a_face_whose_guess_has_changed_meanwhile_is_left_alone_and_counted(alice: User) -> None:
    faces = faces_at(alice, SURE, 4)
    ada = make_ada(alice)
    people.name_face(face=fresh(faces[0]), name="Bea")
    people.refuse(face=fresh(faces[1]), person_id=ada.pk)
    Face.objects.filter(pk=faces[2].pk).delete()

    said = [*keys(faces), faces[3].pk]
    assert people.confirm_many(person=ada, faces=said) == Answered(done=1, changed=3)
    assert people.refuse_many(person=ada, faces=said) == Answered(done=0, changed=4)

    assert labels([faces[0], faces[1], faces[3]]) == ["Bea", "Unknown", "Ada"]
    assert Refusal.objects.count() == 1


@pytest.mark.parametrize("verb", [people.confirm_many, people.refuse_many])
def test_nothing_is_said_of_faces_of_another_roster(alice: User, bob: User, verb: Any) -> None:
    theirs = faces_at(bob, SURE, 1)
    make_known(bob, "Bea", vector(1))
    ada = make_ada(alice)

    assert verb(person=ada, faces=keys(theirs)) == Answered(done=0, changed=1)

    assert labels(theirs) == ["Bea?"]
    assert not Refusal.objects.exists()


@pytest.mark.parametrize("verb", [people.confirm_many, people.refuse_many])
def test_nothing_is_said_of_somebody_who_was_deleted_meanwhile(alice: User, verb: Any) -> None:
    faces = faces_at(alice, SURE, 1)
    ada = make_ada(alice)
    people.delete(person_called("Ada"))

    with pytest.raises(people.NameRefused, match="not there any more"):
        verb(person=ada, faces=keys(faces))

    assert labels(faces) == ["Unknown"]


def test_confirming_many_takes_as_many_queries_as_confirming_two(
    alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    faces = faces_at(alice, SURE, 40)
    ada = make_ada(alice)

    for some in (faces[:2], faces[2:]):
        with django_assert_max_num_queries(60):
            people.confirm_many(person=ada, faces=keys(some))


# The page.


def answer(
    client: Client, person: Person, faces: Sequence[Face], is_so: str, **headers: str
) -> Any:
    url = reverse("answer_faces", args=[person.pk])
    said = {"face": keys(faces), "is_so": is_so}
    return client.post(url, said, headers=headers, follow=not headers)


def shown(html: str, part: str) -> str:
    """Return the words of one of the page's parts; "" where it has none."""
    _, found, rest = html.partition(f'<section class="crops" id="{part}"')
    return words(rest.partition("</section>")[0]) if found else ""


def test_a_persons_page_parts_what_is_said_what_is_sure_and_what_is_asked(
    alice: User, as_alice: Client
) -> None:
    sure, maybe = faces_at(alice, SURE, 3), faces_at(alice, MAYBE, 1)
    ada = make_ada(alice)
    html = as_alice.get(ada.get_absolute_url()).content.decode()

    assert "1 photo 3 guesses 1 question" in words(html)
    assert "Surely Ada 3" in shown(html, "guesses")
    assert "Is this Ada? 1" in shown(html, "questions")
    assert "Named by you 1" in words(html)
    # Most questions are about somebody else, so one chooses those that are not.
    assert re.findall(r'value="(\d+)"\s+autocomplete="off"\s+checked', html) == [
        f"{face.pk}" for face in sure
    ]
    for face in sure + maybe:
        assert f'value="{face.pk}"' in html
        assert f"{face.photo.get_absolute_url()}?in=asked:{ada.pk}#face-{face.pk}" in html
        assert f'id="photo-{face.photo_id}"' not in html


def test_the_nearest_faces_come_first_and_the_rest_on_further_pages(
    alice: User, as_alice: Client
) -> None:
    faces = [faces_at(alice, 0.54 - 0.002 * number, 1)[0] for number in range(SHOWN + 2)]
    ada = make_ada(alice)

    first = as_alice.get(ada.get_absolute_url())
    second = as_alice.get(ada.get_absolute_url(), {"guesses": "2"})

    pages = [keys(one.context["guesses"]) for one in (first, second)]
    assert [*pages[0], *pages[1]] == keys(faces)[::-1]
    assert [len(page) for page in pages] == [SHOWN, 2]
    assert f"61 to 62 of {SHOWN + 2}, nearest first" in words(second.content.decode())
    assert "guesses=2#guesses" in first.content.decode()
    assert "guesses=1#guesses" in second.content.decode()


@pytest.mark.parametrize("page", ["0", "17", "-1", "x", "9" * 99])
def test_a_page_that_is_not_there_is_the_nearest_that_is(
    alice: User, as_alice: Client, page: str
) -> None:
    faces_at(alice, SURE, 1)
    url = reverse("person_faces", args=[make_ada(alice).pk])

    assert "Surely Ada 1" in words(as_alice.get(url, {"guesses": page}).content.decode())


def test_a_persons_page_asks_the_database_as_often_whatever_it_shows(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    faces_at(alice, SURE, 2)
    faces_at(alice, MAYBE, 1)
    url = make_ada(alice).get_absolute_url()
    with django_assert_num_queries(17):
        as_alice.get(url)

    faces_at(alice, SURE, 20)
    faces_at(alice, MAYBE, 20)
    rematch(alice)
    with django_assert_num_queries(17):
        as_alice.get(url)


def test_the_people_page_asks_the_database_as_often_whoever_is_there(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 5):
        for number in range(count):
            make_known(alice, f"Ada {count} {number}", vector(10 * count + number))
        with django_assert_num_queries(19):
            as_alice.get(reverse("people"))


@pytest.mark.parametrize("script", [True, False])
def test_the_answer_says_what_was_done_at_the_same_place(
    alice: User, as_alice: Client, script: bool
) -> None:
    faces = faces_at(alice, SURE, 3)
    ada = make_ada(alice)
    people.name_face(face=fresh(faces[0]), name="Bea")

    response = answer(as_alice, ada, faces[:2], "yes", **(HTMX if script else {}))

    said = "1 face is Ada now. The guess of 1 had changed meanwhile: it was left alone."
    if script:
        toast = json.loads(response["HX-Trigger"])["toast"]
        assert (toast["text"], toast["level"]) == (said, "success")
    else:
        assert response.redirect_chain[0][0].endswith("#person-faces")
        assert said in words(response.content.decode())
    assert "Surely Ada 1" in words(response.content.decode())
    assert labels(faces) == ["Bea", "Ada", "Ada?"]


@pytest.mark.parametrize(
    ("is_so", "count", "sentence"),
    [
        ("yes", 2, "2 faces are Ada now."),
        ("no", 1, "1 face is not Ada: you are not asked again."),
        ("no", 2, "2 faces are not Ada: you are not asked again."),
        ("yes", 0, "Choose at least one face."),
        ("", 2, "Choose at least one face."),
    ],
)
def test_each_answer_has_its_sentence(
    alice: User, as_alice: Client, is_so: str, count: int, sentence: str
) -> None:
    faces = faces_at(alice, MAYBE, 2)
    ada = make_ada(alice)

    response = answer(as_alice, ada, faces[:count], is_so)

    assert sentence in words(response.content.decode())
    assert (labels(faces) == ["Unknown", "Unknown"]) == (is_so != "yes" or count == 0)


def test_a_second_press_says_that_the_guesses_have_changed(alice: User, as_alice: Client) -> None:
    faces = faces_at(alice, SURE, 2)
    ada = make_ada(alice)
    answer(as_alice, ada, faces, "yes")

    response = answer(as_alice, ada, faces, "no")

    assert "Nothing was said of them: their guesses have changed" in words(
        response.content.decode()
    )
    assert labels(faces) == ["Ada", "Ada"]


def test_keys_that_are_none_are_no_faces(alice: User, as_alice: Client) -> None:
    url = reverse("answer_faces", args=[make_ada(alice).pk])

    for keys_sent in (["x", "-1"], ["9" * 30]):
        response = as_alice.post(url, {"face": keys_sent, "is_so": "yes"}, follow=True)
        assert "Choose at least one face." in words(response.content.decode())


def test_who_is_told_apart_by_a_note_is_asked_about_with_it(alice: User, as_alice: Client) -> None:
    faces_at(alice, SURE, 1)
    faces_at(alice, MAYBE, 1)
    ada = make_ada(alice)
    people.rename(person=ada, name="Ada", note="aunt")
    people.name_anew(face=make_face(make_photo(alice), vector(2)), name="Ada")

    html = as_alice.get(ada.get_absolute_url()).content.decode()

    assert "Surely Ada (aunt) 1" in shown(html, "guesses")
    assert "Is this Ada (aunt)? 1" in shown(html, "questions")


def test_a_person_of_whom_nothing_is_said_yet_says_where_it_will_be(
    alice: User, as_alice: Client
) -> None:
    faces_at(alice, SURE, 1)
    known = make_known(alice, "Ada", vector(1))
    ada = person_called("Ada")
    Face.objects.filter(pk=known.pk).update(named_by="", person=None)

    page = words(as_alice.get(ada.get_absolute_url()).content.decode())

    assert "0 photos 1 guess" in page
    assert "None yet. Confirm a face above, and its photo comes here." in page
    assert "No photo shows Ada yet" not in page


def test_somebody_elses_faces_are_neither_shown_nor_answered(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    faces = faces_at(alice, SURE, 1)
    ada = make_ada(alice)

    assert as_bob.get(reverse("person_faces", args=[ada.pk])).status_code == 404
    assert answer(as_bob, ada, faces, "yes").status_code == 404
    assert labels(faces) == ["Ada?"]


# The API.


def post(client: Client, person: Person, **said: object) -> Any:
    url = reverse("api_answer_faces", args=[person.pk])
    return client.post(url, said, content_type="application/json")


def test_the_api_takes_the_answer_of_many_faces(alice: User, as_alice: Client) -> None:
    faces = faces_at(alice, SURE, 2) + faces_at(alice, MAYBE, 1)
    ada = make_ada(alice)

    yes = post(as_alice, ada, faces=keys(faces[:1]), is_so=True)
    no = post(as_alice, ada, faces=keys(faces), is_so=False)

    assert (yes.json(), no.json()) == ({"done": 1, "changed": 0}, {"done": 2, "changed": 1})
    assert labels(faces) == ["Ada", "Unknown", "Unknown"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"faces": [], "is_so": True}, "faces"),
        ({"faces": [1] * 1001, "is_so": True}, "faces"),
        ({"faces": ["x"], "is_so": True}, "faces"),
        ({"faces": [10**30], "is_so": True}, "faces"),
        ({"faces": [1]}, "is_so"),
        ({"is_so": False}, "faces"),
    ],
)
def test_the_api_refuses_what_is_no_answer(
    alice: User, as_alice: Client, said: dict[str, object], field: str
) -> None:
    response = post(as_alice, make_ada(alice), **said)

    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_the_api_counts_apart_what_people_said_and_what_is_guessed(
    alice: User, as_alice: Client
) -> None:
    faces_at(alice, SURE, 2)
    faces_at(alice, MAYBE, 1)
    make_ada(alice)

    found = as_alice.get("/api/people/").json()[0]

    counts = [found[f"{name}_count"] for name in ("photo", "guess", "question")]
    assert counts == [1, 2, 1]


def test_a_stranger_gets_404_from_the_api(alice: User, as_bob: Client) -> None:
    faces = faces_at(alice, SURE, 1)

    assert post(as_bob, make_ada(alice), faces=keys(faces), is_so=True).status_code == 404
