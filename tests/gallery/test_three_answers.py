"""Sure, maybe and nobody: what the site says of whom a machine takes a face for."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import of
from gallery.models import Face, KnownEncoding, Photo, Roster, Task
from gallery.services import names, people, photos, rules
from gallery.worker.work.names import guess_some
from tests.factories import (
    CLEAR,
    ENCODER,
    POOR,
    fresh,
    guess_of,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)
from tests.gallery.test_quality import words

# Of faces made of random numbers, which are far from everybody: 0.07 more than their normalised distance.
SURE, MAYBE, NOBODY = 0.55, 0.68, 0.75


def face_at(owner: User, distance: float, photo: Photo | None = None, **fields: Any) -> Face:
    """Save a face that is so far, by the plain distance, from vector(1)."""
    seed = 100 + Face.objects.count()
    return make_face(photo or make_photo(owner), near(vector(1), distance, seed=seed), **fields)


def roster_of(owner: User) -> Roster:
    return Roster.objects.of(owner.pk)


def test_one_who_may_be_it_is_asked_and_neither_shown_nor_counted(
    alice: User, as_alice: Client
) -> None:
    sure, maybe, nobody = (face_at(alice, away) for away in (SURE, MAYBE, NOBODY))

    make_known(alice, "Ada", vector(1))

    ada = person_called("Ada")
    assert (fresh(sure).person, fresh(sure).suggestion) == (ada, None)
    assert (fresh(maybe).person, fresh(maybe).suggestion) == (None, ada)
    assert (fresh(nobody).person, fresh(nobody).suggestion) == (None, None)
    assert fresh(maybe).label == "Unknown"
    assert ada.faces.count() == 2
    page = as_alice.get(maybe.photo.get_absolute_url()).content.decode()
    assert "Is this Ada?" in words(page)
    assert "Ada?" not in words(page).replace("Is this Ada?", "")


def test_a_question_is_answered_with_yes_or_no(alice: User, as_alice: Client) -> None:
    yes, no = face_at(alice, MAYBE), face_at(alice, MAYBE)
    make_known(alice, "Ada", vector(1))
    said = {"person": person_called("Ada").pk}

    as_alice.post(reverse("confirm_face", args=[yes.pk]), said)
    as_alice.post(reverse("refuse_face", args=[no.pk]), said)

    assert (fresh(yes).label, fresh(yes).suggestion) == ("Ada", None)
    assert (fresh(no).label, fresh(no).suggestion) == ("Unknown", None)
    assert fresh(no).refusals.count() == 1


def test_both_distances_are_kept_and_shown(alice: User, as_alice: Client) -> None:
    face = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1))

    found = fresh(face)
    population = installed.population()
    assert population is not None
    assert found.distance == pytest.approx(SURE, abs=1e-3)
    assert found.normalised == pytest.approx(SURE - population.roomiest, abs=1e-3)
    assert found.population == population.name
    page = words(as_alice.get(face.photo.get_absolute_url()).content.decode())
    assert f"Distance {found.normalised:.2f}, plain {found.distance:.2f}" in page


def test_a_person_is_guessed_once_on_a_photo_unless_it_is_a_collage(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    photo = make_photo(alice)
    further, nearer = face_at(alice, 0.5, photo), face_at(alice, 0.3, photo)
    rematch(alice)
    assert [fresh(face).label for face in (further, nearer)] == ["Unknown", "Ada?"]

    photos.mark_collage(photo=photo, is_collage=True)
    assert [fresh(face).label for face in (further, nearer)] == ["Ada?", "Ada?"]

    photos.mark_collage(photo=photo, is_collage=False)
    assert [fresh(face).label for face in (further, nearer)] == ["Unknown", "Ada?"]


def test_whom_a_human_named_on_a_photo_is_not_guessed_on_it_again(alice: User) -> None:
    photo = make_photo(alice)
    face, other = make_face(photo, vector(1)), face_at(alice, 0.2, photo)

    people.name_face(face=face, name="Ada")

    assert (fresh(other).person, fresh(other).suggestion) == (None, None)


def test_a_doubtful_face_is_never_sure_nor_a_reference_by_itself(alice: User) -> None:
    blurred = face_at(alice, 0.1, quality=POOR)
    clear = make_known(alice, "Ada", vector(1), quality=CLEAR)
    assert (fresh(blurred).label, fresh(blurred).suggestion) == ("Unknown", clear.person)

    people.confirm(face=fresh(blurred), person_id=guess_of(blurred))
    assert not KnownEncoding.objects.filter(face=blurred).exists()

    people.add_reference(face=fresh(blurred))
    assert KnownEncoding.objects.get(face=blurred).person == clear.person


def test_only_a_face_that_a_human_named_can_be_made_a_reference(alice: User) -> None:
    guessed = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1))

    with pytest.raises(people.NameRefused):
        people.add_reference(face=fresh(guessed))

    assert not KnownEncoding.objects.filter(face=guessed).exists()


def test_a_poor_face_is_offered_as_a_reference_on_its_photo(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada", vector(1), quality=POOR)
    page = as_alice.get(face.photo.get_absolute_url()).content.decode()
    assert "Know Ada by it all the same" in words(page)

    as_alice.post(reverse("add_reference", args=[face.pk]))

    assert KnownEncoding.objects.filter(face=face).exists()
    page = as_alice.get(face.photo.get_absolute_url()).content.decode()
    assert "Know Ada by it all the same" not in words(page)


def test_a_stranger_can_neither_mark_a_collage_nor_add_a_reference(
    alice: User, as_bob: Client
) -> None:
    face = make_known(alice, "Ada", vector(1), quality=POOR)

    answers = [
        as_bob.post(reverse("mark_collage", args=[face.photo_id]), {"is_collage": "yes"}),
        as_bob.post(reverse("add_reference", args=[face.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not Photo.objects.get(pk=face.photo_id).is_collage
    assert not KnownEncoding.objects.filter(face=face).exists()


def test_a_child_has_to_be_nearer_than_a_grown_person(alice: User) -> None:
    population = installed.population()
    assert population is not None
    limit = population.calibration.distance_of_strangers(0.005) + population.roomiest
    child, grown = face_at(alice, limit - 0.01, age_years=6), face_at(alice, limit - 0.01)

    make_known(alice, "Ada", vector(1))

    assert (fresh(child).label, fresh(grown).label) == ("Unknown", "Ada?")
    assert fresh(child).suggestion == person_called("Ada")


def test_the_limits_move_only_when_people_have_doubled_or_halved(alice: User) -> None:
    limits = []
    for number in range(1, 65):
        roster = roster_of(alice)
        rules.count(roster, number)
        limits.append((roster.counted, rules.limits_of(roster, ENCODER).sure))

    assert sorted({counted for counted, _ in limits}) == [1, 2, 4, 8, 16, 32, 64]
    assert limits[15][1] > limits[31][1] > limits[63][1]
    roster = roster_of(alice)
    for number, counted in ((33, 64), (32, 32), (0, 32)):
        rules.count(roster, number)
        assert roster.counted == counted


def test_where_no_map_says_what_distances_mean_nobody_is_sure(alice: User) -> None:
    face = face_at(alice, 0.2, encoder="another-v2")
    make_known(alice, "Ada", vector(1), encoder="another-v2")

    assert (fresh(face).person, fresh(face).suggestion) == (None, person_called("Ada"))


def test_in_the_studys_way_whoever_is_within_the_tolerance_is_it(alice: User) -> None:
    """Each face by itself, by the plain distance, as often as it comes."""
    roster = roster_of(alice)
    roster.is_plain = True
    roster.save()
    photo = make_photo(alice)
    faces = [face_at(alice, away, photo, quality=POOR) for away in (0.59, 0.3, 0.61)]

    make_known(alice, "Ada", vector(1))

    assert [fresh(face).label for face in faces] == ["Ada?", "Ada?", "Unknown"]
    assert fresh(faces[0]).normalised == pytest.approx(0.59, abs=1e-3)


def test_by_votes_it_is_whoever_has_more_known_faces_near(alice: User) -> None:
    face = make_face(make_photo(alice), vector(1))
    make_known(alice, "Ada", near(vector(1), 0.2, seed=1))
    for seed in (2, 3):
        make_known(alice, "Bea", near(vector(1), 0.3, seed=seed))
    assert fresh(face).label == "Ada?"

    roster = roster_of(alice)
    roster.way = "vote"
    roster.save()
    rematch(alice)

    assert fresh(face).label == "Bea?"


def an_older_library(owner: User) -> list[Face]:
    """Save faces as the version before this one had them: a guess by 0.6, and no levels."""
    known = make_known(owner, "Ada", vector(1))
    faces = [face_at(owner, away) for away in (0.5, MAYBE, NOBODY)]
    Face.objects.exclude(pk=known.pk).update(
        person=known.person, named_by="machine", distance=0.59, normalised=None, suggestion=None,
        level=None, population="",
    )  # fmt: skip
    KnownEncoding.objects.update(level=None, population="")
    return faces


def work_of(task: Task) -> None:
    """Do all of the task, as a worker does."""
    while claimed := tasks.claim([names.KIND]):
        assert claimed.pk == task.pk
        while guess_some(claimed):
            pass


def test_an_older_librarys_guesses_are_made_anew_and_said_so(
    alice: User, bob: User, as_alice: Client
) -> None:
    faces = an_older_library(alice)
    make_known(bob, "Bea", vector(2))
    assert "guessed by an earlier version" in words(
        as_alice.get(faces[0].photo.get_absolute_url()).content.decode()
    )

    assert names.begin_where_due() == 1
    task = Task.objects.get()
    work_of(task)

    task.refresh_from_db()
    assert [fresh(face).label for face in faces] == ["Ada?", "Unknown", "Unknown"]
    assert fresh(faces[1]).suggestion == person_called("Ada")
    said = "1 guess stays. 1 guess is a question now. 1 guess is gone."
    assert of(task).sentence == said
    assert said in words(as_alice.get(reverse("people")).content.decode())
    assert not Face.objects.exclude(named_by="human").filter(level=None).exists()
    assert names.begin_where_due() == 0
    assert Task.objects.count() == 1


def test_names_are_guessed_anew_once_at_a_time(alice: User) -> None:
    an_older_library(alice)

    assert names.begin_where_due() == 1
    assert names.begin_where_due() == 0


def test_a_library_in_which_nobody_is_known_needs_no_look(alice: User) -> None:
    face = face_at(alice, SURE)
    assert face.level is None

    assert names.begin_where_due() == 0


def test_what_a_name_given_meanwhile_did_to_old_guesses_is_told_too(alice: User) -> None:
    an_older_library(alice)
    assert names.begin_where_due() == 1

    make_known(alice, "Bea", vector(2))  # Matches all anew before the task has begun.
    work_of(Task.objects.get())

    task = Task.objects.get()
    assert task.result == {"kept": 1, "asked": 1, "dropped": 1}


def test_old_guesses_of_any_encoder_are_made_anew(alice: User) -> None:
    known = make_known(alice, "Ada", vector(1), encoder="another-v2")
    old = face_at(alice, 0.5, encoder="another-v2")
    Face.objects.filter(pk=old.pk).update(
        person=known.person, suggestion=None, named_by="machine", distance=0.5, normalised=None
    )

    assert names.begin_where_due() == 1
    work_of(Task.objects.get())

    assert (fresh(old).label, fresh(old).suggestion) == ("Unknown", known.person)
    assert names.begin_where_due() == 0


def test_saying_a_name_again_changes_nothing_of_whom_one_is_known_by(alice: User) -> None:
    poor = make_known(alice, "Ada", vector(1), quality=POOR)
    people.add_reference(face=poor)
    clear = make_known(alice, "Ada", vector(2), quality=CLEAR)
    people.remove_encoding(KnownEncoding.objects.get(face=clear))

    for face in (poor, clear):
        people.name_face(face=fresh(face), name="Ada")

    assert [one.face for one in KnownEncoding.objects.all()] == [poor]


def test_somebody_of_whom_more_was_said_than_a_name_stays_without_a_face(alice: User) -> None:
    other = face_at(alice, SURE)
    face = make_known(alice, "Ada", vector(1))
    people.refuse(face=fresh(other), person_id=guess_of(other))

    people.name_face(face=face, name="")
    assert person_called("Ada").refusals.count() == 1
    people.name_face(face=face, name="Ada")

    assert (fresh(other).label, fresh(other).suggestion) == ("Unknown", None)


def test_pages_that_ask_about_somebody_are_told_when_they_are_renamed_or_gone(alice: User) -> None:
    maybe = face_at(alice, MAYBE)
    make_known(alice, "Ada", vector(1))
    ada = person_called("Ada")
    before = fresh(maybe).photo.changed_at
    people.rename(person=ada, name="Ida")
    renamed = fresh(maybe).photo.changed_at
    people.delete(ada)
    assert before < renamed < fresh(maybe).photo.changed_at


def test_nobody_is_twice_on_a_photo_by_two_encoders(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Ada", vector(1), encoder="another-v2")
    photo = make_photo(alice)
    faces = [face_at(alice, 0.2, photo), face_at(alice, 0.2, photo, encoder="another-v2")]

    rematch(alice)

    assert sum(fresh(face).asked_about is not None for face in faces) == 1


def test_a_level_by_another_map_counts_for_nothing(alice: User) -> None:
    face = face_at(alice, MAYBE, level=0.9, population="gone-map", encoder="another-v2")
    make_known(alice, "Ada", vector(1), encoder="another-v2")

    assert (fresh(face).person, fresh(face).suggestion) == (None, None)
