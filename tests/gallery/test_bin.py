"""Deleted photos wait in the bin, come back as they were, and go for good after thirty days."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gallery.jobs import queue
from gallery.models import (
    AlbumPhoto,
    AnalysisJob,
    BinnedPhoto,
    EmotionWord,
    Face,
    GroupedFace,
    GroupPortrait,
    KnownEncoding,
    Nearest,
    Person,
    Photo,
    PhotoKeyword,
    Refusal,
)
from gallery.models.leased import State
from gallery.models.record import Did
from gallery.services import (
    bin,
    emotions,
    files,
    freezing,
    matching,
    people,
    photos,
    portraits,
    saying,
)
from gallery.services.photos import UploadRefused
from gallery.services.record import UndoRefused
from tests.factories import (
    CLEAR,
    fresh,
    jpeg,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    upload_file,
    vector,
)
from tests.gallery.test_record import last, named, roster_of, undo

# What follows from the record and from matching, so that the bin need not keep it.
DERIVED = {AlbumPhoto, PhotoKeyword, KnownEncoding, EmotionWord, Refusal, Nearest, GroupedFace}


def rows(kind: type[models.Model], **which: Any) -> list[dict[str, Any]]:
    """Return the rows as they are kept, but for when they were last looked at."""
    found = [freezing.frozen(one) for one in kind._base_manager.filter(**which).order_by("pk")]
    return [{name: value for name, value in one.items() if name != "changed_at"} for one in found]


@pytest.fixture
def face(alice: User) -> Face:
    """Ada's face, of which much was said, on a photo with somebody else."""
    face = make_known(alice, "Ada", vector(1), crop=True, quality=CLEAR)
    make_face(face.photo, vector(5))
    emotions.say(face=face, emotion="happy")
    photos.mark_collage(photo=face.photo, is_collage=True)
    return face


def test_a_deleted_photo_comes_back_as_it_was(alice: User, face: Face) -> None:
    before = [rows(Photo), rows(Face), rows(AnalysisJob)]
    known = KnownEncoding.objects.get()
    vector_before = known.vector.copy()

    photos.delete(face.photo)

    assert not Photo.objects.exists()
    assert not Face.everything.exists()
    assert not Person.objects.exists()
    assert face.photo.original.exists()

    assert photos.bring_back(owner=alice, photos=[face.photo_id]) == 1

    assert [rows(Photo), rows(Face), rows(AnalysisJob)] == before
    assert named(face) == "Ada"
    assert np.array_equal(KnownEncoding.objects.get().vector, vector_before)
    assert EmotionWord.objects.get().emotion == "happy"
    assert not BinnedPhoto.objects.exists()


def test_many_go_and_come_back_by_as_many_queries_as_two(alice: User) -> None:
    counts = []
    for many in (2, 7):
        faces = [make_known(alice, "Ada", near(vector(1), 0.2, seed)) for seed in range(many)]
        keys = [face.photo_id for face in faces]
        before = [rows(Photo), rows(Face), rows(AnalysisJob)]
        with CaptureQueriesContext(connection) as deleting:
            photos.delete_many(owner=alice, photos=keys)
        assert BinnedPhoto.objects.count() == many
        assert not KnownEncoding.objects.exists()
        with CaptureQueriesContext(connection) as bringing:
            photos.bring_back(owner=alice, photos=keys)
        assert [rows(Photo), rows(Face), rows(AnalysisJob)] == before
        assert {named(face) for face in faces} == {"Ada"}
        counts.append((len(deleting), len(bringing)))
        photos.delete_many(owner=alice, photos=keys)
        photos.empty_bin(owner=alice)
    assert counts[0] == counts[1]


def test_deleting_is_undone_like_everything_else(alice: User, face: Face) -> None:
    photos.delete(face.photo)
    undo(Did.DELETE_PHOTO)
    assert named(face) == "Ada"

    saying.redo(action=last(Did.DELETE_PHOTO))
    assert BinnedPhoto.objects.get().pk == face.photo_id


def test_whom_the_others_are_guessed_to_be_follows(alice: User, face: Face) -> None:
    other = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.match_photos(roster_of(alice), [other.photo_id])
    assert fresh(other).label == "Ada?"

    photos.delete(face.photo)
    assert fresh(other).label == "Unknown"
    photos.bring_back(owner=alice, photos=[face.photo_id])

    assert fresh(other).label == "Ada?"


def test_what_is_known_since_is_guessed_on_what_comes_back(alice: User) -> None:
    unknown = make_face(make_photo(alice), near(vector(1), 0.1))
    photos.delete(unknown.photo)
    make_known(alice, "Ada", vector(1))

    photos.bring_back(owner=alice, photos=[unknown.photo_id])

    assert fresh(unknown).label == "Ada?"


