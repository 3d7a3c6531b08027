"""What `manage.py analyze` says of photos, asked in this process, which has started already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.analysing import crew_that_stays, said

ROOT = Path(__file__).resolve().parents[1]
BIDEN = ROOT / "gallery" / "samples" / "biden.jpg"


@pytest.fixture(scope="module", autouse=True)
def crew() -> Iterator[None]:
    with crew_that_stays():
        yield


def test_bad_photos_stop_nobody_and_make_the_status_one(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    ended = said("analyze", "nowhere.jpg", tmp_path / "notes.txt", BIDEN, "--json")
    photos = ended.photos
    assert (ended.status, ended.errors) == (1, [])
    assert [photo.get("error", {}).get("code") for photo in photos] == [
        "not_found",
        "unreadable",
        None,
    ]
    assert set(photos[0]) == {"path", "error"}
    assert photos[1]["error"]["message"].startswith("This file is not a photo we can read.")
    assert "encoding" not in photos[2]["faces"][0]


def test_without_json_a_line_is_made_to_read() -> None:
    ended = said("analyze", BIDEN, "gone.jpg")
    first, second = ended.lines
    assert ended.errors == []
    assert "1 face" in first
    assert "male about" in first
    assert second == "gone.jpg  not_found: There is no such file."


def test_the_shared_photos_have_the_faces_that_people_counted() -> None:
    photos = ROOT.parent / "shared" / "data" / "photos" / "dlib_faces"
    if not photos.is_dir():
        pytest.skip("the folder shared/data/photos is not beside this checkout")
    found = said("analyze", photos / "bald_guys.jpg", photos / "dogs.jpg", "--json")
    assert found.status == 0
    assert [len(photo["faces"]) for photo in found.photos] == [24, 0]
