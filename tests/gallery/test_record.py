"""What humans said is in the record, all that is shown follows from it, and each word can be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from analysis.born import Born
from analysis.results import EMOTIONS, SAME_FACE, Box
from gallery.models import (
    Action,
    Apart,
    BinnedPhoto,
    EmotionWord,
    Face,
    KnownEncoding,
    Person,
    Photo,
    Refusal,
    Roster,
    Word,
)
from gallery.models.boxed import BoxedBy
from gallery.models.face_queries import SAID, Lost, Mark, NamedBy
from gallery.models.person import Gone
from gallery.models.record import Did
from gallery.services import (
    births,
    boxes,
    curating,
    describing,
    drawing,
    emotions,
    lost,
    matching,
    people,
    photos,
    rederiving,
    results,
    saying,
)
from gallery.services.record import SAID_SINCE, UndoRefused
from tests.factories import (
    CLEAR,
    ENCODER,
    POOR,
    analysed,
    claimed,
    found_face,
    fresh,
    make_face,
    make_known,
    make_photo,
    measured,
    near,
    person_called,
    rematch,
    vector,
)

OTHER_PLACE = Box(300, 300, 340, 340)
PLACES = [(10, 10), (100, 10), (200, 10), (300, 300), (400, 100), (400, 200), (500, 100)]


def roster_of(owner: User) -> Roster:
    return Roster.objects.of(owner.pk)


def last(did: Did) -> Action:
    action = Action.objects.filter(did=did).order_by("-pk").first()
    assert action is not None
    return action


def undo(did: Did) -> saying.Undone:
    return saying.undo(action=last(did))


def named(face: Face) -> str | None:
    found = fresh(face)
    return f"{found.person}" if found.named_by == NamedBy.HUMAN else None


class Story:
    """Things that a person does in a small library, one after the other, chosen by chance."""

    def __init__(self, owner: User, seed: int) -> None:
        self.owner, self.chance = owner, random.Random(seed)
        for _ in range(8):
            photo = make_photo(owner, width=640, height=480)
            for left in (10, 100, 200)[: self.chance.randrange(1, 4)]:
                quality = self.chance.choice([None, CLEAR, POOR])
                box = Box(left, 10, left + 40, 50)
                make_face(photo, self.encoding(), box=box, quality=quality)
        self.acts: list[Callable[[], object]] = [
            *[self.name] * 4, self.take_back, self.refuse, self.confirm, self.merge, self.apart, self.split,
            self.move, self.mark, *[self.feel] * 2, self.rename, self.birth, self.delete_person,
            self.tell, self.show, self.choose_cover,
            self.forget_one, self.add_reference, self.collage, *[self.again] * 2,
            self.delete_photo, self.bring_back, *[self.undo] * 4, self.redo, *[self.draw] * 2, self.correct,
            self.take_away, *[self.measure] * 2, *[self.answer_for_lost] * 2,
        ]  # fmt: skip

    def encoding(self) -> Any:
        return near(vector(self.chance.randrange(4)), 0.3, self.chance.randrange(10**6))

    def one(self, rows: Any) -> Any:
        return self.chance.choice(list(rows.order_by("pk")) or [None])

    def some(self, rows: Any) -> list[int]:
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        return self.chance.sample(keys, min(len(keys), self.chance.randrange(1, 4)))

    def act(self) -> None:
        refusals = (people.NameRefused, people.SeveralPeople, UndoRefused, emotions.WordRefused)
        with suppress(*refusals, drawing.BoxRefused):
            self.chance.choice(self.acts)()

    def name(self) -> None:
        if face := self.one(Face.objects):
            people.name_face(face=face, name=f"Person {self.chance.randrange(6)}")

    def take_back(self) -> None:
        if face := self.one(Face.objects.filter(named_by=NamedBy.HUMAN)):
            people.name_face(face=face, name="")

    def refuse(self) -> None:
        asked = [face for face in Face.objects.order_by("pk") if face.asked_about]
        if asked:
            face = self.chance.choice(asked)
            assert face.asked_about is not None
            people.refuse(face=face, person_id=face.asked_about.pk)

    def confirm(self) -> None:
        if person := self.one(Person.objects):
            people.confirm_many(person=person, faces=self.some(Face.objects))

    def merge(self) -> None:
        if person := self.one(Person.objects):
            curating.merge(into=person, others=self.some(Person.objects))

    def apart(self) -> None:
        one, other = self.one(Person.objects), self.one(Person.objects)
        if one and one != other:
            curating.keep_apart(one=one, other=other)

    def split(self) -> None:
        faces = self.some(Face.objects.filter(named_by=NamedBy.HUMAN))
        curating.split(roster=roster_of(self.owner), faces=faces, name="Somebody else")

    def move(self) -> None:
        if person := self.one(Person.objects):
            faces = self.some(Face.objects)
            curating.move(roster=roster_of(self.owner), faces=faces, person_id=person.pk)

    def mark(self) -> None:
        faces = self.some(Face.everything)
        curating.mark(roster=roster_of(self.owner), faces=faces, mark=self.chance.choice(SAID))

    def feel(self) -> None:
        if face := self.one(Face.objects):
            verb = self.chance.choice([emotions.say, emotions.say_not, emotions.take_back])
            verb(face=face, emotion=self.chance.choice(EMOTIONS))

    def rename(self) -> None:
        if person := self.one(Person.objects):
            people.rename(person=person, name=f"Person {self.chance.randrange(6)}", note="a note")

    def birth(self) -> None:
        if person := self.one(Person.objects):
            births.say(person=person, born=self.chance.choice([None, Born(1988), Born(2005)]))

    def delete_person(self) -> None:
        if person := self.one(Person.objects):
            people.delete(person)

    def tell(self) -> None:
        if person := self.one(Person.objects):
            others = [f"Person {number}" for number in self.chance.sample(range(9), 2)]
            describing.tell(person=person, about=self.chance.choice(["", "Sings"]), aliases=others)

    def show(self) -> None:
        roster, keys = roster_of(self.owner), self.some(Person.objects)
        is_so = self.chance.random() < 0.6
        if self.chance.random() < 0.5:
            describing.hide(roster=roster, keys=keys, is_hidden=is_so)
        else:
            describing.favour(roster=roster, keys=keys, is_favourite=is_so)

    def choose_cover(self) -> None:
        if face := self.one(Face.objects.filter(named_by=NamedBy.HUMAN)):
            assert face.person is not None
            describing.choose_cover(person=face.person, face_id=face.pk)

    def forget_one(self) -> None:
        if known := self.one(KnownEncoding.objects):
            people.remove_encoding(known)

    def add_reference(self) -> None:
        if face := self.one(Face.objects.filter(named_by=NamedBy.HUMAN, known_encoding=None)):
            people.add_reference(face=face)

    def collage(self) -> None:
        photos.mark_collage(photo=self.one(Photo.objects), is_collage=self.chance.random() < 0.5)

    def place(self) -> Box:
        left, top = self.chance.choice(PLACES)
        shift = self.chance.randrange(12)
        return Box(left + shift, top, left + shift + 40, top + 40)

    def draw(self) -> None:
        name = self.chance.choice(["", "", "Person 1", "Person 7"])
        drawing.draw(photo=self.one(Photo.objects), box=self.place(), name=name)

    def correct(self) -> None:
        if face := self.one(Face.objects):
            drawing.correct(face=face, box=self.place())

    def take_away(self) -> None:
        if face := self.one(Face.everything.exclude(boxed_by="")):
            drawing.take_away(face=face)

    def answer_for_lost(self) -> None:
        faces = self.some(Face.objects.exclude(lost=Lost.FOUND))
        lost.answer(roster=roster_of(self.owner), faces=faces, stays=self.chance.random() < 0.5)

    def measure(self) -> None:
        measured(self.owner, lambda box: found_face(self.encoding(), box))

    def again(self) -> None:
        """Analyse a photo again, in which another face is found beside some of those there were."""
        photo = self.one(Photo.objects)
        given = boxes.given(photo)
        rows = Face.everything.filter(photo=photo).order_by("pk")
        there = [face.box for face in rows if face.box not in given]
        again = self.chance.sample(there, self.chance.randrange(len(there) + 1))
        if not any(box.iou(OTHER_PLACE) >= SAME_FACE for box in (*given, *again)):
            again.append(OTHER_PLACE)
        found = [found_face(self.encoding(), box) for box in again]
        for box in given:
            moved = self.chance.choice([None, replace(box, top=box.top + 5)])
            found.append(replace(found_face(self.encoding(), box), is_given=True, found=moved))
        assert results.save(claim=claimed(photo), analysed=analysed(*found))

    def delete_photo(self) -> None:
        if Photo.objects.count() > 2:
            photos.delete(self.one(Photo.objects))

    def bring_back(self) -> None:
        if binned := self.one(BinnedPhoto.objects):
            photos.bring_back(owner=self.owner, photos=[binned.pk])

    def undo(self) -> None:
        if action := self.one(Action.objects.undoable()):
            saying.undo(action=action)

    def redo(self) -> None:
        if action := self.one(Action.objects.filter(is_undone=True)):
            saying.redo(action=action)


class Told:
    """What somebody who heard every word, and every taking back, would say of the library."""

    def __init__(self, owner: User) -> None:
        heard: dict[tuple[str, int, str], Word] = {}
        words = Word.objects.filter(action__roster__owner=owner, action__is_undone=False)
        for word in words.order_by("pk"):
            heard[word.topic, word.subject, word.about] = word
        self.heard = heard

    def who(self, person: int, seen: Set[int] = frozenset()) -> int | None:
        word = self.heard.get(("deleted", person, ""))
        if word and word.value:
            return None
        into = self.heard.get(("merged", person, ""))
        if not into or not into.person:
            return person
        # Two who are said to be each other are nobody.
        return None if into.person in seen else self.who(into.person, {*seen, person})

    def marks(self) -> dict[tuple[int, str], str]:
        """Return what faces are instead, those included that are not there by a drawing, or not yet."""
        found = self.of("mark")
        for face in Face.everything.filter(boxed_by=BoxedBy.DRAWN, found_box__isnull=True):
            if (face.pk, "") not in self.of("box"):
                found[face.pk, ""] = Mark.UNDRAWN
            elif not face.encoder:
                found[face.pk, ""] = Mark.PENDING
        for pk in Face.everything.exclude(lost=Lost.FOUND).values_list("pk", flat=True):
            if self.stays(pk) is False:
                found[pk, ""] = Mark.LET_GO
        return found

    def stays(self, face: int) -> bool | None:
        """Return what is said of whether a face stays that was not found again."""
        word = self.heard.get(("kept", face, ""))
        return bool(word.value) if word and word.value is not None else None

    def names(self) -> dict[int, int]:
        found, marks = {}, self.marks()
        for (topic, face, _), word in self.heard.items():
            if topic == "name" and word.person and (face, "") not in marks:
                found[face] = self.who(word.person)
        # A face of which nothing was said, while that was undone, may have gone since.
        there = set(Face.everything.values_list("pk", flat=True))
        return {face: who for face, who in found.items() if who is not None and face in there}

    def of(self, topic: str) -> dict[tuple[int, str], Any]:
        """Return what is said of a topic of faces that are there, by face and what it is about."""
        there = set(Face.everything.values_list("pk", flat=True))
        return {
            (face, about): word.value
            for (what, face, about), word in self.heard.items()
            if what == topic and word.value and face in there
        }


def check(owner: User) -> None:
    """Compare the library with what was said, heard by another ear."""
    told = Told(owner)
    human = Face.everything.filter(named_by=NamedBy.HUMAN)
    assert dict(human.values_list("pk", "person")) == told.names()
    refused = set(Refusal.objects.values_list("face", "person"))
    assert refused == {(face, int(person)) for face, person in told.of("refusal")}
    apart = {
        (first, int(other))
        for (what, first, other), word in told.heard.items()
        if what == "apart" and word.value
    }
    assert set(Apart.objects.values_list("first", "second")) == apart
    marked = Face.everything.exclude(mark=Mark.NONE)
    assert {(pk, ""): mark for pk, mark in marked.values_list("pk", "mark")} == told.marks()
    boxed = {(face.pk, ""): face for face in Face.everything.all() if face.has_humans_box}
    assert boxed.keys() == told.of("box").keys()
    for key, word in told.of("box").items():
        assert boxed[key].box == Box(*word["box"])
        assert boxed[key].is_drawn is word["drawn"]
        assert boxed[key].is_drawn or boxed[key].detected
    so = EmotionWord.objects.filter(is_so=True)
    assert {(pk, ""): shown for pk, shown in so.values_list("face", "emotion")} == told.of("shows")
    for face in Face.everything.exclude(lost=Lost.FOUND):
        assert (face.lost == Lost.ASKED) is (told.stays(face.pk) is None)
    # Nobody is named, known, guessed or asked about who is not there.
    for rows, who in (
        (Face.everything, "person"),
        (Face.everything, "suggestion"),
        (KnownEncoding.objects, "person"),
    ):
        assert not rows.exclude(**{f"{who}__gone": ""}).exclude(**{who: None}).exists()
    assert not Face.everything.exclude(mark=Mark.NONE).exclude(suggestion=None).exists()
    assert rederiving.differences(roster_of(owner)) == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_every_word_stays_that_was_not_taken_back(alice: User, seed: int) -> None:
    story = Story(alice, seed)
    for _ in range(6):
        story.name()
    with suppress(people.NameRefused):
        story.merge()
    for _ in range(40):
        story.act()
        check(alice)
    assert Action.objects.filter(did=Did.UNDO).exists()

    for action in Action.objects.undoable().order_by("-pk"):
        with suppress(UndoRefused):  # All that it was about has gone.
            saying.undo(action=action)
    check(alice)

    assert not Face.everything.filter(named_by=NamedBy.HUMAN).exists()
    assert not Face.everything.exclude(mark__in=[Mark.NONE, Mark.UNDRAWN]).exists()
    assert not Face.objects.exclude(boxed_by="").exists()
    assert not Refusal.objects.exists()
    assert not Apart.objects.exists()
    assert not EmotionWord.objects.exists()
    assert not Person.objects.exists()
    assert not KnownEncoding.objects.exists()
    assert not Photo.objects.filter(is_collage=True).exists()
    assert not BinnedPhoto.objects.exists()


def test_a_name_that_is_undone_takes_whom_it_made_along(alice: User) -> None:
    face = make_known(alice, "Ada")

    undo(Did.NAME)

    assert named(face) is None
    assert not Person.objects.exists()
    assert not KnownEncoding.objects.exists()


def test_what_came_in_between_stays_as_it_is(alice: User) -> None:
    photo = make_photo(alice)
    first, second = make_face(photo), make_face(photo)
    ada = make_known(alice, "Ada").person
    assert ada is not None
    curating.name(roster=roster_of(alice), faces=[first.pk, second.pk], person_id=ada.pk)
    people.name_face(face=second, name="Grace")

    undone = saying.undo(action=Action.objects.filter(did=Did.NAME, count=2).get())

    assert (named(first), named(second)) == (None, "Grace")
    assert undone.kept > 0
    undo(Did.NAME)
    # Neither Grace, who is undone, nor Ada, who was before.
    assert named(second) is None


def test_what_was_said_otherwise_since_is_not_undone_but_told(alice: User) -> None:
    face = make_known(alice, "Ada")
    first = last(Did.NAME)
    people.name_face(face=face, name="Grace")

    with pytest.raises(UndoRefused, match=f"{SAID_SINCE}"):
        saying.undo(action=first)

    assert named(face) == "Grace"
    assert not Action.objects.filter(did=Did.UNDO).exists()
    undo(Did.NAME)
    assert named(face) == "Ada"


def test_what_was_undone_can_be_done_again(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    undo(Did.NAME)

    saying.redo(action=last(Did.NAME))

    assert named(face) == "Ada"
    assert KnownEncoding.objects.get().face == face
    with pytest.raises(UndoRefused):
        saying.redo(action=last(Did.NAME))


def test_a_word_that_was_said_before_is_not_written_again(alice: User) -> None:
    face = make_known(alice, "Ada")
    count = Word.objects.count()

    people.name_face(face=face, name="ada")

    assert Word.objects.count() == count
    assert Action.objects.count() == 1


def test_people_who_are_one_share_faces_until_that_is_undone(alice: User) -> None:
    ada, annie = make_known(alice, "Ada", vector(1)), make_known(alice, "Annie", vector(2))
    guess = make_face(make_photo(alice), near(vector(2), 0.1))
    matching.match_photos(roster_of(alice), [guess.photo_id])
    assert fresh(guess).label == "Annie?"

    curating.merge(into=person_called("Ada"), others=[person_called("Annie").pk])

    assert named(annie) == "Ada"
    assert [one.name for one in Person.objects.all()] == ["Ada"]
    assert fresh(guess).label == "Ada?"
    assert set(KnownEncoding.objects.values_list("person__name", flat=True)) == {"Ada"}
    # Named as the one that both are by now, which is nobody else's word.
    people.confirm(face=fresh(guess), person_id=person_called("Ada").pk)

    undo(Did.MERGE)

    assert (named(ada), named(annie), named(guess)) == ("Ada", "Annie", "Ada")
    assert fresh(annie).person == person_called("Annie")


def test_two_are_not_made_each_other_by_doing_one_of_two_merges_again(alice: User) -> None:
    faces = make_known(alice, "Ada", vector(1)), make_known(alice, "Annie", vector(2))
    ada, annie = person_called("Ada"), person_called("Annie")
    curating.merge(into=ada, others=[annie.pk])
    first = last(Did.MERGE)
    saying.undo(action=first)
    curating.merge(into=annie, others=[ada.pk])

    with pytest.raises(UndoRefused, match="the other way round"):
        saying.redo(action=first)

    assert [named(face) for face in faces] == ["Annie", "Annie"]
    undo(Did.MERGE)
    saying.redo(action=first)
    assert [named(face) for face in faces] == ["Ada", "Ada"]


def test_a_refusal_holds_for_whom_the_refused_one_is_merged_into(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Annie", vector(3))
    face = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.match_photos(roster_of(alice), [face.photo_id])
    people.refuse(face=fresh(face), person_id=person_called("Ada").pk)

    curating.merge(into=person_called("Annie"), others=[person_called("Ada").pk])

    assert fresh(face).asked_about is None


def test_what_was_brought_for_somebody_goes_where_they_go(alice: User) -> None:
    roster = roster_of(alice)
    make_known(alice, "Ada")
    annie = make_known(alice, "Annie").person
    brought = KnownEncoding.objects.create(
        person=annie,
        brought_for=annie,
        imported_from="known.bin",
        vector=vector(5),
        encoder=ENCODER,
    )
    assert annie is not None

    curating.merge(into=person_called("Ada"), others=[annie.pk])
    assert KnownEncoding.objects.get(pk=brought.pk).person == person_called("Ada")

    people.delete(person_called("Ada"))
    assert KnownEncoding.objects.get(pk=brought.pk).person is None
    assert not KnownEncoding.objects.of(roster).exists()

    undo(Did.DELETE_PERSON)
    undo(Did.MERGE)
    assert KnownEncoding.objects.get(pk=brought.pk).person == annie


def test_what_was_brought_and_forgotten_stays_so_until_that_is_undone(alice: User) -> None:
    roster = roster_of(alice)
    face = make_face(make_photo(alice), near(vector(5), 0.1))
    annie = make_known(alice, "Annie").person
    one = KnownEncoding.objects.create(
        person=annie,
        brought_for=annie,
        imported_from="known.bin",
        vector=vector(5),
        encoder=ENCODER,
    )
    assert annie is not None
    rematch(alice)
    assert fresh(face).label == "Annie?"

    people.remove_encoding(one)
    assert fresh(face).label == "Unknown"
    make_known(alice, "Ada")
    curating.merge(into=person_called("Ada"), others=[annie.pk])
    assert KnownEncoding.objects.get(pk=one.pk).person is None
    assert rederiving.differences(roster) == []

    undo(Did.FORGET)
    assert KnownEncoding.objects.get(pk=one.pk).person == person_called("Ada")
    undo(Did.MERGE)
    assert fresh(face).label == "Annie?"
    assert rederiving.differences(roster) == []


def test_who_was_deleted_comes_back_with_all_that_was_theirs(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    births.say(person=person_called("Ada"), born=Born(1988))
    people.delete(person_called("Ada"))
    assert named(face) is None
    assert not Person.objects.exists()
    people.name_face(face=make_face(make_photo(alice), vector(1)), name="Ada")

    undo(Did.DELETE_PERSON)

    assert named(face) == "Ada"
    assert Person.objects.called("Ada").count() == 2
    assert fresh(face).person.born == Born(1988)  # type: ignore[union-attr]


@pytest.mark.parametrize("mark", [Mark.NO_FACE, Mark.STRANGER])
def test_what_is_nobodys_stays_so_when_it_is_found_again(alice: User, mark: Mark) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.match_photos(roster_of(alice), [face.photo_id])
    curating.mark(roster=roster_of(alice), faces=[face.pk], mark=mark)

    results.save(claim=claimed(face.photo), analysed=analysed(found_face(near(vector(1), 0.1))))

    found = Face.everything.get(photo=face.photo_id)
    assert (found.pk, found.mark, found.person, found.suggestion) == (face.pk, mark, None, None)
    assert Face.objects.filter(pk=face.pk).exists() is (mark is Mark.STRANGER)
    undo(curating.DID[mark])
    assert fresh(face).label == "Ada?"


def test_whose_faces_are_marked_have_their_name_again_when_that_is_undone(alice: User) -> None:
    face = make_known(alice, "Ada")
    curating.mark(roster=roster_of(alice), faces=[face.pk], mark=Mark.NO_FACE)
    assert not Person.objects.exists()

    undo(Did.NO_FACE)

    assert named(face) == "Ada"
    assert KnownEncoding.objects.get().face == face


def test_a_stranger_who_is_named_is_none_any_more(alice: User) -> None:
    face = make_face(make_photo(alice))
    curating.mark(roster=roster_of(alice), faces=[face.pk], mark=Mark.STRANGER)

    people.name_face(face=fresh(face), name="Ada")

    assert named(face) == "Ada"
    assert fresh(face).mark == Mark.NONE


def test_faces_that_are_split_off_are_somebody_new_who_is_known_by_them(alice: User) -> None:
    first, second = make_known(alice, "Ada", vector(1)), make_known(alice, "Ada", vector(2))

    grace = curating.split(roster=roster_of(alice), faces=[second.pk], name="Grace")

    assert (named(first), named(second)) == ("Ada", "Grace")
    assert KnownEncoding.objects.get(face=second).person == grace
    undo(Did.SPLIT)
    assert named(second) == "Ada"
    assert [one.name for one in Person.objects.all()] == ["Ada"]
    assert Person.everyone.get(pk=grace.pk).gone == Gone.UNUSED


def test_nobody_says_anything_of_anothers_faces(alice: User, bob: User) -> None:
    face = make_known(alice, "Ada")
    bobs = make_known(bob, "Bob").person
    assert bobs is not None

    curating.mark(roster=roster_of(bob), faces=[face.pk], mark=Mark.NO_FACE)
    curating.move(roster=roster_of(bob), faces=[face.pk], person_id=bobs.pk)
    with pytest.raises(people.NameRefused):
        curating.move(roster=roster_of(alice), faces=[face.pk], person_id=bobs.pk)
    with pytest.raises(people.NameRefused):
        curating.merge(into=person_called("Ada"), others=[bobs.pk])

    assert named(face) == "Ada"
    assert not Action.objects.filter(did__in=[Did.NO_FACE, Did.MOVE, Did.MERGE]).exists()


def test_a_person_is_not_merged_with_nobody(alice: User) -> None:
    make_known(alice, "Ada")

    with pytest.raises(people.NameRefused, match="Choose two people"):
        curating.merge(into=person_called("Ada"), others=[person_called("Ada").pk])


def test_the_command_tells_and_mends_what_differs_from_the_record(alice: User, capsys: Any) -> None:
    face, other = make_known(alice, "Ada"), make_face(make_photo(alice))
    emotions.say(face=face, emotion="happy")
    call_command("check_words")
    assert "All is as the record says." in capsys.readouterr().out
    Face.objects.filter(pk=face.pk).update(person=None, named_by=NamedBy.NOBODY)
    Refusal.objects.create(face=other, person=person_called("Ada"))

    with pytest.raises(CommandError, match="2 differ from the record"):
        call_command("check_words")
    assert f"Name of face {face.pk}: None here" in capsys.readouterr().out
    assert named(face) is None

    gone = make_known(alice, "Grace").person
    guess = make_face(make_photo(alice), near(face.encoding, 0.2))
    assert gone is not None
    people.delete(gone)
    since = timezone.now() - timedelta(days=20)
    Person.everyone.filter(pk=gone.pk).update(gone_at=since)

    call_command("check_words", "--mend")
    assert named(face) == "Ada"
    assert fresh(guess).label == "Ada?"
    # Nobody waits longer to be forgotten by that.
    assert Person.everyone.get(pk=gone.pk).gone_at == since
    assert not Refusal.objects.exists()
    call_command("check_words")
