"""The emotion on the photo page, in downloads and in the API: what a human said goes before a guess."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.results import EMOTIONS, Box
from gallery.models import EmotionWord, Face, Roster
from gallery.services import emotions, export
from gallery.services.people import GONE
from tests.factories import POOR, fresh, make_photo, sad_face

HTMX = {"HX-Request": "true"}
ELSEWHERE = Box(200, 100, 260, 160)


@pytest.fixture
def face(alice: User) -> Face:
    """A face that the network takes for sad, then neutral, then angry."""
    return sad_face(make_photo(alice))


def words(face: Face) -> dict[str, bool]:
    return dict(EmotionWord.objects.filter(face=face).values_list("emotion", "is_so"))


def said(client: Client, face: Face, **pressed: str) -> str:
    """Press a button as the page's script does; return the answer."""
    answer = client.post(reverse("say_emotion", args=[face.pk]), pressed, headers=HTMX)
    assert answer.status_code == 200
    html: str = answer.content.decode()
    return html


def summary(html: str) -> str:
    """Return the words of the emotion's line, beside the photo."""
    line = re.search(r'<details class="folded emotions".*?</summary>', html, re.DOTALL)
    assert line
    return " ".join(re.sub(r"<[^>]*>", " ", line[0]).replace("\N{NO-BREAK SPACE}", " ").split())


def buttons(html: str) -> dict[str, tuple[str, str, bool]]:
    """Return what each button of the question sends, and whether it is pressed, by its words."""
    found = re.findall(
        r'name="(is|not|back)"\s+value="(\w+)"\s+aria-pressed="(\w+)"[^>]*>([^<]*)</button>', html
    )
    return {label: (name, value, pressed == "true") for name, value, pressed, label in found}


def test_a_face_offers_the_seven_emotions_and_a_not(face: Face, as_alice: Client) -> None:
    html = as_alice.get(face.photo.get_absolute_url()).content.decode()

    expected = {emotion: ("is", emotion, False) for emotion in EMOTIONS}
    assert buttons(html) == expected | {"Not sad": ("not", "sad", False)}
    assert summary(html) == "Emotion sad 62 %"


def test_a_click_says_it_and_another_takes_it_back(face: Face, as_alice: Client) -> None:
    html = said(as_alice, face, **{"is": "happy"})
    assert summary(html) == "Emotion happy you said"
    assert "The network: sad 62\N{NO-BREAK SPACE}%" in html
    assert buttons(html)["happy"] == ("back", "happy", True)
    assert not any(label.startswith("Not") for label in buttons(html))
    assert "<html" not in html

    assert summary(said(as_alice, face, back="happy")) == "Emotion sad 62 %"


def test_a_not_is_said_and_taken_back_too(face: Face, as_alice: Client) -> None:
    html = said(as_alice, face, **{"not": "sad"})
    assert summary(html) == "Emotion neutral 20 % not sad"
    assert "The network: sad 62\N{NO-BREAK SPACE}%" in html
    assert buttons(html)["Not sad"] == ("back", "sad", True)
    assert buttons(html)["Not neutral"] == ("not", "neutral", False)

    assert summary(said(as_alice, face, back="sad")) == "Emotion sad 62 %"


def test_the_last_emotion_cannot_be_denied(face: Face, as_alice: Client) -> None:
    for emotion in EMOTIONS[:-1]:
        html = said(as_alice, face, **{"not": emotion})
    assert "Not neutral" not in buttons(html)

    assert f"{emotions.LAST}" in said(as_alice, face, **{"not": "neutral"})


def test_without_a_script_the_page_comes_back_at_the_question(face: Face, as_alice: Client) -> None:
    url = reverse("say_emotion", args=[face.pk])

    answer = as_alice.post(url, {"is": "happy"})
    page, fragment = answer["Location"].split("#")

    assert answer.status_code == 302
    assert page == face.photo.get_absolute_url()
    assert f'id="{fragment}"' in as_alice.get(page).content.decode()
    assert words(face) == {"happy": True}


@pytest.mark.parametrize("pressed", [{}, {"is": "bored"}, {"is": ""}, {"other": "sad"}])
def test_a_form_that_says_nothing_is_refused_with_a_sentence(
    face: Face, as_alice: Client, pressed: dict[str, str]
) -> None:
    assert emotions.unknown() in said(as_alice, face, **pressed)

    page = as_alice.post(reverse("say_emotion", args=[face.pk]), pressed, follow=True)
    assert emotions.unknown() in page.content.decode()
    assert words(face) == {}


