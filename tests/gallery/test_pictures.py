"""Pictures of people brought many at once: uploaded, analysed, named, and told of one by one."""

from __future__ import annotations

import json
import os
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.files.base import File
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from analysis.known import folders
from analysis.results import Box
from gallery import installed, kinds
from gallery.children.pool import AnalysisPool
from gallery.jobs import queue, tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import TaskFailed
from gallery.models import AnalysisJob, Person, Photo, Task
from gallery.models.person import Consent
from gallery.services import consent, people, photos, pictures, results, work
from gallery.words import say
from gallery.worker.work.pictures import Pictures, bring_some
from tests.factories import (
    BOX,
    analysed,
    found_face,
    jpeg,
    make_known,
    make_person,
    person_called,
    vector,
)

pytestmark = pytest.mark.django_db(transaction=True)

# How many faces the analysis finds on a picture, by what its file is called; one where it's not said.
FACES = {"Nobody.jpg": 0, "both.jpg": 2}
ELSEWHERE = Box(200, 100, 260, 160)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ada on two pictures, one of which is broken, Grace on one; one of nobody, one of two."""
    root = tmp_path / "people"
    for name in ("Ada/1.jpg", "Grace/1.jpg", "Grace/both.jpg", "Nobody/Nobody.jpg"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg())
        os.utime(path, (1556892131, 1556892131))
    (root / "Ada" / "2.jpg").write_text("no photo")
    return root


def begun(owner: User, folder: Path) -> Task:
    """Have the folder's pictures brought, and take the task as a worker does."""
    pictures.begin(owner=owner, pictures=folders.listed(folder).pictures, source=folder.name)
    task = tasks.claim([Pictures.name])
    assert task is not None
    return task


def analyse_waiting() -> None:
    """Have all photos that wait analysed, as if by a child."""
    while claim := queue.claim():
        photo = Photo.objects.get(pk=claim.photo_id)
        count = FACES.get(photo.filename, 1)
        faces = [
            found_face(vector(photo.pk + 1000 * number), ELSEWHERE if number else BOX)
            for number in range(count)
        ]
        results.save(claim=claim, analysed=analysed(*faces))


def step(task: Task) -> bool:
    one = Pictures(task)
    return bring_some(task, one._folder, one._kept)


def brought(owner: User, folder: Path) -> Pictures:
    task = begun(owner, folder)
    while step(task):
        analyse_waiting()
    return Pictures(Task.objects.get(pk=task.pk))


def said(*args: str) -> list[str]:
    out = StringIO()
    call_command("import_people", *args, "--owner=alice", stdout=out)
    return out.getvalue().splitlines()


def test_each_picture_of_one_person_makes_them_known(alice: User, folder: Path) -> None:
    done = brought(alice, folder)

    assert done.sentence == (
        "2 pictures made people known. Beside those: 1 without a face, 1 with several faces, "
        "1 that could not be read."
    )
    assert person_called("Ada").encodings.get().face
    assert person_called("Grace").encodings.count() == 1
    assert Photo.objects.filter(owner=alice).count() == 4
    first = Photo.objects.get(faces__person=person_called("Ada"))
    assert (first.filename, first.taken_from) == ("1.jpg", "file")
    assert first.taken_at is not None
    assert first.taken_at.year == 2019


def test_whom_no_picture_shows_alone_is_nobody_and_what_was_kept_is_gone(
    alice: User, folder: Path
) -> None:
    done = brought(alice, folder)

    assert sorted(Person.objects.values_list("name", flat=True)) == ["Ada", "Grace"]
    assert not done.task.folder.exists()
    assert [*installed.uploads().iterdir()] == []
    assert set(done.task.result) == {
        *("added", "without_face", "several", "unreadable", "told", "people")
    }


