"""People who come from a file of names and encodings: known without a face, and never taken for others."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from analysis.known import as_json, pickled
from analysis.known.known import Known, checked
from analysis.results import Array
from gallery import installed
from gallery.jobs import tasks
from gallery.models import KnownEncoding, Person, Roster, Task
from gallery.services import known_files, newcomers, people
from gallery.services.known_files import Plan
from gallery.worker.work.names import guess_some
from tests.factories import (
    ENCODER,
    fresh,
    known_encoding,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)

pytestmark = pytest.mark.django_db


def file_of(*people: tuple[str, Array]) -> Known:
    return checked([name for name, _ in people], np.stack([one for _, one in people]))


ADA = ("Ada", vector(1))
STUDY = file_of(ADA, ("Grace", vector(2)), ("Ada", near(vector(1), 0.3)))


def bring(owner: User, known: Known, source: str = "known.bin") -> Plan:
    return known_files.bring(roster=Roster.objects.of(owner.pk), known=known, source=source)


def test_people_are_known_by_encodings_without_a_face(alice: User) -> None:
    plan = bring(alice, STUDY)

    assert (plan.new, plan.here, plan.count) == (["Ada", "Grace"], [], 3)
    assert plan.added == {"Ada": 2, "Grace": 1}
    first, second, third = KnownEncoding.objects.order_by("pk")
    assert [f"{one.person}" for one in (first, second, third)] == ["Ada", "Grace", "Ada"]
    assert {one.imported_from for one in (first, second, third)} == {"known.bin"}
    assert {one.face_id for one in (first, second, third)} == {None}
    assert (first.vector == ADA[1]).all()
    assert first.encoder == ENCODER
    population = installed.population()
    assert population
    assert first.level == pytest.approx(population.levels(ADA[1][None])[0], abs=1e-6)
    assert first.population == population.name


def test_faces_are_named_by_them(alice: User) -> None:
    face = make_face(make_photo(alice), near(vector(1), 0.2))
    bring(alice, STUDY)

    [task] = Task.objects.filter(kind="names")
    assert task.owner == alice
    rematch(alice)

    person = fresh(face).person
    assert person
    assert person.name == "Ada"
    people.confirm(face=fresh(face), person_id=person.pk)
    assert fresh(face).is_named
    assert Person.objects.get(name="Ada").encodings.count() == 3


def test_where_names_are_being_guessed_already_it_begins_again_with_these_people(
    alice: User,
) -> None:
    face = make_face(make_photo(alice), near(vector(2), 0.2))
    bring(alice, file_of(ADA))
    claimed = tasks.claim(["names"])
    assert claimed
    assert guess_some(claimed)
    assert fresh(face).person is None

    bring(alice, STUDY, "more.bin")
    while guess_some(claimed):
        pass

    assert Task.objects.filter(kind="names").count() == 1
    person = fresh(face).person
    assert person
    assert person.name == "Grace"


def test_whoever_bears_the_name_is_known_by_more(alice: User) -> None:
    ada = make_person(alice, "ADA")

    plan = bring(alice, STUDY)

    assert (plan.new, plan.here) == (["Grace"], ["Ada"])
    assert ada.encodings.count() == 2
    assert Person.objects.count() == 2


def test_a_name_that_several_bear_is_somebody_new_and_said(alice: User) -> None:
    first, second = make_person(alice, "Ada"), make_person(alice, "Ada")

    plan = bring(alice, STUDY)

    assert (plan.shared, plan.new) == (["Ada"], ["Ada", "Grace"])
    assert not first.encodings.exists()
    assert not second.encodings.exists()
    new = Person.objects.get(name="Ada", note="known.bin")
    assert new.encodings.count() == 2

    again = bring(alice, file_of(("Ada", near(vector(1), 0.4, 7))))

    assert (again.shared, again.here, again.new) == (["Ada"], ["Ada"], [])
    assert new.encodings.count() == 3


def test_names_that_differ_in_case_are_one_person(alice: User) -> None:
    bring(alice, file_of(ADA, ("ADA", vector(3))))

    assert person_called("Ada").encodings.count() == 2


def test_no_encoding_is_known_twice_whatever_its_person_is_called_by_now(alice: User) -> None:
    bring(alice, STUDY)
    people.rename(person=person_called("Ada"), name="Ada Lovelace")
    mine = known_encoding(make_known(alice, "Joan", vector(5)))

    plan = bring(
        alice, file_of(*zip(STUDY.names, STUDY.encodings, strict=True), ("J", mine.vector))
    )

    assert plan.count == 0
    assert plan.already == [
        ("Ada", "Ada Lovelace"),
        ("Grace", "Grace"),
        ("Ada", "Ada Lovelace"),
        ("J", "Joan"),
    ]
    assert KnownEncoding.objects.count() == 4
    assert sorted(Person.objects.values_list("name", flat=True)) == [
        "Ada Lovelace",
        "Grace",
        "Joan",
    ]


def test_another_account_knows_nobody_by_it(alice: User, bob: User) -> None:
    bring(alice, STUDY)
    face = make_face(make_photo(bob), vector(1))
    rematch(bob)

    assert fresh(face).person is None
    assert not Person.objects.visible_to(bob).exists()


def test_what_is_planned_is_what_would_be_done_and_nothing_is(alice: User) -> None:
    planned = known_files.plan(roster=Roster.objects.of(alice.pk), known=STUDY, source="known.bin")

    assert not Person.objects.exists()
    assert not KnownEncoding.objects.exists()
    assert not Task.objects.exists()
    assert planned == bring(alice, STUDY)


def test_an_encoding_is_of_a_face_or_from_a_file_and_never_both(alice: User) -> None:
    face = make_known(alice, "Ada")
    mine = KnownEncoding.objects.filter(face=face)

    for wrong in ({"imported_from": "known.bin"}, {"face": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**wrong)


def test_a_persons_page_shows_a_placeholder_and_where_it_came_from(
    alice: User, as_alice: Client
) -> None:
    bring(alice, STUDY, "<b>my people.bin")
    ada = person_called("Ada")

    html = as_alice.get(ada.get_absolute_url()).content.decode()

    assert html.count("Imported from &lt;b&gt;my people.bin, without a picture") == 2
    assert "data-poor" not in html
    assert "<img" not in html
    one = ada.encodings.first()
    assert one
    as_alice.post(reverse("remove_encoding", args=[one.pk]))
    assert ada.encodings.count() == 1
    last = ada.encodings.get()
    gone = as_alice.post(reverse("remove_encoding", args=[last.pk]), follow=True)
    assert gone.redirect_chain[-1][0] == reverse("people")
    assert "Ada is not known by a face any more." in gone.content.decode()
    assert not Person.objects.filter(pk=ada.pk).exists()
    as_alice.post(reverse("undo_last"))
    as_alice.post(reverse("undo_last"))
    assert ada.encodings.count() == 2


def test_their_cards_have_a_blank_cover_until_there_is_a_face(
    alice: User, as_alice: Client
) -> None:
    bring(alice, STUDY)
    before = as_alice.get(reverse("people")).content.decode()
    face = make_known(alice, "Ada", near(vector(1), 0.2))

    html = as_alice.get(reverse("people")).content.decode()

    assert (before.count('class="person-blank"'), html.count('class="person-blank"')) == (2, 1)
    assert reverse("face_crop", args=[face.pk]) in html


def test_why_a_face_has_a_name_is_said_beside_a_placeholder(alice: User, as_alice: Client) -> None:
    bring(alice, STUDY)
    face = make_face(make_photo(alice), near(vector(1), 0.2))
    rematch(alice)

    html = as_alice.get(reverse("why", args=[face.pk])).content.decode()

    assert "person-blank" in html
    assert "Ada" in html


def test_naming_a_face_offers_to_make_it_another_of_that_name(
    alice: User, as_alice: Client
) -> None:
    """Who is known by a file alone may be somebody else too."""
    bring(alice, STUDY)
    face = make_face(make_photo(alice), vector(9))

    answer = as_alice.post(
        reverse("name_face", args=[face.pk]), {"name": "Ada"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert fresh(face).is_named
    assert person_called("Ada").encodings.count() == 3


def said(*args: str) -> list[str]:
    out = StringIO()
    call_command("import_people", *args, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def path(tmp_path: Path) -> str:
    with (tmp_path / "known.bin").open("wb") as file:
        pickled.write(STUDY, file)
    return f"{tmp_path / 'known.bin'}"


def test_the_command_says_what_it_would_do_and_then_does_it(alice: User, path: str) -> None:
    about = [
        "known.bin: 3 encodings of 2 people.",
        f"It names no encoder: they are taken for those of {ENCODER}.",
    ]
    new = "New people: Ada, Grace."

    assert said(path, "--owner=alice", "--dry-run") == [*about, "Would be added: 3.", new]
    assert not Person.objects.exists()
    assert said(path, "--owner=alice") == [
        *about,
        "Added: 3.",
        new,
        "Who is on each photo is guessed anew while the site runs.",
    ]
    assert said(path, "--owner=alice") == [
        *about,
        "Added: 0.",
        "Known already: 3, of Ada, Grace.",
    ]


def test_the_command_says_whom_it_could_not_tell_apart(alice: User, path: str) -> None:
    for _ in range(2):
        make_person(alice, "Ada")
    make_person(alice, "Grace")

    lines = said(path, "--owner=alice")

    assert "Here already, and known by more: Grace." in lines
    assert (
        "Several people bear these names, so that they are taken for somebody else, with a note: Ada."
    ) in lines


def test_the_command_refuses_what_it_cannot_use_in_a_sentence(
    alice: User, path: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    with other.open("wb") as file:
        as_json.write(Known(STUDY.names, STUDY.encodings, "openface-v1"), file)

    for args, sentence in (
        ([path, "--owner=zoe"], "There is no account called zoe"),
        ([f"{tmp_path / 'gone'}", "--owner=alice"], "There is no such file"),
        ([f"{other}", "--owner=alice"], "made by openface-v1"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("import_people", *args)
    assert not Person.objects.exists()


def test_a_name_in_a_file_means_whom_the_same_name_typed_would(alice: User) -> None:
    for name, note in (("Ada", ""), ("Ada", "cousin"), ("Grace", "aunt"), ("Straße", "")):
        Person.objects.create(roster=Roster.objects.of(alice.pk), name=name, note=note)
    roster = Roster.objects.of(alice.pk)
    roll = newcomers.Roll(roster)

    for name in (
        "ada",
        "Ada (cousin)",
        "GRACE",
        "Grace (Aunt)",
        "Grace (uncle)",
        "STRASSE",
        "Joan",
    ):
        typed = Person.objects.filter(roster=roster).meant_by(name)
        one = roll.meant(name, "known.bin")
        assert one.is_shared == (len(typed) > 1), name
        assert one.person == (typed[0] if len(typed) == 1 else None), name
        assert one.person == newcomers.meant(roster, name, "known.bin").person, name


def test_many_names_take_as_many_queries_as_few(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    make_person(alice, "Person 3")
    bring(alice, STUDY)  # What follows begins the same task again.

    def queries(count: int, first: int) -> int:
        people = [(f"Person {number}", vector(number)) for number in range(first, first + count)]
        with django_assert_max_num_queries(100) as taken:
            bring(alice, file_of(*people))
        return len(taken)

    few = queries(2, 1000)
    assert queries(40, 1) == few
    assert person_called("Person 3").encodings.count() == 1
