"""Many photos are chosen, by their keys or by a search, and something is done with all of them at once."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from gallery.models import Action, Album, BinnedPhoto, Photo, Task
from gallery.services import albums, originals, photo_words, sharing
from tests.factories import make_known, make_photo

ADDRESS = "/photos/chosen/"


@pytest.fixture
def keys(alice: User) -> list[int]:
    return [make_photo(alice, files=True).pk for _ in range(3)]


def do(client: Client, what: str, photos: Any, **said: Any) -> Any:
    return client.post(ADDRESS, {"do": what, "photo": photos, **said})


def undo(client: Client) -> None:
    assert Action.objects.undoable().count() == 1
    client.post(reverse("undo_last"))


def test_the_address_is_what_forms_say() -> None:
    assert reverse("act_on_photos") == ADDRESS


def test_favourites_are_chosen_and_undone_at_once(as_alice: Client, keys: list[int]) -> None:
    answer = do(as_alice, "favourite", keys[:2], back="/albums/?x=1")

    assert (answer.status_code, answer["Location"]) == (302, "/albums/?x=1")
    assert Photo.objects.filter(is_favourite=True).count() == 2
    assert b"2 photos are favourites." in as_alice.get(reverse("done")).content
    undo(as_alice)
    assert not Photo.objects.filter(is_favourite=True).exists()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "\\x", ""])
def test_nobody_is_led_elsewhere(as_alice: Client, keys: list[int], back: str) -> None:
    assert do(as_alice, "favourite", keys, back=back)["Location"] == reverse("library")


@pytest.mark.parametrize("what", ["album", "keyword", "date", "caption"])
def test_a_plain_button_leads_to_a_page_that_asks_what_is_left_to_say(
    as_alice: Client, keys: list[int], what: str
) -> None:
    html = do(as_alice, what, keys).content.decode()

    assert "3 photos are chosen." in html
    assert all(f'name="photo" value="{key}"' in html for key in keys)
    assert not Action.objects.exists()


def test_keywords_are_added_and_taken_away(as_alice: Client, keys: list[int]) -> None:
    do(as_alice, "keyword", keys, keyword="sea, summer")
    do(as_alice, "keyword", keys[:1], keyword="SEA", remove="yes")

    words = {
        one.pk: sorted(one.keywords.values_list("word", flat=True)) for one in Photo.objects.all()
    }
    assert words == {keys[0]: ["summer"], keys[1]: ["sea", "summer"], keys[2]: ["sea", "summer"]}


def test_photos_are_dated_by_hand_and_by_their_files_again(
    as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "date", keys, on="1987-06-05", at="09:30")
    assert {f"{one.taken}" for one in Photo.objects.all()} == {"1987-06-05T09:30:00"}

    for said, taken in {
        "1987": {"year": "1987", "month": "", "day": "", "at": ""},
        "1987-05": {"year": "1987", "month": "5", "day": ""},
        "1987-05-03T09:30:00": {"year": "1987", "month": "5", "day": "3", "at": "09:30"},
    }.items():
        do(as_alice, "date", keys, **taken)
        assert {f"{one.taken}" for one in Photo.objects.all()} == {said}
    shift = {"shift": "yes", "direction": "-1", "days": "1", "hours": "2", "minutes": "30"}
    do(as_alice, "date", keys, **shift)
    assert {f"{one.taken}" for one in Photo.objects.all()} == {"1987-05-02T07:00:00"}

    do(as_alice, "date", keys, by_itself="yes")
    assert not Photo.objects.filter(taken_from="hand").exists()


def test_what_dating_them_would_change_is_told_before_the_yes(
    alice: User, as_alice: Client, as_bob: Client, keys: list[int]
) -> None:
    for key, day in zip(keys, (3, 3, 9), strict=True):
        at = datetime(2019, 5, day, 14, 2)
        by = {"taken_at": at, "taken_from": "exif", "taken_offset": None}
        Photo.objects.filter(pk=key).update(**by, changed_at=timezone.now())
    rough = make_photo(alice).pk
    do(as_alice, "date", [rough], year="1987")
    some = [*keys, make_photo(alice).pk, rough]

    page = do(as_alice, "date", some, see="yes", direction="1", hours="10").content.decode()
    told = " ".join(page.split())

    assert "3 photos, from 3 May 2019 to 9 May 2019." in told
    assert "They are of 2 different days, and a date given here is that of all." in told
    assert "Of 1 photo the month or the year alone is known." in told
    assert "Of 1 photo nothing but its upload says when it was taken." in told
    assert "The first: 3 May 2019, 14:02 becomes 4 May 2019, 00:02." in told
    assert "The last: 9 May 2019, 14:02 becomes 10 May 2019, 00:02." in told
    assert "2 photos stay as they are" in told
    assert 'value="10"' in page
    assert Action.objects.count() == 1
    asked = {"photo": some, "minutes": "1"}
    part = as_alice.post(reverse("tell_dates"), asked).content.decode()
    assert "becomes 3 May 2019, 14:03" in part
    assert as_bob.post(reverse("tell_dates"), asked).content.decode().split() == []


@pytest.mark.parametrize(
    ("what", "said", "why"),
    [
        ("date", {"on": "yesterday"}, "Write the year in which"),
        ("date", {"year": "", "month": "5"}, "Write the year in which"),
        ("date", {"year": "1987", "day": "5"}, "Write the year in which"),
        ("date", {"year": "1987", "month": "2", "day": "30"}, "Write the year in which"),
        ("date", {"year": "1987", "at": "09:30"}, "A time needs its day"),
        ("date", {"shift": "yes"}, "by how many days, hours or minutes"),
        ("date", {"on": "1700-01-01"}, "There was no photography before"),
        ("keyword", {"keyword": " , "}, "Write at least one keyword"),
        ("album", {"name": "  "}, "Write a name for the album"),
        ("album", {"album": "999"}, "This album is not there"),
        ("caption", {"caption": "x" * 2001}, "up to 2000 letters"),
    ],
)
def test_what_can_not_be_done_is_said_and_asked_again(
    as_alice: Client, keys: list[int], what: str, said: dict[str, str], why: str
) -> None:
    html = do(as_alice, what, keys, **said).content.decode()

    assert why in html
    assert f'name="photo" value="{keys[0]}"' in html
    assert not Action.objects.exists()
    by_htmx = as_alice.post(
        ADDRESS, {"do": what, "photo": keys, **said}, headers={"HX-Request": "true"}
    )
    assert by_htmx.status_code == 422
    assert why in by_htmx["HX-Trigger"]


def test_by_htmx_the_page_stays_and_says_what_was_done_with_its_undoing(
    as_alice: Client, keys: list[int]
) -> None:
    said = {"do": "caption", "photo": keys, "caption": "At home"}
    answer = as_alice.post(ADDRESS, said, headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert "What 3 photos show was said." in answer["HX-Trigger"]
    assert "undo" in answer["HX-Trigger"]


def test_photos_go_into_an_album_that_is_there_or_into_a_new_one(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "album", keys[:2], name="Trip")
    trip = Album.objects.get()
    do(as_alice, "album", keys, album=trip.pk)
    assert set(trip.in_order()) == set(Photo.objects.all())

    do(as_alice, "out", keys[:1], within=trip.pk)
    assert {one.pk for one in trip.in_order()} == set(keys[1:])


def test_enter_in_the_name_of_a_new_album_makes_it_and_takes_none_that_is_there(
    as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "album", keys[:1], name="Trip")

    for page in (reverse("photo", args=keys[:1]), reverse("library")):
        html = as_alice.get(page).content.decode()
        # A browser presses the first button of the form.
        assert html.index('id="make-album"') < html.index(
            'name="album"', html.index('id="make-album"')
        )
        assert 'name="album"' not in html[: html.index('id="make-album"')].rpartition("<form")[2]


def test_into_albums_of_others_one_puts_photos_only_where_one_may(
    alice: User, bob: User, as_bob: Client
) -> None:
    album = albums.create(owner=alice, name="Trip")
    photo = make_photo(bob)
    assert b"not there any more" in do(as_bob, "album", [photo.pk], album=album.pk).content
    sharing.share(album=album, name="bob", may_add=False, shows_names=False)
    assert b"not there any more" in do(as_bob, "album", [photo.pk], album=album.pk).content

    sharing.share(album=album, name="bob", may_add=True, shows_names=False)
    do(as_bob, "album", [photo.pk], album=album.pk)

    assert list(album.in_order()) == [photo]
    assert photo.owner == bob


def test_photos_are_deleted_and_come_back_by_one_undoing(as_alice: Client, keys: list[int]) -> None:
    do(as_alice, "delete", keys)
    assert BinnedPhoto.objects.count() == 3

    undo(as_alice)

    assert Photo.objects.count() == 3


def test_photos_are_analysed_again_whether_they_failed_or_not(
    alice: User, as_alice: Client
) -> None:
    failed, other = make_photo(alice, state="failed"), make_photo(alice)

    do(as_alice, "again", [failed.pk])

    assert Task.objects.get().arguments["photos"] == [failed.pk]
    assert (
        b"analysed again already"
        in as_alice.post(ADDRESS, {"do": "again", "photo": [other.pk]}, follow=True).content
    )


def test_originals_come_with_a_name_for_each(alice: User, bob: User, keys: list[int]) -> None:
    Photo.objects.filter(pk=keys[0]).update(filename="PARTY.JPEG")
    gone, others = make_photo(alice), make_photo(bob, files=True)

    data = b"".join(originals.parts(alice, [*keys, gone.pk, others.pk]))

    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert pack.namelist() == ["PARTY.jpg", "party (2).jpg", "party (3).jpg"]
        assert pack.read("PARTY.jpg") == Photo.objects.get(pk=keys[0]).original.read_bytes()
        assert pack.testzip() is None


@pytest.mark.django_db(transaction=True)
async def test_originals_are_streamed_as_a_download(alice: User, async_client: AsyncClient) -> None:
    photo = await sync_to_async(make_photo)(alice, files=True)
    await async_client.aforce_login(alice)

    answer = await async_client.post(ADDRESS, {"do": "download", "photo": photo.pk})

    chunks = [chunk async for chunk in answer.streaming_content]  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(b"".join(chunks))).namelist() == ["party.jpg"]


def test_all_of_a_search_is_chosen_by_its_address(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    face = make_known(alice, "Ada")

    as_alice.post(ADDRESS, {"do": "favourite", "search": f"person={face.person_id}"})
    assert [one.pk for one in Photo.objects.filter(is_favourite=True)] == [face.photo_id]

    as_alice.post(ADDRESS, {"do": "favourite", "search": ""})
    assert Photo.objects.filter(is_favourite=True).count() == 4


def test_all_of_a_search_but_some_is_chosen_by_their_keys(
    as_alice: Client, keys: list[int]
) -> None:
    but = {"search": "", "without": f"{keys[0]} {keys[2]} nonsense"}

    page = as_alice.post(ADDRESS, {"do": "keyword", **but}).content.decode()
    assert "1 photo is chosen." in page
    assert f'name="without" value="{but["without"]}"' in page
    as_alice.post(ADDRESS, {"do": "keyword", "keyword": "sea", **but})
    as_alice.post(ADDRESS, {"do": "delete", **but})

    assert list(BinnedPhoto.objects.values_list("pk", flat=True)) == [keys[1]]
    nothing = {"search": "", "without": f"{keys[0]} {keys[2]}"}
    answer = as_alice.post(ADDRESS, {"do": "favourite", **nothing}, follow=True)
    assert b"Choose at least one photo." in answer.content


@pytest.mark.parametrize("what", ["favourite", "delete", "caption", "keyword", "date"])
def test_of_others_photos_nothing_is_done(as_bob: Client, keys: list[int], what: str) -> None:
    said = {"caption": "Mine", "keyword": "mine", "on": "1987-06-05"}
    do(as_bob, what, keys, **said)

    assert Photo.objects.filter(caption="", is_favourite=False, keywords=None).count() == 3
    assert not Action.objects.exists()


def test_without_a_photo_it_is_said_that_one_has_to_be_chosen(
    as_alice: Client, alice: User
) -> None:
    answer = as_alice.post(ADDRESS, {"do": "favourite"}, follow=True)

    assert b"Choose at least one photo." in answer.content


def test_many_photos_take_few_statements(
    alice: User, as_alice: Client, django_assert_max_num_queries: Any
) -> None:
    keys = [make_photo(alice).pk for _ in range(40)]

    with django_assert_max_num_queries(40):
        do(as_alice, "keyword", keys, keyword="sea")
    with django_assert_max_num_queries(40):
        do(as_alice, "album", keys, name="Trip")
    photo_words.like(owner=alice, photos=keys, is_favourite=True)
    assert Photo.objects.filter(is_favourite=True).count() == 40