def test_its_page_tells_of_single_pictures_and_leads_to_them(
    alice: User, folder: Path, as_alice: Client, as_bob: Client
) -> None:
    done = brought(alice, folder)
    page = reverse("task", args=[done.task.pk])

    html = as_alice.get(page).content.decode()

    both = Photo.objects.get(filename="both.jpg")
    assert f'<a href="{reverse("photo", args=[both.pk])}">Grace/both.jpg</a>' in html
    assert "This photo shows 2 faces. Choose the one that is Grace." in html
    assert "Ada/2.jpg" in html
    assert "This file is not a photo we can read." in html
    assert "Nobody/Nobody.jpg" in html
    assert as_bob.get(page).status_code == 404
    assert "People from people" in as_alice.get(reverse("work")).content.decode()


def test_pictures_that_are_there_already_are_counted_and_named_by_if_nobody_is(
    alice: User, folder: Path
) -> None:
    brought(alice, folder)
    grace = person_called("Grace")
    people.delete(grace)

    again = brought(alice, folder)

    assert (again.task.result["known"], again.task.result["added"]) == (1, 1)
    assert person_called("Grace").encodings.count() == 1
    assert person_called("Ada").encodings.count() == 1
    assert Photo.objects.count() == 4


def test_a_picture_whose_face_is_somebody_else_by_a_humans_word_stays_theirs(
    alice: User, folder: Path
) -> None:
    brought(alice, folder)
    face = person_called("Ada").faces.get()
    people.name_face(face=face, name="Joan")

    again = brought(alice, folder)

    assert again.task.result["known"] == 2
    face.refresh_from_db()
    assert face.label == "Joan"
    assert not Person.objects.filter(name="Ada").exists()
    assert any(
        "is in your library already, and its face is named Joan" in f"{one}" for one in told(again)
    )


def told(one: Pictures) -> list[Any]:
    return [entry.words for _, part in one.context(one.task.owner)["told"] for entry in part]


def test_a_name_that_several_bear_is_somebody_new_for_all_of_its_pictures(
    alice: User, folder: Path
) -> None:
    first, second = make_person(alice, "Ada"), make_person(alice, "Ada")
    (folder / "Ada" / "2.jpg").write_bytes(jpeg())

    brought(alice, folder)

    assert not first.encodings.exists()
    assert not second.encodings.exists()
    assert Person.objects.get(name="Ada", note="people").encodings.count() == 2


def test_few_pictures_wait_at_a_time_so_that_others_photos_come_between(
    alice: User, folder: Path, settings: Settings
) -> None:
    settings.ANALYSIS_CHILDREN = 1
    for number in range(3, 9):
        (folder / "Ada" / f"{number}.jpg").write_bytes(jpeg())
    task = begun(alice, folder)

    for _ in range(8):
        assert step(task)

    assert AnalysisJob.objects.all().open().count() == 2
    assert Pictures(task).sentence == "1 of 11 pictures."
    analyse_waiting()
    assert step(task)
    assert AnalysisJob.objects.all().open().count() == 1


def test_whoever_takes_it_over_goes_on_and_brings_nothing_twice(alice: User, folder: Path) -> None:
    task = begun(alice, folder)
    step(task)
    step(task)
    assert tasks.pass_on(task)

    again = tasks.claim([Pictures.name])
    assert again is not None
    with pytest.raises(LeaseLost):
        step(task)
    while step(again):
        analyse_waiting()

    assert Photo.objects.count() == 4
    assert Task.objects.get(pk=task.pk).result["added"] == 2


def test_one_that_was_stopped_keeps_its_pictures_until_it_is_discarded(
    alice: User, folder: Path
) -> None:
    task = begun(alice, folder)
    step(task)
    work.stop(task)
    task.refresh_from_db()

    assert kinds.of(task).can_go_on
    assert task.folder.is_dir()
    work.discard(task)
    assert not task.folder.exists()


def test_without_its_pictures_it_ends_with_a_sentence(alice: User, folder: Path) -> None:
    task = begun(alice, folder)
    for path in installed.uploads().glob("*/*"):
        path.unlink()

    with pytest.raises(TaskFailed, match="not there any more"):
        async_to_sync(Pictures(task).step)(AnalysisPool(timeout=1, memory=1))


def test_a_photo_that_is_deleted_meanwhile_counts_as_nobody(alice: User, folder: Path) -> None:
    task = begun(alice, folder)
    step(task)
    Photo.objects.all().delete()
    while step(task):
        analyse_waiting()

    assert (
        "1 whose photo or person was deleted meanwhile"
        in Pictures(Task.objects.get(pk=task.pk)).sentence
    )


