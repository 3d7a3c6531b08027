"""Telling emotions again and comparing two networks, with a pool that answers without a child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db.models import Max

from analysis.methods import DEFAULT
from analysis.processes import Loaded, Reply, Request
from analysis.results import EMOTIONS, EmotionEstimate
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.children.requests import TellEmotions, ToldEmotions
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Work
from gallery.models import EmotionWord, Face, Photo, Preferences, Task
from gallery.services import network_tasks, people
from gallery.worker.work import comparison
from gallery.worker.work import faces as chunks
from gallery.worker.work.comparison import Comparison
from gallery.worker.work.emotions import EmotionsAgain
from tests.factories import METHODS, fresh, grey_png, make_face, make_photo

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[[str, Path], EmotionEstimate | None]


def estimate(label: str, confidence: float = 0.7) -> EmotionEstimate:
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    return EmotionEstimate(
        label, confidence, {one: confidence if one == label else rest for one in EMOTIONS}
    )


class FakePool(AnalysisPool):
    """Tells emotions as it is told to; `before` is called ahead of each answer."""

    def __init__(self, tell: Tell, before: Callable[[], object] = lambda: None) -> None:
        super().__init__(timeout=1, memory=1)
        self.tell = tell
        self.before = before
        self.asked = 0

    async def ask(self, request: Request[Reply]) -> Reply:
        question = cast(TellEmotions, request)
        self.asked += 1
        await sync(self.before)()
        told = tuple(self.tell(question.network, crop) for crop in question.crops)
        return cast(Reply, ToldEmotions(f"{question.network}-1234/crop-3", told))


def sync(act: Callable[[], object]) -> Any:
    from channels.db import database_sync_to_async

    return database_sync_to_async(act)


def sad(network: str, crop: Path) -> EmotionEstimate:
    return estimate("sad")


def tell_again(owner: User, tell: Tell = sad, before: Callable[[], object] = lambda: None) -> Task:
    task = network_tasks.tell_again(user=owner)
    return done(EmotionsAgain, FakePool(tell, before), task)


def compare(owner: User, tell: Tell) -> Task:
    last = Face.objects.aggregate(last=Max("pk"))["last"] or 0
    arguments = {"one": "mini-xception", "other": "mine", "last": last}
    task = tasks.enqueue(kind="comparison", owner=owner, arguments=arguments)
    return done(Comparison, FakePool(tell), task)


async def to_the_end(work: Work, pool: FakePool) -> None:
    while await work.step(pool):
        pass


def done(work: type[Work], pool: FakePool, task: Task) -> Task:
    claimed = tasks.claim(["emotions", "comparison"])
    assert claimed is not None
    async_to_sync(to_the_end)(work(claimed), pool)
    return Task.objects.get(pk=task.pk)


def happy_face(owner: User, **fields: Any) -> Face:
    return make_face(make_photo(owner, files=True), crop=True, **fields)


def test_every_face_is_told_anew_and_says_by_what(alice: User, bob: User) -> None:
    faces = [happy_face(alice), happy_face(alice), happy_face(bob)]
    task = tell_again(alice)
    assert (task.state, task.done, task.total) == ("done", 3, 3)
    assert task.result == {
        "network": f"{DEFAULT.emotion}-1234/crop-3", "changed": 3, "left_out": 0, "accounts_left_out": 0,
    }  # fmt: skip
    for face in map(fresh, faces):
        assert (face.emotion, face.emotion_confidence) == ("sad", 0.7)
        assert face.emotion_scores["sad"] == 0.7
        assert face.methods["emotion"] == face.photo.methods["emotion"] == task.result["network"]
        assert face.methods["detector"] == METHODS["detector"]


def test_nothing_else_of_a_face_changes_and_what_people_said_stays(alice: User) -> None:
    face = happy_face(alice)
    people.name_face(face=face, name="Ada")
    EmotionWord.objects.create(face=face, emotion="neutral", is_so=True)
    tell_again(alice)
    after = fresh(face)
    assert after.person is not None
    assert (after.person.name, after.named_by) == ("Ada", "human")
    assert (after.age_years, after.gender, after.box) == (face.age_years, face.gender, face.box)
    assert EmotionWord.objects.get(face=face).emotion == "neutral"


def test_faces_without_a_kept_crop_are_left_out_and_counted(alice: User) -> None:
    without = make_face(make_photo(alice))
    happy_face(alice)
    task = tell_again(alice)
    assert (task.done, task.result["left_out"]) == (1, 1)
    assert fresh(without).emotion == "happy"


def test_a_crop_that_is_gone_from_the_disk_changes_nothing(alice: User) -> None:
    face = happy_face(alice)
    task = tell_again(alice, lambda network, crop: None)
    assert (task.state, task.result["changed"]) == ("done", 0)
    assert fresh(face).emotion == "happy"


def another_network() -> None:
    file = installed.networks() / "theirs" / "emotion.onnx"
    file.parent.mkdir(parents=True)
    file.touch()


def test_who_chose_a_network_keeps_it(alice: User, bob: User) -> None:
    mine, theirs = happy_face(alice), happy_face(bob)
    another_network()
    Preferences.objects.create(user=bob, methods={"emotion": "theirs"})
    task = tell_again(alice)
    assert (task.total, task.done, task.result["accounts_left_out"]) == (1, 1, 1)
    assert (fresh(mine).emotion, fresh(theirs).emotion) == ("sad", "happy")


@pytest.mark.parametrize("chosen", ["gone.onnx", DEFAULT.emotion])
def test_who_chose_what_is_gone_or_the_default_by_now_gets_the_default(
    alice: User, bob: User, chosen: str
) -> None:
    face = happy_face(bob)
    Preferences.objects.create(user=bob, methods={"emotion": chosen})
    assert tell_again(alice).result["accounts_left_out"] == 0
    assert fresh(face).emotion == "sad"


def test_faces_that_are_added_meanwhile_are_told_by_what_is_chosen_then(alice: User) -> None:
    happy_face(alice)
    task = network_tasks.tell_again(user=alice)
    later = happy_face(alice)
    ended = done(EmotionsAgain, FakePool(sad), task)
    assert (ended.done, ended.total) == (1, 1)
    assert fresh(later).emotion == "happy"


def test_what_a_human_said_does_not_count_as_changed(alice: User) -> None:
    EmotionWord.objects.create(face=happy_face(alice), emotion="happy", is_so=True)
    assert tell_again(alice).result["changed"] == 0


@pytest.mark.parametrize(
    "change", [{"left": 12}, {"emotion_confidence": 0.5}, {"methods": {"encoder": "other"}}]
)
def test_each_sign_of_a_new_analysis_is_heeded(alice: User, change: dict[str, Any]) -> None:
    face = happy_face(alice)
    tell_again(alice, before=lambda: Face.objects.filter(pk=face.pk).update(**change))
    after = fresh(face)
    assert after.emotion == "happy"
    assert {name: getattr(after, name) for name in change} == change


def test_no_more_differences_are_kept_than_are_shown(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "SHOWN_APART", 2)
    faces = [happy_face(alice) for _ in range(3)]
    sure = dict(zip([face.pk for face in faces], (0.5, 0.9, 0.7), strict=True))

    def tell(network: str, crop: Path) -> EmotionEstimate:
        return estimate("happy" if network == "mine" else "sad", sure[_pk(crop)])

    apart = compare(alice, tell).result["apart"]
    assert [entry[0] for entry in apart] == [faces[1].pk, faces[2].pk]


def test_other_choices_of_methods_are_no_reason_to_be_left_out(alice: User, bob: User) -> None:
    face = happy_face(bob)
    another_network()
    Preferences.objects.choose(bob.pk, {"detector": "hog"})
    assert tell_again(alice).result["accounts_left_out"] == 0
    assert fresh(face).emotion == "sad"


def test_an_analysis_that_was_faster_wins(alice: User) -> None:
    face = happy_face(alice)

    def analysed_meanwhile() -> None:
        Face.objects.filter(pk=face.pk).update(left=12, emotion="fear", emotion_confidence=0.5)

    tell_again(alice, before=analysed_meanwhile)
    assert fresh(face).emotion == "fear"


def test_open_pages_are_told_of_the_change(alice: User) -> None:
    face = happy_face(alice)
    before = Photo.objects.get(pk=face.photo_id).changed_at
    tell_again(alice)
    assert Photo.objects.get(pk=face.photo_id).changed_at > before


def test_it_goes_on_where_it_was_stopped(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    faces = [happy_face(alice) for _ in range(5)]
    task = network_tasks.tell_again(user=alice)
    claimed = tasks.claim(["emotions"])
    assert claimed is not None
    pool = FakePool(sad)
    pool.before = lambda: tasks.stop(task) if pool.asked == 2 else None
    with pytest.raises(LeaseLost):
        async_to_sync(to_the_end)(EmotionsAgain(claimed), pool)
    assert [fresh(face).emotion for face in faces] == ["sad"] * 2 + ["happy"] * 3
    tasks.go_on(task)
    rest = FakePool(sad)
    ended = done(EmotionsAgain, rest, task)
    assert rest.asked == 2
    assert (ended.done, ended.result["changed"]) == (5, 5)
    assert [fresh(face).emotion for face in faces] == ["sad"] * 5


def test_two_networks_are_compared_on_ones_own_faces_alone(alice: User, bob: User) -> None:
    sure, unsure, same = (happy_face(alice) for _ in range(3))
    happy_face(bob)
    make_face(make_photo(alice))
    EmotionWord.objects.create(face=sure, emotion="angry", is_so=True)
    EmotionWord.objects.create(face=same, emotion="happy", is_so=False)
    others = {sure.pk: estimate("angry", 0.9), unsure.pk: estimate("sad", 0.4)}

    def tell(network: str, crop: Path) -> EmotionEstimate:
        happy = estimate("happy", 0.8)
        return happy if network == "mini-xception" else others.get(_pk(crop), happy)

    task = compare(alice, tell)
    found = task.result
    assert (found["faces"], found["same"], found["missing"]) == (3, 1, 1)
    happy, angry, grieved = map(EMOTIONS.index, ("happy", "angry", "sad"))
    assert (found["counts"][happy][happy], found["counts"][happy][angry]) == (1, 1)
    assert found["counts"][happy][grieved] == 1
    assert sum(map(sum, found["counts"])) == 3
    assert found["said"] == {"faces": 1, "one": 0, "other": 1}
    assert found["apart"] == [
        [sure.pk, "happy", 0.8, "angry", 0.9], [unsure.pk, "happy", 0.8, "sad", 0.4],
    ]  # fmt: skip
    assert {fresh(face).emotion for face in (sure, unsure, same)} == {"happy"}


def _pk(crop: Path) -> int:
    return int(crop.name.partition(".")[0])


def test_comparing_an_empty_library_ends_at_once(alice: User) -> None:
    task = compare(alice, sad)
    assert (task.state, task.result["faces"], task.result["apart"]) == ("done", 0, [])


def test_a_child_tells_by_the_network_that_is_named_and_only_what_is_there(tmp_path: Path) -> None:
    from analysis.weights import INSTALLED

    crop, broken = tmp_path / "1.emotion.png", tmp_path / "2.emotion.png"
    crop.write_bytes(grey_png())
    broken.write_bytes(b"no picture")
    request = TellEmotions("mini-xception", (broken, crop, tmp_path / "gone.png"))
    answer = request.answer(Loaded(INSTALLED))
    assert answer.network == "mini-xception-fer2013/crop-3"
    first, second, third = answer.emotions
    assert first is third is None
    assert second is not None
    assert second.label in EMOTIONS
