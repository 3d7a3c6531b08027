"""What humans say of photos and albums is in the record, comes back from the bin, and can be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from analysis import dates
from analysis.born import Born
from analysis.dates import Precision, Source, Taken
from gallery.models import (
    Action,
    Album,
    AlbumPhoto,
    AlbumShare,
    BinnedPhoto,
    Photo,
    PhotoKeyword,
    Roster,
    Word,
)
from gallery.models.record import Did
from gallery.services import (
    albums,
    births,
    matching,
    photo_words,
    photos,
    rederiving,
    results,
    saying,
    sharing,
)
from gallery.services.photo_words import WordsRefused
from gallery.services.record import UndoRefused
from tests.factories import (
    UNDATED,
    UPLOADED,
    analysed,
    claimed,
    fresh,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    vector,
)

READ = Taken(UPLOADED["taken_at"], Source.UPLOAD, 0)
SHOT = Taken(datetime(2019, 5, 3, 14, 2, 11), Source.EXIF, 540)
DAY = date(1987, 6, 5)


def undo(did: Did) -> None:
    saying.undo(action=Action.objects.filter(did=did).latest("pk"))


def keywords(photo: Photo) -> list[str]:
    return sorted(photo.keywords.values_list("word", flat=True))


def inside(album: Album) -> list[int]:
    now = Album.everything.get(pk=album.pk)
    return list(now.in_order().values_list("pk", flat=True))


class Story:
    """Things that two people do with their photos and with an album that one shares with the other."""

    def __init__(self, alice: User, bob: User, seed: int) -> None:
        self.users, self.chance = (alice, bob), random.Random(seed)
        for user in self.users:
            for _ in range(4):
                make_photo(user)
        self.shared = albums.create(owner=alice, name="Shared")
        sharing.share(album=self.shared, name="bob", may_add=True, shows_names=False)
        self.acts: list[Callable[[User], object]] = [
            self.caption, *[self.keywords] * 2, self.date, self.shift, self.like, self.make_album,
            *[self.fill] * 3, self.empty, self.order, self.tell_album, self.delete_album, self.delete_photo,
            *[self.bring_back] * 2, *[self.undo] * 4, *[self.redo] * 2, self.share,
        ]  # fmt: skip

    def one(self, rows: Any) -> Any:
        return self.chance.choice(list(rows.order_by("pk")) or [None])

    def some(self, rows: Any) -> list[int]:
        keys = sorted(rows.values_list("pk", flat=True))
        return self.chance.sample(keys, min(len(keys), self.chance.randrange(1, 4)))

    def mine(self, user: User) -> list[int]:
        return self.some(Photo.objects.visible_to(user))

    def act(self) -> None:
        with suppress(UndoRefused, WordsRefused):
            self.chance.choice(self.acts)(self.chance.choice(self.users))

    def caption(self, user: User) -> None:
        text = self.chance.choice(["", "By the sea", "At home"])
        photo_words.caption(owner=user, photos=self.mine(user), text=text)

    def keywords(self, user: User) -> None:
        verb = self.chance.choice([photo_words.add_keywords, photo_words.remove_keywords])
        words = self.chance.sample(["Sea", "sea", "summer", "Ärger"], 2)
        verb(owner=user, photos=self.mine(user), words=words)

    def date(self, user: User) -> None:
        if self.chance.random() < 0.3:
            photo_words.date_by_itself(owner=user, photos=self.mine(user))
        else:
            on, to = date(self.chance.choice([1988, 2001]), 1, 1), self.chance.choice([*Precision])
            photo_words.date_by_hand(owner=user, photos=self.mine(user), on=on, to=to)

    def shift(self, user: User) -> None:
        by = timedelta(minutes=self.chance.choice([-90, 1, 1440]))
        photo_words.shift(owner=user, photos=self.mine(user), by=by)

    def like(self, user: User) -> None:
        is_so = self.chance.random() < 0.6
        photo_words.like(owner=user, photos=self.mine(user), is_favourite=is_so)

    def make_album(self, user: User) -> None:
        some = self.chance.choice([[], self.mine(user)])
        albums.create(owner=user, name=f"Album {self.chance.randrange(4)}", photos=some)

    def fill(self, user: User) -> None:
        if album := self.one(Album.objects.open_to(user)):
            albums.put(user=user, album=album, photos=self.some(Photo.objects))

    def empty(self, user: User) -> None:
        if album := self.one(Album.objects.readable_by(user)):
            albums.take_out(user=user, album=album, photos=self.some(album.in_order()))

    def order(self, user: User) -> None:
        if album := self.one(Album.objects.visible_to(user)):
            if self.chance.random() < 0.3:
                albums.order_by_date(album=album)
            there = inside(album)
            before = self.chance.choice([None, *there])
            albums.move(album=album, photos=self.some(album.in_order()), before=before)

    def tell_album(self, user: User) -> None:
        if album := self.one(Album.objects.visible_to(user)):
            albums.tell(album=album, name=f"Album {self.chance.randrange(4)}", about="Summer")
            albums.choose_cover(album=album, photo=self.chance.choice([None, 1]))

    def delete_album(self, user: User) -> None:
        if album := self.one(Album.objects.visible_to(user)):
            albums.delete(album=album)

    def delete_photo(self, user: User) -> None:
        if photo := self.one(Photo.objects.visible_to(user)):
            photos.delete(photo)

    def bring_back(self, user: User) -> None:
        there = self.some(BinnedPhoto.objects.visible_to(user))
        photos.bring_back(owner=user, photos=there)

    def undo(self, user: User) -> None:
        if action := self.one(Action.objects.visible_to(user).undoable()):
            saying.undo(action=action)

    def redo(self, user: User) -> None:
        if action := self.one(Action.objects.visible_to(user).filter(is_undone=True)):
            saying.redo(action=action)

    def share(self, user: User) -> None:
        if share := AlbumShare.objects.first():
            sharing.end(share=share)
        elif Album.objects.filter(pk=self.shared.pk).exists():
            sharing.share(album=self.shared, name="bob", may_add=True, shows_names=False)


def heard() -> dict[tuple[str, int, str], Any]:
    """Return what somebody who heard every word, and every taking back, would say is so."""
    said: dict[tuple[str, int, str], Any] = {}
    for word in Word.objects.filter(action__is_undone=False).order_by("pk"):
        said[word.topic, word.subject, word.about] = word.value
    return {key: value for key, value in said.items() if value is not None}


def check() -> None:
    """Compare the libraries with what was said, heard by another ear."""
    there = dict(Photo.objects.values_list("pk", "owner"))
    told: dict[str, dict[tuple[int, str], Any]] = {}
    for (topic, subject, about), value in heard().items():
        told.setdefault(topic, {})[subject, about] = value

    def of(topic: str) -> dict[tuple[int, str], Any]:
        return {key: it for key, it in told.get(topic, {}).items() if key[0] in there}

    captions = Photo.objects.exclude(caption="").values_list("pk", "caption")
    assert {(pk, ""): text for pk, text in captions} == of("caption")
    words = sorted(PhotoKeyword.objects.values_list("photo", "word"))
    assert words == sorted((photo, word) for (photo, _), word in of("keyword").items())
    liked = Photo.objects.filter(is_favourite=True).values_list("pk", flat=True)
    assert {(pk, "") for pk in liked} == of("liked").keys()
    dated = {(one.pk, ""): f"{one.taken}" for one in Photo.objects.filter(taken_from=Source.HAND)}
    assert dated == of("taken")
    # Whatever is said, what a machine found is known still.
    assert {one.read for one in Photo.objects.all()} <= {READ}
    members = {album.pk: {album.owner_id} for album in Album.everything.all()}
    for album, member in AlbumShare.objects.filter(member__isnull=False).values_list(
        "album", "member"
    ):
        members[album].add(member)
    places = AlbumPhoto.objects.values_list("photo", "album", "position")
    assert {(row[0], f"{row[1]}"): row[2] for row in places} == {
        key: place for key, place in of("album").items() if there[key[0]] in members[int(key[1])]
    }
    titles = {
        album: name
        for (album, _), name in told.get("title", {}).items()
        if (album, "") not in told.get("dropped", {})
    }
    assert dict(Album.objects.values_list("pk", "name")) == titles


def check_all(users: tuple[User, User]) -> None:
    check()
    for user in users:
        assert rederiving.differences(Roster.objects.of(user.pk)) == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_every_word_of_photos_stays_that_was_not_taken_back(
    alice: User, bob: User, seed: int
) -> None:
    story = Story(alice, bob, seed)
    for number in range(60):
        story.act()
        (check_all(story.users) if number % 10 == 9 else check())
    assert Action.objects.filter(did=Did.UNDO).exists()

    for action in Action.objects.undoable().order_by("-pk"):
        with suppress(UndoRefused):  # All that it was about has gone.
            saying.undo(action=action)
    check_all(story.users)

    assert not Photo.objects.exclude(caption="", is_favourite=False, taken_from="upload").exists()
    assert not PhotoKeyword.objects.exists()
    assert not AlbumPhoto.objects.exists()
    assert not Album.objects.exists()
    assert not BinnedPhoto.objects.exists()


def test_a_date_by_hand_is_not_changed_by_a_machine_and_undone_gives_back_what_that_found(
    alice: User,
) -> None:
    photo = make_photo(alice, **UNDATED)
    photo_words.date_by_hand(owner=alice, photos=[photo.pk], on=DAY, at=time(9))

    # It is looked for still what the photo says itself.
    assert Photo.objects.of_unknown_dates().get() == photo
    assert results.save(claim=claimed(photo), analysed=analysed(taken=SHOT))

    photo.refresh_from_db()
    assert photo.taken == Taken(datetime(1987, 6, 5, 9), Source.HAND)
    assert not Photo.objects.of_unknown_dates().exists()
    undo(Did.DATE)
    photo.refresh_from_db()
    assert photo.taken == SHOT


def test_a_day_said_of_many_leaves_each_its_time_of_the_day(alice: User) -> None:
    shot: dict[str, Any] = {"taken_at": SHOT.at, "taken_offset": None, "taken_from": "exif"}
    timed, untimed = make_photo(alice, **shot), make_photo(alice)

    photo_words.date_by_hand(owner=alice, photos=[timed.pk, untimed.pk], on=DAY)

    taken = dict(Photo.objects.values_list("pk", "taken_at"))
    assert taken == {
        timed.pk: datetime(1987, 6, 5, 14, 2, 11),
        untimed.pk: datetime(1987, 6, 5),
    }
    photo_words.date_by_itself(owner=alice, photos=[timed.pk, untimed.pk])
    assert [one.taken for one in Photo.objects.order_by("pk")] == [
        Taken(SHOT.at, Source.EXIF),
        READ,
    ]


@pytest.mark.parametrize(
    ("to", "written", "last"),
    [(Precision.YEAR, "1987", date(1987, 12, 31)), (Precision.MONTH, "1987-02", date(1987, 2, 28))],
)
def test_of_a_date_no_more_need_be_known_than_the_year_or_the_month(
    alice: User, to: Precision, written: str, last: date
) -> None:
    photo = make_photo(alice)

    on = dates.by_hand(written).at.date()
    photo_words.date_by_hand(owner=alice, photos=[photo.pk], on=on, to=to)

    photo.refresh_from_db()
    assert photo.taken is not None
    assert (f"{photo.taken}", photo.taken.last) == (written, last)
    assert Word.objects.get().value == written
    assert rederiving.differences(alice.roster) == []
    undo(Did.DATE)
    photo.refresh_from_db()
    assert (photo.taken, photo.taken_to) == (READ, "")


def test_a_clock_that_was_wrong_is_set_right_for_many(alice: User) -> None:
    def shot(at: datetime, source: str = "exif", **more: Any) -> Photo:
        return make_photo(alice, taken_at=at, taken_from=source, taken_offset=None, **more)

    def taken(photos: list[Photo]) -> list[Taken | None]:
        return [Photo.objects.get(pk=photo.pk).taken for photo in photos]

    some = [shot(datetime(2019, 5, 3, 23, 30)), shot(datetime(2019, 5, 4, 0, 10))]
    rough = make_photo(alice)
    photo_words.date_by_hand(owner=alice, photos=[rough.pk], on=DAY, to=Precision.YEAR)
    left = [rough, make_photo(alice), shot(datetime.now() - timedelta(minutes=5))]
    before = taken(left)
    keys = [photo.pk for photo in (*some, *left)]

    photo_words.shift(owner=alice, photos=keys, by=timedelta(days=2, minutes=45))

    assert taken(some) == [
        Taken(datetime(2019, 5, 6, 0, 15), Source.HAND),
        Taken(datetime(2019, 5, 6, 0, 55), Source.HAND),
    ]
    assert taken(left) == before
    assert Action.objects.get(did=Did.SHIFT).count == 2
    assert rederiving.differences(alice.roster) == []
    undo(Did.SHIFT)
    assert taken(some)[0] == Taken(datetime(2019, 5, 3, 23, 30), Source.EXIF)


@pytest.mark.parametrize("by", [timedelta(), timedelta(days=99_999)])
def test_a_clock_is_set_by_something_and_not_by_centuries(alice: User, by: timedelta) -> None:
    photo = make_photo(alice)

    with pytest.raises(WordsRefused):
        photo_words.shift(owner=alice, photos=[photo.pk], by=by)


@pytest.mark.parametrize("day", [date(1700, 1, 1), date(2999, 1, 1)])
def test_no_photo_is_of_a_day_without_photography_or_to_come(alice: User, day: date) -> None:
    photo = make_photo(alice)

    with pytest.raises(WordsRefused):
        photo_words.date_by_hand(owner=alice, photos=[photo.pk], on=day)

    assert not Action.objects.exists()


def test_nobody_is_guessed_to_be_on_a_photo_that_is_said_to_be_from_before_their_birth(
    alice: User,
) -> None:
    make_known(alice, "Ada", vector(1))
    births.say(person=person_called("Ada"), born=Born(2000))
    face = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.match_photos(Roster.objects.of(alice.pk), [face.photo_id])
    assert fresh(face).label == "Ada?"

    photo_words.date_by_hand(owner=alice, photos=[face.photo_id], on=DAY)
    assert fresh(face).label == "Unknown"

    undo(Did.DATE)
    assert fresh(face).label == "Ada?"


def test_keywords_are_one_whatever_their_case_and_only_what_changed_is_said(alice: User) -> None:
    photo = make_photo(alice)
    photo_words.add_keywords(owner=alice, photos=[photo.pk], words=["Sea", "summer"])

    photo_words.add_keywords(owner=alice, photos=[photo.pk], words=["SUMMER", "home"])
    photo_words.tell(owner=alice, photo=photo.pk, text="At home", keywords=["sea", "home"])

    assert keywords(photo) == ["Sea", "home"]
    photo.refresh_from_db()
    assert photo.caption == "At home"
    undo(Did.KEYWORD)
    assert keywords(photo) == ["SUMMER", "Sea", "home"]


def test_whoever_says_something_of_a_photo_touches_it(alice: User) -> None:
    photo = make_photo(alice)
    for say in (
        lambda: photo_words.caption(owner=alice, photos=[photo.pk], text="Sea"),
        lambda: photo_words.add_keywords(owner=alice, photos=[photo.pk], words=["sea"]),
        lambda: photo_words.date_by_hand(owner=alice, photos=[photo.pk], on=DAY),
        lambda: photo_words.like(owner=alice, photos=[photo.pk], is_favourite=True),
        lambda: albums.create(owner=alice, name="Sea", photos=[photo.pk]),
    ):
        before = Photo.objects.get().changed_at
        say()
        assert Photo.objects.get().changed_at > before


def test_nobody_says_anything_of_anothers_photos(alice: User, bob: User) -> None:
    photo = make_photo(alice)

    photo_words.caption(owner=bob, photos=[photo.pk], text="Mine")
    photo_words.like(owner=bob, photos=[photo.pk], is_favourite=True)
    album = albums.create(owner=bob, name="Mine", photos=[photo.pk])

    assert (Photo.objects.get().caption, Photo.objects.get().is_favourite) == ("", False)
    assert inside(album) == []


def test_what_was_said_is_there_again_once_a_photo_is_back_from_the_bin(alice: User) -> None:
    photo = make_photo(alice)
    photo_words.tell(owner=alice, photo=photo.pk, text="At home", keywords=["sea"])
    photo_words.date_by_hand(owner=alice, photos=[photo.pk], on=DAY)
    album = albums.create(owner=alice, name="Home", photos=[photo.pk])
    photos.delete(photo)
    assert inside(album) == []
    # What is undone meanwhile is so of what is in the bin too.
    undo(Did.DATE)

    undo(Did.DELETE_PHOTO)

    photo = Photo.objects.get()
    assert (photo.caption, keywords(photo), photo.taken) == ("At home", ["sea"], READ)
    assert inside(album) == [photo.pk]


def test_photos_are_moved_within_an_album_until_there_is_no_room_between_two(alice: User) -> None:
    keys = [make_photo(alice).pk for _ in range(4)]
    album = albums.create(owner=alice, name="Trip", photos=keys)
    order = list(keys)
    for turn in range(40):
        moved, before = order[3], order[1]
        albums.move(album=album, photos=[moved], before=before)
        order = [order[0], moved, order[1], order[2]]
        assert inside(album) == order, turn
    album.refresh_from_db()
    assert album.is_by_hand

    albums.move(album=album, photos=order[:2], before=None)
    assert inside(album) == [*order[2:], *order[:2]]
    undo(Did.ORDER_ALBUM)
    assert inside(album) == order


def test_an_album_that_is_deleted_comes_back_as_it_was(alice: User) -> None:
    photo = make_photo(alice)
    album = albums.create(owner=alice, name="Home", about="Ours", photos=[photo.pk])

    albums.delete(album=album)
    assert not Album.objects.exists()
    assert Photo.objects.exists()
    with pytest.raises(WordsRefused):
        albums.tell(album=album, name="House", about="")

    undo(Did.DELETE_ALBUM)
    again = Album.objects.get()
    assert (again.name, again.about, inside(again)) == ("Home", "Ours", [photo.pk])


def test_an_album_made_of_photos_is_undone_at_once(alice: User) -> None:
    photo = make_photo(alice)
    albums.create(owner=alice, name="Home", photos=[photo.pk])

    assert Action.objects.get().count == 1
    undo(Did.PUT_IN)

    assert not Album.objects.exists()
    assert not AlbumPhoto.objects.exists()
