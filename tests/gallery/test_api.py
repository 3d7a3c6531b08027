"""The API: what scripts and other programs use."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from analysis.headers import kinds
from analysis.sentences import Sentence
from gallery.models import AnalysisJob, Photo
from tests.factories import fresh, jpeg, make_face, make_known, make_photo, upload_file, vector

PHOTOS = "/api/photos/"


def send(client: Client, file: SimpleUploadedFile) -> Any:
    return client.post(PHOTOS, {"file": file})


def test_an_upload_answers_201_with_the_photo(as_alice: Client) -> None:
    answer = send(as_alice, upload_file("party.jpg"))

    assert answer.status_code == 201
    photo = Photo.objects.get()
    assert answer.json()["id"] == photo.pk
    assert answer.json()["url"] == photo.get_absolute_url()
    assert (answer.json()["filename"], answer.json()["state"]) == ("party.jpg", "queued")


def test_a_duplicate_answers_409_with_the_address_of_the_photo(as_alice: Client) -> None:
    content = jpeg()
    first = send(as_alice, upload_file("party.jpg", content)).json()

    answer = send(as_alice, upload_file("copy.jpg", content))

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "duplicate",
        "detail": "This photo is already in your library, as party.jpg.",
        "url": first["url"],
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", kinds.EMPTY), (b"just words", kinds.UNREADABLE), (b"<svg/>", kinds.DRAWING)],
)
def test_a_file_that_is_no_photo_answers_400(
    as_alice: Client, content: bytes, sentence: Sentence
) -> None:
    answer = send(as_alice, upload_file("party.jpg", content))

    assert answer.status_code == 400
    assert answer.json() == {"code": "unreadable", "detail": f"{sentence}"}


def test_a_file_that_is_too_large_answers_413(as_alice: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000

    answer = send(as_alice, upload_file("party.jpg", jpeg() + bytes(5000)))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_upload_without_a_file_answers_400(as_alice: Client) -> None:
    assert as_alice.post(PHOTOS).status_code == 400
    assert not Photo.objects.exists()


def test_photos_are_listed_newest_first_a_hundred_at_a_time(
    alice: User, bob: User, as_alice: Client
) -> None:
    make_photo(bob)
    mine = [make_photo(alice).pk for _ in range(103)]

    first = as_alice.get(PHOTOS).json()
    second = as_alice.get(first["next"]).json()

    listed = [photo["id"] for photo in first["results"] + second["results"]]
    assert len(first["results"]) == 100
    assert listed == mine[::-1]
    assert second["next"] is None


def test_a_photo_is_answered_with_its_whole_result(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada", vector(1))

    body = as_alice.get(f"{PHOTOS}{face.photo_id}/").json()

    assert (body["id"], body["state"], body["width"]) == (face.photo_id, "done", 64)
    assert body["faces"][0]["id"] == face.pk
    assert body["faces"][0]["person"]["name"] == "Ada"


def test_a_failed_photo_tells_its_reason(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, state="failed")

    body = as_alice.get(f"{PHOTOS}{photo.pk}/").json()

    assert body["state"] == "failed"
    assert body["error"] == "This file is not a photo we can read. Try a JPEG or PNG."


def test_a_photo_is_deleted(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)

    assert as_alice.delete(f"{PHOTOS}{photo.pk}/").status_code == 204
    assert as_alice.get(f"{PHOTOS}{photo.pk}/").status_code == 404


def test_a_photo_is_analysed_again(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)

    assert as_alice.post(f"{PHOTOS}{photo.pk}/analyse/").status_code == 202
    assert AnalysisJob.objects.get().state == "queued"


def name(client: Client, pk: int, body: object) -> Any:
    return client.post(reverse("api_name_face", args=[pk]), body, content_type="application/json")


def test_a_face_is_named_and_unnamed(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))

    named = name(as_alice, face.pk, {"name": "Ada"})
    assert named.json() == {"person": fresh(face).person_id}
    assert fresh(face).label == "Ada"

    assert name(as_alice, face.pk, {"name": ""}).json() == {"person": None}
    assert fresh(face).label == "Unknown"


@pytest.mark.parametrize("body", [{}, {"name": "x" * 101}, {"name": None}, [], "Ada"])
def test_a_name_that_is_none_answers_400_and_changes_nothing(
    alice: User, as_alice: Client, body: object
) -> None:
    face = make_known(alice, "Ada")

    assert name(as_alice, face.pk, body).status_code == 400
    assert fresh(face).label == "Ada"


def test_people_are_listed_with_their_photos_counted(
    alice: User, bob: User, as_alice: Client
) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Ada", vector(1))
    make_known(bob, "Bea")

    body = as_alice.get("/api/people/").json()

    assert [(person["name"], person["photo_count"]) for person in body] == [("Ada", 2)]


def test_progress_is_answered_as_counts(alice: User, as_alice: Client) -> None:
    make_photo(alice, state="queued")

    assert as_alice.get("/api/progress/").json() == {
        "open": 1, "done": 0, "failed": 0, "total": 1, "seconds_left": None,
    }  # fmt: skip


def test_errors_are_json_too(as_alice: Client) -> None:
    answer = as_alice.get("/api/photos/999999/", headers={"Accept": "text/html"})

    assert answer.status_code in {404, 406}
    assert answer["Content-Type"] == "application/json"


def test_files_that_are_there_are_known_by_their_hash(
    alice: User, bob: User, as_alice: Client
) -> None:
    mine, his, binned = make_photo(alice), make_photo(bob), make_photo(alice)
    as_alice.post(reverse("delete_photo", args=[binned.pk]))
    digests = [photo.sha256 for photo in (mine, his, binned)]
    answer = as_alice.post(
        reverse("api_known_photos"), {"sha256": digests}, content_type="application/json"
    )
    assert answer.json() == {
        mine.sha256: {
            "id": mine.pk,
            "url": mine.get_absolute_url(),
            "detail": "This photo is already in your library, as party.jpg.",
        }
    }


@pytest.mark.parametrize("digests", [[], ["x"], ["A" * 64], ["0" * 64] * 201, "0" * 64, None])
def test_what_is_no_hash_is_refused(digests: object, as_alice: Client) -> None:
    answer = as_alice.post(
        reverse("api_known_photos"), {"sha256": digests}, content_type="application/json"
    )
    assert answer.status_code == 400
