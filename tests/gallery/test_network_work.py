"""Taking in and training networks for real, each in its own processes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from analysis.methods import find
from analysis.processes import ChildFailed
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.kinds import TaskFailed
from gallery.models import EmotionWord, Network, Photo, Task
from gallery.services import corrections, network_tasks, networks, photos
from gallery.worker.work import commands, intake, training
from tests.analysis.test_emotion import network as write_network
from tests.factories import make_face, make_photo

pytestmark = pytest.mark.django_db(transaction=True)
POOL = AnalysisPool(timeout=1, memory=1)


def uploaded(owner: User, file: Path) -> Task:
    content = SimpleUploadedFile(file.name, file.read_bytes())
    network_tasks.upload(user=owner, name="mine", file=content)
    return claimed("intake")


def claimed(kind: str) -> Task:
    task = tasks.claim([kind])
    assert task is not None
    return task


def left_behind() -> list[Path]:
    return [*installed.uploads().glob("*"), *installed.networks().glob(".*")]


async def test_a_network_is_checked_measured_and_taken_in(alice: User, tmp_path: Path) -> None:
    file = write_network(tmp_path / "best.onnx")
    task = await database_sync_to_async(uploaded)(alice, file)
    await intake.Intake(task).step(POOL)
    network = await Network.objects.select_related("made_by").aget()
    assert (network.name, network.origin, network.made_by) == ("mine", "uploaded", alice)
    assert network.facts["side"] == [48, 40]
    assert network.facts["milliseconds"] > 0
    assert find("emotion", "mine", installed.weights()).files(installed.weights()) == [
        network.folder / "emotion.onnx"
    ]
    task = await Task.objects.aget(pk=task.pk)
    assert (task.state, task.result) == ("done", {"name": "mine"})
    assert left_behind() == []


async def test_what_is_no_network_is_refused_and_leaves_nothing(
    alice: User, tmp_path: Path
) -> None:
    (tmp_path / "best.onnx").write_text("I am a poem.")
    task = await database_sync_to_async(uploaded)(alice, tmp_path / "best.onnx")
    with pytest.raises(TaskFailed, match=r"^[^/]*\.$"):
        await intake.Intake(task).step(POOL)
    assert not await Network.objects.aexists()
    assert left_behind() == []


async def test_a_program_that_is_killed_may_be_tried_again() -> None:
    with pytest.raises(ChildFailed, match="stopped"):
        await commands.run(["-c", "import os; os.kill(os.getpid(), 9)"])


async def test_the_last_line_of_a_complaint_is_what_is_said() -> None:
    program = "import sys; print('Traceback', file=sys.stderr); sys.exit('This is no network.')"
    with pytest.raises(TaskFailed, match=r"^This is no network\.$"):
        await commands.run(["-c", program])


async def test_a_program_that_takes_too_long_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(ChildFailed, match="longer than 1 seconds"):
        await commands.run(["-c", "import time; time.sleep(60)"], timeout=1)
    assert time.monotonic() - began < 30


async def test_a_program_sees_by_its_standard_input_that_nobody_waits_any_more(
    tmp_path: Path,
) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    program = (
        "import pathlib, signal, sys; signal.signal(15, signal.SIG_IGN);"
        f"pathlib.Path({f'{begun}'!r}).touch(); sys.stdin.read(); pathlib.Path({f'{ended}'!r}).touch()"
    )
    running = asyncio.create_task(commands.run(["-c", program]))
    while not begun.exists():
        await asyncio.sleep(0.05)
    assert not ended.exists()
    running.cancel()
    await asyncio.wait([running])
    assert ended.exists()


@pytest.fixture
def dataset(tmp_path: Path) -> str:
    """Bright and dark parts, which a network learns at once."""
    installed.datasets().mkdir(parents=True)
    labels = np.arange(140, dtype=np.uint8) % 7
    images = np.zeros((140, 48, 48), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[: 6 * label + 6] = 200
    usage = np.repeat(["Training", "PublicTest"], [112, 28])
    np.savez(installed.datasets() / "halves.npz", images=images, labels=labels, usage=usage)
    return "halves.npz"


def trained(owner: User, dataset: str) -> Task:
    face = make_face(make_photo(owner, files=True), crop=True)
    EmotionWord.objects.create(face=face, emotion="sad", is_so=True)
    network_tasks.train(
        user=owner, name="ours", recipe="study", data=[dataset], corrections=True, epochs=2, seed=3
    )
    return claimed("training")


async def stop_after_an_epoch(task: Task) -> None:
    running = asyncio.create_task(training.Training(task).step(POOL))
    while not network_tasks.progress_of(task).get("history") and not running.done():
        await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_a_training_that_was_stopped_goes_on_and_its_network_is_there(
    alice: User, dataset: str
) -> None:
    task = await database_sync_to_async(trained)(alice, dataset)
    await stop_after_an_epoch(task)
    kept = network_tasks.progress_of(task)["history"][0]
    assert not await Network.objects.aexists()
    # A word that is said later does not change what is being learnt from.
    await EmotionWord.objects.all().adelete()

    await training.Training(task).step(POOL)

    listed = await database_sync_to_async(networks.find)("ours")
    assert listed is not None
    assert (listed.origin, listed.made_by) == ("trained here", "alice")
    assert listed.report is not None
    assert listed.report["training"]["history"][0] == kept
    assert listed.report["training"]["epochs"] == 2
    assert listed.report["training"]["images"] == 113
    assert listed.network is not None
    assert listed.network.facts["corrections"] is True
    assert await database_sync_to_async(networks.picture)("ours", "calibration.svg")
    assert (await Task.objects.aget(pk=task.pk)).done == 2
    assert not task.folder.exists()
    assert left_behind() == []


async def test_a_training_whose_faces_were_withdrawn_does_not_go_on(
    alice: User, dataset: str
) -> None:
    task = await database_sync_to_async(trained)(alice, dataset)
    (task.folder / "corrections").mkdir(parents=True)
    (task.folder / "corrections" / "forgotten").touch()
    (task.folder / "checkpoint.npz").touch()
    with pytest.raises(TaskFailed, match="Discard it, and train another"):
        await training.Training(task).step(POOL)


async def test_faces_that_are_withdrawn_while_they_are_copied_are_not_learnt_from(
    alice: User, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = await database_sync_to_async(trained)(alice, dataset)
    write = corrections.write_folders

    def write_and_lose(directory: Path, *, user: User) -> int:
        count = write(directory, user=user)
        assert count == 1
        photos.delete(Photo.objects.get())
        return count

    monkeypatch.setattr(corrections, "write_folders", write_and_lose)
    copies = await database_sync_to_async(training._corrected)(task)
    assert list(copies.glob("*/*.png")) == []


async def test_a_training_that_fails_at_once_keeps_no_faces(alice: User, dataset: str) -> None:
    (installed.datasets() / dataset).write_bytes(b"no archive")
    task = await database_sync_to_async(trained)(alice, dataset)
    with pytest.raises(TaskFailed, match=r"^halves\.npz is no \.npz file of plain arrays\.$"):
        await training.Training(task).step(POOL)
    assert not (task.folder / "corrections").exists()


async def test_a_dataset_that_is_gone_is_said(alice: User, dataset: str) -> None:
    task = await database_sync_to_async(trained)(alice, dataset)
    (installed.datasets() / dataset).unlink()
    with pytest.raises(TaskFailed, match=r"^halves\.npz is not in the folder"):
        await training.Training(task).step(POOL)
