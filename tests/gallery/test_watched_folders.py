"""Administrators have the site keep watching folders: it looks by itself, also after a restart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gallery.models import Photo, SourceFolder
from gallery.services.sources import folders, looking, seeing, watching
from gallery.worker.watcher import Watcher
from tests.gallery.folder_stories import Eyes, content
from tests.gallery.test_folders_page import PAGE, as_admin, done, root, sent, words

__all__ = ["as_admin", "root"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "QUIET", 0.0)


@pytest.fixture
def folder(alice: User, root: Path) -> SourceFolder:
    return folders.begin(owner=alice, path=root, in_place=True)


def switch(client: Client, folder: SourceFolder, **form: str) -> str:
    return words(client.post(reverse("watch_folder", args=[folder.pk]), form, follow=True))


def look() -> None:
    """Have the bell rung for a watcher of a process that has just begun."""
    async_to_sync(Watcher(Eyes())._look_at_all)()


def pass_time(seconds: float) -> None:
    due = SourceFolder.objects.exclude(due_at=None)
    for folder in due:
        assert folder.due_at
        due.filter(pk=folder.pk).update(due_at=folder.due_at - timedelta(seconds=seconds))


def test_what_comes_and_goes_in_a_watched_folder_is_taken_in_by_itself(
    as_admin: Client, folder: SourceFolder
) -> None:
    page = switch(as_admin, folder, on="yes")
    assert "Watched" in page
    assert "Stop watching" in page
    look()
    assert Photo.objects.count() == 2
    (folder.root / "b.jpg").write_bytes(content(3))
    (folder.root / "trip 1" / "a.jpg").unlink()
    look()
    assert Photo.objects.count() == 2  # It is not due yet.
    pass_time(watching.EVERY)
    look()
    assert (Photo.objects.count(), Photo.objects.filter(is_gone=True).count()) == (3, 1)
    assert "1 file is gone." in words(as_admin.get(reverse("folders_rows")))


def test_a_folder_is_watched_no_more_once_that_is_switched_off(
    as_admin: Client, folder: SourceFolder
) -> None:
    switch(as_admin, folder, on="yes")
    page = switch(as_admin, folder)
    assert "Stop watching" not in page
    pass_time(watching.LEASE)
    look()
    assert not Photo.objects.exists()


def test_a_look_ends_when_the_folder_is_not_watched_any_more(
    folder: SourceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FILES", 1)
    folders.watch(folder=folder, is_on=True)

    def keep(mine: SourceFolder, kept: Any = watching.keep) -> bool:
        if Photo.objects.exists():
            folders.watch(folder=mine, is_on=False)
        return bool(kept(mine))

    monkeypatch.setattr(watching, "keep", keep)
    look()
    assert Photo.objects.count() == 1
    assert SourceFolder.objects.get().due_at is None


def test_another_process_looks_once_nothing_is_heard_of_the_one_that_did(
    folder: SourceFolder,
) -> None:
    folders.watch(folder=folder, is_on=True)
    dead = watching.claim()
    assert dead is not None
    assert watching.claim() is None
    pass_time(watching.LEASE)
    look()
    assert Photo.objects.count() == 2
    assert not watching.keep(dead)
    watching.rest(dead, spent=0.0)
    due_at = SourceFolder.objects.get().due_at
    assert due_at is not None
    assert due_at > timezone.now()


def test_a_process_that_is_about_to_end_hands_its_folder_back(folder: SourceFolder) -> None:
    folders.watch(folder=folder, is_on=True)
    mine = watching.claim()
    assert mine is not None
    watching.hand_back(mine)
    assert watching.claim() == folder


def test_the_page_says_why_a_look_came_to_nothing_until_one_does(
    as_admin: Client, folder: SourceFolder
) -> None:
    switch(as_admin, folder, on="yes")
    away = folder.root.rename(folder.root.with_name("away"))
    look()
    assert "The last look came to nothing" in words(as_admin.get(PAGE))
    assert "Is its disk there?" in words(as_admin.get(PAGE))
    away.rename(folder.root)
    pass_time(watching.EVERY)
    look()
    assert "came to nothing" not in words(as_admin.get(PAGE))
    assert Photo.objects.count() == 2


def test_what_the_setting_allows_no_more_is_not_looked_at(
    as_admin: Client, folder: SourceFolder, settings: LazySettings
) -> None:
    switch(as_admin, folder, on="yes")
    settings.IMPORT_FOLDERS = []
    look()
    assert not Photo.objects.exists()
    page = words(as_admin.get(PAGE))
    assert "IMPORT_FOLDERS" in page
    assert "Stop watching" in page
    switch(as_admin, folder)
    assert "IMPORT_FOLDERS allows" in switch(as_admin, folder, on="yes")
    assert not SourceFolder.objects.get().is_watched


def test_the_form_has_a_folder_watched_which_waits_for_the_look_that_it_asks_for(
    as_admin: Client, alice: User, root: Path
) -> None:
    sent(as_admin, root, alice, in_place="on", is_watched="on")
    look()
    assert not Photo.objects.exists()
    done()
    (root / "b.jpg").write_bytes(content(3))
    pass_time(watching.EVERY)
    look()
    assert Photo.objects.count() == 3


def test_a_large_folder_takes_a_tenth_of_the_time_at_most() -> None:
    assert watching.pause(30.0, spent=1.0) == 30.0
    assert watching.pause(30.0, spent=60.0) == 600.0


def test_nobody_else_switches_or_sees_it(as_bob: Client, folder: SourceFolder) -> None:
    for answer in (
        as_bob.post(reverse("watch_folder", args=[folder.pk]), {"on": "yes"}),
        as_bob.get(reverse("folders_rows")),
    ):
        assert answer.status_code == 404
    assert not SourceFolder.objects.get().is_watched
