"""Albums: made, filled, put in order, shared with members who see them and nothing else."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Action, Album, AlbumPhoto, AlbumShare, Face, Photo
from gallery.models.person import Consent
from gallery.models.record import Did
from gallery.services import (
    album_uploads,
    albums,
    consent,
    describing,
    photo_words,
    photos,
    saying,
    sharing,
)
from tests.conftest import signed_in
from tests.factories import (
    make_face,
    make_known,
    make_photo,
    person_called,
    upload_file,
)


def page(client: Client, name: str, *keys: int, **query: Any) -> str:
    answer = client.get(reverse(name, args=keys), query)
    assert answer.status_code == 200
    return answer.content.decode()


def shared(owner: User, *, may_add: bool = False, shows_names: bool = False) -> Album:
    """Return an album of one photo of Ada that bob sees."""
    face = make_known(owner, "Ada", crop=True)
    Photo.objects.filter(pk=face.photo_id).update(filename="Ada-at-home.jpg")
    photo_words.caption(owner=owner, photos=[face.photo_id], text="Ada at home")
    album = albums.create(owner=owner, name="Home", photos=[face.photo_id])
    sharing.share(album=album, name="bob", may_add=may_add, shows_names=shows_names)
    return album


def inside(album: Album) -> list[int]:
    now = Album.objects.get(pk=album.pk)
    return list(now.in_order().values_list("pk", flat=True))


def seen(client: Client, album: Album) -> str:
    """Return what a reader is told of the album and of its first photo."""
    photo = inside(album)[0]
    return page(client, "album", album.pk) + page(client, "album_photo", album.pk, photo)


def test_without_an_album_the_page_says_what_they_are_for(as_alice: Client) -> None:
    html = page(as_alice, "albums")

    assert "Put photos together" in html
    assert reverse("new_album") in html


def test_an_album_is_made_named_anew_and_deleted(alice: User, as_alice: Client) -> None:
    made = as_alice.post(reverse("new_album"), {"name": " Trip  to Seoul "}, follow=True)
    album = Album.objects.get()
    assert album.name == "Trip to Seoul"
    assert "Nothing is in here yet" in made.content.decode()

    told = {"name": "서울 여행", "about": "In spring.\nWith Ada."}
    as_alice.post(reverse("tell_album", args=[album.pk]), told)
    assert "서울 여행" in page(as_alice, "albums")
    assert "With Ada." in page(as_alice, "album", album.pk)

    gone = as_alice.post(reverse("delete_album", args=[album.pk]), follow=True)
    assert "The album “서울 여행” was deleted." in gone.content.decode()
    assert as_alice.get(album.get_absolute_url()).status_code == 404
    as_alice.post(reverse("undo_last"))
    assert as_alice.get(album.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_an_album_needs_a_name(as_alice: Client, alice: User, name: str) -> None:
    html = as_alice.post(reverse("new_album"), {"name": name}).content.decode()
    assert 'role="alert"' in html
    assert not Album.everything.exists()

    album = albums.create(owner=alice, name="Trip")
    html = as_alice.post(reverse("tell_album", args=[album.pk]), {"name": name}).content.decode()
    assert 'role="alert"' in html
    assert Album.objects.get().name == "Trip"


def test_an_album_is_in_the_order_of_dates_until_a_photo_is_moved(
    alice: User, as_alice: Client
) -> None:
    keys = [make_photo(alice, taken_at=datetime(2020, 1, day)).pk for day in (3, 1, 2)]
    album = albums.create(owner=alice, name="Trip", photos=keys)
    assert inside(album) == [keys[1], keys[2], keys[0]]
    move = reverse("move_in_album", args=[album.pk])

    as_alice.post(move, {"photo": keys[1], "to": "later"})
    assert inside(album) == [keys[2], keys[1], keys[0]]
    as_alice.post(move, {"photo": keys[0], "to": "first"})
    assert inside(album) == [keys[0], keys[2], keys[1]]
    as_alice.post(move, {"photo": keys[0], "before": ""})
    assert inside(album) == [keys[2], keys[1], keys[0]]
    as_alice.post(move, {"photo": keys[2], "to": "earlier"})
    assert inside(album) == [keys[2], keys[1], keys[0]]

    as_alice.post(reverse("order_album", args=[album.pk]))
    assert inside(album) == [keys[1], keys[2], keys[0]]
    as_alice.post(reverse("undo_last"))
    assert inside(album) == [keys[2], keys[1], keys[0]]


def test_what_is_moved_comes_back_as_the_list_in_its_order(alice: User, as_alice: Client) -> None:
    keys = [make_photo(alice).pk for _ in range(3)]
    album = albums.create(owner=alice, name="Trip", photos=keys)

    html = as_alice.post(
        reverse("move_in_album", args=[album.pk]),
        {"photo": keys[2], "before": keys[0]},
        headers={"HX-Request": "true"},
    ).content.decode()

    places = [html.index(f'id="arrange-{key}"') for key in (keys[2], keys[0], keys[1])]
    assert places == sorted(places)


def test_the_cover_is_the_first_photo_or_the_one_that_was_chosen(
    alice: User, as_alice: Client
) -> None:
    first, second = make_photo(alice), make_photo(alice)
    album = albums.create(owner=alice, name="Trip", photos=[first.pk, second.pk])
    covers = [reverse("album_thumbnail", args=[album.pk, one.pk]) for one in (first, second)]
    assert covers[0] in page(as_alice, "albums")
    choose = reverse("choose_album_cover", args=[album.pk])

    as_alice.post(choose, {"photo": second.pk})
    assert covers[1] in page(as_alice, "albums")
    assert as_alice.post(choose, {"photo": make_photo(alice).pk}).status_code == 404

    # One that is in the album no more stands for nothing.
    albums.take_out(user=alice, album=album, photos=[second.pk])
    assert covers[0] in page(as_alice, "albums")


def test_a_smart_album_shows_what_its_search_finds_by_now(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada")
    make_photo(alice)
    as_alice.post(reverse("new_album"), {"name": "Ada", "search": f"person={face.person_id}"})
    album = Album.objects.get()
    assert album.is_smart

    html = page(as_alice, "album", album.pk)
    assert f'id="photo-{face.photo_id}"' in html
    assert html.count('class="card"') == 1
    assert "1 photo" in page(as_alice, "albums")
    assert reverse("arrange_album", args=[album.pk]) not in html
    refused = as_alice.post(
        "/photos/chosen/", {"do": "album", "photo": face.photo_id, "album": album.pk}
    )
    assert b"not there any more" in refused.content

    make_known(alice, "Ada")
    assert page(as_alice, "album", album.pk).count('class="card"') == 2


def test_a_search_is_saved_as_an_album_from_where_it_is_made(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada")
    assert reverse("new_album") not in page(as_alice, "library")
    html = page(as_alice, "library", person=face.person_id or 0, faces="1-3")
    address = f"{reverse('new_album')}?search=person%3D{face.person_id}%26faces%3D1-3"
    assert f'href="{address}"' in html

    form = as_alice.get(address).content.decode()

    assert "whatever this search finds" in form
    assert f'value="person={face.person_id}&amp;faces=1-3"' in form


def test_from_an_albums_photo_the_next_one_is_the_next_of_the_album(
    alice: User, as_alice: Client
) -> None:
    keys = [make_photo(alice, taken_at=datetime(2020, 1, day)).pk for day in (3, 1, 2)]
    album = albums.create(owner=alice, name="Trip", photos=keys)

    html = page(as_alice, "photo", keys[2], **{"in": f"album:{album.pk}"})

    assert f'href="/photos/{keys[1]}/?in=album:{album.pk}"' in html
    assert f'href="/photos/{keys[0]}/?in=album:{album.pk}"' in html
    assert f"{album.get_absolute_url()}?around={keys[2]}#photo-{keys[2]}" in html


def test_a_photo_says_what_was_said_of_it_and_in_which_albums_it_is(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    words = reverse("tell_photo", args=[photo.pk])
    as_alice.post(words, {"caption": "By the <sea>", "keywords": "sea, Sommer & Sonne"})
    albums.create(owner=alice, name="Trip", photos=[photo.pk])

    html = page(as_alice, "photo", photo.pk)

    assert "By the &lt;sea&gt;" in html
    assert "?keyword=Sommer%20%26%20Sonne" in html
    assert "Trip" in html
    as_alice.post(words, {"caption": "", "keywords": "sea"})
    assert [one.word for one in photo.keywords.all()] == ["sea"]
    told = as_alice.post(words, {"caption": "x" * 3000, "keywords": ""}, follow=True)
    assert b"up to 2000 letters" in told.content


# Uploading into one.


def test_photos_are_uploaded_straight_into_an_album(alice: User, as_alice: Client) -> None:
    album = albums.create(owner=alice, name="Trip")
    there = upload_file("first.jpg")
    as_alice.post(reverse("upload"), {"files": [there, upload_file()], "album": album.pk})
    assert len(inside(album)) == 2

    there.seek(0)
    other = albums.create(owner=alice, name="Other")
    again = as_alice.post(reverse("upload"), {"files": [there], "album": other.pk}, follow=True)

    # It is here already, and goes into the album all the same.
    assert b"already in your library" in again.content
    assert inside(other) == [Photo.objects.get(filename="first.jpg").pk]


def test_a_folder_becomes_one_album_that_is_undone_at_once(alice: User, as_alice: Client) -> None:
    for _ in range(3):
        body = {"file": upload_file(), "album_name": "Busan 2019"}
        assert as_alice.post(reverse("api_photos"), body).status_code == 201

    album = Album.objects.get()
    assert (album.name, len(inside(album))) == ("Busan 2019", 3)
    assert Action.objects.get().count == 3
    saying.undo(action=Action.objects.get())
    assert not Album.objects.exists()
    assert Photo.objects.count() == 3

    as_alice.post(reverse("api_photos"), {"file": upload_file(), "album_name": "BUSAN 2019"})
    assert Album.objects.get().name == "BUSAN 2019"


def test_into_albums_of_others_nothing_is_uploaded(
    alice: User, bob: User, as_bob: Client, as_alice: Client
) -> None:
    album = shared(alice)
    for key in (album.pk, 10**6):
        answer = as_bob.post(reverse("api_photos"), {"file": upload_file(), "album": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "no_album")
    assert not Photo.objects.visible_to(bob).exists()

    sharing.share(album=album, name="bob", may_add=True, shows_names=False)
    as_bob.post(reverse("api_photos"), {"file": upload_file(), "album": album.pk})
    assert len(inside(album)) == 2
    # And an album of the same name is another one.
    as_bob.post(reverse("api_photos"), {"file": upload_file(), "album_name": "Home"})
    assert Album.objects.filter(name="Home").count() == 2


def test_what_may_be_added_no_more_by_its_turn_stays_in_the_library(alice: User, bob: User) -> None:
    album = shared(alice, may_add=True)
    photo = make_photo(bob)
    into = album_uploads.into(bob, album.pk, "")
    assert into is not None
    # While the file was on its way.
    sharing.share(album=album, name="bob", may_add=False, shows_names=False)

    assert into.take(photo) == f"{albums.NO_ALBUM}"

    assert photo.pk not in inside(album)
    assert not Action.objects.filter(roster__owner=bob).exists()
    sharing.share(album=album, name="bob", may_add=True, shows_names=False)
    assert into.take(photo) == ""
    assert photo.pk in inside(album)


# Sharing one.


def test_a_viewer_sees_photos_and_boxes_and_reads_no_name(
    alice: User, bob: User, as_bob: Client
) -> None:
    album = shared(alice)

    html = seen(as_bob, album)

    assert "Ada" not in html
    assert 'class="line box"' in html
    assert "Shared with you by alice" in html
    assert "Home" in page(as_bob, "albums")
    assert reverse("upload") not in html
    picture = as_bob.get(reverse("album_preview", args=[album.pk, inside(album)[0]]))
    assert picture.status_code == 200


def test_names_are_read_where_the_owner_allows_it(alice: User, bob: User, as_bob: Client) -> None:
    html = seen(as_bob, shared(alice, shows_names=True))

    assert "Ada at home" in html
    assert "<title>Ada</title>" in html


def hide(alice: User) -> None:
    describing.hide(roster=person_called("Ada").roster, keys=[person_called("Ada").pk])


def refuse(alice: User) -> None:
    person = person_called("Ada")
    consent.say(person=person, answer=Consent.REFUSED, on=None, note="", is_locked=False)


def guess(alice: User) -> None:
    face = Face.objects.get()
    Face.objects.filter(pk=face.pk).update(named_by="machine", distance=0.3)


@pytest.mark.parametrize("happens", [hide, refuse, guess])
def test_of_who_is_hidden_refused_or_guessed_no_name_is_read(
    alice: User, bob: User, as_bob: Client, happens: Any
) -> None:
    album = shared(alice, shows_names=True)
    photo_words.caption(owner=alice, photos=inside(album), text="")
    Photo.objects.update(filename="x.jpg")

    happens(alice)

    html = seen(as_bob, album)
    assert "Ada" not in html
    assert 'class="line box"' in html


def test_who_may_add_puts_own_photos_in_and_they_stay_theirs(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    album = shared(alice, may_add=True, shows_names=True)
    mine = make_known(bob, "Bobby").photo
    albums.put(user=bob, album=album, photos=[mine.pk])

    assert mine.owner == bob
    address = reverse("album_photo", args=[album.pk, mine.pk])
    # Whom bob knows is read by nobody else.
    assert "Bobby" not in as_alice.get(address).content.decode()
    assert "Bobby" in as_bob.get(address).content.decode()
    assert as_alice.get(mine.get_absolute_url()).status_code == 404
    charlie = signed_in(User.objects.create_user("carol"))
    assert charlie.get(address).status_code == 404

    # Neither takes out what is the other's, but for whose album it is.
    hers = next(key for key in inside(album) if key != mine.pk)
    out = {"do": "out", "within": album.pk}
    as_bob.post("/photos/chosen/", out | {"photo": [hers]})
    assert len(inside(album)) == 2
    as_alice.post("/photos/chosen/", out | {"photo": [mine.pk]})
    assert inside(album) == [hers]


@pytest.mark.parametrize("how", ["unshare", "leave"])
def test_with_whom_an_album_is_shared_no_more_takes_along_what_is_theirs(
    alice: User, bob: User, as_alice: Client, as_bob: Client, how: str
) -> None:
    album = shared(alice, may_add=True)
    mine = make_photo(bob)
    albums.put(user=bob, album=album, photos=[mine.pk])

    if how == "leave":
        as_bob.post(reverse("leave_album", args=[album.pk]))
    else:
        as_alice.post(reverse("unshare_album", args=[album.pk, album.shares.get().pk]))

    assert not AlbumShare.objects.exists()
    assert mine.pk not in inside(album)
    for name, keys in (("album", [album.pk]), ("album_photo", [album.pk, inside(album)[0]])):
        assert as_bob.get(reverse(name, args=keys)).status_code == 404
    assert f'id="album-{album.pk}"' not in page(as_bob, "albums")
    assert Photo.objects.filter(owner=bob).exists()

    sharing.share(album=album, name="bob", may_add=True, shows_names=False)
    # Whoever left took their photos out themselves, and no owner puts those of others in.
    assert (mine.pk in inside(album)) == (how == "unshare")
    if how == "leave":
        saying.undo(action=Action.objects.get(did=Did.PUT_OUT))
        assert mine.pk in inside(album)


def test_what_an_album_is_called_later_is_not_read_by_those_who_see_it_no_more(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    album = shared(alice, may_add=True)
    albums.put(user=bob, album=album, photos=[make_photo(bob).pk])
    albums.tell(album=album, name="Winter", about="")
    assert "Winter" in page(as_bob, "done")

    sharing.end(share=AlbumShare.objects.get())
    albums.tell(album=album, name="Summer", about="")

    assert "Summer" not in page(as_bob, "done")
    assert "an album that is not here" in page(as_bob, "done")
    by_undoing = as_bob.post(reverse("undo_last"), follow=True).content.decode()
    assert "Summer" not in by_undoing
    albums.delete(album=album)
    assert "Summer" in page(as_alice, "done")


def test_a_photo_that_leaves_the_album_is_seen_no_more(
    alice: User, bob: User, as_bob: Client
) -> None:
    album = shared(alice)
    photo = Photo.objects.get(pk=inside(album)[0])
    addresses = [
        reverse(name, args=[album.pk, photo.pk])
        for name in ("album_photo", "album_preview", "album_thumbnail", "album_small")
    ]
    assert {as_bob.get(one).status_code for one in addresses} == {200}

    photos.delete(photo)
    assert {as_bob.get(one).status_code for one in addresses} == {404}
    saying.undo(action=Action.objects.get(did=Did.DELETE_PHOTO))
    albums.take_out(user=alice, album=album, photos=[photo.pk])
    assert {as_bob.get(one).status_code for one in addresses} == {404}


def test_a_deleted_album_is_shared_with_nobody(alice: User, bob: User, as_bob: Client) -> None:
    album = shared(alice)
    albums.delete(album=album)

    assert as_bob.get(album.get_absolute_url()).status_code == 404
    assert "Home" not in page(as_bob, "albums")


def test_a_smart_album_is_seen_as_its_owner_finds_it(
    alice: User, bob: User, as_bob: Client
) -> None:
    face = make_known(alice, "Ada", crop=True)
    other = make_photo(alice, files=True)
    album = albums.create(owner=alice, name="A", search=f"person={face.person_id}")
    sharing.share(album=album, name="bob", may_add=True, shows_names=False)

    assert f'id="photo-{face.photo_id}"' in page(as_bob, "album", album.pk)
    assert as_bob.get(reverse("album_preview", args=[album.pk, face.photo_id])).status_code == 200
    assert as_bob.get(reverse("album_preview", args=[album.pk, other.pk])).status_code == 404
    assert f"person={face.person_id}" not in page(as_bob, "album", album.pk)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("alice", "yours already"),
        (" ", "with whom"),
        ("n" * 151, "no member called nnn"),  # No account has such a name.
    ],
)
def test_with_whom_it_is_not_shared_is_said(
    alice: User, as_alice: Client, name: str, why: str
) -> None:
    album = albums.create(owner=alice, name="Home")

    answer = as_alice.post(reverse("share_album", args=[album.pk]), {"name": name})

    assert why in answer.content.decode()
    assert not AlbumShare.objects.exists()


def share_with(client: Client, album: Album, name: str) -> str:
    """Return the page that sharing with that name leads to."""
    address = reverse("share_album", args=[album.pk])
    return client.post(address, {"name": name}, follow=True).content.decode()


def test_whoever_shares_is_not_told_whether_there_is_an_account(
    alice: User, bob: User, charlie: User, as_alice: Client
) -> None:
    charlie.is_active = False
    charlie.save()
    album = albums.create(owner=alice, name="Home")
    differing = re.compile(r"[A-Za-z0-9]{64}|since=\"[\d.]+|since=[\d.]+|share/\d+|unshare-\d+")
    told = set()
    for name in ("bob", "bib", "charlie"):
        # And again, for other rights.
        html = share_with(as_alice, album, name) + share_with(as_alice, album, name)
        html += page(as_alice, "album", album.pk)
        told.add(differing.sub("", html).replace(name, "THEM"))
        sharing.end(share=album.shares.get())

    assert len(told) == 1
    assert "If there is an account called THEM, the album is shown there now." in told.pop()


def test_a_name_that_nobody_had_opens_the_album_to_nobody_until_it_is_shared_again(
    alice: User, as_alice: Client
) -> None:
    album = albums.create(owner=alice, name="Home")
    share_with(as_alice, album, "no\0body")  # PostgreSQL takes no NUL.
    assert sharing.shared_with(album) == ["nobody"]
    as_nobody = signed_in(User.objects.create_user("nobody"))

    assert as_nobody.get(album.get_absolute_url()).status_code == 404
    share_with(as_alice, album, "nobody")
    assert as_nobody.get(album.get_absolute_url()).status_code == 200

    User.objects.get(username="nobody").delete()
    assert sharing.shared_with(album) == ["nobody"]
    as_alice.post(reverse("unshare_album", args=[album.pk, album.shares.get().pk]))
    assert sharing.shared_with(album) == []


def test_who_may_read_the_names_of_members_chooses_from_them_and_is_told_of_a_wrong_one(
    alice: User, bob: User, as_alice: Client, as_bob: Client
) -> None:
    album = albums.create(owner=alice, name="Home")
    share_with(as_alice, album, "bib")
    assert 'value="bob"' not in page(as_alice, "tell_album", album.pk)
    bob.is_staff = True
    bob.save()
    switch = reverse("let_members_read")
    assert as_alice.post(switch, {"on": "yes"}).status_code == 404

    as_bob.post(switch, {"on": "yes"})

    html = page(as_alice, "tell_album", album.pk)
    assert '<option value="bob">' in html
    assert "there was no member of this name" in html
    assert "There is no member called bub." in share_with(as_alice, album, "bub").replace(
        "THE NAME", "bub"
    )
    assert "bub" not in sharing.shared_with(album)
    as_bob.post(switch)
    assert 'value="bob"' not in page(as_alice, "tell_album", album.pk)
    # Administrators have a page of all accounts.
    own = albums.create(owner=bob, name="Bobs")
    assert '<option value="alice">' in page(as_bob, "tell_album", own.pk)


def test_rights_are_changed_by_sharing_again(alice: User, bob: User, as_alice: Client) -> None:
    album = shared(alice)

    said = {"name": "bob", "may_add": "yes", "shows_names": "yes"}
    html = as_alice.post(
        reverse("share_album", args=[album.pk]), said, follow=True
    ).content.decode()

    share = AlbumShare.objects.get()
    assert (share.may_add, share.shows_names) == (True, True)
    assert "sees it and adds own photos" in html


# How fast they are.


def test_the_lists_take_as_many_queries_whatever_there_is(
    alice: User, bob: User, as_alice: Client, as_bob: Client, django_assert_num_queries: Any
) -> None:
    def make() -> None:
        face = make_known(alice, "Ada")
        make_face(face.photo)
        album = albums.create(owner=alice, name="Home", photos=[face.photo_id])
        sharing.share(album=album, name="bob", may_add=True, shows_names=True)

    make()
    album = Album.objects.get()
    as_alice.get(reverse("albums"))
    for _ in range(4):
        with django_assert_num_queries(6):
            as_alice.get(reverse("albums"))
        with django_assert_num_queries(11):
            as_alice.get(album.get_absolute_url())
        with django_assert_num_queries(11):
            as_bob.get(album.get_absolute_url())
        make()
        photo = make_known(alice, "Grace").photo
        albums.put(user=alice, album=album, photos=[photo.pk])


def test_the_list_takes_as_many_queries_however_many_albums_are_searches(
    alice: User, bob: User, as_bob: Client, django_assert_num_queries: Any
) -> None:
    def make(owner: User) -> Album:
        face = make_known(owner, "Ada")
        inner = albums.create(owner=owner, name="A", photos=[face.photo_id, make_photo(owner).pk])
        asked = f"person={face.person_id}&album={inner.pk}"
        return albums.create(owner=owner, name="B", search=asked)

    def html() -> str:
        return page(as_bob, "albums")

    for _ in range(3):
        make(bob)
        album = make(alice)
        sharing.share(album=album, name="bob", may_add=False, shows_names=False)
        page(as_bob, "albums")
        with django_assert_num_queries(16):
            text = html()
    assert text.count("by a search") == 6
    assert text.count("1 photo\n") == 6
    assert text.count("2 photos\n") == 3


def test_an_album_of_thousands_is_shown_a_page_at_a_time(
    alice: User, as_alice: Client, django_assert_num_queries: Any
) -> None:
    first = make_photo(alice)
    values = {"format": "JPEG", "size": 1, "width": 64, "height": 48, "methods": {"a": "b"}}
    Photo.objects.bulk_create(
        Photo(owner=alice, filename="x.jpg", sha256=f"{number}", **values) for number in range(3000)
    )
    album = albums.create(owner=alice, name="All")
    keys = list(Photo.objects.order_by("pk").values_list("pk", flat=True))
    AlbumPhoto.objects.bulk_create(
        AlbumPhoto(album=album, photo_id=key, position=place) for place, key in enumerate(keys)
    )
    Album.objects.update(order=Album.Order.HAND)

    with django_assert_num_queries(11):
        html = page(as_alice, "album", album.pk)
    assert html.count('class="card"') == 120
    assert f"{reverse('album_part', args=[album.pk])}?after={keys[119]}&amp;at=120" in html
    html = page(as_alice, "album", album.pk, around=keys[2000])
    assert f'id="photo-{keys[2000]}"' in html
    assert f'id="photo-{first.pk}"' not in html
    assert page(as_alice, "album_part", album.pk, at=2880).count('class="card"') == 120
    assert "hx-get" not in page(as_alice, "album_part", album.pk, at=2900)
    assert f'id="arrange-{keys[200]}"' in page(as_alice, "arrange_album", album.pk, page=2)
