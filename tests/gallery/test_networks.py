"""The emotion networks of a site: uploaded, made the default, deleted, and chosen like any method."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoCaptureOnCommitCallbacks

from analysis.methods import DEFAULT, Choice
from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import (
    AnalysisJob,
    EmotionWord,
    Face,
    Network,
    Preferences,
    Recommendation,
    Task,
)
from gallery.models.network import Origin
from gallery.services import network_tasks, networks, work
from gallery.services.networks import NetworkRefused
from tests.factories import make_face, make_photo

REPORT: dict[str, Any] = {
    "title": "Emotions by mine",
    "made": "2026-11-20T10:00:00+00:00",
    "evaluations": [
        {"on": "validation", "accuracy": 0.61, "loss": 1.1, "classes": []},
        {"on": "PrivateTest", "accuracy": 0.62, "loss": 1.1, "classes": []},
    ],
}
FACTS = {"side": [48, 48], "channels": 1, "parameters": 642935, "bytes": 2600000}


def own_network(owner: User, name: str = "mine", report: Any = None) -> Network:
    """Save a network with its files, none of which is a network."""
    network = Network.objects.create(name=name, origin=Origin.UPLOADED, made_by=owner, facts=FACTS)
    network.folder.mkdir(parents=True)
    (network.folder / "emotion.onnx").write_bytes(b"some network")
    if report:
        (network.folder / "report.json").write_text(json.dumps(report))
        (network.folder / "confusion.svg").write_text("<svg/>")
    return network


def upload(owner: User, name: str = "mine", file: str = "best.h5") -> Task:
    return network_tasks.upload(user=owner, name=name, file=SimpleUploadedFile(file, b"content"))


def test_what_comes_with_facesite_is_listed_first_while_it_is_the_default(alice: User) -> None:
    own_network(alice)
    first, *others = networks.listed()
    assert (first.name, first.origin, first.is_recommended) == (
        DEFAULT.emotion, "comes with Facesite", True,
    )  # fmt: skip
    [mine] = [one for one in others if one.name == "mine"]
    assert (mine.origin, mine.made_by, mine.accuracy) == ("uploaded", "alice", None)
    assert mine.network is not None
    assert mine.network.facts["parameters"] == 642935


def test_what_others_made_says_so_and_no_day(alice: User) -> None:
    found = networks.find("mini-xception")
    assert found is not None
    assert (found.origin, found.made_by) == (
        "comes with Facesite, made", "Arriaga et al. in 2017",
    )  # fmt: skip
    assert found.report
    assert found.made_at is None


def test_a_network_is_listed_with_its_report(alice: User) -> None:
    own_network(alice, report=REPORT)
    found = networks.find("mine")
    assert found is not None
    assert found.accuracy == (0.62, "PrivateTest")
    assert found.report == REPORT
    picture = networks.picture("mine", "confusion.svg")
    assert picture is not None
    assert picture.read_text() == "<svg/>"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("mine", "calibration.svg"),
        ("mine", "emotion.onnx"),
        ("mine", "../../secret_key"),
        ("..", "confusion.svg"),
        ("nobodys", "confusion.svg"),
    ],
)
def test_only_pictures_of_a_report_are_given_out(alice: User, name: str, file: str) -> None:
    own_network(alice, report=REPORT)
    assert networks.picture(name, file) is None


def test_the_default_reaches_whoever_chose_no_other(alice: User, bob: User) -> None:
    own_network(alice)
    own_network(alice, "theirs")
    Preferences.objects.choose(bob.pk, {"emotion": "theirs"})
    networks.recommend(user=alice, name="mine")
    assert Preferences.objects.of(alice.pk).choice.emotion == "mine"
    assert Preferences.objects.of(bob.pk).choice.emotion == "theirs"
    assert networks.listed()[0].name == "mine"
    networks.recommend(user=alice, name=DEFAULT.emotion)
    assert Preferences.objects.of(alice.pk).choice == DEFAULT
    assert not Recommendation.objects.exists()


def test_a_default_whose_files_are_gone_gives_way_to_ours(alice: User) -> None:
    network = own_network(alice)
    networks.recommend(user=alice, name="mine")
    (network.folder / "emotion.onnx").unlink()
    assert Preferences.objects.of(alice.pk).choice == DEFAULT
    assert networks.listed()[0].name == DEFAULT.emotion


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nobodys", "", "../mine"])
def test_only_a_network_that_is_there_becomes_the_default(alice: User, name: str) -> None:
    with pytest.raises(NetworkRefused, match="not there any more"):
        networks.recommend(user=alice, name=name)


@pytest.mark.django_db(transaction=True)
def test_a_network_goes_with_its_files_but_not_while_it_is_the_default(
    alice: User, bob: User
) -> None:
    network = own_network(alice)
    Preferences.objects.choose(bob.pk, {"emotion": "mine"})
    networks.recommend(user=alice, name="mine")
    with pytest.raises(NetworkRefused, match="Make another network the default first"):
        networks.delete(network)
    networks.recommend(user=alice, name=DEFAULT.emotion)
    folder = network.folder
    networks.delete(network)
    assert not folder.exists()
    assert networks.find("mine") is None
    assert Preferences.objects.of(bob.pk).choice == DEFAULT
    assert Preferences.objects.of(bob.pk).gone == {"emotion": "mine"}


def test_an_upload_waits_for_its_check(alice: User) -> None:
    task = upload(alice, "My Best Network")
    assert (task.kind, task.arguments["name"]) == ("intake", "my-best-network")
    kept = installed.uploads() / task.arguments["upload"]
    assert (kept.read_bytes(), kept.suffix) == (b"content", ".h5")
    assert networks.find("my-best-network") is None


def test_an_upload_without_a_name_is_called_by_its_file(alice: User) -> None:
    assert upload(alice, "", "감정 모델.keras").arguments["name"] == "감정-모델"


@pytest.mark.parametrize(
    ("name", "file", "sentence"),
    [
        ("mine", "network.pkl", r"one of these kinds: \.keras, \.h5, \.hdf5, \.onnx\."),
        ("mine", "network", "one of these kinds"),
        ("taken", "network.h5", "There is a network called taken already"),
        ("waiting", "network.h5", "There is a network called waiting already"),
        (DEFAULT.emotion, "network.h5", "There is a network called"),
        ("...", "network.h5", "Write a name of letters and digits"),
    ],
)
def test_an_upload_is_refused_in_a_sentence_and_leaves_nothing(
    alice: User, name: str, file: str, sentence: str
) -> None:
    own_network(alice, "taken")
    upload(alice, "waiting")
    with pytest.raises(NetworkRefused, match=sentence):
        upload(alice, name, file)
    assert Task.objects.count() == 1
    assert len(list(installed.uploads().iterdir())) == 1


def test_an_upload_that_is_stopped_leaves_no_file(alice: User) -> None:
    work.stop(upload(alice))
    assert not list(installed.uploads().iterdir())
    upload(alice)  # Its name is free again.


def test_a_name_that_was_taken_meanwhile_is_refused_at_the_end(alice: User, tmp_path: Path) -> None:
    upload(alice)
    task = tasks.claim(["intake"])
    assert task is not None
    own_network(alice, "mine")
    folder = tmp_path / "checked"
    folder.mkdir()
    with pytest.raises(NetworkRefused, match="called mine by now"):
        networks.place(task=task, folder=folder, origin=Origin.UPLOADED, facts=FACTS)
    assert Task.objects.get(pk=task.pk).is_running
    assert Network.objects.count() == 1


@pytest.fixture
def checked(tmp_path: Path) -> Path:
    """A folder with a network that has been checked."""
    folder = tmp_path / "checked"
    folder.mkdir()
    (folder / "emotion.onnx").touch()
    return folder


def test_a_task_that_was_stopped_makes_no_network(alice: User, checked: Path) -> None:
    upload(alice)
    task = tasks.claim(["intake"])
    assert task is not None
    work.stop(task)
    networks.place(task=task, folder=checked, origin=Origin.UPLOADED, facts=FACTS)
    assert not Network.objects.exists()
    assert Task.objects.get(pk=task.pk).is_stopped


def test_what_an_attempt_left_that_died_makes_room(alice: User, checked: Path) -> None:
    upload(alice)
    task = tasks.claim(["intake"])
    assert task is not None
    left = installed.networks() / "mine" / "half.onnx"
    left.parent.mkdir(parents=True)
    left.touch()
    networks.place(task=task, folder=checked, origin=Origin.UPLOADED, facts=FACTS)
    assert [path.name for path in Network.objects.get().folder.iterdir()] == ["emotion.onnx"]


def test_telling_again_is_asked_for_once(alice: User) -> None:
    make_face(make_photo(alice, files=True), crop=True)
    make_face(make_photo(alice))
    task = network_tasks.tell_again(user=alice)
    last = Face.objects.get(has_emotion_crop=True).pk
    assert (task.total, task.arguments) == (1, {"network": DEFAULT.emotion, "last": last})
    with pytest.raises(TaskRefused, match="already"):
        network_tasks.tell_again(user=alice)
    tasks.stop(task)
    network_tasks.tell_again(user=alice)


def test_only_two_networks_that_are_there_are_compared(alice: User) -> None:
    own_network(alice)
    with pytest.raises(NetworkRefused, match="two different"):
        network_tasks.compare(user=alice, one="mine", other="mine")
    with pytest.raises(NetworkRefused, match="no network called other"):
        network_tasks.compare(user=alice, one="mine", other="other")
    task = network_tasks.compare(user=alice, one="mine", other=DEFAULT.emotion)
    assert task.arguments == {"one": "mine", "other": DEFAULT.emotion, "last": 0}


def train(owner: User, **changes: Any) -> Task:
    wanted: dict[str, Any] = {
        "name": "ours", "recipe": "study", "data": ["fer2013.csv"], "corrections": False,
        "epochs": None, "seed": 1,
    }  # fmt: skip
    return network_tasks.train(user=owner, **(wanted | changes))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset that a training may choose, with what else may lie there."""
    installed.datasets().mkdir(parents=True)
    for name in ("fer2013.csv", "notes.txt", ".hidden.csv"):
        (installed.datasets() / name).write_text("emotion,pixels,Usage")
    (installed.datasets() / "faces").mkdir()
    return installed.datasets() / "fer2013.csv"


