"""Portraits: a photo uploaded to say what somebody looks like."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.results import Box, FaceResult
from gallery import lists
from gallery.jobs import queue
from gallery.models import Action, AnalysisJob, Face, Person, Photo
from gallery.models.face_queries import NamedBy
from gallery.services import people, photos, portraits, results, saying
from gallery.words import say
from tests.factories import (
    POOR,
    analysed,
    found_face,
    fresh,
    jpeg,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    upload_file,
    vector,
)

ADA = found_face(vector(1))
SOMEONE = found_face(vector(2), Box(200, 100, 260, 160))


@pytest.fixture
def ada(alice: User) -> Person:
    return make_person(alice, "Ada")


def add_and_analyse(person: Person, *faces: FaceResult) -> AnalysisJob:
    said = portraits.add(owner=person.roster.owner, person=person, file=upload_file())
    assert f"{said}" == "The portrait is being looked at."
    claim = queue.claim()
    assert claim is not None
    results.save(claim=claim, analysed=analysed(*faces))
    return AnalysisJob.objects.get(pk=claim.job_id)


def test_the_only_face_of_a_portrait_becomes_a_known_face(ada: Person) -> None:
    job = add_and_analyse(ada, ADA)

    assert str(job.answer) == "Added as a known face of Ada."
    face = Face.objects.get()
    assert (face.label, face.is_named) == ("Ada", True)
    assert ada.encodings.get().face == face


def test_a_poor_portrait_is_one_deed_that_is_undone_as_one(alice: User, ada: Person) -> None:
    add_and_analyse(ada, replace(ADA, quality=POOR))
    assert ada.encodings.count() == 1

    saying.undo(action=Action.objects.get())

    assert not ada.encodings.exists()
    assert not Face.objects.filter(named_by=NamedBy.HUMAN).exists()


def test_a_portrait_names_the_other_photos_of_that_person(alice: User, ada: Person) -> None:
    other = make_face(make_photo(alice), near(vector(1), 0.3))

    portraits.add(owner=alice, person=ada, file=upload_file())
    claim = queue.claim()
    assert claim is not None
    results.save(claim=claim, analysed=analysed(ADA))

    assert Face.objects.get(pk=other.pk).label == "Ada?"


@pytest.mark.parametrize(
    ("faces", "answer"),
    [
        ((), "No face was found on this photo. Try one that shows the face from the front."),
        ((ADA, SOMEONE), "This photo shows 2 faces. Choose the one that is Ada."),
    ],
)
def test_a_portrait_without_exactly_one_face_gets_a_clear_answer(
    ada: Person, faces: tuple[FaceResult, ...], answer: str
) -> None:
    job = add_and_analyse(ada, *faces)

    assert (job.state, str(job.answer)) == ("done", answer)
    assert not ada.encodings.exists()


def analysed_photo(owner: User, content: bytes, faces: int) -> Photo:
    """Upload a photo that was analysed a while ago and shows so many faces."""
    photo = photos.upload(owner=owner, file=upload_file("party.jpg", content))
    claim = queue.claim()
    assert claim is not None
    queue.finish(claim)
    for number in range(faces):
        make_face(photo, vector(number + 1))
    return photo


def test_a_portrait_that_is_in_the_library_already_is_used_at_once(
    alice: User, ada: Person
) -> None:
    content = jpeg()
    analysed_photo(alice, content, 1)

    said = portraits.add(owner=alice, person=ada, file=upload_file("again.jpg", content))

    assert str(said) == "Added as a known face of Ada."
    assert ada.encodings.count() == 1
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("faces", "sentence"), [(0, "No face was found"), (2, "shows 2 faces. Choose the one")]
)
def test_a_known_photo_without_exactly_one_face_gets_a_clear_answer(
    alice: User, ada: Person, faces: int, sentence: str
) -> None:
    content = jpeg()
    analysed_photo(alice, content, faces)

    with pytest.raises(photos.UploadRefused, match=sentence):
        portraits.add(owner=alice, person=ada, file=upload_file("again.jpg", content))

    assert not ada.encodings.exists()


def test_a_photo_that_is_looked_at_for_the_first_time_is_a_portrait_from_then_on(
    alice: User, ada: Person
) -> None:
    content = jpeg()
    photos.upload(owner=alice, file=upload_file("party.jpg", content))
    claim = queue.claim()
    assert claim is not None

    said = portraits.add(owner=alice, person=ada, file=upload_file("again.jpg", content))
    results.save(claim=claim, analysed=analysed(ADA))

    assert f"{said}" == "The portrait is being looked at."
    assert f"{AnalysisJob.objects.get().answer}" == "Added as a known face of Ada."
    assert ada.encodings.get().face == Face.objects.get()


def test_a_photo_that_is_looked_at_again_or_is_anothers_portrait_is_refused_for_now(
    alice: User, ada: Person
) -> None:
    again, portrait = jpeg(), jpeg()
    queue.enqueue(analysed_photo(alice, again, 1))
    bea = make_person(alice, "Bea")
    portraits.add(owner=alice, person=bea, file=upload_file("bea.jpg", portrait))

    for content in (again, portrait):
        with pytest.raises(photos.UploadRefused, match="Try again in a moment"):
            portraits.add(owner=alice, person=ada, file=upload_file("again.jpg", content))


def test_a_face_that_a_human_named_otherwise_is_not_renamed_by_a_portrait(
    alice: User, ada: Person
) -> None:
    content = jpeg()
    photo = analysed_photo(alice, content, 1)
    people.name_face(face=photo.faces.get(), name="Bea")

    with pytest.raises(photos.UploadRefused, match="its face is named Bea"):
        portraits.add(owner=alice, person=ada, file=upload_file("again.jpg", content))

    assert fresh(photo.faces.get()).label == "Bea"


def test_a_portrait_that_looks_like_somebody_else_is_added_and_says_so(
    alice: User, ada: Person
) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", vector(2))

    job = add_and_analyse(ada, found_face(near(vector(2), 0.1)))

    assert str(job.answer) == (
        "Added as a known face of Ada, but it looks like Bea. "
        "If it is Bea, open the photo and say so."
    )
    assert ada.encodings.count() == 2


def test_the_persons_page_says_what_speaks_against_a_portrait_and_leads_to_it(
    alice: User, as_alice: Client, ada: Person
) -> None:
    make_known(alice, "Ada", vector(1))
    content = jpeg()
    photo = analysed_photo(alice, content, 1)
    photo.faces.update(encoding=vector(5))
    address = reverse("add_portrait", args=[ada.pk])

    html = as_alice.post(address, {"file": upload_file("again.jpg", content)}, follow=True)
    add_and_analyse(ada, found_face(vector(3)))
    page = as_alice.get(ada.get_absolute_url()).content.decode()

    said = html.content.decode()
    assert f'<a href="{photo.get_absolute_url()}">Open the photo</a>' in said
    assert "it looks unlike the others" in said
    assert "it looks unlike the others" in page


def test_a_portrait_unlike_the_persons_others_is_added_and_says_so(
    alice: User, ada: Person
) -> None:
    make_known(alice, "Ada", vector(1))

    unlike = add_and_analyse(ada, found_face(vector(3)))
    like = add_and_analyse(ada, found_face(near(vector(1), 0.1)))

    assert "it looks unlike the others" in str(unlike.answer)
    assert str(like.answer) == "Added as a known face of Ada."


def test_a_portrait_of_somebody_deleted_meanwhile_is_an_ordinary_photo(
    alice: User, ada: Person
) -> None:
    portraits.add(owner=alice, person=ada, file=upload_file())
    claim = queue.claim()
    assert claim is not None
    ada.delete()

    assert results.save(claim=claim, analysed=analysed(ADA))

    assert Face.objects.get().label == "Unknown"
    assert AnalysisJob.objects.get().answer is None


def test_a_portrait_whose_analysis_failed_is_still_one_when_tried_again(
    alice: User, ada: Person
) -> None:
    portraits.add(owner=alice, person=ada, file=upload_file())
    claim = queue.claim()
    assert claim is not None
    queue.fail(claim, say("child_crashed"))

    photos.analyse_again(Photo.objects.get())
    claim = queue.claim()
    assert claim is not None
    results.save(claim=claim, analysed=analysed(ADA))

    assert str(AnalysisJob.objects.get().answer) == "Added as a known face of Ada."


def test_analysing_a_portrait_again_does_not_name_it_again(alice: User) -> None:
    """Its name may have been taken back since."""
    make_known(alice, "Ada")
    ada = person_called("Ada")
    portraits.add(owner=alice, person=ada, file=upload_file())
    claim = queue.claim()
    assert claim is not None
    results.save(claim=claim, analysed=analysed(ADA))
    face = Face.objects.get(photo_id=claim.photo_id)
    people.name_face(face=face, name="")

    photos.analyse_again(Photo.objects.get(pk=claim.photo_id))
    claim = queue.claim()
    assert claim is not None
    results.save(claim=claim, analysed=analysed(ADA))

    assert Face.objects.get(pk=face.pk).named_by == ""


def test_the_persons_page_tells_a_portrait_that_was_added_from_one_that_was_not(
    ada: Person,
) -> None:
    added = add_and_analyse(ada, ADA)
    empty = add_and_analyse(ada)

    shown = lists.people.portraits(ada)
    assert {job.pk: vars(job)["was_added"] for job in shown} == {added.pk: True, empty.pk: False}

    AnalysisJob.objects.update(queued_at=timezone.now() - timedelta(days=2))
    assert not lists.people.portraits(ada)
