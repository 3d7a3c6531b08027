"""Saving results: what a machine found is replaced, what a human said stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from analysis.methods import HARDER
from analysis.results import Box
from gallery.jobs import queue
from gallery.models import AnalysisJob, Face, KnownEncoding, Photo, Preferences, Refusal
from gallery.services import people, photos, results
from gallery.words import say
from tests.factories import (
    BOX,
    CLEAR,
    analysed,
    claimed,
    found_face,
    fresh,
    guess_of,
    known_encoding,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    vector,
)

MOVED = Box(12, 12, 54, 54)  # IoU 0.73 with BOX
ELSEWHERE = Box(200, 100, 260, 160)


def test_faces_files_and_the_end_of_the_job_are_saved_together(alice: User) -> None:
    photo = make_photo(alice, state="queued", width=None, height=None)
    answer = analysed(
        found_face(vector(1)), found_face(vector(2), ELSEWHERE), note=say("truncated")
    )

    assert results.save(claim=claimed(photo), analysed=answer)

    photo.refresh_from_db()
    assert (photo.width, photo.height, photo.note) == (640, 480, say("truncated"))
    assert photo.methods["encoder"] == "dlib-resnet-v1/dlib-5"
    assert AnalysisJob.objects.get().state == "done"
    first, second = Face.objects.left_to_right()
    assert (first.box, second.box) == (BOX, ELSEWHERE)
    assert np.array_equal(first.encoding, vector(1))
    assert first.encoder == photo.methods["encoder"]
    assert (first.age_bracket, first.gender, first.emotion) == ("(38-43)", "male", "happy")
    assert photo.preview.read_bytes() == answer.preview
    assert photo.thumbnail.read_bytes() == answer.thumbnail
    assert photo.face_crop(first.pk).read_bytes() == answer.crops[0]
    assert photo.face_crop(second.pk).read_bytes() == answer.crops[1]


def test_what_was_measured_of_a_face_is_saved_and_given_back(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    found = found_face(vector(1), quality=CLEAR)

    results.save(claim=claimed(photo), analysed=analysed(found, turned=90))

    photo.refresh_from_db()
    kept = Face.objects.get().result
    assert photo.turned == 90
    assert kept.quality == CLEAR
    assert kept.age == found.age


def test_a_face_of_an_earlier_version_is_given_back_without_what_it_did_not_measure(
    alice: User,
) -> None:
    kept = make_face(make_photo(alice)).result

    assert kept.quality is None
    assert (kept.age.low, kept.age.high) == (None, None)


@pytest.mark.parametrize("count", [5, 68])
def test_a_face_has_the_landmarks_of_the_method_that_was_chosen(alice: User, count: int) -> None:
    photo = make_photo(alice, state="queued")
    points = np.arange(2 * count, dtype=np.float32).reshape(count, 2)
    found = replace(found_face(vector(1)), landmarks=points)

    results.save(claim=claimed(photo), analysed=analysed(found))

    face = Face.objects.get()
    assert np.array_equal(face.result.landmarks, points)
    assert face.points[-1] == (2 * count - 2, 2 * count - 1)


def test_landmarks_of_any_other_number_are_refused(alice: User) -> None:
    with pytest.raises(ValidationError, match="136 or 10 finite numbers"):
        make_face(make_photo(alice), landmarks=np.zeros(12))


def test_a_photo_without_a_face_is_done_too(alice: User) -> None:
    photo = make_photo(alice, state="queued")

    assert results.save(claim=claimed(photo), analysed=analysed())

    assert AnalysisJob.objects.get().state == "done"
    assert not Face.objects.exists()


def test_saving_twice_makes_no_second_face(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    answer = analysed(found_face(vector(1)), found_face(vector(2), ELSEWHERE))

    results.save(claim=claimed(photo), analysed=answer)
    before = set(Face.objects.values_list("pk", flat=True))
    results.save(claim=claimed(photo), analysed=answer)

    assert set(Face.objects.values_list("pk", flat=True)) == before
    assert len(before) == 2
    assert (
        len(list((photo.folder / "faces").iterdir())) == 2 * 2
    )  # a crop for people, one for networks


def test_a_lost_lease_writes_nothing(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    lost = claimed(photo)
    AnalysisJob.objects.update(state="queued", lease=None)
    holder = claimed(photo)

    assert not results.save(claim=lost, analysed=analysed(found_face(vector(1))))

    assert not Face.objects.exists()
    assert not photo.folder.exists()
    assert queue.renew(holder)


def test_a_fault_while_saving_leaves_the_job_open_and_no_face(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    claim = claimed(photo)
    photo.folder.parent.mkdir(parents=True)
    photo.folder.write_text("a file where the folder should be")

    with pytest.raises(OSError, match=photo.folder.name):
        results.save(claim=claim, analysed=analysed(found_face(vector(1))))

    assert not Face.objects.exists()
    assert queue.renew(claim)


def test_a_humans_name_is_carried_to_the_face_found_again(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    moved = found_face(near(vector(1), 0.1), MOVED, emotion="sad")

    results.save(claim=claimed(face.photo), analysed=analysed(moved))

    again = fresh(face)
    assert again.label == "Ada"
    assert again.is_named
    assert (again.box, again.emotion) == (MOVED, "sad")
    assert Face.objects.count() == 1


def test_a_known_encoding_follows_its_face(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    newer = near(vector(1), 0.2)

    results.save(
        claim=claimed(face.photo),
        analysed=analysed(found_face(newer, MOVED), encoder="another-v2"),
    )

    known = known_encoding(face)
    assert np.array_equal(known.vector, newer)
    assert known.encoder == fresh(face).encoder == "another-v2"


def test_a_refusal_is_carried_over_and_still_holds(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    photo = make_photo(alice)
    results.save(claim=claimed(photo), analysed=analysed(found_face(near(vector(1), 0.3))))
    face = Face.objects.get(photo=photo)
    assert face.label == "Ada?"
    people.refuse(face=face, person_id=guess_of(face))

    results.save(claim=claimed(photo), analysed=analysed(found_face(near(vector(1), 0.2), MOVED)))

    again = fresh(face)
    assert again.box == MOVED
    assert again.label == "Unknown"
    assert Refusal.objects.get().face_id == again.pk


def test_a_face_that_a_human_named_stays_when_it_is_not_found_again(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1), crop=True)

    results.save(claim=claimed(face.photo), analysed=analysed(found_face(vector(2), ELSEWHERE)))

    assert fresh(face).label == "Ada"
    assert Face.objects.count() == 2
    assert KnownEncoding.objects.count() == 1
    assert face.photo.face_crop(face.pk).exists()


def test_a_face_that_a_human_refused_stays_when_it_is_not_found_again(alice: User) -> None:
    make_known(alice, "Ada")
    face = make_face(make_photo(alice))
    Face.objects.filter(pk=face.pk).update(suggestion=person_called("Ada"))
    people.refuse(face=fresh(face), person_id=person_called("Ada").pk)

    results.save(claim=claimed(face.photo), analysed=analysed())

    assert Refusal.objects.get().face_id == face.pk


def test_a_face_of_the_machine_goes_with_its_crop_when_it_is_not_found_again(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    make_known(alice, "Ada", vector(1))
    photo = make_photo(alice, files=True)
    guessed = make_face(
        photo, near(vector(1), 0.3), crop=True,
        person=person_called("Ada"), named_by="machine", distance=0.3,
    )  # fmt: skip
    crop = photo.face_crop(guessed.pk)
    assert crop.exists()

    with django_capture_on_commit_callbacks(execute=True):
        results.save(claim=claimed(photo), analysed=analysed(found_face(vector(2), ELSEWHERE)))
        assert crop.exists()  # It may still be shown: nothing is saved yet.

    assert not Face.objects.filter(pk=guessed.pk).exists()
    assert not crop.exists()
    assert Face.objects.filter(photo=photo).count() == 1


def test_the_best_overlap_wins_when_two_faces_are_near(alice: User) -> None:
    """Both new boxes overlap Ada's old one by more than the threshold."""
    ada = make_known(alice, "Ada", vector(1), box=Box(0, 0, 100, 100))
    worse, best = Box(0, 0, 100, 60), Box(0, 0, 100, 95)

    results.save(
        claim=claimed(ada.photo),
        analysed=analysed(found_face(vector(2), worse), found_face(vector(1), best)),
    )

    assert fresh(ada).box == best
    assert [face.label for face in Face.objects.filter(photo=ada.photo)].count("Ada") == 1
    assert Face.objects.count() == 2