@pytest.mark.usefixtures("dataset")
def test_a_training_is_queued_with_all_that_it_needs(alice: User) -> None:
    assert network_tasks.datasets() == ["faces", "fer2013.csv"]
    task = train(alice)
    assert (task.kind, task.total) == ("training", 200)
    assert task.arguments["epochs"] == 200
    assert train(alice, name="other", epochs=3).total == 3


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipe": "nobodys"}, "no recipe nobodys"),
        ({"data": ["../facesite.sqlite3"]}, "is not in the folder of datasets"),
        ({"data": []}, "Choose what to learn from"),
        ({"data": [], "corrections": True}, "Nobody has corrected"),
        ({"epochs": 1001}, "from 1 to 1000"),
        ({"name": ""}, "Write a name"),
    ],
)
def test_a_training_is_refused_in_a_sentence(
    alice: User, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(NetworkRefused, match=sentence):
        train(alice, **changes)
    assert not Task.objects.exists()


def test_corrections_alone_are_enough_to_train_with(alice: User) -> None:
    face = make_face(make_photo(alice, files=True), crop=True)
    EmotionWord.objects.create(face=face, emotion="sad", is_so=True)
    assert train(alice, data=[], corrections=True).arguments["corrections"]


def test_faces_are_counted_by_whether_networks_can_be_asked_about_them(alice: User) -> None:
    make_face(make_photo(alice, files=True), crop=True)
    make_face(make_photo(alice))
    assert network_tasks.face_counts() == {"with_crop": 1, "without_crop": 1}


@pytest.mark.usefixtures("dataset")
def test_a_training_that_was_stopped_keeps_its_name_until_it_is_discarded(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    task = train(alice)
    task.folder.mkdir(parents=True)
    with pytest.raises(TaskRefused, match="Stop it first"):
        work.discard(task)
    work.stop(task)
    with pytest.raises(NetworkRefused, match="called ours already"):
        upload(alice, "ours")
    with django_capture_on_commit_callbacks(execute=True):
        work.discard(task)
    assert not task.folder.exists()
    assert not Task.objects.exists()
    upload(alice, "ours")


@pytest.mark.usefixtures("dataset")
def test_a_training_does_not_go_on_towards_a_name_that_was_taken(alice: User) -> None:
    task = train(alice)
    work.stop(task)
    own_network(alice, "ours")
    with pytest.raises(NetworkRefused, match="called ours already"):
        work.go_on(Task.objects.get(pk=task.pk))


def test_what_was_stopped_goes_on_unless_another_does_the_same(alice: User) -> None:
    first = network_tasks.tell_again(user=alice)
    work.stop(first)
    second = network_tasks.tell_again(user=alice)
    first.refresh_from_db()
    with pytest.raises(TaskRefused, match="already"):
        work.go_on(first)
    work.stop(second)
    work.go_on(first)
    assert Task.objects.get(pk=first.pk).is_open
    with pytest.raises(TaskRefused, match="goes on already"):
        work.go_on(Task.objects.get(pk=first.pk))


def test_a_network_whose_files_are_gone_is_listed_and_can_be_deleted(alice: User) -> None:
    network = own_network(alice)
    (network.folder / "emotion.onnx").unlink()
    found = networks.find("mine")
    assert found is not None
    assert str(found.missing) == "Its files are gone. Delete it, or put them back."
    with pytest.raises(NetworkRefused, match="files are gone"):
        networks.recommend(user=alice, name="mine")
    networks.delete(network)
    assert networks.find("mine") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"made": "yesterday"},
        {"made": None},
        {"evaluations": [{"on": "validation"}]},
        {"evaluations": 3},
        {"training": {"history": [{"loss": 1}]}},
    ],
)
def test_a_report_that_another_version_wrote_counts_as_none(
    alice: User, changes: dict[str, Any]
) -> None:
    own_network(alice, report=REPORT | changes)
    found = networks.find("mine")
    assert found is not None
    assert found.report is None
    assert found.accuracy is None


