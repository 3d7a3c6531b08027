"""Administrators have photos taken from folders on the server, below those that the setting allows."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gallery.jobs import tasks
from gallery.kinds import TaskFailed
from gallery.models import Album, Photo, SourceFolder, Task
from gallery.services import albums
from gallery.services.sources import folders, looking, seeing
from gallery.worker.work.folders import Folders
from tests.gallery.folder_stories import Eyes, Shelf, content

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = reverse("folders")


@pytest.fixture
def root(tmp_path_factory: pytest.TempPathFactory, settings: LazySettings) -> Path:
    """A folder of two photos in a folder of its own, below what is allowed."""
    allowed = tmp_path_factory.mktemp("allowed")
    settings.IMPORT_FOLDERS = [f"{allowed}"]
    for number in (1, 2):
        path = allowed / "photos" / f"trip {number}" / "a.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(content(number))
    return allowed / "photos"


@pytest.fixture(autouse=True)
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "QUIET", 0.0)


@pytest.fixture
def as_admin(client: Client, alice: User) -> Client:
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    return client


def words(answer: Any) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", page))


def sent(client: Client, path: Path | str, owner: User, **more: str) -> Any:
    data = {"path": f"{path}", "owner": f"{owner.pk}"} | more
    return client.post(reverse("add_folder"), data, follow=True)


def done() -> Folders:
    """Do the next task to its end, and return it as it is then."""
    task = tasks.claim([Folders.name])
    assert task is not None
    async_to_sync(_to_the_end)(Folders(task))
    return Folders(Task.objects.get(pk=task.pk))


async def _to_the_end(work: Folders) -> None:
    while await work.step(Eyes()):
        pass


def test_a_folder_is_taken_into_somebodys_library_and_told(
    as_admin: Client, bob: User, root: Path
) -> None:
    (root / "clip.mp4").write_bytes(b"video")
    answer = sent(as_admin, root, bob, in_place="on", by_folder="on")
    assert "The folder is being looked through." in words(answer)
    assert f"Photos from {root}" in words(answer)
    work = done()
    assert work.sentence == "2 new photos, 1 video."
    assert (work.task.done, work.task.total) == (3, 3)
    assert {photo.original for photo in Photo.objects.visible_to(bob)} == {
        root / "trip 1" / "a.jpg",
        root / "trip 2" / "a.jpg",
    }
    assert "2 photos for bob, read where they lie." in words(as_admin.get(PAGE))
    page = words(as_admin.get(reverse("task", args=[work.task.pk])))
    assert "clip.mp4 It is a video, and only photos are taken." in page
    named = {one.name: one.album_photos.count() for one in Album.objects.visible_to(bob)}
    assert named == {"trip 1": 1, "trip 2": 1}


def test_it_is_looked_at_again_by_a_button(as_admin: Client, alice: User, root: Path) -> None:
    sent(as_admin, root, alice, in_place="on")
    done()
    (root / "trip 1" / "a.jpg").unlink()
    folder = SourceFolder.objects.get()
    as_admin.post(reverse("look_again", args=[folder.pk]))
    assert "is being looked through already" in words(
        as_admin.post(reverse("look_again", args=[folder.pk]), follow=True)
    )
    assert done().sentence == "1 gone, 1 here already."
    assert "1 file is gone." in words(as_admin.get(PAGE))


@pytest.mark.parametrize("path", ["/", "/etc", "photos", "{root}/../..", "{root}/../link", "a\0b"])
def test_nothing_is_taken_from_outside_of_what_is_allowed(
    as_admin: Client, alice: User, root: Path, path: str
) -> None:
    (root.parent / "link").symlink_to("/etc")
    answer = sent(as_admin, path.format(root=root), alice)
    assert answer.status_code == 422
    assert not Task.objects.exists()
    assert not SourceFolder.objects.exists()


def test_what_is_no_folder_is_said_beside_its_field(
    as_admin: Client, alice: User, root: Path
) -> None:
    answer = sent(as_admin, root / "none", alice)
    assert (answer.status_code, SourceFolder.objects.count()) == (422, 0)
    assert "is no folder that can be read. Is its disk there?" in words(answer)


def test_a_folder_that_is_allowed_no_more_is_not_looked_at(
    as_admin: Client, alice: User, root: Path, settings: LazySettings
) -> None:
    sent(as_admin, root, alice)
    settings.IMPORT_FOLDERS = []
    with pytest.raises(TaskFailed, match="not in a folder that IMPORT_FOLDERS allows"):
        done()
    page = as_admin.get(PAGE).content.decode()
    assert 'id="nothing-allowed"' in page
    assert "look-again" not in page
    answer = as_admin.post(reverse("look_again", args=[SourceFolder.objects.get().pk]), follow=True)
    assert "IMPORT_FOLDERS" in words(answer)


def test_a_stopped_look_goes_on_where_it_was(
    as_admin: Client, alice: User, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FILES", 1)
    sent(as_admin, root, alice)
    task = tasks.claim([Folders.name])
    assert task is not None
    async_to_sync(Folders(task).step)(Eyes())
    tasks.stop(task)
    assert Photo.objects.count() == 1
    tasks.go_on(Task.objects.get())
    assert done().sentence == "2 new photos."


def test_only_administrators_see_any_of_it(as_bob: Client, bob: User, root: Path) -> None:
    folder = folders.begin(owner=bob, path=root, in_place=True)
    assert sent(as_bob, root, bob).status_code == 404
    assert as_bob.post(reverse("look_again", args=[folder.pk])).status_code == 404
    for name in ("folders", "folders_tasks"):
        assert as_bob.get(reverse(name)).status_code == 404
    assert reverse("folders") not in as_bob.get(reverse("library")).content.decode()
    assert not Task.objects.exists()


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_asks_as_often_however_many_folders_there_are(
    as_admin: Client,
    alice: User,
    root: Path,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        (root / f"{number}").mkdir()
        folders.begin(owner=alice, path=root / f"{number}", in_place=True)
    with django_assert_num_queries(8):
        as_admin.get(PAGE)


def shelf_in(root: Path, owner: User, **wanted: Any) -> Shelf:
    shelf = Shelf(root, owner)
    folders.begin(owner=owner, path=root, in_place=True, **wanted)
    return shelf


def test_all_go_into_one_album_and_what_was_taken_out_stays_out(alice: User, root: Path) -> None:
    album = albums.create(owner=alice, name="Holidays")
    shelf = shelf_in(root, alice, album="holidays")
    shelf.look_as_kept()
    assert album.in_order().count() == 2
    albums.take_out(user=alice, album=album, photos=[Photo.objects.order_by("pk")[0].pk])
    shelf.put("trip 3/a.jpg", content(3))
    shelf.look_as_kept()
    assert album.in_order().count() == 2
    assert Album.objects.count() == 1


def test_albums_of_folders_keep_apart_and_stay_away_once_deleted(alice: User, root: Path) -> None:
    for year in ("2019", "2020"):
        path = root / year / "trip 1" / "b.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(content(int(year)))
    (root / "c.jpg").write_bytes(content(3))
    shelf = shelf_in(root, alice, by_folder=True)
    shelf.look_as_kept()
    names = {one.name for one in Album.objects.all()}
    assert names == {"photos", "trip 1", "trip 2", "2020/trip 1", "photos/trip 1"}
    albums.delete(album=Album.objects.get(name="trip 2"))
    shelf.put("trip 2/d.jpg", content(4))
    shelf.look_as_kept()
    assert {one.name for one in Album.objects.all()} == names - {"trip 2"}