def test_a_new_face_is_guessed_from_the_known_ones(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    photo = make_photo(alice, state="queued")

    results.save(claim=claimed(photo), analysed=analysed(found_face(near(vector(1), 0.4))))

    face = Face.objects.get(photo=photo)
    assert face.label == "Ada?"
    assert face.distance == pytest.approx(0.4, abs=1e-4)


def test_a_result_never_touches_the_faces_of_another_photo(alice: User) -> None:
    other = make_face(make_photo(alice))
    photo = make_photo(alice, state="queued")

    results.save(claim=claimed(photo), analysed=analysed())

    assert Face.objects.get() == other
    assert Photo.objects.get(pk=other.photo_id).changed_at == other.photo.changed_at


def looked_harder(photo: Photo) -> queue.Claim:
    assert photos.look_harder(photo)
    claim = queue.claim()
    assert claim is not None
    assert claim.choice["detector"] == HARDER["detector"]
    return claim


def again(photo: Photo) -> Photo:
    return Photo.objects.get(pk=photo.pk)


def test_looking_harder_says_how_many_more_faces_it_found(alice: User) -> None:
    photo = make_photo(alice)
    face = make_face(photo, vector(1))
    people.name_face(face=face, name="Ada")
    answer = analysed(found_face(vector(1)), found_face(vector(2), ELSEWHERE))

    assert results.save(claim=looked_harder(photo), analysed=answer)
    assert again(photo).more_faces == 1
    assert fresh(face).person == person_called("Ada")

    assert results.save(claim=looked_harder(photo), analysed=answer)
    assert again(photo).more_faces == 0

    photos.analyse_again(photo)
    claim = queue.claim()
    assert claim is not None
    assert claim.choice["detector"] == "yunet"
    assert results.save(claim=claim, analysed=analysed(found_face(vector(1))))
    assert again(photo).more_faces is None
    assert photo.faces.count() == 1


def test_a_new_photo_of_who_always_looks_harder_has_no_more_faces_than_before(alice: User) -> None:
    Preferences.objects.create(user=alice, methods=HARDER)
    photo = make_photo(alice, methods={}, state="failed")
    assert results.save(claim=looked_harder(photo), analysed=analysed(found_face(vector(1))))
    assert again(photo).more_faces is None
    assert results.save(claim=looked_harder(photo), analysed=analysed(found_face(vector(1))))
    assert again(photo).more_faces == 0


def test_looking_harder_waits_while_the_photo_is_analysed(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    assert not photos.look_harder(photo)