def test_photos_that_wait_for_a_network_that_is_deleted_get_the_default(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    network = own_network(alice)
    by_mine = Choice(emotion="mine", landmarks="dlib5").by_stage()
    waiting, failed, done = (
        make_photo(alice, state=state) for state in ("queued", "failed", "done")
    )
    AnalysisJob.objects.update(choice=by_mine)
    networks.delete(network)
    choices = {job.photo_id: job.choice for job in AnalysisJob.objects.all()}
    default = by_mine | {"emotion": DEFAULT.emotion}
    assert choices == {waiting.pk: default, failed.pk: default, done.pk: by_mine}


def test_files_that_no_task_needs_are_swept(alice: User) -> None:
    kept, stopped = upload(alice), upload(alice, "other")
    lost = [installed.uploads() / "lost.h5", installed.tasks() / "77", installed.networks() / ".ab"]
    for path in lost[1:]:
        path.mkdir(parents=True)
    lost[0].touch()
    young = installed.uploads() / "young.h5"
    hour = 3700
    wanted = installed.uploads() / kept.arguments["upload"]
    work.stop(stopped)
    for path in (*lost, wanted):
        os.utime(path, (time.time() - hour, time.time() - hour))
    young.touch()
    assert work.sweep() == 3
    assert set(installed.uploads().iterdir()) == {wanted, young}
    assert not any(path.exists() for path in lost)