def test_who_is_deleted_meanwhile_does_not_come_again_by_the_next_picture(
    alice: User, folder: Path
) -> None:
    (folder / "Ada" / "2.jpg").write_bytes(jpeg())
    (folder / "Ada" / "3.jpg").write_bytes(jpeg())
    task = begun(alice, folder)
    assert step(task)
    analyse_waiting()
    people.delete(person_called("Ada"))

    while step(task):
        analyse_waiting()

    assert [*Person.objects.values_list("name", flat=True)] == ["Grace"]
    assert Task.objects.get(pk=task.pk).result["unnamed"] == 2
    assert Photo.objects.count() == 6


def test_nobody_is_told_to_have_refused_while_pictures_would_bring_them_again(
    alice: User, folder: Path
) -> None:
    task = begun(alice, folder)
    assert step(task)
    analyse_waiting()

    with pytest.raises(consent.ConsentRefused, match="being brought in just now"):
        consent.say(person=person_called("Ada"), answer=Consent.REFUSED)

    while step(task):
        analyse_waiting()
    consent.say(person=person_called("Ada"), answer=Consent.REFUSED)
    assert not Person.objects.filter(name="Ada").exists()


def test_a_photo_that_could_not_be_analysed_is_told_with_the_reason(
    alice: User, folder: Path
) -> None:
    task = begun(alice, folder)
    step(task)
    claim = queue.claim()
    assert claim is not None
    queue.fail(claim, say("broken", name="Error"))
    while step(task):
        analyse_waiting()

    assert Task.objects.get(pk=task.pk).result["unreadable"] == 2


def test_the_command_says_what_it_would_do_and_does_nothing(alice: User, folder: Path) -> None:
    make_known(alice, "GRACE")
    path = folder / "Ada" / "1.jpg"
    with path.open("rb") as file:
        photos.upload(owner=alice, file=File(file, name="mine.jpg"))
    before = Task.objects.count()

    assert said(f"{folder}", "--dry-run") == [
        "people: Each folder is a person, and all pictures in it are of them.",
        "5 pictures of 3 people.",
        "New people: Ada, Nobody.",
        "Here already, and known by more: Grace.",
        "In the library already: 1, Ada/1.jpg.",
    ]
    assert Task.objects.count() == before
    assert [*installed.uploads().iterdir()] == []


def test_the_command_keeps_pictures_of_a_zip_and_leaves_those_of_a_folder(
    alice: User, folder: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "people.zip", "w") as archive:
        for path in sorted(folder.rglob("*.jpg")):
            archive.write(path, path.relative_to(folder).as_posix())
        archive.writestr("Ada/more.zip", b"PK")
    paths = sorted(folder.rglob("*"))

    for source in (tmp_path / "people.zip", folder):
        lines = said(f"{source}")

        assert lines[-1].startswith("They are analysed and named while the site runs.")
        assert ("Ada/more.zip: It is an archive" in " ".join(lines)) == (source != folder)
        task = Task.objects.get(arguments__source=source.name)
        assert task.total == 5
        kept = json.loads((pictures.uploaded(task) / "pictures.json").read_text())
        assert len(kept) == 5
        assert [one["modified"] == "" for one in kept] == [source != folder] * 5
    assert sorted(folder.rglob("*")) == paths


def test_the_command_says_so_where_there_is_no_picture(alice: User, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert said(f"{tmp_path / 'empty'}") == ["empty: There are no pictures in it."]
    assert not Task.objects.exists()
    with pytest.raises(CommandError, match="There is no such file"):
        said(f"{tmp_path / 'gone'}")


def test_what_is_left_by_a_failed_begin_is_removed(alice: User, folder: Path) -> None:
    listing = folders.listed(folder)
    (folder / "Grace" / "1.jpg").unlink()

    with pytest.raises(FileNotFoundError):
        pictures.begin(owner=alice, pictures=listing.pictures, source="people")
    assert [*installed.uploads().iterdir()] == []
