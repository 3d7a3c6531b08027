"""Whether dropped folders look as if they were called by people."""

from __future__ import annotations

import pytest

from analysis.known.likely import people_among


def drop(*folders: str, count: int = 2, around: str = "") -> list[str]:
    return [f"{around}{folder}/{n}.jpg" for folder in folders for n in range(count)]


@pytest.mark.parametrize(
    "folders",
    [
        ("Ada Lovelace", "Grace Hopper"),
        ("김가영", "이나영", "박다영"),
        ("Jean-Luc", "O'Brien", "María José"),
        ("April", "June"),
        ("alex_lacamoire", "kit_harington"),
    ],
)
def test_folders_of_people_look_like_people(folders: tuple[str, ...]) -> None:
    assert people_among(drop(*folders)) == sorted(folders, key=str.casefold)
    assert people_among(drop(*folders, around="known/")) == sorted(folders, key=str.casefold)


@pytest.mark.parametrize(
    "folders",
    [
        ("2019", "2020"),
        ("2019-05-03", "Ada"),
        ("DCIM", "Ada"),
        ("100APPLE", "101APPLE"),
        ("January", "February"),
        ("May", "June", "July"),
        ("Summer in Rome", "Wedding Ada"),
        ("New folder", "Ada"),
        ("새 폴더", "김가영"),
        ("제주 여행", "김가영"),
        ("가족", "친구"),
        ("s1", "s2"),
        ("a walk on the long beach", "Ada"),
        ("---", "Ada"),
        ("Ada",),
    ],
)
def test_albums_cameras_and_dates_do_not(folders: tuple[str, ...]) -> None:
    assert people_among(drop(*folders)) == []


def test_neither_do_pictures_beside_them_many_pictures_nor_what_is_no_picture() -> None:
    people = drop("Ada", "Grace")
    assert people_among([*people, "beach.jpg"]) == []
    assert people_among(drop("Ada", "Grace", count=21)) == []
    assert people_among(["Ada/notes.txt", "Grace/notes.txt"]) == []
    assert people_among([]) == []
    assert people_among([*people, "Ada/notes.txt", "@eaDir/x.jpg"]) == ["Ada", "Grace"]
