"""A folder of photos is gone through in one order, and nothing leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.photo_folders import LONGEST, Found, Kind, opened, status_of, walk

FILES = ("b.jpg", "a/2.HEIC", "a/1.jpg", "a/deep/er/x.png", "c.dng", "a.jpg")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name in FILES:
        put(folder, name)
    return folder


def put(folder: Path, name: str, content: bytes = b"picture") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def paths(root: Path, after: str = "") -> list[str]:
    return [found.path for found in walk(root, after=after)]


def test_all_photos_come_once_by_name(root: Path) -> None:
    assert paths(root) == ["a/1.jpg", "a/2.HEIC", "a/deep/er/x.png", "a.jpg", "b.jpg", "c.dng"]
    [first, *_] = walk(root)
    status = (root / "a/1.jpg").stat()
    assert first == Found("a/1.jpg", Kind.PHOTO, 7, status.st_mtime_ns, status.st_ctime_ns)


def test_it_goes_on_behind_any_of_them_also_where_that_has_gone(root: Path) -> None:
    whole = paths(root)
    for number, path in enumerate(whole):
        assert paths(root, after=path) == whole[number + 1 :]
    assert paths(root, after="a/1z.jpg") == whole[1:]
    assert paths(root, after="a/deep/f") == whole[3:]
    assert paths(root, after="z") == []
    # What was a folder is a file now, and the other way round.
    assert paths(root, after="a.jpg/1.jpg") == whole[3:]
    assert paths(root, after="a") == whole


def test_what_systems_hide_is_left_out_and_what_is_no_photo(root: Path) -> None:
    for name in (".hidden.jpg", "._a.jpg", ".thumbnails/t.jpg", "@eaDir/t.jpg", "__MACOSX/a.jpg"):
        put(root, name)
    for name in ("notes.txt", "a.xmp", "IMG_1.AAE", "photo", "Thumbs.db", "a.jpg_original"):
        put(root, name)
    assert len(paths(root)) == len(FILES)


def test_videos_and_links_are_told_apart(root: Path, tmp_path: Path) -> None:
    put(root, "IMG_1.MOV")
    put(root, "clip.mp4")
    elsewhere = put(tmp_path, "elsewhere/secret.jpg")
    (root / "link.jpg").symlink_to(elsewhere)
    (root / "linked").symlink_to(elsewhere.parent)
    (root / "round").symlink_to(root)
    (root / "nowhere").symlink_to(root / "none")
    kinds = {found.path: found.kind for found in walk(root) if found.kind != Kind.PHOTO}
    assert kinds == {
        "IMG_1.MOV": Kind.VIDEO,
        "clip.mp4": Kind.VIDEO,
        "link.jpg": Kind.LINK,
        "linked": Kind.LINK,
        "round": Kind.LINK,
        "nowhere": Kind.LINK,
    }


def test_a_pipe_is_nothing(root: Path) -> None:
    os.mkfifo(root / "pipe.jpg")
    assert len(paths(root)) == len(FILES)
    with pytest.raises(FileNotFoundError):
        opened(root / "pipe.jpg")


def test_names_that_no_database_holds_are_told(root: Path) -> None:
    (Path(os.fsdecode(os.fsencode(root) + b"/\xff.jpg"))).write_bytes(b"picture")
    deep = root / "z"
    for _ in range(LONGEST // 200 + 1):
        deep = deep / ("n" * 199)
    put(deep, "x.jpg")
    others = [found for found in walk(root) if found.kind != Kind.PHOTO]
    assert [one.kind for one in others] == [Kind.UNNAMEABLE] * 2
    assert "?.jpg" in {one.path for one in others}
    assert all(one.path.isprintable() for one in others)


def test_folders_of_the_site_are_passed_over(root: Path) -> None:
    found = [one.path for one in walk(root, without=[root / "a"])]
    assert found == ["a.jpg", "b.jpg", "c.dng"]


def test_a_folder_that_has_gone_meanwhile_is_closed(root: Path) -> None:
    looking = walk(root)
    assert next(looking).path == "a/1.jpg"
    assert next(looking).path == "a/2.HEIC"
    for name in ("a/deep/er/x.png", "a/deep/er", "a/deep"):
        path = root / name
        path.unlink() if path.is_file() else path.rmdir()
    assert next(looking) == Found("a/deep", Kind.CLOSED)
    assert [one.path for one in looking] == ["a.jpg", "b.jpg", "c.dng"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(walk(tmp_path / "none"))


@pytest.mark.parametrize("part", ["photos", "photos/a", "photos/a/1.jpg"])
def test_a_file_is_not_opened_through_a_link_at_any_part_of_its_path(
    root: Path, tmp_path: Path, part: str
) -> None:
    path = root / "a/1.jpg"
    with opened(path) as file:
        assert file.read() == b"picture"
    assert status_of(path) is not None
    aside = tmp_path / "aside"
    (tmp_path / part).rename(aside)
    (tmp_path / part).symlink_to(aside)
    assert path.read_bytes() == b"picture"
    with pytest.raises(OSError, match=r"link|Not a directory"):
        opened(path)
    assert status_of(path) is None


def test_what_is_no_file_has_no_status(root: Path) -> None:
    assert status_of(root / "a") is None
    assert status_of(root / "none.jpg") is None
    assert status_of(root / "a.jpg" / "b.jpg") is None
