"""A page that is still open says whose it is when it uploads."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Photo
from tests.factories import upload_file

PHOTOS = "/api/photos/"


def test_a_page_of_another_account_uploads_nothing(alice: User, as_bob: Client) -> None:
    headers = {"X-Facesite-User": f"{alice.pk}"}

    answer = as_bob.post(PHOTOS, {"file": upload_file()}, headers=headers)

    assert (answer.status_code, answer.json()) == (
        409,
        {
            "code": "other_account",
            "detail": "You are signed in as another account by now. Reload the page.",
        },
    )
    assert not Photo.objects.exists()


@pytest.mark.parametrize("says_who", [True, False])
def test_the_own_page_and_a_program_upload(alice: User, as_alice: Client, says_who: bool) -> None:
    headers = {"X-Facesite-User": f"{alice.pk}"} if says_who else {}

    answer = as_alice.post(PHOTOS, {"file": upload_file()}, headers=headers)

    assert answer.status_code == 201
    assert Photo.objects.get().owner == alice
