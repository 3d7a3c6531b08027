"""Faces that humans drew, and boxes that they corrected: measured soon, undone as said, never lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User

from analysis.errors import UnreadablePhoto
from analysis.processes import ChildFailed, Reply, Request
from analysis.results import Box, FaceResult
from analysis.sentences import say
from gallery.children.pool import AnalysisPool
from gallery.children.requests import Analyse, Measure, Measured
from gallery.jobs import tasks
from gallery.models import Action, Face, GroupedFace, KnownEncoding, Photo, Roster, Task
from gallery.models.boxed import BoxedBy
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import (
    boxes,
    curating,
    drawing,
    grouping,
    measuring,
    people,
    rederiving,
    results,
    saying,
    unmeasured,
)
from gallery.services.drawing import BoxRefused
from gallery.worker.runner import Runner
from gallery.worker.work.boxes import Boxes
from tests.factories import (
    BOX,
    METHODS,
    analysed,
    claimed,
    found_face,
    grey_png,
    jpeg,
    make_face,
    make_known,
    make_photo,
    measured,
    near,
    person_called,
    vector,
)

PLACE = Box(200, 100, 260, 170)
BESIDE = Box(205, 105, 262, 172)  # IoU 0.79 with PLACE
ELSEWHERE = Box(400, 300, 460, 370)


@pytest.fixture
def photo(alice: User) -> Photo:
    return make_photo(alice, width=640, height=480, files=True)


def found_as(seed: int) -> Callable[[Box], FaceResult]:
    return lambda box: found_face(vector(seed), box)


def last(did: Did) -> Action:
    return Action.objects.filter(did=did).order_by("-pk")[0]


def now(face: Face) -> Face:
    return Face.everything.select_related("person", "photo").get(pk=face.pk)


def given(found: FaceResult, detected: Box | None = None) -> FaceResult:
    return replace(found, is_given=True, found=detected)


def agrees(owner: User) -> bool:
    return rederiving.differences(Roster.objects.of(owner.pk)) == []


def test_a_drawn_face_is_there_with_its_name_once_it_is_measured(alice: User, photo: Photo) -> None:
    face = drawing.draw(photo=photo, box=PLACE, name="Ada")

    assert not Face.objects.exists()
    assert (face.box, face.mark, face.is_drawn) == (PLACE, Mark.PENDING, True)
    assert agrees(alice)
    assert measured(alice, found_as(1)) == 1

    there = Face.objects.get()
    assert (there.pk, there.label, there.is_named) == (face.pk, "Ada", True)
    assert (there.box, there.is_drawn, there.is_due) == (PLACE, True, False)
    assert there.age_years == 41
    assert photo.face_crop(face.pk).is_file()
    assert photo.emotion_crop(face.pk).is_file()
    assert agrees(alice)
    # Whoever waited for it has seen that it is done.
    assert Task.objects.get().dismissed_at is not None


def test_a_drawn_face_is_a_reference_only_if_that_is_said(alice: User, photo: Photo) -> None:
    face = drawing.draw(photo=photo, box=PLACE, name="Ada")
    measured(alice, found_as(1))
    assert not KnownEncoding.objects.exists()

    people.add_reference(face=now(face))

    assert KnownEncoding.objects.get().face == face
    assert agrees(alice)


def test_a_drawn_face_of_nobody_joins_those_who_look_the_same(alice: User, photo: Photo) -> None:
    others = [make_face(make_photo(alice), near(vector(1), 0.1, seed)) for seed in range(2)]
    grouping.regroup(Roster.objects.of(alice.pk))

    face = drawing.draw(photo=photo, box=PLACE)
    measured(alice, lambda box: found_face(near(vector(1), 0.1, 5), box))

    groups = GroupedFace.objects.filter(face__in=[face, *others]).values_list("group", flat=True)
    assert len(groups) == 3
    assert len(set(groups)) == 1


def test_an_unnamed_drawn_face_is_guessed_as_any_other(alice: User, photo: Photo) -> None:
    make_known(alice, "Ada", vector(1))

    face = drawing.draw(photo=photo, box=PLACE)
    measured(alice, lambda box: found_face(near(vector(1), 0.2), box))

    assert now(face).label == "Ada?"


@pytest.mark.parametrize(
    ("box", "why"),
    [
        (Box(10, 10, 15, 200), "larger box"),
        (Box(700, 10, 800, 200), "larger box"),
        (Box(12, 12, 50, 50), "already"),
    ],
)
def test_a_box_that_makes_no_sense_is_refused(photo: Photo, box: Box, why: str) -> None:
    make_face(photo)

    with pytest.raises(BoxRefused, match=why):
        drawing.draw(photo=photo, box=box)

    assert Face.everything.count() == 1
    assert not Action.objects.exists()


def test_a_box_is_cut_off_at_the_edges_of_the_photo(photo: Photo) -> None:
    face = drawing.draw(photo=photo, box=Box(-20, 400, 60, 500))

    assert face.box == Box(0, 400, 60, 480)


def test_a_face_is_not_drawn_on_a_photo_that_was_not_analysed(alice: User) -> None:
    photo = make_photo(alice, state="queued", methods={}, width=None, height=None)

    with pytest.raises(BoxRefused, match="Wait"):
        drawing.draw(photo=photo, box=PLACE)


def test_undoing_a_drawing_hides_the_face_and_redoing_brings_it_back_as_it_was(
    alice: User, photo: Photo
) -> None:
    face = drawing.draw(photo=photo, box=PLACE)
    measured(alice, found_as(1))
    people.name_face(face=now(face), name="Ada")

    saying.undo(action=last(Did.DRAW))

    assert not Face.objects.exists()
    assert now(face).mark == Mark.UNDRAWN
    assert agrees(alice)

    saying.redo(action=last(Did.DRAW))

    again = Face.objects.get()
    assert (again.label, again.box, again.is_due) == ("Ada", PLACE, False)
    assert agrees(alice)


def test_a_face_that_was_taken_away_and_drawn_again_is_the_same(alice: User, photo: Photo) -> None:
    face = drawing.draw(photo=photo, box=PLACE)
    measured(alice, found_as(1))
    drawing.take_away(face=now(face))
    assert not Face.objects.exists()

    again = drawing.draw(photo=photo, box=BESIDE)

    assert again.pk == face.pk
    assert measured(alice, found_as(2)) == 1
    assert now(face).box == BESIDE


def test_a_face_that_was_none_is_one_again_once_it_is_drawn(alice: User, photo: Photo) -> None:
    face = make_face(photo, vector(1), box=BESIDE)
    roster = Roster.objects.of(alice.pk)
    curating.mark(roster=roster, faces=[face.pk], mark=Mark.NO_FACE)

    drawing.draw(photo=photo, box=PLACE)

    assert (now(face).mark, now(face).box, now(face).is_corrected) == (Mark.NONE, PLACE, True)
    saying.undo(action=last(Did.DRAW))
    assert (now(face).mark, now(face).box) == (Mark.NO_FACE, BESIDE)
    assert agrees(alice)


def test_a_corrected_box_is_measured_again_and_so_is_the_detectors_once_that_is_undone(
    alice: User, photo: Photo
) -> None:
    face = make_face(photo, vector(1), box=PLACE)
    people.name_face(face=face, name="Ada")

    drawing.correct(face=face, box=BESIDE)

    assert (now(face).box, now(face).is_corrected, now(face).detected) == (BESIDE, True, PLACE)
    assert now(face).label == "Ada"
    assert measured(alice, found_as(2)) == 1
    assert (KnownEncoding.objects.get().vector == vector(2)).all()
    assert agrees(alice)

    saying.undo(action=last(Did.BOX))

    assert (now(face).box, now(face).boxed_by, now(face).detected) == (
        PLACE,
        BoxedBy.DETECTOR,
        None,
    )
    assert measured(alice, found_as(1)) == 1
    assert (KnownEncoding.objects.get().vector == vector(1)).all()
    assert now(face).label == "Ada"
    assert agrees(alice)


def test_a_box_is_not_moved_onto_another_face(photo: Photo) -> None:
    face = make_face(photo)
    make_face(photo, box=PLACE)

    with pytest.raises(BoxRefused, match="already"):
        drawing.correct(face=face, box=BESIDE)


def test_a_humans_box_stays_whatever_a_detector_finds_in_its_place(
    alice: User, photo: Photo
) -> None:
    face = drawing.draw(photo=photo, box=PLACE, name="Ada")
    assert boxes.given(photo) == (PLACE,)

    answer = analysed(given(found_face(vector(1), PLACE), BESIDE), found_face(vector(2), BOX))
    results.save(claim=claimed(photo), analysed=answer)

    assert (now(face).label, now(face).box, now(face).detected) == ("Ada", PLACE, BESIDE)
    assert Face.objects.count() == 2
    assert measured(alice, found_as(1)) == 0  # It has been, with the photo.
    assert agrees(alice)

    drawing.take_away(face=now(face))

    # A detector finds it by itself.
    assert (now(face).label, now(face).box) == ("Ada", BESIDE)
    assert boxes.given(photo) == ()
    assert agrees(alice)


def test_a_face_that_is_drawn_while_the_photo_is_analysed_is_not_doubled(
    alice: User, photo: Photo
) -> None:
    claim = claimed(photo)
    face = drawing.draw(photo=photo, box=PLACE, name="Ada")

    results.save(claim=claim, analysed=analysed(found_face(vector(1), BESIDE)))

    assert Face.everything.get() == face
    assert (now(face).box, now(face).detected, now(face).is_due) == (PLACE, BESIDE, True)
    assert measured(alice, found_as(1)) == 1
    assert now(face).label == "Ada"
    assert agrees(alice)


def test_a_drawing_that_is_taken_back_while_the_photo_is_analysed_stays_so(
    alice: User, photo: Photo
) -> None:
    face = drawing.draw(photo=photo, box=PLACE)
    claim = claimed(photo)
    drawing.take_away(face=face)

    results.save(claim=claim, analysed=analysed(given(found_face(vector(1), PLACE))))

    assert not Face.objects.exists()
    assert now(face).mark == Mark.UNDRAWN
    assert measured(alice, found_as(1)) == 0
    assert agrees(alice)


def test_what_was_said_of_a_drawing_that_was_taken_back_holds_once_a_detector_finds_it(
    alice: User, photo: Photo
) -> None:
    face = drawing.draw(photo=photo, box=PLACE)
    measured(alice, found_as(1))
    people.name_face(face=now(face), name="Ada")
    drawing.take_away(face=now(face))
    results.save(claim=claimed(photo), analysed=analysed())
    assert now(face).mark == Mark.UNDRAWN  # Still there, for an undoing.

    results.save(claim=claimed(photo), analysed=analysed(found_face(vector(1), BESIDE)))

    assert Face.objects.get() == face
    assert (now(face).label, now(face).box, now(face).boxed_by) == ("Ada", BESIDE, "")
    assert agrees(alice)
    saying.undo(action=last(Did.UNDRAW))
    assert (now(face).box, now(face).detected, now(face).is_drawn) == (PLACE, BESIDE, True)
    assert agrees(alice)


def test_a_box_that_changes_while_it_is_measured_is_measured_again(
    alice: User, photo: Photo
) -> None:
    face = drawing.draw(photo=photo, box=PLACE)
    task = tasks.claim([unmeasured.KIND])
    assert task is not None
    asked = measuring.next_of(task)
    assert asked is not None
    drawing.correct(face=face, box=BESIDE)

    found = given(found_face(vector(1), PLACE))
    measuring.save(task, asked, Measured((found,), METHODS, (jpeg(),), (grey_png(),)))

    assert now(face).mark == Mark.PENDING
    asked = measuring.next_of(task)
    assert asked is not None
    assert asked.request.boxes == (BESIDE,)


def test_a_mended_library_has_boxes_where_humans_said(alice: User, photo: Photo) -> None:
    face = make_face(photo, box=PLACE)
    drawing.correct(face=face, box=BESIDE)
    Face.objects.filter(pk=face.pk).update(left=1)
    roster = Roster.objects.of(alice.pk)

    [difference] = rederiving.differences(roster, mend=True)

    assert difference.startswith(f"Box of face {face.pk}: (1, 105")
    assert now(face).box == BESIDE
    assert agrees(alice)


class FakePool(AnalysisPool):
    """Answers as a child would, or fails as one might."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__(timeout=1, memory=1)
        self.failure = failure
        self.asked: list[Any] = []

    async def ask(self, request: Request[Reply]) -> Reply:
        self.asked.append(request)
        if self.failure:
            raise self.failure
        if isinstance(request, Analyse):
            found = [given(found_face(vector(1), box)) for box in request.boxes]
            return cast(Reply, analysed(*found))
        assert isinstance(request, Measure)
        faces = tuple(given(found_face(vector(1), box)) for box in request.boxes)
        crops = tuple(jpeg(8, 8) for _ in faces), tuple(grey_png() for _ in faces)
        return cast(Reply, Measured(faces, METHODS, *crops))


