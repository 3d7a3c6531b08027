"""Whose a picture is follows from where it lies, as the person who put it there would say."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from analysis.known.layouts import Layout, Listing, arranged, natural


def listing(*paths: str, layout: Layout | None = None, wrapped: bool = False) -> Listing:
    found = [(path, Path(f"{number}.jpg")) for number, path in enumerate(paths)]
    return arranged(found, layout, wrapped=wrapped)


def people(found: Listing) -> dict[str, list[str]]:
    return {
        name: [picture.shown for picture in found.pictures if picture.name == name]
        for name in found.names
    }


def test_a_flat_folder_names_each_picture_by_its_file() -> None:
    found = listing("obama.jpg", "biden.png", "rose_leslie.JPEG", "anna.smith.jpg")

    assert found.layout == Layout.FLAT
    assert found.why.code == "layout_flat"
    assert found.names == ["anna.smith", "biden", "obama", "rose_leslie"]


def test_numbers_and_underscores_of_a_flat_folder_are_part_of_the_name() -> None:
    found = listing("obama2.jpg", "obama.jpg", "kit_harington_1.jpg", "Ada (2).jpg")

    assert found.names == ["Ada (2)", "kit_harington_1", "obama", "obama2"]


def test_two_files_of_one_name_are_one_person() -> None:
    assert people(listing("ada.jpg", "ada.png")) == {"ada": ["ada.jpg", "ada.png"]}


def test_a_folder_a_person_names_all_pictures_by_the_folder() -> None:
    found = listing("obama/obama2.jpg", "obama/obama.jpg", "kit_harington/john1.jpeg")

    assert found.layout == Layout.FOLDERS
    assert people(found) == {
        "kit_harington": ["kit_harington/john1.jpeg"],
        "obama": ["obama/obama.jpg", "obama/obama2.jpg"],
    }


def test_names_and_files_are_sorted_by_their_numbers() -> None:
    found = listing("p10/img10.jpg", "p10/IMG9.jpg", "p10/img010.jpg", "p9/a.jpg", "P1/a.jpg")

    assert [picture.shown for picture in found.pictures] == [
        *("P1/a.jpg", "p9/a.jpg", "p10/IMG9.jpg", "p10/img010.jpg", "p10/img10.jpg"),
    ]


def test_any_two_names_can_be_sorted() -> None:
    texts = ["", "1", "a", "a1", "1a", "a1b", "a01b", "가2", "가10", "9" * 10_000, "\u0662"]
    for one in texts:
        smaller = [other for other in texts if natural(other) < natural(one)]
        assert one not in smaller


def test_pictures_beside_folders_are_named_by_their_files() -> None:
    found = listing("ada.jpg", "bea/1.jpg", "ada/2.jpg")

    assert (found.layout, found.why.code) == (Layout.MIXED, "layout_mixed")
    assert people(found) == {"ada": ["ada.jpg", "ada/2.jpg"], "bea": ["bea/1.jpg"]}


def test_what_is_deeper_in_a_person_s_folder_is_of_that_person() -> None:
    found = listing("ada/1.jpg", "ada/old/2.jpg", "bea/2019/3.jpg", "bea/2020-05/4.jpg")

    assert people(found) == {
        "ada": ["ada/1.jpg", "ada/old/2.jpg"],
        "bea": ["bea/2019/3.jpg", "bea/2020-05/4.jpg"],
    }


def test_folders_of_folders_are_groups_and_nobody() -> None:
    found = listing(
        "family/ada/1.jpg", "family/bea/1.jpg", "friends/cem/1.jpg", "friends/ada/2.jpg"
    )

    assert found.layout == Layout.FOLDERS
    assert people(found) == {
        "ada": ["family/ada/1.jpg", "friends/ada/2.jpg"],
        "bea": ["family/bea/1.jpg"],
        "cem": ["friends/cem/1.jpg"],
    }


def test_people_may_be_called_by_numbers() -> None:
    assert listing("train/001/1.jpg", "train/002/1.jpg").names == ["001", "002"]
    assert listing("1999/1.jpg", "2000/1.jpg").names == ["1999", "2000"]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_folder_around_folders_is_only_what_they_were_packed_in(wrapped: bool) -> None:
    found = listing("roster/train/ada/1.jpg", "roster/train/bea/1.jpg", wrapped=wrapped)

    assert (found.layout, found.names) == (Layout.FOLDERS, ["ada", "bea"])


def test_a_flat_folder_may_have_been_packed_as_a_whole() -> None:
    found = listing("people/ada.jpg", "people/bea_2.jpg", "people/cem.jpg", wrapped=True)

    assert (found.layout, found.names) == (Layout.FLAT, ["ada", "bea_2", "cem"])
    assert "Everything lies in the folder people" in str(found.why)


def test_a_mixed_folder_may_have_been_packed_as_a_whole() -> None:
    found = listing("all/ada.jpg", "all/bea.jpg", "all/cem/1.jpg", wrapped=True)

    assert (found.layout, found.names) == (Layout.MIXED, ["ada", "bea", "cem"])


@pytest.mark.parametrize(
    "files",
    [
        ["1.jpg", "2.jpg"],
        ["img1.jpg", "img2.jpg"],
        ["IMG_0001.jpg", "DSC_0002.jpg"],
        ["ada.jpg", "ada2.jpg", "ada-old.jpg"],
        ["Ada.jpg", "portrait.jpg"],
        ["20190501_1200.jpg", "KakaoTalk_20200101.jpg", "Screenshot 2021.png"],
        ["portrait.jpg"],
    ],
    ids=" ".join,
)
def test_the_folder_of_one_person_may_have_been_packed(files: list[str]) -> None:
    found = listing(*(f"ada/{file}" for file in files), wrapped=True)

    assert (found.layout, found.names) == (Layout.FOLDERS, ["ada"])
    assert "of that one person" in str(found.why)


def test_one_folder_in_a_folder_that_was_named_is_a_person() -> None:
    assert listing("ada/front.jpg", "ada/left.jpg").names == ["ada"]


def test_a_layout_that_a_person_chose_is_taken() -> None:
    paths = ("people/ada.jpg", "people/bea.jpg", "people/cem/1.jpg")

    flat = listing(*paths, layout=Layout.FLAT, wrapped=True)
    folders = listing(*paths, layout=Layout.FOLDERS, wrapped=True)

    assert (flat.layout, flat.names) == (Layout.FLAT, ["1", "ada", "bea"])
    assert (folders.layout, folders.names) == (Layout.FOLDERS, ["people"])
    assert listing("ada.jpg", layout=Layout.FOLDERS).names == ["ada"]


def test_names_from_a_mac_have_their_letters_whole() -> None:
    found = listing(unicodedata.normalize("NFD", "박민준/é.jpg"), "박민준/2.jpg")

    assert people(found) == {"박민준": ["박민준/2.jpg", "박민준/é.jpg"]}


def test_what_leads_out_of_a_folder_is_no_part_of_a_path() -> None:
    found = listing("../../etc/ada/1.jpg", "/bea/./2.jpg", "cem//3.jpg")

    assert people(found) == {
        "ada": ["etc/ada/1.jpg"],
        "bea": ["bea/2.jpg"],
        "cem": ["cem/3.jpg"],
    }


def test_a_name_that_cannot_be_leaves_its_picture_out_with_a_sentence() -> None:
    found = listing("ada.jpg", "x" * 101 + ".jpg", "\u200b.jpg", "\udcff.jpg")

    assert found.names == ["ada"]
    assert [one.why.code for one in found.left_out] == ["picture_name"] * 3
    assert [one.shown for one in found.left_out] == [".jpg", ".jpg", "x" * 101 + ".jpg"]


def test_no_pictures_are_a_listing_too() -> None:
    found = listing("", "..")
    assert (found.names, found.why.code) == ([], "layout_none")