def test_who_was_merged_meanwhile_is_who_they_are_by_now(alice: User, face: Face) -> None:
    make_known(alice, "Annie", vector(9))
    photos.delete(face.photo)
    people.delete(person_called("Annie"))

    undo(Did.DELETE_PERSON)
    undo(Did.DELETE_PHOTO)

    assert named(face) == "Ada"


def test_what_is_undone_of_a_face_in_the_bin_shows_once_it_is_back(alice: User, face: Face) -> None:
    photos.delete(face.photo)

    undo(Did.NAME)
    photos.bring_back(owner=alice, photos=[face.photo_id])

    assert named(face) is None


def test_the_same_file_brings_its_photo_back(alice: User, bob: User) -> None:
    content = jpeg()
    photo = photos.upload(owner=alice, file=upload_file(content=content))
    photos.delete(photo)

    back = photos.upload(owner=alice, file=upload_file("again.jpg", content))

    assert (back.pk, back.filename) == (photo.pk, "party.jpg")
    assert last(Did.BRING_BACK).count == 1
    # Another's bin has nothing to do with it.
    photos.delete(back)
    assert photos.upload(owner=bob, file=upload_file(content=content)).pk != photo.pk


def test_the_same_file_that_comes_twice_at_once_and_is_deleted_once_is_one_photo(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, write = jpeg(), files.write

    def write_late(path: Path, chunks: Any) -> None:
        monkeypatch.setattr(files, "write", write)
        photos.delete(photos.upload(owner=alice, file=upload_file(content=content)))
        write(path, chunks)

    monkeypatch.setattr(files, "write", write_late)
    back = photos.upload(owner=alice, file=upload_file(content=content))

    assert Photo.objects.get() == back
    assert back.original.read_bytes() == content
    assert not BinnedPhoto.objects.exists()


def test_a_portrait_in_the_bin_is_brought_back_and_used(alice: User) -> None:
    ada = make_known(alice, "Ada", vector(1)).person
    content = jpeg()
    photo = photos.upload(owner=alice, file=upload_file(content=content))
    AnalysisJob.objects.filter(photo=photo).update(state=State.DONE)
    face = make_face(photo, vector(2), quality=CLEAR)
    photos.delete(photo)
    assert ada is not None

    portraits.add(owner=alice, person=ada, file=upload_file(content=content))

    assert named(face) == "Ada"


def test_work_on_a_photo_goes_on_when_it_is_back(alice: User) -> None:
    photo = photos.upload(owner=alice, file=upload_file())
    claim = queue.claim()
    assert claim is not None

    photos.delete(photo)
    assert not queue.finish(claim)
    photos.bring_back(owner=alice, photos=[photo.pk])

    assert AnalysisJob.objects.get().state == State.QUEUED
    assert queue.claim() is not None


def test_after_thirty_days_it_is_gone_with_its_files(
    alice: User, face: Face, django_capture_on_commit_callbacks: Any
) -> None:
    photos.delete(face.photo)
    BinnedPhoto.objects.update(binned_at=timezone.now() - timedelta(days=29))
    assert bin.sweep() == 0
    BinnedPhoto.objects.update(binned_at=timezone.now() - timedelta(days=31))

    with django_capture_on_commit_callbacks(execute=True):
        assert bin.sweep() == 1

    assert not face.photo.folder.exists()
    with pytest.raises(UndoRefused, match="is not there any more"):
        undo(Did.DELETE_PHOTO)


@pytest.mark.django_db(transaction=True)
def test_what_is_brought_back_while_the_bin_is_swept_keeps_its_files(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = make_photo(alice, files=True), make_photo(alice, files=True)
    for photo in (one, other):
        photos.delete(photo)
    BinnedPhoto.objects.update(binned_at=timezone.now() - timedelta(days=31))

    def removed(folder: Path) -> None:
        back = BinnedPhoto.objects.get()
        photos.bring_back(owner=alice, photos=[back.pk])

    monkeypatch.setattr(files, "remove_folder", removed)
    assert bin.sweep() == 1

    assert Photo.objects.get().original.exists()
    assert Photo.objects.get().pk in {one.pk, other.pk}


def test_files_of_what_is_in_the_bin_are_swept_by_nobody(
    alice: User, settings: Any, django_assert_num_queries: Any
) -> None:
    photo = make_photo(alice, files=True)
    photos.delete(photo)

    # By one query: between two a photo may come back, and would be in neither.
    with django_assert_num_queries(1):
        assert photos.sweep(Path(settings.MEDIA_ROOT), older_than=timedelta(seconds=-60)) == 0

    assert photo.original.exists()


def test_the_bin_keeps_every_row_that_goes_with_a_photo() -> None:
    """A model that belongs to photos or faces is kept, or follows from what is kept."""
    there = {
        one.related_model
        for of in (Photo, Face)
        for one in of._meta.related_objects
        if one.on_delete is models.CASCADE
    }
    assert there == {*bin.KINDS.values()} | DERIVED


def test_a_group_portrait_is_asked_about_again(alice: User) -> None:
    ada = make_known(alice, "Ada").person
    assert ada is not None
    photo = make_photo(alice)
    make_face(photo), make_face(photo)
    GroupPortrait.objects.create(photo=photo, person=ada)

    photos.delete(photo)
    assert not GroupPortrait.objects.exists()
    undo(Did.DELETE_PHOTO)

    assert GroupPortrait.objects.unanswered().get().person == ada


# The pages.


def test_the_bin_shows_what_it_holds_and_gives_it_back(
    alice: User, as_alice: Client, face: Face
) -> None:
    as_alice.post(reverse("delete_photo", args=[face.photo_id]))

    html = as_alice.get(reverse("bin")).content.decode()
    picture = reverse("binned_thumbnail", args=[face.photo_id])
    assert face.photo.filename in html
    assert picture in html
    assert b"".join(as_alice.get(picture)) == face.photo.thumbnail.read_bytes()

    back = as_alice.post(reverse("bring_back"), {"photo": face.photo_id}, follow=True)
    assert "1 photo is back from the bin." in back.content.decode()
    assert "The bin is empty" in back.content.decode()
    assert named(face) == "Ada"


def test_deleting_says_where_the_photo_is_and_offers_to_undo(
    alice: User, as_alice: Client, face: Face
) -> None:
    page = as_alice.post(reverse("delete_photo", args=[face.photo_id]), follow=True)

    html = page.content.decode()
    assert f"{face.photo.filename} is in the bin now" in html
    assert reverse("undo", args=[last(Did.DELETE_PHOTO).pk]) in html


def test_a_page_that_still_shows_the_photo_hears_of_it_and_says_where_it_is(
    as_alice: Client, as_bob: Client, face: Face
) -> None:
    address = reverse("photo_result", args=[face.photo_id])
    before = timezone.now().timestamp()
    photos.delete(face.photo)

    news = as_alice.get(reverse("progress"), {"since": f"{before}"})
    part = as_alice.get(address).content.decode()

    assert f"photo-{face.photo_id}" in json.loads(news["HX-Trigger"])
    assert "it waits in the bin" in part
    assert 'id="photo-result"' in part
    assert as_bob.get(address).status_code == 404
    undo(Did.DELETE_PHOTO)
    assert f'id="mark-{face.pk}"' in as_alice.get(address).content.decode()


def test_nothing_chosen_is_said_and_nothing_done(as_alice: Client, face: Face) -> None:
    photos.delete(face.photo)

    html = as_alice.post(reverse("bring_back"), follow=True).content.decode()

    assert "Choose at least one photo." in html
    assert BinnedPhoto.objects.exists()


def test_the_bin_is_emptied_once_somebody_is_sure(
    as_alice: Client, face: Face, django_capture_on_commit_callbacks: Any
) -> None:
    photos.delete(face.photo)
    url = reverse("empty_bin")

    asked = as_alice.post(url).content.decode()
    assert "1 photo, its file and all that was said of its faces are deleted for good." in asked
    assert BinnedPhoto.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        done = as_alice.post(url, {"sure": "yes"}, follow=True).content.decode()

    assert "1 photo was deleted for good." in done
    assert not BinnedPhoto.objects.exists()
    assert not face.photo.folder.exists()


def test_nobody_sees_brings_back_or_empties_anothers_bin(as_bob: Client, face: Face) -> None:
    photos.delete(face.photo)

    assert as_bob.get(reverse("binned_thumbnail", args=[face.photo_id])).status_code == 404
    as_bob.post(reverse("bring_back"), {"photo": face.photo_id})
    as_bob.post(reverse("empty_bin"), {"sure": "yes"})

    assert face.photo.filename not in as_bob.get(reverse("bin")).content.decode()
    assert BinnedPhoto.objects.get().pk == face.photo_id


def test_a_duplicate_of_what_is_back_is_refused(alice: User) -> None:
    content = jpeg()
    photos.delete(photos.upload(owner=alice, file=upload_file(content=content)))
    photos.upload(owner=alice, file=upload_file(content=content))

    with pytest.raises(UploadRefused):
        photos.upload(owner=alice, file=upload_file(content=content))
