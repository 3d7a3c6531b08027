"""Where whoever was signed out meanwhile goes on: at the page of what they sent."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.factories import make_face, make_photo

HOST = "http://testserver"


def next_of(client: Client, address: str, referer: str) -> str | None:
    answer = client.post(address, {"name": "Ada"}, headers={"Referer": referer})
    assert answer.status_code == 302
    sign_in = urlsplit(answer["Location"])
    assert sign_in.path == reverse("sign_in")
    return parse_qs(sign_in.query).get("next", [None])[0]


@pytest.fixture
def name_face(alice: User) -> str:
    return reverse("name_face", args=[make_face(make_photo(alice)).pk])


def test_a_form_that_was_sent_without_a_session_leads_back_to_its_page(
    client: Client, name_face: str
) -> None:
    page = "/photos/1/?in=person:3"

    assert next_of(client, name_face, f"{HOST}{page}#face-1") == page


@pytest.mark.parametrize("referer", ["https://elsewhere.example/photos/1/", "", "javascript:1"])
def test_no_other_site_is_led_to(client: Client, name_face: str, referer: str) -> None:
    assert next_of(client, name_face, referer) == name_face


def test_a_page_that_was_asked_for_is_led_to_itself(client: Client) -> None:
    answer = client.get("/people/", headers={"Referer": f"{HOST}/photos/1/"})

    assert answer["Location"] == f"{reverse('sign_in')}?next=/people/"


def test_whoever_signs_out_is_led_nowhere(as_alice: Client) -> None:
    answer = as_alice.post(reverse("sign_out"), headers={"Referer": f"{HOST}/people/"})

    assert answer["Location"] == reverse("sign_in")
