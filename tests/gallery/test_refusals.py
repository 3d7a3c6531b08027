"""Why a program of ours refuses: said by its process, kept as code and values, read in any language."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from analysis.errors import AnalysisError
from analysis.sentences import say
from analysis.training.reading import read
from gallery import installed, kinds
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.kinds import TaskFailed
from gallery.models import Task
from gallery.services import network_tasks
from gallery.words import Words
from gallery.worker import task_runner
from gallery.worker.work import commands
from tests.gallery.test_translated import write_catalog

pytestmark = pytest.mark.django_db(transaction=True)

KOREAN = {
    "This file": "이 파일",
    "{file} is no ONNX network.": "{file}은 ONNX 신경망이 아닙니다.",
    "Line {number} of {file}: {reason}": "{file}의 {number}행: {reason}",
    "expected {expected} grey values (48 x 48) and found {found}.": "값 {expected}개 중 {found}개뿐.",
}


def claimed(kind: str) -> Task:
    task = tasks.claim([kind])
    assert task is not None
    return task


def uploaded(owner: User) -> Task:
    poem = SimpleUploadedFile("best.onnx", b"I am a poem.")
    network_tasks.upload(user=owner, name="mine", file=poem)
    return claimed("intake")


def begun(owner: User) -> Task:
    installed.datasets().mkdir(parents=True)
    (installed.datasets() / "fer.csv").write_text("emotion,pixels,Usage\n3,1 2 3,Training\n")
    network_tasks.train(
        user=owner,
        name="ours",
        recipe="study",
        data=["fer.csv"],
        corrections=False,
        epochs=1,
        seed=3,
    )
    return claimed("training")


async def tried(task: Task) -> Words:
    """Have the task done as the site has, in a process of its own, and return what its row keeps."""
    with pytest.raises(TaskFailed) as failed:
        await kinds.of(task).step(AnalysisPool(timeout=1, memory=1))
    await database_sync_to_async(task_runner.settle)(task, failed.value)
    error = (await Task.objects.aget(pk=task.pk)).error
    assert error is not None
    return error


@pytest.fixture
def korean(tmp_path: Path, settings: Settings) -> None:
    write_catalog(tmp_path / "ko" / "LC_MESSAGES" / "django.mo", KOREAN)
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGE_CODE = "ko"


def page(client: Client) -> str:
    return unescape(client.get(reverse("networks_tasks")).content.decode())


@pytest.mark.usefixtures("korean")
async def test_a_refused_network_is_told_in_the_readers_language(
    admin: User, as_admin: Client
) -> None:
    task = await database_sync_to_async(uploaded)(admin)
    assert await tried(task) == say("not_onnx", file=say("this_file"))
    assert "이 파일은 ONNX 신경망이 아닙니다." in await database_sync_to_async(page)(as_admin)


@pytest.mark.usefixtures("korean")
async def test_a_refused_dataset_is_told_in_the_readers_language(
    admin: User, as_admin: Client
) -> None:
    task = await database_sync_to_async(begun)(admin)
    reason = say("line_values", expected=2304, found=3)
    assert await tried(task) == say("dataset_line", number=2, file="fer.csv", reason=reason)
    assert "fer.csv의 2행: 값 2304개 중 3개뿐." in await database_sync_to_async(page)(as_admin)


async def complaint(program: str) -> Words:
    with pytest.raises(TaskFailed) as failed:
        await commands.run(["-c", program])
    return failed.value.sentence


async def complaint_of(code: str, **values: str) -> Words:
    line = json.dumps({"code": code, "values": values})
    return await complaint(f"import sys; sys.exit('CommandError: ' + {line!r})")


async def test_a_program_is_asked_for_codes_and_may_still_say_any_text() -> None:
    said = await complaint("import sys; sys.exit(sys.argv[-1])")
    assert (said.code, f"{said}") == ("text", "--json-errors")


async def test_what_a_newer_program_says_is_kept_for_a_newer_site() -> None:
    said = await complaint_of("of_tomorrow", file="best.onnx")
    assert said == say("of_tomorrow", file="best.onnx")
    assert "no words for it (of_tomorrow)" in f"{said}"


async def test_of_what_a_file_holds_as_much_is_kept_as_a_page_can_show() -> None:
    said = await complaint_of("keras_layer", file="best.h5", layer="\ud800" + "x" * 5000)
    assert f"{said}".startswith(r"best.h5 uses \ud800xxx")
    assert len(f"{said}".encode()) < 500


def test_what_is_refused_is_english_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "fer.csv"
    file.write_text("emotion,pixels,Usage\n9,1,Training\n")
    with pytest.raises(AnalysisError) as refused:
        read(file)
    assert f"{refused.value}" == "Line 2 of fer.csv: the emotion 9 is not one of 0 to 6."