def worked(pool: FakePool) -> None:
    task = tasks.claim([Boxes.name])
    assert task is not None
    work = Boxes(task)
    while async_to_sync(work.step)(pool):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_worker_measures_what_waits_a_photo_at_a_time(alice: User) -> None:
    lying = make_photo(alice, width=640, height=480, files=True, turned=90)
    other = make_photo(alice, width=640, height=480, files=True)
    for photo, box in ((lying, PLACE), (other, PLACE), (lying, ELSEWHERE)):
        drawing.draw(photo=photo, box=box)
    pool = FakePool()

    worked(pool)

    assert [(one.path, one.boxes, one.turned) for one in pool.asked] == [
        (lying.original, (PLACE, ELSEWHERE), 90),
        (other.original, (PLACE,), 0),
    ]
    assert Face.objects.count() == 3
    assert Boxes(Task.objects.get()).outcome == "3 faces were measured."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (FileNotFoundError(), "This face could not be measured: its file cannot be found"),
        (UnreadablePhoto(say("unreadable")), "This file is not a photo we can read."),
        (ChildFailed(say("child_crashed")), "This face could not be measured: "),
    ],
)
def test_what_cannot_be_measured_says_why_and_can_be_tried_again(
    alice: User, failure: Exception, why: str
) -> None:
    photo = make_photo(alice, width=640, height=480, files=True)
    face = drawing.draw(photo=photo, box=PLACE, name="Ada")

    worked(FakePool(failure))

    assert f"{now(face).unmeasured}".startswith(why)
    assert now(face).mark == Mark.PENDING
    assert "1 could not be" in Boxes(Task.objects.get()).outcome
    assert tasks.claim([Boxes.name]) is None

    measuring.try_again(face=now(face))
    worked(FakePool())

    assert now(face).unmeasured is None
    assert (now(face).label, now(face).person) == ("Ada", person_called("Ada"))


@pytest.mark.django_db(transaction=True)
def test_faces_wait_while_no_child_can_be_started(alice: User) -> None:
    face = drawing.draw(photo=make_photo(alice, width=640, height=480), box=PLACE)

    with pytest.raises(ChildFailed):
        worked(FakePool(ChildFailed(say("child_crashed"), "unavailable")))

    assert now(face).unmeasured is None
    assert now(face).is_due


@pytest.mark.django_db(transaction=True)
def test_an_analysis_is_given_the_boxes_of_humans(alice: User) -> None:
    photo = make_photo(alice, width=640, height=480, files=True)
    face = drawing.draw(photo=photo, box=PLACE)
    claim = claimed(photo)
    pool = FakePool()

    async_to_sync(Runner(pool, 1)._run)(claim)

    assert pool.asked[0].boxes == (PLACE,)
    assert now(face).mark == Mark.NONE
