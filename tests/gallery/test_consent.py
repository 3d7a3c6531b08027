"""Whoever does not want to be recognised is not: no name, no crop, no guess, no group."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.results import Box
from gallery.jobs import tasks
from gallery.models import (
    ErasedFace,
    Face,
    GroupedFace,
    GroupPortrait,
    KnownEncoding,
    LockedVector,
    Person,
    Task,
    Word,
)
from gallery.models.face_queries import Mark
from gallery.models.person import Consent, Gone
from gallery.models.record import Did
from gallery.services import (
    consent,
    curating,
    emotions,
    erasing,
    grouping,
    locked,
    matching,
    people,
    photos,
    rederiving,
    results,
    saying,
)
from gallery.worker.work.erasing import erase_all
from tests.factories import (
    analysed,
    claimed,
    found_face,
    fresh,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    vector,
)
from tests.gallery.test_record import Story, last, named, roster_of, undo

NAME = "Zéphyrine Quux"


def refuse(name: str = NAME, *, is_locked: bool = False) -> Person:
    person = person_called(name)
    consent.say(person=person, answer=Consent.REFUSED, is_locked=is_locked)
    person.refresh_from_db(from_queryset=Person.everyone.all())
    return person


def crops_of(face: Face) -> list[bool]:
    photo = face.photo
    return [path.exists() for path in (photo.face_crop(face.pk), photo.emotion_crop(face.pk))]


def upload(owner: User, *found: Any) -> list[Face]:
    """Analyse a new photo of the owner; return its faces."""
    photo = make_photo(owner)
    assert results.save(claim=claimed(photo), analysed=analysed(*found))
    return list(Face.everything.filter(photo=photo).order_by("left"))


def test_who_agreed_is_named_as_before(alice: User) -> None:
    face = make_known(alice, NAME)

    consent.say(
        person=person_called(NAME), answer=Consent.GIVEN, on=date(2026, 5, 3), note="by mail"
    )

    person = person_called(NAME)
    assert (person.consent, person.consent_on, person.consent_note) == (
        "given",
        date(2026, 5, 3),
        "by mail",
    )
    assert named(face) == NAME
    undo(Did.CONSENT)
    assert person_called(NAME).consent == Consent.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_who_refuses_loses_name_crops_and_references(alice: User) -> None:
    face = make_known(alice, NAME, vector(1), crop=True)
    guess = make_face(make_photo(alice), near(vector(1), 0.1), crop=True)
    matching.rematch(roster_of(alice))
    assert fresh(guess).label == f"{NAME}?"

    refuse()

    assert not Person.objects.exists()
    assert not KnownEncoding.objects.of(roster_of(alice)).exists()
    assert fresh(face).person is None
    assert fresh(face).mark == Mark.PRIVATE
    assert fresh(guess).asked_about is None
    assert crops_of(face) == [False, False]
    assert not fresh(face).has_emotion_crop
    assert rederiving.differences(roster_of(alice)) == []


@pytest.mark.parametrize("is_locked", [False, True])
def test_a_new_photo_of_who_refused_is_not_named_and_not_grouped(
    alice: User, is_locked: bool
) -> None:
    make_known(alice, NAME, vector(1))
    make_known(alice, "Bob", vector(5))
    refuse(is_locked=is_locked)

    new = [upload(alice, found_face(near(vector(1), 0.1, seed)))[0] for seed in range(3)]
    grouping.regroup(roster_of(alice))

    assert [fresh(face).asked_about for face in new] == [None] * 3
    assert [fresh(face).person for face in new] == [None] * 3
    in_groups = set(GroupedFace.objects.exclude(group=None).values_list("face", flat=True))
    if is_locked:
        assert {fresh(face).mark for face in new} == {Mark.PRIVATE}
        assert not in_groups
        assert not any(any(crops_of(face)) for face in new)
    else:
        # Nothing is known by which they could be told: they are strangers, and not with the old face.
        assert {fresh(face).mark for face in new} == {Mark.NONE}
        assert Face.objects.get(mark=Mark.PRIVATE).pk not in in_groups


def test_one_locked_vector_keeps_out_who_is_near_and_nobody_else(alice: User) -> None:
    make_known(alice, NAME, vector(1))
    before = make_face(make_photo(alice), near(vector(1), 0.2))
    other = make_face(make_photo(alice), vector(5))

    refuse(is_locked=True)

    lock = LockedVector.objects.get()
    assert lock.person == Person.everyone.get()
    assert fresh(before).mark == Mark.PRIVATE
    assert fresh(other).mark == Mark.NONE
    new, stranger = upload(
        alice,
        found_face(near(vector(1), 0.2, 1)),
        found_face(vector(6), Box(200, 10, 240, 50)),
    )
    assert (new.mark, stranger.mark) == (Mark.PRIVATE, Mark.NONE)
    assert locked.near(roster_of(alice), [new.pk, stranger.pk, other.pk]) == {new.pk}
    assert rederiving.differences(roster_of(alice)) == []


def test_an_undoing_brings_everything_back_and_has_crops_made_again(alice: User) -> None:
    face = make_known(alice, NAME, vector(1), crop=True)
    guess = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.rematch(roster_of(alice))
    refuse(is_locked=True)

    undo(Did.CONSENT)

    assert named(face) == NAME
    assert fresh(guess).label == f"{NAME}?"
    assert not LockedVector.objects.exists()
    assert KnownEncoding.objects.get().face == face
    assert fresh(face).is_due
    assert Task.objects.get().kind == "boxes"
    assert rederiving.differences(roster_of(alice)) == []
    saying.redo(action=last(Did.CONSENT))
    assert fresh(face).mark == Mark.PRIVATE
    assert LockedVector.objects.exists()


def test_agreeing_again_is_a_word_of_its_own(alice: User) -> None:
    face = make_known(alice, NAME)
    person = refuse()

    consent.say(person=person, answer=Consent.GIVEN)

    assert named(face) == NAME
    assert person_called(NAME).consent == Consent.GIVEN


def test_whoever_was_merged_with_them_goes_and_comes_with_them(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    merged = make_known(alice, "Zephy", vector(2))
    curating.merge(into=person_called(NAME), others=[person_called("Zephy").pk])

    refuse()

    assert [fresh(one).mark for one in (face, merged)] == [Mark.PRIVATE] * 2
    assert rederiving.differences(roster_of(alice)) == []
    undo(Did.CONSENT)
    assert [named(one) for one in (face, merged)] == [NAME, NAME]


def test_a_face_that_was_kept_out_by_mistake_can_be_named(alice: User) -> None:
    make_known(alice, NAME, vector(1))
    refuse(is_locked=True)
    twin = upload(alice, found_face(near(vector(1), 0.2)))[0]

    people.name_face(face=twin, name="Bob")

    assert named(twin) == "Bob"
    assert fresh(twin).is_due
    assert rederiving.differences(roster_of(alice)) == []


def test_another_analysis_leaves_them_alone(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    refuse()

    again = analysed(found_face(vector(1), face.box))
    assert results.save(claim=claimed(face.photo), analysed=again)

    assert fresh(face).mark == Mark.PRIVATE
    assert crops_of(face) == [False, False]
    assert not fresh(face).has_emotion_crop


def test_a_photo_from_the_bin_shows_them_no_more(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    unknown = make_face(face.photo, near(vector(1), 0.1), box=Box(100, 10, 140, 50))
    make_known(alice, "Bob", vector(2))
    other = make_face(make_photo(alice), vector(3))
    people.name_as(face=other, person_id=person_called(NAME).pk)
    photos.delete(face.photo)
    refuse(is_locked=True)
    LockedVector.objects.update(vector=vector(1))

    photos.bring_back(owner=alice, photos=[face.photo_id])

    assert [fresh(one).mark for one in (face, unknown)] == [Mark.PRIVATE] * 2
    assert rederiving.differences(roster_of(alice)) == []


def test_nothing_tells_who_it_is(alice: User, as_alice: Client) -> None:
    face = make_known(alice, NAME, vector(1))
    emotions.say(face=face, emotion="sad")
    Task.objects.create(
        kind="pictures", owner=alice, state="done", arguments={"source": f"{NAME}.zip"},
        result={"told": [], "people": {}},
    )  # fmt: skip
    person = refuse()

    for url in (
        reverse("done"),
        reverse("people"),
        reverse("library"),
        reverse("photo", args=[face.photo_id]),
        reverse("photo_json", args=[face.photo_id]),
        reverse("api_people"),
        reverse("work"),
    ):
        assert NAME not in as_alice.get(url).content.decode(), url
    assert as_alice.get(reverse("person", args=[person.pk])).status_code == 404
    assert as_alice.get(reverse("why", args=[face.pk])).status_code == 404
    result = as_alice.get(reverse("photo_json", args=[face.photo_id])).json()
    assert result["faces"][0].keys() == {"id", "box", "private"}
    assert "Whether somebody agrees" in as_alice.get(reverse("done")).content.decode()


def test_the_persons_page_says_it_and_the_card_shows_it(alice: User, as_alice: Client) -> None:
    make_known(alice, NAME)
    person = person_called(NAME)
    url = reverse("say_consent", args=[person.pk])

    as_alice.post(url, {"answer": "given", "on": "2026-05-03", "note": "by mail"})

    html = as_alice.get(person.get_absolute_url()).content.decode()
    assert "Agreed to be recognised, May 3, 2026" in html or "3 May" in html
    assert "by mail" in html
    assert "Agreed to be recognised" in as_alice.get(reverse("people")).content.decode()
    wrong = as_alice.post(url, {"answer": "given", "on": "2026-13-03", "note": "again"})
    assert "There is no such day" in wrong.content.decode()
    assert "again" in wrong.content.decode()
    assert person_called(NAME).consent_note == "by mail"


def test_who_refused_stands_without_a_name_and_agrees_again(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    face = make_known(alice, NAME, vector(1))
    person = person_called(NAME)
    url, answer = reverse("say_consent", args=[person.pk]), reverse("answer_refused")

    said = as_alice.post(url, {"answer": "refused", "locked": "on"}, follow=True)

    assert said.redirect_chain == [(reverse("refused"), 302)]
    html = said.content.decode()
    assert "Somebody who does not want to be recognised, since" in html
    assert "One locked vector keeps their faces out." in html
    assert NAME not in html
    assert "1 person does not want" in as_alice.get(reverse("people")).content.decode()
    photo = as_alice.get(reverse("photo", args=[face.photo_id])).content.decode()
    assert "Nothing is shown of this face." in photo
    assert reverse("face_crop", args=[face.pk]) not in photo
    # Another's page knows nothing of it, and changes nothing.
    assert "Somebody who does not want" not in as_bob.get(reverse("refused")).content.decode()
    for do in ("agree", "sure"):
        as_bob.post(answer, {"person": person.pk, "do": do})
    assert named(face) is None
    assert not Task.objects.filter(kind=erasing.KIND).exists()

    back = as_alice.post(answer, {"person": person.pk, "do": "agree"})

    assert back["Location"] == person.get_absolute_url()
    assert named(face) == NAME


def test_who_refused_is_erased_from_their_line_once_that_is_sure(
    alice: User, as_alice: Client
) -> None:
    make_known(alice, NAME)
    person = refuse(is_locked=True)
    url = reverse("answer_refused")

    asked = as_alice.post(url, {"person": person.pk, "do": "erase"})
    assert "which can't be undone" in asked.content.decode()
    assert not Task.objects.filter(kind=erasing.KIND).exists()

    sure = as_alice.post(url, {"person": person.pk, "do": "sure"})

    task = Task.objects.get(kind=erasing.KIND)
    assert sure["Location"] == reverse("task", args=[task.pk])
    assert task.arguments["is_private"]
    LockedVector.objects.update(person=None)
    html = as_alice.get(reverse("refused")).content.decode()
    assert "Erased, but for one locked vector" in html
    lock = LockedVector.objects.get()
    gone = as_alice.post(url, {"lock": lock.pk, "do": "let_in"}).content.decode()
    assert "The locked vector goes for good" in gone
    assert LockedVector.objects.exists()
    as_alice.post(url, {"lock": lock.pk, "do": "sure"})
    assert not LockedVector.objects.exists()


def test_no_picture_asks_any_more_which_face_is_theirs(alice: User, as_alice: Client) -> None:
    make_known(alice, NAME)
    make_known(alice, "Zephy")
    person, merged = person_called(NAME), person_called("Zephy")
    photo = make_photo(alice)
    make_face(photo)
    groups = [GroupPortrait.objects.create(photo=photo, person=one) for one in (person, merged)]
    curating.merge(into=person, others=[merged.pk])

    refuse()

    for url in (reverse("group_portraits"), *[group.get_absolute_url() for group in groups]):
        said = as_alice.get(url, follow=True)
        assert said.redirect_chain[-1][0] == reverse("people")
        assert "Which one is" not in said.content.decode()
    undo(Did.CONSENT)
    assert "Which one is" in as_alice.get(groups[0].get_absolute_url()).content.decode()


def test_how_it_is_known_is_kept_without_what_cannot_be_seen(alice: User) -> None:
    make_known(alice, NAME)

    consent.say(person=person_called(NAME), answer=Consent.GIVEN, note="by\x00 mail\n")

    assert person_called(NAME).consent_note == "by mail"


def days_ago(person: Person, days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    Person.everyone.filter(pk=person.pk).update(gone_at=at)


@pytest.mark.django_db(transaction=True)
def test_after_thirty_days_who_refused_is_erased_but_for_the_locked_vector(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    person = refuse(is_locked=True)
    days_ago(person, 29)
    assert consent.sweep() == 0
    days_ago(person, 31)

    assert consent.sweep() == 1
    task = tasks.claim([erasing.KIND])
    assert task is not None
    erase_all(task)

    task.refresh_from_db()
    assert task.result["found"] == []
    assert "erased_locked" in f"{task.result['stays']}"
    assert not Person.everyone.exists()
    assert not Word.objects.filter(value__isnull=False).exists()
    assert not Face.everything.exists()
    assert ErasedFace.objects.get().is_private
    assert ErasedFace.objects.get().photo_id == face.photo_id
    assert LockedVector.objects.get().person is None
    assert upload(alice, found_face(near(vector(1), 0.1)))[0].mark == Mark.PRIVATE
    assert rederiving.differences(roster_of(alice)) == []


def test_who_was_erased_is_let_in_again_as_somebody_unknown(alice: User) -> None:
    make_known(alice, NAME, vector(1))
    refuse(is_locked=True)
    LockedVector.objects.update(person=None)
    new = upload(alice, found_face(near(vector(1), 0.1)))[0]
    assert new.mark == Mark.PRIVATE

    consent.let_in(roster=roster_of(alice), lock=LockedVector.objects.get())

    assert fresh(new).mark == Mark.NONE
    assert fresh(new).is_due
    assert not LockedVector.objects.exists()


def test_a_day_to_come_and_a_long_note_are_refused(alice: User) -> None:
    make_known(alice, NAME)
    tomorrow = timezone.localdate() + timedelta(days=2)

    with pytest.raises(consent.ConsentRefused, match="still to come"):
        consent.say(person=person_called(NAME), answer=Consent.GIVEN, on=tomorrow)
    with pytest.raises(consent.ConsentRefused, match="500 letters"):
        consent.say(person=person_called(NAME), answer=Consent.GIVEN, note="x" * 501)

    assert person_called(NAME).consent == Consent.UNKNOWN


class Consenting(Story):
    """A story in which people are asked whether they agree."""

    def __init__(self, owner: User, seed: int) -> None:
        super().__init__(owner, seed)
        self.acts += [self.consent] * 4

    def consent(self) -> None:
        if person := self.one(Person.everyone.filter(gone__in=[Gone.NOT, Gone.REFUSED])):
            answer = self.chance.choice([*Consent])
            consent.say(person=person, answer=answer, is_locked=self.chance.random() < 0.5)


@pytest.mark.parametrize("seed", [1])
def test_whatever_is_done_in_between_all_follows_from_what_was_said(alice: User, seed: int) -> None:
    story = Consenting(alice, seed)
    for _ in range(5):
        story.name()
    for _ in range(30):
        story.act()
        assert rederiving.differences(roster_of(alice)) == []
    assert Word.objects.filter(topic="consent").exists()
