"""Who may see what: every address of the site, so that a new one is covered by being there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse

from analysis.methods import DEFAULT
from gallery.models import (
    Action,
    Album,
    AlbumPhoto,
    AlbumShare,
    Arrival,
    BinnedPhoto,
    EmotionWord,
    Face,
    FaceGroup,
    KnownEncoding,
    Person,
    Photo,
    Preferences,
    Roster,
    Task,
)
from gallery.services import albums, arrivals, grouping, photo_words, photos, sharing
from gallery.services.arrivals import Listed, Piece
from gallery.services.lab import kept
from tests.conftest import taken_back
from tests.counting import counting
from tests.factories import jpeg, make_face, make_known, make_photo, near, upload_file, vector
from tests.gallery.asked_of_all import ROUTES, patterns

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
KEPT = (
    Action,
    Album,
    AlbumPhoto,
    AlbumShare,
    BinnedPhoto,
    Photo,
    Face,
    Person,
    KnownEncoding,
    EmotionWord,
    Preferences,
    Task,
    Arrival,
)
FOR_EVERYONE = {"sign_in", "welcome", "register", "script_catalog"}


FOR_ADMINISTRATORS = {"set_password"} | {
    name for name, route in ROUTES.items() if route.startswith(("networks/", "folders/"))
}
OF_ONE_OBJECT = sorted(name for name, route in ROUTES.items() if "<" in route)
# What whoever an album is shared with may ask for, beside what is theirs; whose it is can't leave it.
FOR_MEMBERS = {"leave_album"}
# What was brought and has gone is no fault, so that of others is answered likewise.
GONE = {"bring_arrival", "leave_arrival"}
# What pages ask for by POST that only tells.
TOLD = {"album_news"}
FOR_VIEWERS = FOR_MEMBERS | TOLD | {
    "album", "album_part", "album_cards", "album_photo", "album_thumbnail", "album_small",
    "album_preview",
}  # fmt: skip
OF_NONE = sorted(name for name, route in ROUTES.items() if "<" not in route)


def address(name: str, face: Face) -> str:
    """Return the address for alice's object; a new kind of object needs an entry here."""
    assert face.person is not None
    kept = {
        "photos": face.photo_id,
        "faces": face.pk,
        "people": face.person.pk,
        "encodings": KnownEncoding.objects.get(face=face).pk,
        "accounts": face.photo.owner_id,
        "bin": BinnedPhoto.objects.get(owner=face.photo.owner_id).pk,
        "groups": FaceGroup.objects.get(roster__owner=face.photo.owner_id).pk,
        "done": Action.objects.filter(roster__owner=face.photo.owner_id).earliest("pk").pk,
        "work": Task.objects.get(owner=face.photo.owner_id).pk,
        "albums": Album.objects.get(owner=face.photo.owner_id).pk,
    }
    kind = ROUTES[name].removeprefix("api/").split("/")[0]
    values = {
        "pk": kept.get(kind, 1), "file": "confusion.svg", "face": face.pk,
        "name": DEFAULT.detector if name == "lab_detector" else DEFAULT.emotion,
        "photo": face.photo_id, "share": AlbumShare.objects.get().pk,
        "person": face.person.pk, "key": Arrival.objects.get(owner=face.photo.owner_id).key,
    }  # fmt: skip
    keys = re.findall(r"<\w+:(\w+)>", ROUTES[name])
    return reverse(name, kwargs={key: values[key] for key in keys})


@pytest.fixture
def face(alice: User, bob: User, can_count: None) -> Face:
    """Ada's face, on a photo in an album that bob may see."""
    counting(alice)
    file = upload_file("Ada.jpg")
    arrival, _ = arrivals.begin(owner=alice, listed=[Listed("Ada.jpg", file.size or 0)])
    arrivals.receive(arrival=arrival, pieces=[Piece(0, 0, file)])
    photos.delete(make_photo(alice, files=True))
    for number in range(2):
        make_face(make_photo(alice), near(vector(7), 0.1, number))
    grouping.regroup(Roster.objects.of(alice.pk))
    face = make_known(alice, "Ada", crop=True)
    chips = kept.chips(face.photo.key, face.pk)
    chips.parent.mkdir(parents=True)
    chips.write_bytes(jpeg())
    photo_words.caption(owner=alice, photos=[face.photo_id], text="Ada at the party")
    album = albums.create(owner=alice, name="Trip", photos=[face.photo_id])
    sharing.share(album=album, name="bob", may_add=False, shows_names=False)
    return face


def ask(client: Client, method: str, url: str) -> Any:
    said = {
        "name": "Mallory", "is": "fear", "emotion": "fear", "is_so": True, "born": "1999",
        "faces": [1], "layout": "flat", "mark": "stranger",
    }  # fmt: skip
    body: dict[str, Any] = said if method == "POST" else {}
    if url.startswith("/api/") and method == "POST":
        return client.post(url, body, content_type="application/json")
    return client.generic(method, url) if method != "POST" else client.post(url, body)


def everything() -> list[list[Any]]:
    return [list(model._default_manager.order_by("pk").values()) for model in KEPT]


def test_every_address_has_a_name_of_its_own() -> None:
    names = [pattern.name for _, pattern in patterns(get_resolver())]

    assert None not in names
    assert len(names) == len(set(names))
    assert len(OF_ONE_OBJECT) >= 20


