"""Which photos a search finds is what somebody would pick who looked at one after the other."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analysis.results import EMOTIONS, Array, Quality
from gallery import installed
from gallery.fields import fold
from gallery.models import (
    Album,
    AlbumPhoto,
    AlbumShare,
    AnalysisJob,
    EmotionWord,
    Face,
    KnownEncoding,
    Person,
    Photo,
    PhotoKeyword,
)
from gallery.models.face_queries import Mark
from gallery.services import curating, people, renewal, search
from gallery.services.search import Excluded, Order, Search, Span
from gallery.services.search.value import Days, Shown
from tests.factories import (
    METHODS,
    UNDATED,
    UPLOADED,
    make_face,
    make_person,
    make_photo,
    sad_face,
    vector,
)


class Plain:
    """Somebody who looks at all photos of an owner, one after the other."""

    def __init__(self, owner: User) -> None:
        self.photos = list(Photo.objects.filter(owner=owner).select_related("job"))
        self.otherwise = set(renewal.made_otherwise(owner).values_list("pk", flat=True))
        self.faces: dict[int, list[Face]] = {photo.pk: [] for photo in self.photos}
        self.keywords: dict[int, set[str]] = {photo.pk: set() for photo in self.photos}
        for keyword in PhotoKeyword.objects.filter(photo__owner=owner):
            self.keywords[keyword.photo_id].add(fold(keyword.word))
        self.albums = {
            album.pk: set(album.in_order().values_list("pk", flat=True))
            for album in Album.objects.filter(owner=owner)
        }
        self.known: dict[int, list[KnownEncoding]] = {}
        for one in KnownEncoding.objects.select_related("face"):
            self.known.setdefault(one.person_id or 0, []).append(one)
        for face in Face.everything.filter(photo__owner=owner).select_related("person"):
            self.faces[face.photo_id].append(face)

    def picked(self, wanted: Search) -> list[int]:
        found = [photo for photo in self.photos if self.fits(photo, wanted)]
        if wanted.order is Order.ADDED:
            found.sort(key=lambda photo: -photo.pk)
        elif wanted.order is Order.ALBUM and len(wanted.albums) == 1:
            album = Album.objects.get(pk=wanted.albums[0])
            if album.is_by_hand:
                places = [*album.in_order().values_list("pk", flat=True)]
                found.sort(key=lambda photo: places.index(photo.pk))
            else:
                found.sort(key=lambda photo: (photo.taken_at or ADDED, photo.pk))
        else:
            # Photos that nobody dated were added on one day, by the site's clock.
            found.sort(key=self.when, reverse=True)
        return [photo.pk for photo in found]

    def when(self, photo: Photo) -> tuple[datetime, bool, int]:
        return photo.taken_at or ADDED, photo.taken_to != "year", photo.pk

    def fits(self, photo: Photo, wanted: Search) -> bool:
        shown = [face for face in self.faces[photo.pk] if face.mark == Mark.NONE]
        known = {face.pk: face.person_id for face in shown if self.is_known(face, wanted)}
        good = [face for face in shown if self.has_all(face, wanted)]
        who = {known.get(face.pk) for face in good}
        everybody = {known.get(face.pk) for face in shown}
        if any(face.mark == Mark.PRIVATE for face in self.faces[photo.pk]):
            everybody.add(None)
        meant = {person for group in wanted.people for person in group}
        asks_of_one = self.asks(wanted) and not (wanted.people or wanted.unnamed)
        return (
            all(who & set(group) for group in wanted.people)
            and (not wanted.unnamed or any(face.person is None for face in good))
            and (not asks_of_one or bool(good))
            and not everybody & set(wanted.without)
            and (not wanted.only or everybody <= meant)
            and within(len(shown), wanted.faces)
            and all(self.says(photo, word) for word in wanted.texts)
            and {fold(word) for word in wanted.keywords} <= self.keywords[photo.pk]
            and (not wanted.favourite or photo.is_favourite)
            and (not wanted.took or within_tenths(self.took(photo), wanted.took))
            and all(photo.pk in self.albums[album] for album in wanted.albums)
            and (not wanted.cameras or photo.camera in wanted.cameras)
            and (not wanted.days or self.is_of(photo, wanted.days))
            and (not wanted.states or any(self.is_in(photo, one) for one in wanted.states))
            and not self.has_any(photo, wanted.excluded)
        )

    def has_any(self, photo: Photo, unwanted: Excluded) -> bool:
        shown = [face for face in self.faces[photo.pk] if face.mark == Mark.NONE]
        return (
            any(face.shown_emotion.label in unwanted.emotions for face in shown)
            or bool({fold(word) for word in unwanted.keywords} & self.keywords[photo.pk])
            or photo.camera in unwanted.cameras
            or any(photo.pk in self.albums[album] for album in unwanted.albums)
            or any(self.says(photo, word) for word in unwanted.texts)
            or any(self.is_in(photo, one) for one in unwanted.states)
        )

    def says(self, photo: Photo, word: str) -> bool:
        return fold(word) in fold(photo.filename) or fold(word) in fold(photo.caption)

    def is_known(self, face: Face, wanted: Search) -> bool:
        return face.is_named or (wanted.sure and face.is_guess)

    def asks(self, wanted: Search) -> bool:
        return any(
            [
                wanted.ages,
                wanted.gender,
                wanted.emotions,
                wanted.confidence,
                wanted.quality,
                wanted.looking,
                wanted.by,
                wanted.distance,
            ]
        )

    def took(self, photo: Photo) -> float | None:
        job = photo.job
        if job.started_at is None or job.finished_at is None:
            return None
        return (job.finished_at - job.started_at).total_seconds()

    def distance(self, face: Face) -> float | None:
        """Return how far the face is from another by which its person is known."""
        if not face.is_named:
            return face.normalised if face.is_guess else None
        others = self.known.get(face.person_id or 0, [])
        best = max((one.face.quality_score or 0 for one in others if one.face), default=0)
        far = []
        for one in others:
            if one.face is not None and one.face.pk != face.pk:
                plain = float(np.linalg.norm(one.vector - face.encoding))
                score = one.face.quality_score
                poorer = 0 if score is None else 0.1 * (best - score)
                far.append(plain - ((one.level or 0) + (face.level or 0)) / 2 + poorer)
        return min(far, default=None)

    def has_all(self, face: Face, wanted: Search) -> bool:
        shown = face.shown_emotion
        share = 1.0 if shown.share is None else shown.share
        quality = face.quality
        if wanted.quality and not (quality and within(int(quality.score * 100), wanted.quality)):
            return False
        if wanted.looking and not (quality and abs(quality.yaw) <= 15 and abs(quality.pitch) <= 12):
            return False
        if wanted.distance and not within_hundredths(self.distance(face), wanted.distance):
            return False
        return (
            wanted.by in {"", face.named_by}
            and within(int(face.age_years), wanted.ages)
            and wanted.gender in {"", face.gender}
            and (not wanted.emotions or shown.label in wanted.emotions)
            and round(share * 100) >= wanted.confidence
        )

    def is_of(self, photo: Photo, days: Days) -> bool:
        if photo.taken_at is None or photo.taken_from == "upload":
            return False
        assert photo.taken is not None
        first, last = photo.taken_at.date(), photo.taken.last
        return (days.first or first) <= first and last <= (days.last or last)

    def is_in(self, photo: Photo, state: Shown) -> bool:
        if state is Shown.NO_FACE:
            faces = {Mark.NONE, Mark.STRANGER, Mark.PRIVATE}
            return photo.has_picture and not any(f.mark in faces for f in self.faces[photo.pk])
        if state is Shown.OTHERWISE:
            return photo.pk in self.otherwise
        if state is Shown.UNDATED:
            return photo.taken_from in {"", "upload"}
        if state is Shown.GONE:
            return photo.is_gone
        if state is Shown.BOX:
            nobodys = {Mark.UNDRAWN, Mark.PRIVATE}
            return any(f.is_due and f.mark not in nobodys for f in self.faces[photo.pk])
        return photo.job.is_failed if state is Shown.FAILED else photo.job.is_open


CAMERAS = ["Canon EOS R5", "Apple iPhone 15", "Sony, \N{HANGUL SYLLABLE GA}"]
KEYWORDS = ["beach", "\N{LATIN CAPITAL LETTER A WITH DIAERESIS}tna", "birthday party"]
ADDED = datetime(2026, 1, 2, 3, 4)


def within(value: float, span: Span) -> bool:
    least, most = span
    return (least is None or value >= least) and (most is None or value <= most)


def within_hundredths(value: float | None, span: Span) -> bool:
    return value is not None and within(math.floor(value * 100), span)


def within_tenths(value: float | None, span: Span) -> bool:
    return value is not None and within(math.floor(value * 10), span)


class Chance:
    """A library, and searches of it, by chance."""

    def __init__(self, owner: User, seed: int, photos: int = 30) -> None:
        self.owner, self.one = owner, random.Random(seed)
        self.people = [make_person(owner, f"Person {number}").pk for number in range(4)]
        orders = {"A": Album.Order.HAND, "B": Album.Order.DATE}
        self.albums = [
            Album.objects.create(owner=owner, name=name, order=order).pk
            for name, order in orders.items()
        ]
        for number in range(photos):
            self.photo(number)

    def photo(self, number: int) -> None:
        chance = self.one
        made: dict[str, Any] = {"methods": METHODS}
        if chance.random() < 0.3:
            made = {"methods": METHODS | {chance.choice(["emotion", "detector"]): "of old"}}
        dated = {"taken_from": "exif", "taken_at": self.day()}
        roughly = {
            "taken_from": "hand",
            "taken_at": datetime(chance.choice([2018, 2019]), 1, 1),
            "taken_to": chance.choice(["month", "year"]),
        }
        date_of = chance.choice([UPLOADED, UNDATED, dated, dated, roughly])
        state = chance.choice(["done"] * 6 + ["queued", "failed"])
        if state == "failed":
            made = {}
        name = f"{chance.choice(['Picnic', 'PICNIC', 'Straße', 'IMG'])} {number}.jpg"
        made["caption"] = chance.choice(["", "At the PICNIC", "Summer"])
        made["is_favourite"] = chance.random() < 0.3
        made["is_gone"] = chance.random() < 0.2
        made["camera"] = chance.choice([*CAMERAS, "", None])
        photo = make_photo(self.owner, state=state, filename=name, **(date_of | made))
        Photo.objects.filter(pk=photo.pk).update(created_at="2026-01-02T03:04:00Z")
        if state != "queued":
            ended = timezone.now()
            began = ended - timedelta(seconds=chance.uniform(0, 5))
            AnalysisJob.objects.filter(photo=photo).update(started_at=began, finished_at=ended)
        for word in chance.sample(KEYWORDS, chance.choice([0, 0, 1, 2])):
            PhotoKeyword.objects.create(photo=photo, word=word)
        for album in chance.sample(self.albums, chance.choice([0, 1])):
            AlbumPhoto.objects.create(photo=photo, album_id=album, position=chance.random())
        for _ in range(chance.choice([0, 1, 1, 2, 3])):
            self.face(photo)

    def day(self) -> datetime:
        start = datetime(2018, 1, 1)
        return start + timedelta(minutes=self.one.randrange(3 * 365 * 24 * 60))

    def face(self, photo: Photo) -> None:
        chance = self.one
        person = chance.choice([*self.people, None])
        by: dict[str, Any] = {}
        if person:
            guess = {"named_by": "machine", "distance": 0.4, "normalised": chance.uniform(0, 0.8)}
            by = chance.choice([{"named_by": "human"}, guess])
            by |= {"person_id": person}
        elif chance.random() < 0.5:
            by = {"mark": chance.choice(Mark.values)}
        yaw, pitch = chance.uniform(-40, 40), chance.uniform(-30, 30)
        seen = [None, *[Quality(90, 0.8, 0.5, yaw, pitch, 1, chance.random())] * 3]
        told = {"age_years": chance.uniform(1, 80), "gender": chance.choice(["female", "male"])}
        told |= {"is_due": chance.random() < 0.2, "level": chance.uniform(-0.1, 0.1)}
        found = installed.population()
        assert found is not None
        told["population"] = found.name
        make = chance.choice([make_face, sad_face])
        face = make(photo, encoding=self.encoding(), quality=chance.choice(seen), **(told | by))
        if face.is_named and chance.random() < 0.7:
            KnownEncoding.objects.create(
                person_id=face.person_id,
                face=face,
                vector=face.encoding,
                encoder=face.encoder,
                level=face.level,
                population=face.population,
            )
        if chance.random() < 0.3 and not face.mark:
            emotion, is_so = chance.choice([face.emotion, "angry"]), chance.random() < 0.5
            EmotionWord.objects.create(face=face, emotion=emotion, is_so=is_so)

    def encoding(self) -> Array:
        steps = [self.one.uniform(-1, 1) / 40 for _ in range(128)]
        found: Array = (vector(1) + np.array(steps)).astype(np.float32)
        return found

    def span(self, low: int, high: int) -> Span:
        least, most = sorted([self.one.randint(low, high), self.one.randint(low, high)])
        return self.one.choice([Span(least, most), Span(least, None), Span(None, most)])

    def group(self, _number: int) -> tuple[int, ...]:
        return tuple(self.one.sample(self.people, self.one.choice([1, 1, 2])))

    def excluded(self) -> Excluded:
        chance = self.one
        asked: dict[str, Any] = {
            "emotions": tuple(chance.sample(EMOTIONS, chance.choice([1, 2]))),
            "cameras": (chance.choice(CAMERAS),),
            "keywords": (chance.choice([*KEYWORDS, "-nobody has it"]),),
            "albums": (chance.choice(self.albums),),
            "texts": (chance.choice(["picnic", "strasse", "-"]),),
            "states": tuple(chance.sample(list(Shown), chance.choice([1, 2]))),
        }
        return Excluded(**{name: asked[name] for name in chance.sample(sorted(asked), 2)})

    def search(self) -> Search:
        chance = self.one
        days = sorted([self.day().date(), self.day().date()])
        asked: dict[str, Any] = {
            "people": tuple(dict.fromkeys(map(self.group, range(chance.choice([1, 1, 2]))))),
            "without": tuple(chance.sample(self.people, chance.choice([1, 2]))),
            "only": True,
            "sure": True,
            "unnamed": True,
            "faces": self.span(0, 4),
            "ages": self.span(10, 60),
            "gender": chance.choice(["female", "male"]),
            "emotions": tuple(chance.sample(EMOTIONS, chance.choice([1, 3]))),
            "confidence": chance.choice([10, 62, 82, 83, 100]),
            "quality": self.span(0, 100),
            "looking": True,
            "by": chance.choice(["human", "machine"]),
            "distance": self.span(0, 60),
            "took": self.span(0, 50),
            "days": chance.choice([Days(*days), Days(days[0], None), Days(None, days[1])]),
            "cameras": tuple(chance.sample(CAMERAS, chance.choice([1, 2]))),
            "keywords": tuple(chance.sample(KEYWORDS, chance.choice([1, 1, 2]))),
            "favourite": True,
            "albums": tuple(chance.sample(self.albums, chance.choice([1, 1, 2]))),
            "texts": (chance.choice(["picnic", "strasse", "1", "img", "-1", "+-1"]),),
            "states": tuple(chance.sample(list(Shown), chance.choice([1, 2]))),
            "excluded": self.excluded(),
            "order": chance.choice(list(Order)),
        }
        wanted = chance.sample(sorted(asked), chance.choice([1, 2, 2, 3, 4]))
        return Search(**{name: asked[name] for name in wanted})


@pytest.mark.parametrize("seed", range(2))
def test_a_search_finds_what_a_look_at_each_photo_finds(alice: User, bob: User, seed: int) -> None:
    chance = Chance(alice, seed)
    make_face(make_photo(bob))
    plain, hits = Plain(alice), 0
    for _ in range(300):
        wanted = chance.search()
        found = search.found(alice, wanted)
        assert found.keys.tolist() == plain.picked(wanted), wanted
        hits += 0 < found.count < len(plain.photos)
    assert hits > 100
    assert search.found(alice, Search()).keys.tolist() == plain.picked(Search())


def test_the_library_is_the_search_for_nothing_newest_taken_first(alice: User) -> None:
    dates = [datetime(2019, 5, 3), datetime(2020, 1, 1), datetime(2018, 7, 7)]
    old, new, oldest = [
        make_photo(alice, taken_at=at, taken_from="exif", taken_offset=None).pk for at in dates
    ]
    found = search.found(alice, Search())
    assert found.keys.tolist() == [new, old, oldest]
    assert search.found(alice, Search(order=Order.ADDED)).keys.tolist() == [oldest, new, old]
    assert found.months == [(2020, 1, 1), (2019, 5, 1), (2018, 7, 1)]
    assert (found.count, found.page(1, 1).tolist(), found.position_of(oldest)) == (3, [old], 2)


def test_it_tells_what_is_beside_a_photo_even_of_one_that_it_does_not_find(alice: User) -> None:
    first, second, third = (make_photo(alice, filename=name).pk for name in ("a1", "b2", "a3"))
    found = search.found(alice, Search(texts=("a",)))
    assert found.around(third) == (None, first)
    assert found.around(first) == (third, None)
    assert found.around(second) == (third, first)
    assert found.position_of(second) is None
    assert found.around(10**9) == (None, None)


def test_a_person_and_a_mood_together_are_that_persons_mood(alice: User) -> None:
    ada, bea = make_person(alice, "Ada"), make_person(alice, "Bea")
    sad_ada, happy_ada = make_photo(alice), make_photo(alice)
    sad_face(sad_ada, person=ada, named_by="human")
    make_face(sad_ada, person=bea, named_by="human")
    make_face(happy_ada, person=ada, named_by="human")

    def found(**asked: Any) -> list[int]:
        return [*map(int, search.found(alice, Search(**asked)).keys)]

    assert found(people=((ada.pk,),), emotions=("happy",)) == [happy_ada.pk]
    assert found(people=((ada.pk, bea.pk),), emotions=("happy",)) == [happy_ada.pk, sad_ada.pk]
    assert found(people=((ada.pk,), (bea.pk,)), emotions=("happy",)) == []
    assert found(people=((ada.pk,),), only=True) == [happy_ada.pk]
    assert found(people=((ada.pk,), (bea.pk,)), only=True) == [sad_ada.pk]


def test_it_is_right_as_soon_as_a_name_is_given(alice: User) -> None:
    face = make_face(make_photo(alice))
    assert search.found(alice, Search(unnamed=True)).count == 1
    people.name_face(face=face, name="Ada")
    ada = Person.objects.get()
    assert search.found(alice, Search(unnamed=True)).count == 0
    assert search.found(alice, Search(people=((ada.pk,),))).count == 1


def test_a_smart_album_is_what_its_search_finds(alice: User, bob: User) -> None:
    photo, other = make_photo(alice, is_favourite=True), make_photo(alice)
    make_photo(bob, is_favourite=True)
    make = Album.objects.create
    favourites = make(owner=alice, name="Best", search="favourite=1&album=7")
    shared = make(owner=bob, name="Bob's", search="order=taken")
    AlbumShare.objects.create(album=shared, member=alice, shows_names=False)
    by_hand = make(owner=bob, name="Bob's own")
    AlbumPhoto.objects.create(album=by_hand, photo=other, position=1)

    def found(*albums: int) -> list[int]:
        return [*map(int, search.found(alice, Search(albums=albums)).keys)]

    assert found(favourites.pk) == [photo.pk]
    assert found(shared.pk) == found(by_hand.pk) == found(favourites.pk, by_hand.pk) == []
    AlbumShare.objects.create(album=by_hand, member=alice, shows_names=False)
    assert found(by_hand.pk) == [other.pk]


def test_photos_of_an_album_may_come_as_it_has_them(alice: User, as_alice: Client) -> None:
    new, old, other = [
        make_photo(alice, taken_at=datetime(year, 5, 3), taken_from="exif").pk
        for year in (2020, 2019, 2021)
    ]
    album = Album.objects.create(owner=alice, name="By hand", order=Album.Order.HAND)
    for position, pk in enumerate((new, old)):
        AlbumPhoto.objects.create(album=album, photo_id=pk, position=position)
    asked = Search(albums=(album.pk,), order=Order.ALBUM)
    found = search.found(alice, asked)
    assert found.keys.tolist() == [new, old]
    Album.objects.filter(pk=album.pk).update(order=Album.Order.DATE)
    assert search.found(alice, asked).keys.tolist() == [old, new]
    assert search.found(alice, asked).around(other) == (new, None)
    # Where there is no such album it is the order of all others.
    assert search.found(alice, Search(order=Order.ALBUM)).keys.tolist() == [other, new, old]
    library = reverse("library")
    assert "order=album" in as_alice.get(library, {"album": album.pk}).content.decode()
    assert "order=album" not in as_alice.get(library).content.decode()


def test_a_search_that_was_kept_means_who_somebody_is_by_now(alice: User) -> None:
    for name in ("Ada", "Annie"):
        people.name_face(face=make_face(make_photo(alice)), name=name)
    ada, annie = (Person.objects.get(name=name) for name in ("Ada", "Annie"))
    kept = Search(people=((annie.pk,),)), Search(without=(annie.pk,))
    assert [search.found(alice, one).count for one in kept] == [1, 1]
    curating.merge(into=ada, others=[annie.pk])
    assert [search.found(alice, one).count for one in kept] == [2, 0]


def test_nobody_finds_what_is_others(alice: User, bob: User) -> None:
    face = make_face(make_photo(alice))
    people.name_face(face=face, name="Ada")
    ada = Person.objects.get()
    for asked in (Search(), Search(people=((ada.pk,),)), Search(emotions=("happy",))):
        assert search.found(bob, asked).count == 0


def test_a_search_costs_the_same_queries_however_much_there_is(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def asked() -> None:
        search.found(alice, Search(emotions=("happy",), days=Days(date(2019, 1, 1), None)))

    for count in (2, 20):
        for _ in range(count):
            make_face(make_photo(alice))
        asked()
        with django_assert_num_queries(2):
            asked()
