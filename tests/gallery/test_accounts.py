"""The first account, signing in, and accounts for others."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.conftest import PASSWORD

NEW = {"username": "dora", "password1": "a quiet harbour", "password2": "a quiet harbour"}


def sign_in(client: Client, username: str, password: str) -> int:
    answer = client.post(reverse("sign_in"), {"username": username, "password": password})
    return answer.status_code


@pytest.mark.django_db
def test_the_first_visit_leads_to_the_first_account(client: Client) -> None:
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("welcome")

    answer = client.post(reverse("welcome"), NEW)

    assert answer["Location"] == "/"
    dora = User.objects.get()
    assert (dora.username, dora.is_staff, dora.is_superuser) == ("dora", True, True)
    assert client.get(reverse("library")).status_code == 200


def test_there_is_no_second_first_account(alice: User, client: Client) -> None:
    for answer in (client.get(reverse("welcome")), client.post(reverse("welcome"), NEW)):
        assert answer["Location"] == reverse("sign_in")

    assert User.objects.get() == alice


@pytest.mark.django_db
def test_a_password_that_is_too_easy_is_refused_for_the_first_account_too(client: Client) -> None:
    answer = client.post(
        reverse("welcome"), {"username": "dora", "password1": "12345", "password2": "12345"}
    )

    assert answer.status_code == 200
    assert not User.objects.exists()


def test_registration_is_closed_by_default(alice: User, client: Client) -> None:
    assert client.get(reverse("register")).status_code == 404
    assert client.post(reverse("register"), NEW).status_code == 404
    assert User.objects.count() == 1
    assert reverse("register") not in client.get(reverse("sign_in")).content.decode()


def test_registration_can_be_opened_by_a_setting(
    alice: User, client: Client, settings: Settings
) -> None:
    settings.REGISTRATION_OPEN = True
    assert reverse("register") in client.get(reverse("sign_in")).content.decode()

    answer = client.post(reverse("register"), NEW)

    assert answer["Location"] == "/"
    dora = User.objects.get(username="dora")
    assert (dora.is_staff, dora.is_superuser) == (False, False)


@pytest.mark.django_db
def test_open_registration_does_not_make_the_first_account(
    client: Client, settings: Settings
) -> None:
    settings.REGISTRATION_OPEN = True

    assert client.post(reverse("register"), NEW)["Location"] == reverse("welcome")
    assert not User.objects.exists()


def test_nobody_can_make_themselves_an_administrator(
    alice: User, client: Client, settings: Settings
) -> None:
    settings.REGISTRATION_OPEN = True

    client.post(reverse("register"), NEW | {"is_staff": "on", "is_superuser": "on"})

    dora = User.objects.get(username="dora")
    assert (dora.is_staff, dora.is_superuser) == (False, False)


def test_accounts_are_for_administrators(alice: User, as_alice: Client) -> None:
    assert as_alice.get(reverse("accounts")).status_code == 404
    assert as_alice.post(reverse("accounts"), NEW).status_code == 404
    assert User.objects.get() == alice


def test_an_administrator_makes_accounts_for_others(
    alice: User, as_alice: Client, client: Client
) -> None:
    User.objects.update(is_staff=True)
    assert "alice" in as_alice.get(reverse("accounts")).content.decode()

    page = as_alice.post(reverse("accounts"), NEW, follow=True).content.decode()

    assert "dora can sign in now." in page
    assert not User.objects.get(username="dora").is_staff
    assert sign_in(client, "dora", "a quiet harbour") == 302


def test_signing_in_and_out(alice: User, client: Client) -> None:
    assert sign_in(client, "alice", PASSWORD) == 302
    assert client.get(reverse("library")).status_code == 200

    assert client.post(reverse("sign_out"))["Location"] == reverse("sign_in")

    assert client.get("/").status_code == 302


def test_signing_out_takes_more_than_following_a_link(as_alice: Client) -> None:
    assert as_alice.get(reverse("sign_out")).status_code == 405
    assert as_alice.get(reverse("library")).status_code == 200


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(alice: User, client: Client, to: str) -> None:
    answer = client.post(
        reverse("sign_in"), {"username": "alice", "password": PASSWORD, "next": to}
    )

    assert answer["Location"] == "/"


def test_after_five_wrong_passwords_the_right_one_is_not_tried_any_more(
    alice: User, bob: User, client: Client
) -> None:
    for _ in range(4):
        assert sign_in(client, "alice", "wrong") == 200

    assert sign_in(client, "alice", "wrong") == 429
    assert sign_in(Client(), "alice", PASSWORD) == 429
    page = client.post(reverse("sign_in"), {"username": "alice", "password": PASSWORD})
    assert "Too many tries" in page.content.decode()
    assert client.get("/").status_code == 302
    assert sign_in(Client(), "bob", PASSWORD) == 302


def test_a_right_password_forgives_the_wrong_ones(alice: User) -> None:
    for _ in range(3):
        for _ in range(4):
            assert sign_in(Client(), "alice", "wrong") == 200
        assert sign_in(Client(), "alice", PASSWORD) == 302


def test_a_password_can_be_changed_by_who_knows_it(alice: User, as_alice: Client) -> None:
    new = {"new_password1": "a quiet harbour", "new_password2": "a quiet harbour"}
    url = reverse("password")

    assert as_alice.post(url, new | {"old_password": "wrong"}).status_code == 200
    answer = as_alice.post(url, new | {"old_password": PASSWORD}, follow=True)

    assert "Your password was changed." in answer.content.decode()
    assert as_alice.get(reverse("library")).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password("a quiet harbour")
    assert sign_in(Client(), "alice", PASSWORD) == 200


def test_a_changed_password_ends_the_sessions_elsewhere(alice: User, as_alice: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice)

    as_alice.post(
        reverse("password"),
        {
            "old_password": PASSWORD,
            "new_password1": "a quiet harbour",
            "new_password2": "a quiet harbour",
        },
    )

    assert elsewhere.get("/").status_code == 302


def test_an_administrator_sets_the_password_of_somebody_else(
    alice: User, bob: User, client: Client
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=alice.pk))
    url = reverse("set_password", args=[bob.pk])
    words = {"new_password1": "a quiet harbour", "new_password2": "a quiet harbour"}

    assert client.post(url, words)["Location"] == reverse("accounts")

    assert sign_in(Client(), bob.username, "a quiet harbour") == 302


def test_nobody_else_sets_a_password_not_even_their_own_this_way(bob: User, client: Client) -> None:
    client.force_login(bob)

    assert client.get(reverse("set_password", args=[bob.pk])).status_code == 404


def test_tries_are_counted_for_whom_the_proxy_speaks(alice: User, settings: Settings) -> None:
    settings.HTTPS = True
    for _ in range(5):
        answer = Client().post(
            reverse("sign_in"),
            {"username": alice.username, "password": "wrong"},
            headers={"x-forwarded-for": "198.51.100.9, 203.0.113.1", "x-forwarded-proto": "https"},
        )
    assert answer.status_code == 429

    right = {"username": alice.username, "password": PASSWORD}
    elsewhere = {"x-forwarded-for": "203.0.113.2", "x-forwarded-proto": "https"}
    assert Client().post(reverse("sign_in"), right, headers=elsewhere).status_code == 302
