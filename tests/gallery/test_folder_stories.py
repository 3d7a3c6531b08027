"""Stories told by chance: whatever happens to a folder, no word is lost and no photo is there twice."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from gallery.models import BinnedPhoto, Photo
from gallery.services import photos
from gallery.services.sources import ending, looking, telling
from gallery.services.sources.ending import FolderGone
from tests.gallery.folder_stories import MARK, Shelf, content, picture_of

pytestmark = pytest.mark.django_db(transaction=True)

# Where something was changed here, try more of both.
SEEDS, STEPS = range(2), 12
NAMES = [f"{folder}{name}.jpg" for folder in ("", "trip/", "trip/more/") for name in "abcd"]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what belongs together come in several parts."""
    monkeypatch.setattr(looking, "FILES", 3)
    monkeypatch.setattr(ending, "CHUNK", 2)


class Story:
    """A folder that changes by chance. What was said of photos is kept here too, by their keys."""

    def __init__(self, owner: User, root: Path, seed: int, *, in_place: bool) -> None:
        self.chance = random.Random(seed)
        self.shelf = Shelf(root, owner, in_place=in_place)
        self.said: dict[int, str] = {}
        self.pictures = self.versions = 0

    @property
    def disk(self) -> dict[Path, bytes]:
        """What lies in the folder and is a photo."""
        found = [path for path in self.shelf.root.rglob("*.jpg") if not path.is_symlink()]
        return {path: data for path in found if MARK in (data := path.read_bytes())}

    def happen(self) -> None:
        self.chance.choice(
            [
                self.add, self.add, self.copy, self.move, self.move, self.swap, self.take_away,
                self.retouch, self.retouch, self.replace, self.break_file, self.hang_a_link,
                self.delete, self.bring_back, self.empty_bin, self.name, self.name,
            ]
        )()  # fmt: skip

    def add(self) -> None:
        self.pictures += 1
        self.shelf.put(self.chance.choice(NAMES), content(self.pictures))

    def copy(self) -> None:
        if path := self.one():
            self.shelf.put(self.chance.choice(NAMES), path.read_bytes())

    def move(self) -> None:
        if path := self.one():
            to = self.shelf.root / self.chance.choice(NAMES)
            to.parent.mkdir(parents=True, exist_ok=True)
            path.rename(to)

    def swap(self) -> None:
        one, other = self.one(), self.one()
        if one and other and one != other:
            aside = self.shelf.root / "aside"
            one.rename(aside)
            other.rename(one)
            aside.rename(other)

    def take_away(self) -> None:
        if path := self.one():
            path.unlink()

    def retouch(self) -> None:
        """Write a tag into a file: another content that looks the same."""
        if path := self.one():
            self.versions += 1
            data = content(picture_of(path.read_bytes()), self.versions)
            self.shelf.put(f"{path.relative_to(self.shelf.root)}", data)

    def replace(self) -> None:
        if path := self.one():
            self.pictures += 1
            self.shelf.put(f"{path.relative_to(self.shelf.root)}", content(self.pictures))

    def break_file(self) -> None:
        if path := self.one():
            self.shelf.put(f"{path.relative_to(self.shelf.root)}", b"no photo any more")

    def hang_a_link(self) -> None:
        path = self.shelf.root / self.chance.choice(NAMES)
        if path.parent.is_dir() and not path.exists() and (target := self.one()):
            path.unlink(missing_ok=True)
            path.symlink_to(target)

    def name(self) -> None:
        shown = [photo for photo in Photo.objects.all() if photo.faces.exists()]
        if shown:
            photo = self.chance.choice(shown)
            self.said[photo.pk] = f"Person {len(self.said)} of {photo.pk}"
            self.shelf.name(photo, self.said[photo.pk])

    def delete(self) -> None:
        if photo := Photo.objects.order_by("?").first():
            photos.delete(photo)

    def bring_back(self) -> None:
        if binned := BinnedPhoto.objects.order_by("?").first():
            photos.bring_back(owner=self.shelf.owner, photos=[binned.pk])

    def empty_bin(self) -> None:
        for pk in BinnedPhoto.objects.values_list("pk", flat=True):
            self.said.pop(pk, None)
        photos.empty_bin(owner=self.shelf.owner)

    def one(self) -> Path | None:
        there = sorted(self.disk)
        return self.chance.choice(there) if there else None

    def look(self) -> None:
        """Look until nothing changes any more: of two copies that change one may wait for the next look."""
        for _ in range(3):
            try:
                if self.chance.random() < 0.3:
                    self.shelf.begin_to_look(self.chance.randint(1, 4))
                look = self.shelf.look()
            except FolderGone:
                assert not self.disk
                return
            self.shelf.analyse()
            if not telling.has_changes(look.counts):
                return
        raise AssertionError("It comes to no end.")

    def check_words(self) -> None:
        for pk, name in self.said.items():
            found = Photo.objects.filter(pk=pk).first()
            if found is None:
                assert BinnedPhoto.objects.filter(pk=pk).exists(), name
            else:
                assert [face.label for face in found.faces.all() if face.is_named] == [name]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_to_a_folder_no_word_is_lost_and_no_photo_is_there_twice(
    alice: User, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    story = Story(alice, tmp_path_factory.mktemp("photos"), seed, in_place=True)
    for _ in range(4):
        story.add()
    story.look()
    for number in range(STEPS):
        for _ in range(story.chance.randint(1, 3)):
            story.happen()
        before = story.disk
        story.look()
        assert story.disk == before, "a look has written into the folder"
        story.check_words()
        if before:
            check(story, number)


def check(story: Story, number: int) -> None:
    """Have each content on the disk be one photo that lies there, unless somebody deleted it."""
    disk, root = story.disk, story.shelf.root
    contents = {sha256(data) for data in disk.values()}
    library = {photo.sha256: photo for photo in Photo.objects.all()}
    assert len(library) == Photo.objects.count()
    for photo in library.values():
        is_there = photo.sha256 in contents
        assert photo.is_gone == (not is_there), (number, photo)
        if is_there:
            assert sha256(disk[photo.original]) == photo.sha256
            assert photo.original.is_relative_to(root)
    records = {one.path: one for one in story.shelf.folder.files.filter(is_there=True)}
    for path, data in disk.items():
        came = records[f"{path.relative_to(root)}"].came
        assert (sha256(data) in library) == (came in ("photo", "same")), (number, path, came)


@pytest.mark.parametrize("seed", [0])
def test_photos_that_were_copied_stay_whatever_happens_to_the_folder(
    alice: User, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    story = Story(alice, tmp_path_factory.mktemp("photos"), seed, in_place=False)
    for _ in range(4):
        story.add()
    for _ in range(STEPS):
        story.look()
        story.check_words()
        for photo in Photo.objects.all():
            assert sha256(photo.original.read_bytes()) == photo.sha256
            assert not photo.is_gone
        story.happen()