def test_a_face_that_went_while_its_word_was_on_its_way_is_told_of(
    face: Face, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def go(roster_id: int) -> Roster:
        Face.objects.filter(pk=face.pk).delete()
        return Roster.objects.get(pk=roster_id)

    monkeypatch.setattr("gallery.services.turns.take", go)

    assert f"{GONE}" in said(as_alice, face, **{"is": "happy"})


def test_what_a_human_said_is_never_perhaps_so(alice: User, as_alice: Client) -> None:
    face = sad_face(make_photo(alice), quality=POOR)
    html = as_alice.get(face.photo.get_absolute_url()).content.decode()
    assert summary(html) == "Emotion perhaps sad 62 %"
    assert "perhaps sad 62\N{NO-BREAK SPACE}%" in chip(html)

    html = said(as_alice, face, **{"is": "happy"})
    assert summary(html) == "Emotion happy you said"
    assert chip(html) == "happy"


def chip(html: str) -> str:
    """Return the words of the overlay's layer "Emotion"."""
    found = re.search(r'<span class="chip-emotion">(.*?)</span>', html, re.DOTALL)
    assert found
    return found[1].strip()


def test_the_overlay_follows_the_human(face: Face, as_alice: Client) -> None:
    html = said(as_alice, face, **{"not": "sad"})
    assert chip(html) == "neutral 20\N{NO-BREAK SPACE}%"

    html = said(as_alice, face, **{"is": "happy"})
    assert chip(html) == "happy"
    assert re.search(r"<title>Unknown, .*, happy</title>", html)


def test_the_burnt_in_download_follows_the_human(face: Face) -> None:
    assert export.guesses(fresh(face)) == "about 34, female, sad"
    emotions.say_not(face=face, emotion="sad")
    assert export.guesses(fresh(face)) == "about 34, female, neutral"

    emotions.say(face=face, emotion="happy")
    assert export.guesses(fresh(face)) == "about 34, female, happy"
    doubtful = sad_face(make_photo(face.photo.owner), quality=POOR)
    emotions.say(face=doubtful, emotion="happy")
    assert export.guesses(fresh(doubtful)) == "perhaps about 34, female; happy"


@pytest.mark.django_db(transaction=True)
def test_the_annotated_photo_of_a_face_with_words_is_drawn(alice: User, as_alice: Client) -> None:
    """The words are there before the drawing, which is asynchronous, asks for them."""
    face = sad_face(make_photo(alice, files=True))
    emotions.say(face=face, emotion="happy")

    assert as_alice.get(reverse("photo_annotated", args=[face.photo_id])).status_code == 200


def test_json_keeps_the_networks_emotion_and_adds_what_was_said(
    face: Face, as_alice: Client
) -> None:
    emotions.say_not(face=face, emotion="sad")
    emotions.say(face=face, emotion="happy")
    other = sad_face(face.photo, box=ELSEWHERE)

    for url in (reverse("photo_json", args=[face.photo_id]), f"/api/photos/{face.photo_id}/"):
        first, second = json.loads(as_alice.get(url).content)["faces"]
        assert first["id"] == face.pk
        assert first["emotion"]["label"] == "sad"
        assert first["said"] == {"emotion": "happy", "not": ["sad"]}
        assert second["id"] == other.pk
        assert second["said"] == {"emotion": None, "not": []}


@pytest.mark.parametrize("name", ["photo", "photo_json", "api_photo"])
def test_a_photo_costs_the_same_queries_for_1_face_with_words_and_for_20(
    face: Face, as_alice: Client, name: str
) -> None:
    url = reverse(name, args=[face.photo_id])
    emotions.say_not(face=face, emotion="sad")
    few = queries_of(as_alice, url)
    for _ in range(19):
        other = sad_face(face.photo)
        emotions.say_not(face=other, emotion="sad")
        emotions.say(face=other, emotion="happy")

    assert queries_of(as_alice, url) == few


def queries_of(client: Client, url: str) -> int:
    client.get(url)  # what is asked only once, such as the session's content types
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_what_the_network_saw_is_served_to_its_owner_alone(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    face = sad_face(make_photo(alice, files=True), crop=True)
    url = reverse("emotion_crop", args=[face.pk])

    answer = as_alice.get(url)

    assert answer.content == face.photo.emotion_crop(face.pk).read_bytes()
    assert answer["Content-Type"] == "image/png"
    assert url in as_alice.get(face.photo.get_absolute_url()).content.decode()
    assert as_bob.get(url).status_code == 404


def test_a_crop_that_was_not_kept_is_not_shown(face: Face, as_alice: Client) -> None:
    url = reverse("emotion_crop", args=[face.pk])

    assert as_alice.get(url).status_code == 404
    assert url not in as_alice.get(face.photo.get_absolute_url()).content.decode()


def test_nobody_says_anything_of_anothers_face(face: Face, as_bob: Client) -> None:
    for url in (reverse("say_emotion", args=[face.pk]), f"/api/faces/{face.pk}/emotion/"):
        body = {"is": "happy", "emotion": "happy", "is_so": True}
        answer = as_bob.post(url, body, content_type="application/json", headers=HTMX)
        assert answer.status_code == 404
        assert as_bob.post(url, {"is": "happy"}).status_code in {404, 415}
    assert words(face) == {}


def test_a_program_says_and_takes_back(face: Face, as_alice: Client) -> None:
    def post(**body: Any) -> Any:
        url = f"/api/faces/{face.pk}/emotion/"
        return as_alice.post(url, body, content_type="application/json")

    assert post(emotion="sad", is_so=False).json() == {"emotion": None, "not": ["sad"]}
    assert post(emotion="happy", is_so=True).json() == {"emotion": "happy", "not": ["sad"]}
    assert post(emotion="sad", is_so=None).json() == {"emotion": "happy", "not": []}
    refused = post(emotion="bored", is_so=True)
    assert (refused.status_code, refused.json()) == (400, {"emotion": [emotions.unknown()]})
    assert post(emotion="sad").status_code == 400
    assert words(face) == {"happy": True}
