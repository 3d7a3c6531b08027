"""Faces that a second network measured too, beside those that it did not: of files and earlier analyses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.known.known import NUMBERS
from analysis.methods import DEFAULT
from gallery.models import AnalysisJob, Face, FaceGroup, KnownEncoding, Person, Roster
from gallery.models.record import Did
from gallery.services import (
    grouping,
    known_export,
    known_files,
    library_faces,
    saying,
    unknown_faces,
    wording,
)
from gallery.services.unknown_faces import Unknown
from tests.factories import fresh, make_face, make_known, make_photo, near, rematch, vector, whole

pytestmark = pytest.mark.django_db


def test_encodings_are_kept_as_they_are(alice: User) -> None:
    alone, both = make_face(make_photo(alice)), make_face(make_photo(alice), whole(vector(2)))

    assert fresh(alone).encoding.shape == (NUMBERS,)
    assert np.array_equal(fresh(both).encoding, whole(vector(2)))


def test_a_face_is_told_by_known_ones_of_either_kind(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Ben", whole(vector(2), 2))
    of_ada = make_face(make_photo(alice), whole(near(vector(1), 0.2), 1))
    of_ben = make_face(make_photo(alice), near(vector(2), 0.2))
    rematch(alice)

    guessed = {face.pk: fresh(face).person for face in (of_ada, of_ben)}

    assert {pk: person and person.name for pk, person in guessed.items()} == {
        of_ada.pk: "Ada",
        of_ben.pk: "Ben",
    }


def test_who_looks_alike_to_one_network_alone_is_not_taken_for_the_other(alice: User) -> None:
    make_known(alice, "Ada", whole(vector(1), 1))
    alike = make_face(make_photo(alice), whole(near(vector(1), 0.55), 2))
    rematch(alice)

    assert fresh(alike).person is None


def test_groups_are_found_of_what_most_faces_have(alice: User) -> None:
    for seed in range(3):
        for at in range(12):
            make_face(make_photo(alice), whole(near(vector(seed), 0.2, at), seed))
    late = make_face(make_photo(alice), near(vector(1), 0.2, 99))
    roster = Roster.objects.of(alice.pk)

    libraries = unknown_faces.read(roster)
    grouping.regroup(roster)

    assert [some.columns.encodings.shape for some in libraries] == [(36, 256), (1, 128)]
    assert sorted(FaceGroup.objects.values_list("count", flat=True)) == [12, 12, 12]
    assert unknown_faces.among(roster, [late.pk])[0].groups.tolist() == [-1]


def test_where_many_lack_the_second_networks_numbers_all_are_told_by_the_first(alice: User) -> None:
    both = [make_face(make_photo(alice), whole(near(vector(1), 0.2, at), at)) for at in range(3)]
    alone = [make_face(make_photo(alice), near(vector(1), 0.2, 9 + at)) for at in range(3)]
    roster = Roster.objects.of(alice.pk)

    [some] = unknown_faces.read(roster)
    grouping.regroup(roster)

    assert some.columns.encodings.shape == (6, 128)
    groups = Face.objects.filter(pk__in=[one.pk for one in both + alone])
    assert len(set(groups.values_list("grouped__group", flat=True))) == 1


def test_a_few_that_lack_them_keep_their_groups(alice: User) -> None:
    columns = _unknown(alice, whole_ones=20, others=1).columns
    some = Unknown("some", columns, np.full(21, 7), np.zeros(21, np.bool_))

    both, rest = some.by_what_they_have()

    assert (len(both), len(rest)) == (20, 1)
    assert set(both.groups.tolist()) == set(rest.groups.tolist()) == {7}
    assert replace(some, columns=both.columns).columns.encodings.shape == (20, 256)


def test_a_group_counts_its_faces_of_either_kind(alice: User) -> None:
    faces = [make_face(make_photo(alice), whole(near(vector(1), 0.2, at), 1)) for at in range(20)]
    faces.append(make_face(make_photo(alice), near(vector(1), 0.2, 99)))
    roster = Roster.objects.of(alice.pk)
    grouping.set_apart([[face.pk for face in faces]], roster)
    group = FaceGroup.objects.get()
    saying.say(roster, Did.DIVIDE, [wording.part(face.pk, "one", 0) for face in faces])

    grouping.regroup(roster)

    assert FaceGroup.objects.get(pk=group.pk).count == 21


def test_an_export_that_is_brought_in_again_makes_nobody_known_twice(alice: User) -> None:
    make_known(alice, "Ada", whole(vector(1)))
    roster = Roster.objects.of(alice.pk)
    known = known_export.of(roster)
    assert known is not None

    plan = known_files.bring(roster=roster, known=known, source="mine.npz")

    assert plan.already == [("Ada", "Ada")]
    assert KnownEncoding.objects.count() == 1


def test_a_photo_is_analysed_again_by_what_is_preferred_now(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    older = photo.job.choice | {"encoder": "onnx"}
    AnalysisJob.objects.filter(photo=photo).update(choice=older, chosen={"detector": "hog"})

    form = as_alice.get(f"/photos/{photo.pk}/").context["methods_form"]

    begun = {stage: form[stage].initial for stage in ("encoder", "detector")}
    assert begun == {"encoder": DEFAULT.encoder, "detector": "hog"}


def test_a_look_through_the_library_finds_either_kind(alice: User) -> None:
    make_face(make_photo(alice), vector(1))
    make_face(make_photo(alice), whole(vector(2)))

    [faces] = library_faces.of(Roster.objects.of(alice.pk)).values()

    assert faces.encodings.shape == (2, 256)


def test_files_of_known_people_hold_what_others_can_read(alice: User) -> None:
    make_known(alice, "Ada", whole(vector(1)))

    known = known_export.of(Roster.objects.of(alice.pk))

    assert known is not None
    assert np.array_equal(known.encodings[0], vector(1))
    assert Person.objects.get().encodings.count() == 1


def _unknown(alice: User, *, whole_ones: int, others: int) -> Unknown:
    for at in range(whole_ones):
        make_face(make_photo(alice), whole(vector(at)))
    for at in range(others):
        make_face(make_photo(alice), vector(100 + at))
    keys = list(Face.objects.values_list("pk", flat=True))
    [some] = unknown_faces.among(Roster.objects.of(alice.pk), keys)
    return some
