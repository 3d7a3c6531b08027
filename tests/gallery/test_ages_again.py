"""Telling ages again from kept crops: whose, by what, and what stays."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from PIL import Image

from analysis.methods import DEFAULT, find
from analysis.processes import Loaded, Reply, Request
from analysis.results import AgeEstimate
from analysis.weights import INSTALLED
from gallery import installed, kinds
from gallery.children.pool import AnalysisPool
from gallery.children.requests import Analyse, KeptFace, TellAges, ToldAges
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import TaskRefused
from gallery.models import Face, Photo, Preferences, Recommendation, Task
from gallery.services import age_tasks, people
from gallery.worker.work import ages
from gallery.worker.work.ages import AgesAgain
from tests.factories import METHODS, fresh, make_face, make_photo

pytestmark = pytest.mark.django_db(transaction=True)

PORTRAIT = Path(__file__).resolve().parents[2] / "gallery" / "samples" / "obama.jpg"
TOLD = AgeEstimate(51.5, "(48-53)", 0.5, 40.0, 61.5)
NETWORK = find("age_gender", DEFAULT.age_gender).age_network
BEFORE = METHODS | {"age_gender": "dlib-age-v1-corrected-1, dlib-gender-v1-crisp-1"}
Tell = Callable[[KeptFace], AgeEstimate | None]


class FakePool(AnalysisPool):
    """Tells ages as it is told to; `before` is called ahead of each answer."""

    def __init__(
        self, tell: Tell = lambda face: TOLD, before: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(timeout=1, memory=1)
        self.tell = tell
        self.before = before
        self.asked: list[TellAges] = []

    async def ask(self, request: Request[Reply]) -> Reply:
        question = cast(TellAges, request)
        self.asked.append(question)
        await database_sync_to_async(self.before)()
        return cast(Reply, ToldAges(NETWORK, tuple(map(self.tell, question.faces))))


def old_face(owner: User, **fields: Any) -> Face:
    photo = make_photo(owner, files=True, methods=BEFORE)
    return make_face(photo, crop=True, **({"methods": BEFORE} | fields))


async def to_the_end(work: AgesAgain, pool: FakePool) -> None:
    while await work.step(pool):
        pass


def done(pool: FakePool, task: Task) -> Task:
    claimed = tasks.claim(["ages"])
    assert claimed is not None
    async_to_sync(to_the_end)(AgesAgain(claimed), pool)
    return Task.objects.get(pk=task.pk)


def tell_again(owner: User, pool: FakePool | None = None) -> Task:
    return done(pool or FakePool(), age_tasks.tell_again(user=owner))


def test_every_age_that_another_network_told_is_told_anew(alice: User, bob: User) -> None:
    faces = [old_face(alice), old_face(alice, age_years=50.0), old_face(bob, methods={})]
    task = tell_again(alice)
    assert (task.state, task.done, task.total) == ("done", 3, 3)
    assert task.result == {"told": 3, "changed": 2, "left_out": 0, "accounts_left_out": 0}
    for face in map(fresh, faces):
        assert (face.age_years, face.age_low, face.age_high) == (51.5, 40.0, 61.5)
        assert (face.age_bracket, face.age_confidence) == ("(48-53)", 0.5)
        assert face.photo.methods["age_gender"] == f"{NETWORK}, dlib-gender-v1-crisp-1"
    assert fresh(faces[0]).methods == BEFORE | {"age_gender": f"{NETWORK}, dlib-gender-v1-crisp-1"}
    assert fresh(faces[2]).methods == {"age_gender": NETWORK}


def test_gender_names_and_all_else_stay(alice: User) -> None:
    face = old_face(alice, gender="male", gender_confidence=0.77)
    people.name_face(face=face, name="Ada")
    tell_again(alice)
    after = fresh(face)
    assert (after.gender, after.gender_confidence, after.emotion) == ("male", 0.77, "happy")
    assert after.person is not None
    assert (after.person.name, after.named_by, after.box) == ("Ada", "human", face.box)


def test_what_this_network_told_of_the_whole_photo_is_not_told_again(alice: User) -> None:
    old_face(alice, methods=BEFORE | {"age_gender": f"{NETWORK}, dlib-gender-v1-crisp-1"})
    old_face(alice, methods={"age_gender": NETWORK})
    assert age_tasks.face_count() == 0
    other = old_face(alice, methods=BEFORE | {"age_gender": f"{NETWORK}0, dlib-gender-v1-crisp-1"})
    assert age_tasks.face_count() == 1
    assert tell_again(alice).done == 1
    assert fresh(other).age_years == 51.5


def test_who_chose_a_method_keeps_it(alice: User, bob: User) -> None:
    mine, theirs = old_face(alice), old_face(bob)
    Preferences.objects.create(user=bob, methods={"age_gender": "onnx"})
    task = tell_again(alice)
    assert (task.total, task.result["accounts_left_out"]) == (1, 1)
    assert (fresh(mine).age_years, fresh(theirs).age_years) == (51.5, 34.2)
    assert kinds.of(task).outcome == (
        "1 of 1 face looks older or younger by 5 years or more now. 1 account chose another method."
    )


def test_a_face_without_its_crop_stays_and_is_counted(alice: User) -> None:
    face = old_face(alice)
    task = tell_again(alice, FakePool(lambda kept: None))
    assert (task.state, task.result["told"], task.result["left_out"]) == ("done", 0, 1)
    assert fresh(face).methods == BEFORE
    assert "1 without a kept crop stays as it was." in kinds.of(task).outcome


@pytest.mark.parametrize("change", [{"left": 12}, {"age_years": 8.0}, {"methods": METHODS}])
def test_an_analysis_that_was_faster_wins(alice: User, change: dict[str, Any]) -> None:
    face = old_face(alice)
    pool = FakePool(before=lambda: Face.objects.filter(pk=face.pk).update(**change))
    assert tell_again(alice, pool).result["told"] == 0
    after = fresh(face)
    assert after.age_years != 51.5
    assert {name: getattr(after, name) for name in change} == change


def test_it_goes_on_where_it_was_stopped(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ages, "CHUNK", 2)
    faces = [old_face(alice) for _ in range(5)]
    task = age_tasks.tell_again(user=alice)
    claimed = tasks.claim(["ages"])
    assert claimed is not None
    pool = FakePool()
    pool.before = lambda: tasks.stop(task) if len(pool.asked) == 2 else None
    with pytest.raises(LeaseLost):
        async_to_sync(to_the_end)(AgesAgain(claimed), pool)
    assert [fresh(face).age_years for face in faces] == [51.5] * 2 + [34.2] * 3
    tasks.go_on(task)
    ended = done(FakePool(), task)
    assert (ended.done, ended.result["told"]) == (5, 5)
    assert [fresh(face).age_years for face in faces] == [51.5] * 5


def test_open_pages_are_told_of_the_change(alice: User) -> None:
    face = old_face(alice)
    before = Photo.objects.get(pk=face.photo_id).changed_at
    tell_again(alice)
    assert Photo.objects.get(pk=face.photo_id).changed_at > before


def test_a_default_that_reads_no_crops_is_not_asked(alice: User) -> None:
    old_face(alice)
    Recommendation.objects.create(stage="age_gender", method="onnx")
    assert age_tasks.face_count() == 0
    with pytest.raises(TaskRefused, match="can't tell ages by the crops"):
        age_tasks.tell_again(user=alice)


def test_an_administrator_begins_it_once_at_a_time_and_nobody_else_does(
    admin: User, as_admin: Client, as_bob: Client
) -> None:
    old_face(admin)
    again = reverse("tell_ages_again")
    assert as_bob.post(again).status_code == 404
    assert "Of 1 face that another network told" in as_admin.get(reverse("networks")).text
    assert "being told again already" not in as_admin.post(again, follow=True).text
    assert "The ages are being told again already." in as_admin.post(again, follow=True).text
    assert Task.objects.filter(kind="ages").count() == 1


def test_the_age_of_a_crop_is_nearly_that_of_the_photo_wherever_the_face_lies(
    tmp_path: Path,
) -> None:
    loaded = Loaded(INSTALLED)
    whole = Image.open(PORTRAIT).convert("RGB")
    # The face in the middle, and at an edge, where its crop has moved inwards.
    for number, edges in enumerate([(0, 0, *whole.size), (250, 100, 700, 500)]):
        photo = tmp_path / f"{number}.png"
        whole.crop(edges).save(photo)
        analysed = Analyse(photo, installed.limits()).answer(loaded)
        [face] = analysed.result.faces[:1]
        crop = tmp_path / f"{number}.crop.jpg"
        crop.write_bytes(analysed.crops[0])
        assert Image.open(io.BytesIO(analysed.crops[0])).size == (160, 160)
        size = analysed.result.width, analysed.result.height
        kept = KeptFace(crop, face.box, *size, face.landmarks)
        gone = KeptFace(tmp_path / "gone.jpg", face.box, *size, face.landmarks)
        broken = KeptFace(photo.with_suffix(".txt"), face.box, *size, face.landmarks)
        broken.crop.write_bytes(b"no picture")
        told = TellAges(DEFAULT.age_gender, (gone, kept, broken)).answer(loaded)
        assert told.network == NETWORK
        assert told.ages[0] is told.ages[2] is None
        assert told.ages[1] is not None
        assert abs(told.ages[1].years - face.age.years) < 4


def test_five_points_serve_as_well_as_sixty_eight(tmp_path: Path) -> None:
    loaded = Loaded(INSTALLED)
    analysed = Analyse(PORTRAIT, installed.limits()).answer(loaded)
    [face] = analysed.result.faces[:1]
    crop = tmp_path / "crop.jpg"
    crop.write_bytes(analysed.crops[0])
    size = analysed.result.width, analysed.result.height
    five = np.ascontiguousarray(face.landmarks[[45, 42, 36, 39, 33]])
    faces = tuple(KeptFace(crop, face.box, *size, points) for points in (face.landmarks, five))
    one, other = TellAges(DEFAULT.age_gender, faces).answer(loaded).ages
    assert one == other
