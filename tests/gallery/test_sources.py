"""Photos from a folder on the server: what becomes of files that come, go, move and are written anew."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.dates import Source
from analysis.limits import DEFAULT_LIMITS
from analysis.photo_folders import Kind, opened, walk
from analysis.processes import Loaded
from analysis.weights import INSTALLED
from gallery.children.pool import ChildFailed
from gallery.children.requests import LooksTheSame
from gallery.jobs import queue
from gallery.models import BinnedPhoto, ForgottenFile, Photo, SourceFolder
from gallery.models.leased import State
from gallery.services import photos
from gallery.services.sources import folders, looking, originals, seeing, settling, telling
from gallery.services.sources.ending import FolderGone
from gallery.services.sources.folders import FolderRefused
from gallery.services.sources.looking import Look
from gallery.words import say
from tests.factories import make_photo, upload_file
from tests.gallery.folder_stories import Shelf, content
from tests.plans import through_photos

pytestmark = pytest.mark.django_db(transaction=True)
ONE, OTHER = content(1), content(2)


@pytest.fixture
def shelf(alice: User, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("photos"), alice)


@pytest.fixture
def copying(shelf: Shelf) -> Shelf:
    shelf.in_place = False
    return shelf


def looked(shelf: Shelf) -> dict[str, int]:
    """Look, have all analysed, and return what was counted."""
    look = shelf.look()
    shelf.analyse()
    return look.counts


def named(shelf: Shelf, data: bytes = ONE, name: str = "Ada") -> Photo:
    photo = shelf.photo(data)
    shelf.name(photo, name)
    return photo


def shelf_gone() -> list[Photo]:
    return [*Photo.objects.filter(is_gone=True)]


def names(photo: Photo) -> list[str]:
    return [face.label for face in Photo.objects.get(pk=photo.pk).faces.all() if face.is_named]


def test_photos_are_read_where_they_lie(shelf: Shelf, settings: LazySettings) -> None:
    path = shelf.put("trip/a.jpg", ONE)
    assert looked(shelf) == {"new": 1}
    photo = shelf.photo(ONE)
    assert (photo.original, photo.filename, photo.job.state) == (path, "a.jpg", State.DONE)
    assert (photo.taken_from, photo.is_gone) == (Source.FILE, False)
    assert not (photo.folder / "original").exists()
    assert looked(shelf) == {"photo": 1}
    with originals.open_file(photo) as file:
        assert file.read() == ONE


def test_photos_are_copied_as_an_upload_is(copying: Shelf) -> None:
    path = copying.put("trip/a.jpg", ONE)
    assert looked(copying) == {"new": 1}
    photo = copying.photo(ONE)
    assert photo.original == photo.folder / "original"
    assert photo.original.read_bytes() == ONE
    path.unlink()
    copying.put("b.jpg", OTHER)
    assert looked(copying) == {"new": 1}
    assert not shelf_gone()


def test_a_file_that_vanished_keeps_its_photo_with_its_words_and_comes_back(shelf: Shelf) -> None:
    path = shelf.put("a.jpg", ONE)
    shelf.put("b.jpg", OTHER)
    looked(shelf)
    photo = named(shelf)
    path.unlink()
    assert looked(shelf) == {"photo": 1, "gone": 1}
    assert (shelf_gone(), names(photo)) == ([photo], ["Ada"])
    assert photo.preview.is_file()
    assert looked(shelf) == {"photo": 1}
    shelf.put("a.jpg", ONE)
    assert looked(shelf) == {"photo": 1, "back": 1}
    assert (shelf_gone(), names(photo)) == ([], ["Ada"])


def test_a_moved_file_keeps_its_photo_and_gives_it_its_name(shelf: Shelf) -> None:
    path = shelf.put("a.jpg", ONE)
    looked(shelf)
    photo = named(shelf)
    (shelf.root / "z").mkdir()
    path.rename(shelf.root / "z/Ada at sea.jpg")
    assert looked(shelf) == {"moved": 1}
    photo.refresh_from_db()
    assert (photo.filename, photo.original) == ("Ada at sea.jpg", shelf.root / "z/Ada at sea.jpg")
    assert (names(photo), Photo.objects.count()) == (["Ada"], 1)


def test_a_file_that_has_just_moved_is_not_said_to_be_gone(shelf: Shelf) -> None:
    path, other = shelf.put("a.jpg", ONE), shelf.put("b.jpg", OTHER)
    looked(shelf)
    path.rename(shelf.root / "c.jpg")
    other.unlink()
    assert shelf.look(after=2).counts == {"waiting": 1, "gone": 1}
    assert shelf_gone() == [shelf.photo(OTHER)]
    assert looked(shelf) == {"moved": 1}
    (shelf.root / "c.jpg").unlink()
    shelf.put("d.jpg", content(3))
    assert looked(shelf) == {"new": 1, "gone": 1}


def test_two_files_that_change_places_keep_their_photos(shelf: Shelf) -> None:
    one, other = shelf.put("a.jpg", ONE), shelf.put("b.jpg", OTHER)
    looked(shelf)
    photo = shelf.photo(ONE)
    one.rename(shelf.root / "aside")
    other.rename(one)
    (shelf.root / "aside").rename(other)
    counts = looked(shelf)
    assert (counts["moved"], Photo.objects.count(), shelf_gone()) == (2, 2, [])
    assert Photo.objects.get(pk=photo.pk).original == other


def test_a_copy_is_the_same_photo_and_takes_over_when_the_first_goes(shelf: Shelf) -> None:
    first = shelf.put("a.jpg", ONE)
    looked(shelf)
    copy = shelf.put("b.jpg", ONE)
    assert looked(shelf) == {"photo": 1, "same": 1}
    first.unlink()
    looked(shelf)
    assert (shelf.photo(ONE).original, shelf_gone()) == (copy, [])


def test_a_file_written_anew_that_looks_the_same_is_the_same_photo(shelf: Shelf) -> None:
    shelf.put("a.jpg", ONE)
    looked(shelf)
    photo = named(shelf)
    shelf.put("a.jpg", content(1, version=2))
    assert looked(shelf) == {"rewritten": 1}
    assert shelf.photo(content(1, version=2)) == photo
    assert (names(photo), Photo.objects.count()) == (["Ada"], 1)
    assert Photo.objects.get().job.state == State.DONE


def test_another_picture_in_a_files_place_is_another_photo_and_the_words_stay_with_the_first(
    shelf: Shelf,
) -> None:
    shelf.put("a.jpg", ONE)
    looked(shelf)
    photo = named(shelf)
    shelf.put("a.jpg", OTHER)
    assert looked(shelf) == {"new": 1}
    assert (shelf_gone(), names(photo), names(shelf.photo(OTHER))) == ([photo], ["Ada"], [])
    # The first is put back from a backup, beside the other.
    shelf.put("b.jpg", ONE)
    assert looked(shelf) == {"photo": 1, "moved": 1}
    assert (shelf_gone(), names(photo)) == ([], ["Ada"])


def test_a_file_that_is_analysed_just_now_waits_with_what_was_written_into_it(shelf: Shelf) -> None:
    shelf.put("a.jpg", ONE)
    shelf.look()
    claim = queue.claim()
    assert claim is not None
    shelf.put("a.jpg", content(1, version=2))
    assert shelf.look().counts == {"waiting": 1}
    assert queue.fail(claim, say("file_gone"))
    assert looked(shelf) == {"rewritten": 1}
    assert Photo.objects.count() == 1


def test_a_broken_file_is_told_and_costs_nothing_else(shelf: Shelf) -> None:
    shelf.put("a.jpg", ONE)
    looked(shelf)
    photo = named(shelf)
    shelf.put("a.jpg", b"words")
    shelf.put("empty.jpg", b"")
    shelf.put("b.jpg", OTHER)
    look = shelf.look()
    assert look.counts == {"new": 1, "refused": 2}
    told = {path: f"{words}" for path, words in telling.told(look.result)}
    assert {*told} == {"a.jpg", "empty.jpg"}
    assert told["empty.jpg"].startswith("This file is empty.")
    assert (shelf_gone(), names(photo)) == ([photo], ["Ada"])
    # Each look says it, without reading them again.
    assert shelf.look().result["told"] == look.result["told"]
    shelf.put("a.jpg", ONE)
    assert looked(shelf) == {"back": 1, "photo": 1, "refused": 1}


def test_videos_and_links_get_a_sentence_and_hidden_files_none(shelf: Shelf) -> None:
    shelf.put("IMG_1.MOV", b"video")
    shelf.put(".hidden.jpg", ONE)
    shelf.put("notes.txt", b"words")
    (shelf.root / "link.jpg").symlink_to(shelf.put("a.jpg", ONE))
    look = shelf.look()
    assert look.counts == {"new": 1, Kind.VIDEO: 1, Kind.LINK: 1}
    assert [(path, f"{words}") for path, words in telling.told(look.result)] == [
        ("IMG_1.MOV", "It is a video, and only photos are taken."),
        ("link.jpg", "It is a link, and no link is followed."),
    ]


def test_a_file_that_is_being_written_waits_until_it_is_left_alone(shelf: Shelf) -> None:
    path = shelf.put("a.jpg", ONE)
    assert shelf.look(after=2).counts == {"waiting": 1}
    assert looked(shelf) == {"new": 1}
    path.write_bytes(ONE[:50])
    assert shelf.look(after=2).counts == {"waiting": 1}
    assert shelf_gone() == []


def test_what_was_deleted_stays_deleted_also_once_the_bin_is_empty(
    shelf: Shelf, alice: User
) -> None:
    path = shelf.put("a.jpg", ONE)
    looked(shelf)
    photos.delete(shelf.photo(ONE))
    assert looked(shelf) == {"deleted": 1}
    photos.empty_bin(owner=alice)
    assert looked(shelf) == {"deleted": 1}
    path.rename(shelf.root / "b.jpg")
    assert looked(shelf) == {"deleted": 1}
    # Another program writes into it.
    shelf.put("b.jpg", content(1, version=2))
    assert looked(shelf) == {"deleted": 1}
    assert (Photo.objects.count(), ForgottenFile.objects.count()) == (0, 2)
    assert (shelf.root / "b.jpg").read_bytes() == content(1, version=2)
    # Whoever wants it back uploads it.
    photos.upload(owner=alice, file=upload_file(content=ONE))
    assert Photo.objects.count() == 1


def test_a_photo_comes_back_from_the_bin_to_where_its_file_lies_by_then(
    shelf: Shelf, alice: User
) -> None:
    path = shelf.put("a.jpg", ONE)
    looked(shelf)
    photo = named(shelf)
    photos.delete(photo)
    path.rename(shelf.root / "b.jpg")
    looked(shelf)
    photos.bring_back(owner=alice, photos=[photo.pk])
    looked(shelf)
    assert shelf.photo(ONE).original == shelf.root / "b.jpg"
    assert (shelf_gone(), names(photo)) == ([], ["Ada"])


def test_no_sweep_and_no_bin_takes_a_file_out_of_a_folder(
    shelf: Shelf, alice: User, settings: LazySettings
) -> None:
    path = shelf.put("a.jpg", ONE)
    looked(shelf)
    photo = shelf.photo(ONE)
    photos.delete(photo)
    assert BinnedPhoto.objects.exists()
    photos.empty_bin(owner=alice)
    photos.sweep(Path(settings.MEDIA_ROOT))
    assert path.read_bytes() == ONE
    assert not photo.folder.exists()


def test_a_disk_that_is_not_there_changes_nothing(shelf: Shelf) -> None:
    shelf.put("a.jpg", ONE)
    looked(shelf)
    folder = shelf.folder
    aside = shelf.root.with_name("aside")
    shelf.root.rename(aside)
    with pytest.raises(FolderGone, match="is no folder that can be read"):
        async_to_sync(shelf._to_the_end)(Look(folder), time.time())
    shelf.root.mkdir()
    with pytest.raises(FolderGone, match="has no photos any more"):
        shelf.look()
    assert shelf_gone() == []
    shelf.root.rmdir()
    aside.rename(shelf.root)
    assert looked(shelf) == {"photo": 1}


def test_a_disk_that_goes_in_the_middle_of_a_look_takes_no_photo_with_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FILES", 1)
    for number in range(4):
        shelf.put(f"{number}/a.jpg", content(number))
    looked(shelf)
    look, aside = Look(shelf.folder), shelf.root.with_name("unmounted")
    async_to_sync(look.step)(shelf.eyes, time.time() + 60)
    shelf.root.rename(aside)
    shelf.root.mkdir()
    with pytest.raises(FolderGone, match="has no photos any more"):
        async_to_sync(shelf._to_the_end)(look, time.time() + 60)
    assert shelf_gone() == []

    shelf.root.rmdir()
    aside.rename(shelf.root)
    assert looked(shelf) == {"photo": 4}


def test_a_folder_of_which_a_video_alone_is_left_takes_no_photo_for_gone(shelf: Shelf) -> None:
    """As where a disk is not there, and something was written into the folder that it hangs in."""
    photo = shelf.put("a.jpg", ONE)
    looked(shelf)
    photo.unlink()
    shelf.put("clip.mp4", b"video")
    with pytest.raises(FolderGone, match="has no photos any more"):
        shelf.look()
    assert shelf_gone() == []


def test_however_many_files_vanished_all_photos_are_gone_through_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.services.sources.ending.CHUNK", 2)
    paths = [shelf.put(f"{number}.jpg", content(number)) for number in range(6)]
    looked(shelf)
    for path in paths[1:]:
        path.unlink()
    with CaptureQueriesContext(connection) as captured:
        assert looked(shelf) == {"photo": 1, "gone": 5}
    assert sum("NOT EXISTS" in query["sql"] for query in captured) == 1
    assert len(shelf_gone()) == 5


def test_whatever_came_back_from_the_bin_without_its_file_is_shown_as_gone(
    shelf: Shelf, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.services.sources.ending.CHUNK", 2)
    paths = [shelf.put(f"{number}.jpg", content(number)) for number in range(6)]
    looked(shelf)
    keys = [shelf.photo(content(number)).pk for number in range(1, 6)]
    photos.delete_many(owner=alice, photos=keys)
    for path in paths[1:]:
        path.unlink()
    assert looked(shelf) == {"photo": 1}
    photos.bring_back(owner=alice, photos=keys)
    assert looked(shelf) == {"photo": 1, "gone": 5}


@pytest.mark.parametrize("to", ["elsewhere/trip", "Trip", "0"])
def test_a_folder_that_moved_or_is_spelt_otherwise_keeps_its_photos_with_their_words(
    shelf: Shelf, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FILES", 2)
    monkeypatch.setattr("gallery.services.sources.ending.CHUNK", 2)
    shelf.put("m.jpg", content(9))
    for number in range(5):
        shelf.put(f"trip/{number}.jpg", content(number))
    looked(shelf)
    said = {number: named(shelf, content(number), f"Person {number}") for number in range(5)}
    (shelf.root / to).parent.mkdir(exist_ok=True)
    (shelf.root / "trip").rename(shelf.root / to)

    assert looked(shelf) == {"moved": 5, "photo": 1}
    assert shelf_gone() == []
    for number, photo in said.items():
        assert names(photo) == [f"Person {number}"]
        assert Photo.objects.get(pk=photo.pk).original == shelf.root / to / f"{number}.jpg"
    assert looked(shelf) == {"photo": 6}


def test_a_file_whose_name_is_spelt_otherwise_is_the_same_photo(shelf: Shelf) -> None:
    path = shelf.put("img_1.jpg", ONE)
    looked(shelf)
    photo = named(shelf)
    path.rename(shelf.root / "IMG_1.JPG")

    assert looked(shelf) == {"moved": 1}
    assert Photo.objects.get().filename == "IMG_1.JPG"
    assert names(photo) == ["Ada"]


def test_whatever_bytes_name_a_file_the_others_are_taken(shelf: Shelf) -> None:
    shelf.put("two\nlines.jpg", ONE)
    shelf.put("b.jpg", OTHER)
    (shelf.root / os.fsdecode(b"no text \xff.jpg")).write_bytes(content(3))
    (shelf.root / os.fsdecode(b"\xfe")).mkdir()
    (shelf.root / "round").symlink_to("round")
    (shelf.root / "here").symlink_to(".")

    assert looked(shelf) == {"new": 2, "link": 2, "unnameable": 2}
    assert {photo.filename for photo in Photo.objects.all()} == {"twolines.jpg", "b.jpg"}
    assert looked(shelf) == {"photo": 2, "link": 2, "unnameable": 2}


@pytest.mark.parametrize("seconds", [14_000_000_000, -2_000_000_000])
def test_a_file_of_a_time_that_is_none_is_taken_once(shelf: Shelf, seconds: int) -> None:
    path = shelf.put("a.jpg", ONE)
    os.utime(path, (seconds, seconds))
    if path.stat().st_mtime != seconds:
        pytest.skip("This file system keeps no such time.")

    assert looked(shelf) == {"new": 1}
    assert looked(shelf) == {"photo": 1}
    assert Photo.objects.count() == 1


def test_a_file_that_is_written_while_it_is_read_waits(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shelf.put("a.jpg", ONE)

    def opened_and_written(path: Path) -> BinaryIO:
        file = opened(path)
        with path.open("ab") as another:
            another.write(b"more")
        return file

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(seeing, "opened", opened_and_written)
        assert looked(shelf) == {"waiting": 1}
    assert not Photo.objects.exists()
    assert looked(shelf) == {"new": 1}
    assert Photo.objects.get().size == path.stat().st_size


def test_what_an_upload_has_brought_is_the_same_photo(shelf: Shelf, alice: User) -> None:
    photo = photos.upload(owner=alice, file=upload_file(content=ONE))
    shelf.put("a.jpg", ONE)
    assert looked(shelf) == {"same": 1}
    assert (Photo.objects.get().original, photo.is_in_place) == (photo.original, False)


def test_a_photo_whose_file_has_gone_is_kept_when_its_file_is_copied_in(
    shelf: Shelf, alice: User, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = shelf.put("a.jpg", ONE)
    shelf.put("b.jpg", OTHER)
    looked(shelf)
    photo = named(shelf)
    path.unlink()
    looked(shelf)
    other = Shelf(tmp_path_factory.mktemp("backup"), alice, in_place=False, eyes=shelf.eyes)
    other.put("c.jpg", ONE)
    assert looked(other) == {"moved": 1}
    photo.refresh_from_db()
    assert (photo.is_in_place, photo.is_gone, photo.original.read_bytes()) == (False, False, ONE)


def test_a_look_that_was_cut_short_goes_on(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "FILES", 2)
    for number in range(5):
        shelf.put(f"{number}.jpg", content(number))
    folder = shelf.folder
    look = Look(folder)
    assert async_to_sync(look.step)(shelf.eyes, time.time() + 60)
    again = Look(folder, look.result)
    async_to_sync(shelf._to_the_end)(again, time.time() + 60)
    assert (again.counts, again.found, looking.count(folder)) == ({"new": 5}, 5, 5)
    assert SourceFolder.objects.get().looks == 1
    assert shelf.look().counts == {"photo": 5}


@pytest.mark.parametrize("failure", [ChildFailed(say("child_crashed")), FileNotFoundError()])
def test_what_cannot_be_compared_is_another_photo(
    shelf: Shelf, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("a.jpg", ONE)
    looked(shelf)

    async def ask(request: object) -> object:
        raise failure

    monkeypatch.setattr(shelf.eyes, "ask", ask)
    shelf.put("a.jpg", content(1, version=2))
    assert shelf.look().counts == {"new": 1}
    assert Photo.objects.count() == 2


def test_a_child_compares_a_file_with_a_photos_thumbnail(alice: User, tmp_path: Path) -> None:
    photo = make_photo(alice, files=True)
    for size, same in (((64, 48), True), ((48, 64), False)):
        asked = LooksTheSame(photo.original, photo.thumbnail, size, DEFAULT_LIMITS)
        assert asked.answer(Loaded(INSTALLED)) == same


def test_a_folder_of_the_sites_own_is_refused(alice: User, settings: LazySettings) -> None:
    own = Path(settings.DATA_DIR) / "media"
    own.mkdir(exist_ok=True)
    (own / "file").touch()
    for path, words in ((own, "own files"), (own / "file", "no folder"), (own / "no", "no folder")):
        with pytest.raises(FolderRefused, match=words):
            folders.begin(owner=alice, path=path, in_place=True)


def replace_by_a_link(path: Path, secret: Path) -> None:
    path.unlink()
    path.symlink_to(secret)


def replace_the_folder_by_a_link(path: Path, secret: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(secret.parent)


@pytest.mark.parametrize("replace", [replace_by_a_link, replace_the_folder_by_a_link])
def test_a_link_in_a_files_place_shows_nobody_what_it_leads_to(
    shelf: Shelf,
    as_alice: Client,
    tmp_path_factory: pytest.TempPathFactory,
    replace: Callable[[Path, Path], None],
) -> None:
    path = shelf.put("trip/a.jpg", ONE)
    looked(shelf)
    photo = shelf.photo(ONE)
    address = reverse("photo_original", args=[photo.pk])
    assert as_alice.get(address).status_code == 200
    secret = tmp_path_factory.mktemp("secret") / "a.jpg"
    secret.write_bytes(OTHER)
    replace(path, secret)
    assert as_alice.get(address).status_code == 404
    assert originals.path_of(photo) == photo.folder / "original"
    shelf.put("b.jpg", content(3))
    looked(shelf)
    assert (shelf_gone(), Photo.objects.count()) == ([photo], 2)


def test_a_summary_says_all_of_it() -> None:
    assert telling.summary({}) == "no photo"
    counts = {"new": 1200, "moved": 1, "video": 2, "gone": 3}
    assert telling.summary(counts) == "1,200 new photos, 1 moved, 3 gone, 2 videos"
    assert telling.has_changes(counts)
    assert not telling.has_changes({"photo": 5, "refused": 1})


def test_pages_say_that_a_file_is_gone_and_where_it_lay(shelf: Shelf, as_alice: Client) -> None:
    path = shelf.put("a.jpg", ONE)
    shelf.put("b.jpg", OTHER)
    looked(shelf)
    photo = shelf.photo(ONE)
    pages = [reverse("library"), photo.get_absolute_url()]
    for address in pages:
        assert "File gone" not in as_alice.get(address).content.decode()
    assert f"{path}" in as_alice.get(photo.get_absolute_url()).content.decode()
    path.unlink()
    looked(shelf)
    library, page = (as_alice.get(address).content.decode() for address in pages)
    assert library.count("File gone") == 1
    assert 'id="file-gone"' in page
    # What is left of it is shown, and what would need it says so.
    assert as_alice.get(reverse("photo_preview", args=[photo.pk])).status_code == 200
    for name in ("photo_original", "photo_annotated"):
        assert as_alice.get(reverse(name, args=[photo.pk])).status_code == 404
        assert reverse(name, args=[photo.pk]) not in page


def test_whoever_uploads_a_file_that_has_gone_gives_its_photo_a_file_again(
    shelf: Shelf, alice: User
) -> None:
    path = shelf.put("a.jpg", ONE)
    shelf.put("b.jpg", OTHER)
    looked(shelf)
    photo = named(shelf)
    path.unlink()
    looked(shelf)
    assert photos.upload(owner=alice, file=upload_file(content=ONE)) == photo
    kept = shelf.photo(ONE)
    assert (kept.is_in_place, kept.is_gone, kept.original.read_bytes()) == (False, False, ONE)
    assert names(photo) == ["Ada"]
    shelf.put("a.jpg", ONE)
    assert looked(shelf) == {"photo": 2}


def test_a_file_more_is_taken_without_a_look_at_all_photos(shelf: Shelf) -> None:
    """Else each would take longer than the one before."""
    shelf.put("a.jpg", ONE)
    found, folder = [*walk(shelf.root)], shelf.folder
    with CaptureQueriesContext(connection) as asked:
        seen = seeing.see(folder, found, {}, time.time() + 60)
        assert settling.unlike(folder, seen) == []
        assert settling.settle(folder, seen, 1, {}).counts == {"new": 1}
    assert through_photos(asked) == []
