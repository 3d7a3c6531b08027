"""A folder of pictures of people, as it lies on the disk."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from analysis.known import folders
from analysis.known.layouts import Layout


def put(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def test_names_and_paths_are_listed_in_the_order_of_names(tmp_path: Path) -> None:
    put(tmp_path, "bea/10.jpg", "bea/9.HEIC", "ada/1.png")

    found = folders.listed(tmp_path)

    assert [(picture.name, picture.path) for picture in found.pictures] == [
        ("ada", tmp_path / "ada/1.png"),
        ("bea", tmp_path / "bea/9.HEIC"),
        ("bea", tmp_path / "bea/10.jpg"),
    ]


def test_what_systems_hide_and_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "ada.jpg", ".hidden.jpg", "._ada.jpg", "Thumbs.db", "notes.txt", "known.bin")
    put(tmp_path, "__MACOSX/ada.jpg", "@eaDir/ada.jpg", ".git/ada.jpg")

    found = folders.listed(tmp_path)

    assert (found.layout, found.names, found.left_out) == (Layout.FLAT, ["ada"], ())


def test_names_that_a_mac_wrote_come_out_whole(tmp_path: Path) -> None:
    path = unicodedata.normalize("NFD", "박민준/é.jpg")
    put(tmp_path, path)

    [picture] = folders.listed(tmp_path).pictures

    assert (picture.name, picture.shown) == ("박민준", "박민준/é.jpg")
    assert picture.path.exists()


def test_a_name_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    name = os.fsdecode(b"ada\xff.jpg")
    put(tmp_path, name)

    [picture] = folders.listed(tmp_path).pictures

    assert (picture.name, picture.shown) == ("ada", "ada.jpg")
    assert picture.path == tmp_path / name


def test_a_link_that_leads_round_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "ada/1.jpg")
    (tmp_path / "ada" / "round").symlink_to(tmp_path)

    assert len(folders.listed(tmp_path).pictures) == 1


def test_what_is_no_folder_is_an_error_and_not_empty(tmp_path: Path) -> None:
    put(tmp_path, "ada.jpg")

    assert folders.listed(tmp_path, Layout.FOLDERS).names == ["ada"]
    for path in (tmp_path / "ada.jpg", tmp_path / "gone"):
        with pytest.raises(OSError, match=path.name):
            folders.listed(path)


def test_the_study_s_own_folders_are_understood(shared_photos: Path) -> None:
    train = folders.listed(shared_photos / "roster" / "train")
    portraits = folders.listed(shared_photos / "portraits")

    assert train.layout == Layout.FOLDERS
    assert train.names == ["alex_lacamoire", "biden", "kit_harington", "obama", "rose_leslie"]
    assert portraits.layout == Layout.FLAT
    assert "obama2" in portraits.names