def test_a_stranger_gets_404_by_every_method_and_changes_nothing(
    face: Face, as_charlie: Client, subtests: pytest.Subtests
) -> None:
    before = str(everything())
    for name in OF_ONE_OBJECT:
        with subtests.test(name), taken_back():
            url = address(name, face)
            answers = {method: ask(as_charlie, method, url) for method in METHODS}

            codes = {method: answer.status_code for method, answer in answers.items()}
            if name not in GONE:
                assert set(codes.values()) <= {404, 405}, codes
                assert 404 in codes.values(), codes
            assert str(everything()) == before
            for answer in answers.values():
                assert b"Ada" not in answer.content
                assert b"party" not in answer.content


def test_with_whom_an_album_is_shared_finds_nothing_else_of_its_owner(
    face: Face, as_bob: Client, subtests: pytest.Subtests
) -> None:
    before = str(everything())
    for name in sorted(set(OF_ONE_OBJECT) - FOR_VIEWERS):
        with subtests.test(name):
            url = address(name, face)
            codes = {method: ask(as_bob, method, url).status_code for method in METHODS}

            if name not in GONE:
                assert set(codes.values()) <= {404, 405}, codes
    assert str(everything()) == before


def test_with_whom_an_album_is_shared_sees_its_photos_and_reads_no_name(
    face: Face, as_bob: Client, subtests: pytest.Subtests
) -> None:
    before = str(everything())
    for name in sorted(FOR_VIEWERS - FOR_MEMBERS):
        with subtests.test(name):
            url = address(name, face)
            url += f"?keys={face.photo_id}" if name == "album_cards" else ""
            answers = {method: ask(as_bob, method, url) for method in METHODS}

            shown = answers.pop("POST" if name in TOLD else "GET")
            assert shown.status_code == 200
            assert {answer.status_code for answer in answers.values()} <= {404, 405}
            assert not {word for word in (b"Ada", b"party") if word in b"".join(shown)}
    assert str(everything()) == before


def test_no_list_of_a_viewer_holds_anything_of_the_owner_but_the_album(
    face: Face, as_bob: Client, subtests: pytest.Subtests
) -> None:
    """Whatever its address asks for."""
    assert face.person is not None
    album = Album.objects.get().pk
    elsewhere = re.compile(rf"(?<!albums/{album}/)photos/{face.photo_id}/|people/{face.person.pk}/")
    said: dict[str, str | int] = {
        "q": "ada", "in": f"album:{album}", "person": face.person.pk, "sure": "1", "album": album,
        "around": face.photo_id, "before": face.photo_id + 1, "keyword": "ada", "file": "party",
    }  # fmt: skip
    for name in sorted(set(OF_NONE) - FOR_ADMINISTRATORS - {"emotions_zip"}):
        for query in ({}, said):
            with subtests.test(name, query=query):
                answer = as_bob.get(reverse(name), query)
                text = answer.content.decode()
                # In examples there are Adas too.
                for word in (">Ada<", '"Ada"', "Ada at the", "party.jpg"):
                    assert word not in text
                assert not elsewhere.search(text)


def test_the_owner_does_not_get_404(
    face: Face, as_alice: Client, subtests: pytest.Subtests
) -> None:
    """Else the test of the stranger would prove nothing."""
    for name in sorted(set(OF_ONE_OBJECT) - FOR_ADMINISTRATORS - FOR_MEMBERS):
        with subtests.test(name), taken_back():
            url = address(name, face)
            answer = ask(as_alice, "GET", url)
            if answer.status_code == 405:
                answer = ask(as_alice, "POST", url)

            assert answer.status_code in {200, 202, 302}


def test_whoever_is_not_signed_in_is_sent_to_sign_in(
    face: Face, client: Client, subtests: pytest.Subtests
) -> None:
    before = str(everything())
    for name in sorted(set(ROUTES) - FOR_EVERYONE):
        with subtests.test(name), taken_back():
            url = address(name, face) if name in OF_ONE_OBJECT else reverse(name)

            for method in METHODS:
                answer = ask(client, method, url)
                if url.startswith("/api/"):
                    assert answer.status_code in {401, 403}, method
                elif answer.status_code != 405:
                    assert answer.status_code == 302, method
                    assert answer["Location"].startswith(reverse("sign_in")), method
            assert str(everything()) == before


@pytest.mark.parametrize("name", ["library", "wall_part", "people", "api_photos", "api_people"])
def test_a_strangers_lists_hold_nothing_of_the_owner(
    name: str, face: Face, as_charlie: Client
) -> None:
    text = as_charlie.get(reverse(name)).content.decode()

    assert "Ada" not in text
    assert "party.jpg" not in text
    assert f"photos/{face.photo_id}/" not in text


def test_a_form_without_its_token_is_refused(alice: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(alice)

    assert careful.post(reverse("upload")).status_code == 403
    assert careful.post(reverse("api_photos")).status_code == 403


@pytest.mark.parametrize("name", ["sign_in", "library", "api_photos"])
def test_every_answer_has_a_strict_policy(name: str, as_alice: Client) -> None:
    answer = as_alice.get(reverse(name))

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("name", ["photo_result"])
def test_a_page_that_fetches_what_is_gone_gets_nothing_and_so_does_a_stranger(
    alice: User, as_alice: Client, as_charlie: Client, name: str
) -> None:
    photo = make_photo(alice)
    address = reverse(name, args=[photo.pk])
    fetch = {"HX-Request": "true"}
    assert as_alice.get(address, headers=fetch).status_code == 200
    stranger = as_charlie.get(address, headers=fetch)
    photo.delete()

    assert as_alice.get(address).status_code == 404
    for answer in (stranger, as_alice.get(address, headers=fetch)):
        assert (answer.status_code, answer.content) == (204, b"")
