"""The page of an album does what the library does: photos are chosen on it, downloaded, and news come."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gallery.live import events
from gallery.models import Action, Album, Photo
from gallery.services import albums, originals, sharing
from tests.factories import make_face, make_known, make_photo

CHOSEN = "/photos/chosen/"


def shared(owner: User, *photos: int, may_add: bool = False, shows_names: bool = False) -> Album:
    album = albums.create(owner=owner, name="Home", photos=photos)
    sharing.share(album=album, name="bob", may_add=may_add, shows_names=shows_names)
    return album


def page(client: Client, album: Album, name: str = "album", **query: Any) -> str:
    return client.get(reverse(name, args=[album.pk]), query).content.decode()


def inside(album: Album) -> set[int]:
    return set(Photo.objects.filter(album_photos__album=album).values_list("pk", flat=True))


def do(client: Client, what: str, album: Album, **said: Any) -> str:
    form = {"do": what, "within": album.pk, **said}
    return client.post(CHOSEN, form, follow=True).content.decode()


def news(client: Client, album: Album, **said: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(reverse("album_news", args=[album.pk]), said).json()
    return answer


# Choosing.


def test_an_owner_does_with_an_albums_photos_what_the_library_does(
    alice: User, bob: User, as_alice: Client
) -> None:
    mine, other = make_photo(alice), make_photo(bob)
    album = shared(alice, mine.pk, may_add=True)
    albums.put(user=bob, album=album, photos=[other.pk])

    html = page(as_alice, album)

    dos = ("out", "album", "favourite", "keyword", "date", "caption", "again", "download", "delete")
    assert all(f'id="do-{one}"' in html for one in dos)
    # Own photos are the library's cards, with a way to the photo; those of others as they are shared.
    assert f'href="/photos/{mine.pk}/?in=album:{album.pk}"' in html
    assert f'href="/albums/{album.pk}/photos/{other.pk}/"' in html
    assert html.count('-choose"') == 2
    do(as_alice, "favourite", album, photo=[mine.pk, other.pk])
    assert set(Photo.objects.filter(is_favourite=True)) == {mine}


def test_all_of_an_album_is_chosen_but_some(alice: User, as_alice: Client) -> None:
    keys = [make_photo(alice).pk for _ in range(3)]
    album = albums.create(owner=alice, name="Trip", photos=keys)
    make_photo(alice)

    do(as_alice, "favourite", album, whole="yes", without=f"{keys[1]}")

    liked = Photo.objects.filter(is_favourite=True).values_list("pk", flat=True)
    assert set(liked) == {keys[0], keys[2]}
    do(as_alice, "out", album, whole="yes")
    assert inside(album) == set()
    as_alice.post(reverse("undo_last"))
    assert inside(album) == set(keys)


def test_whoever_may_add_takes_out_what_is_theirs_and_nothing_else(
    alice: User, bob: User, as_bob: Client
) -> None:
    hers, his = make_photo(alice), make_photo(bob)
    album = shared(alice, hers.pk, may_add=True)
    albums.put(user=bob, album=album, photos=[his.pk])
    html = page(as_bob, album)
    assert 'id="do-out"' in html
    assert 'id="do-delete"' not in html
    assert f'href="/photos/{his.pk}/?in=album:{album.pk}"' in html

    assert "what you put in" in do(as_bob, "out", album, photo=hers.pk)
    assert inside(album) == {hers.pk, his.pk}
    do(as_bob, "out", album, whole="yes")

    assert inside(album) == {hers.pk}


def test_a_viewer_chooses_to_download_and_for_nothing_else(
    alice: User, bob: User, as_bob: Client
) -> None:
    photo = make_photo(alice)
    album = shared(alice, photo.pk)

    html = page(as_bob, album)

    assert f'id="photo-{photo.pk}-choose"' in html
    assert 'id="do-download"' in html
    assert html.count('id="do-') == 1
    for what in ("favourite", "delete", "again", "out", "keyword", "date", "caption"):
        do(as_bob, what, album, whole="yes", keyword="x", on="2020-01-01", caption="x")
    assert inside(album) == {photo.pk}
    assert not Action.objects.filter(roster__owner=bob).exists()
    photo.refresh_from_db()
    assert not photo.is_favourite


def test_a_stranger_chooses_nothing_of_an_album(alice: User, bob: User, as_charlie: Client) -> None:
    album = shared(alice, make_photo(alice).pk)

    for what in ("download", "out", "favourite"):
        assert "Choose at least one photo" in do(as_charlie, what, album, whole="yes")
    assert len(inside(album)) == 1


# Downloading.


def names_in(user: User, album: Album) -> list[str]:
    data = b"".join(originals.parts(user, sorted(inside(album)), album.pk))
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert pack.testzip() is None
        return pack.namelist()


def test_a_download_has_ones_own_files_and_of_others_the_pictures_that_one_sees(
    alice: User, bob: User
) -> None:
    hers = make_photo(alice, files=True, filename="Ada at home.png", format="PNG")
    his = make_photo(bob, files=True, filename="Bobby.jpg")
    album = shared(alice, hers.pk, may_add=True)
    albums.put(user=bob, album=album, photos=[his.pk])
    make_photo(alice, files=True)

    assert names_in(alice, album) == ["Ada at home.png", "photo.jpg"]
    assert names_in(bob, album) == ["photo.jpg", "Bobby.jpg"]
    sharing.share(album=album, name="bob", may_add=True, shows_names=True)
    assert names_in(bob, album) == ["Ada at home.jpg", "Bobby.jpg"]


@pytest.mark.parametrize("ends", ["nobody's", "ended", "taken out"])
def test_what_one_reads_no_more_is_in_no_download(
    alice: User, bob: User, charlie: User, ends: str
) -> None:
    photo = make_photo(alice, files=True)
    album = shared(alice, photo.pk)
    keys = [photo.pk]
    user = charlie if ends == "nobody's" else bob
    if ends == "ended":
        sharing.end(share=album.shares.get())
    elif ends == "taken out":
        albums.take_out(user=alice, album=album, photos=keys)

    data = b"".join(originals.parts(user, keys, album.pk))

    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == []


def test_all_of_an_album_is_downloaded_by_one_button(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, files=True)
    album = albums.create(owner=alice, name="Trip & more", photos=[photo.pk])
    assert 'id="download-all"' in page(as_alice, album)

    answer = as_alice.post(CHOSEN, {"do": "download", "within": album.pk, "whole": "yes"})

    assert "Trip%20%26%20more.zip" in answer["Content-Disposition"]


# Uploading.


def test_the_page_of_an_album_takes_files_as_the_library_does(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    album = shared(alice)

    html = page(as_alice, album)

    for part in ("upload-form", "upload-panel", "arrivals", "empty-file"):
        assert f'id="{part}"' in html
    assert f'<input type="hidden" name="album" value="{album.pk}">' in html
    assert "drop-veil" in html
    assert 'id="upload-form"' not in page(as_bob, album)
    assert "upload.js" not in page(as_bob, album)


def test_what_is_here_already_goes_into_the_album_without_being_sent(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    photo, his = make_photo(alice), make_photo(bob)
    Photo.objects.filter(pk=his.pk).update(sha256="b" * 64)
    album = shared(alice)

    def ask(client: Client) -> Any:
        said = {"sha256": [photo.sha256, "b" * 64], "album": album.pk}
        return client.post(reverse("api_known_photos"), said, content_type="application/json")

    assert [one["id"] for one in ask(as_alice).json().values()] == [photo.pk]
    assert inside(album) == {photo.pk}
    # Only where one may add, and only one's own.
    assert (ask(as_bob).status_code, ask(as_bob).json()["code"]) == (400, "no_album")
    sharing.share(album=album, name="bob", may_add=True, shows_names=False)
    assert [one["id"] for one in ask(as_bob).json().values()] == [his.pk]
    assert inside(album) == {photo.pk, his.pk}


# News.


def test_whoever_reads_an_album_is_told_at_once_of_what_comes_and_goes(
    alice: User,
    bob: User,
    charlie: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    album = shared(alice, may_add=True)
    told: list[int] = []
    monkeypatch.setattr(events, "publish", told.append)

    albums.put(user=alice, album=album, photos=[make_photo(alice).pk])
    assert set(told) == {alice.pk, bob.pk}
    told.clear()
    albums.put(user=bob, album=album, photos=[make_photo(bob).pk])
    assert set(told) == {alice.pk, bob.pk}


def test_what_others_put_in_or_take_out_is_news_on_an_open_page(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    first, second = make_photo(alice), make_photo(alice)
    album = shared(alice, first.pk, may_add=True)
    shown = {"shown": f"{first.pk}", "start": "yes", "end": "yes"}
    assert news(as_bob, album, **shown)["back"] == []

    albums.put(user=alice, album=album, photos=[second.pk])

    told = news(as_bob, album, **shown)
    assert (told["count"], told["gone"], told["back"]) == (2, [], [[second.pk, 0]])
    # One that stands elsewhere on the page, as what is being added, is missing in the wall all the same.
    assert news(as_bob, album, **shown, besides=f"{second.pk}")["back"] == [[second.pk, 0]]
    albums.take_out(user=alice, album=album, photos=[first.pk])
    told = news(as_bob, album, **shown)
    assert (told["count"], told["gone"], told["back"]) == (1, [first.pk], [[second.pk, 0]])


def test_an_empty_page_of_an_album_is_told_of_its_first_photos(
    alice: User, as_alice: Client
) -> None:
    album = albums.create(owner=alice, name="Trip")
    keys = [make_photo(alice).pk for _ in range(2)]
    albums.put(user=alice, album=album, photos=keys)

    told = news(as_alice, album, shown="", start="yes", end="yes")

    assert told["back"] == [[keys[1], 0], [keys[0], keys[1]]]


def test_what_changes_of_others_photos_is_told_and_nothing_outside_of_the_album(
    alice: User, bob: User, as_bob: Client
) -> None:
    photo, other, his = make_photo(alice), make_photo(alice), make_photo(bob)
    album = shared(alice, photo.pk, may_add=True)
    albums.put(user=bob, album=album, photos=[his.pk])
    since = f"{timezone.now().timestamp() + 2}"
    shown = f"{photo.pk},{other.pk},{his.pk}"
    assert news(as_bob, album, shown=shown, since=since)["changed"] == []

    # Of one's own the page hears otherwise.
    Photo.objects.touch()

    told = news(as_bob, album, shown=shown, since="0")
    assert told["changed"] == [photo.pk]
    assert told["gone"] == [other.pk]


def test_cards_are_fetched_by_key_as_one_reads_them(
    alice: User, bob: User, as_bob: Client, as_charlie: Client
) -> None:
    face = make_known(alice, "Ada")
    make_face(face.photo)
    other = make_photo(alice)
    album = shared(alice, face.photo_id)
    keys = f"{face.photo_id},{other.pk}"

    html = page(as_bob, album, "album_cards", keys=keys)

    assert html.count('class="card"') == 1
    assert "Ada" not in html
    assert html.count('class="line box"') == 2
    assert as_charlie.get(reverse("album_cards", args=[album.pk])).status_code == 404
    sharing.share(album=album, name="bob", may_add=False, shows_names=True)
    assert '<span class="chip-name">Ada</span>' in page(as_bob, album, "album_cards", keys=keys)


def test_photos_that_follow_are_those_after_the_last_one_shown(
    alice: User, as_alice: Client
) -> None:
    keys = [make_photo(alice).pk for _ in range(3)]
    album = albums.create(owner=alice, name="Trip", photos=keys)

    html = page(as_alice, album, "album_part", after=keys[0], at=2)

    assert html.count('class="card"') == 2
    albums.take_out(user=alice, album=album, photos=[keys[0]])
    assert page(as_alice, album, "album_part", after=keys[0], at=1).count('class="card"') == 1
