"""`manage.py import`, as a shell sees it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.models import Photo
from gallery.services.sources import seeing
from tests.gallery.folder_stories import content

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a photo, one that is none, and a video, all written long ago."""
    root = tmp_path_factory.mktemp("photos")
    (root / "trip").mkdir()
    (root / "trip" / "a.jpg").write_bytes(content(1))
    (root / "broken.jpg").write_bytes(b"words")
    (root / "clip.mp4").write_bytes(b"video")
    return root


@pytest.fixture(autouse=True)
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "QUIET", 0.0)


def run(*arguments: object) -> list[str]:
    out = io.StringIO()
    call_command("import", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def test_a_folder_is_taken_and_said(alice: User, folder: Path) -> None:
    broken = (
        "broken.jpg: This file is not a photo we can read. Try a JPEG or PNG.",
        "clip.mp4: It is a video, and only photos are taken.",
    )
    lines = run(folder, "--owner", "alice")
    assert lines == [*broken, "1 new photo, 1 that could not be taken, 1 video."]
    assert not Photo.objects.get().is_in_place
    lines = run(folder, "--owner", "alice")
    assert lines == [*broken, "1 here already, 1 that could not be taken, 1 video."]


def test_a_file_name_commands_no_terminal(alice: User, folder: Path) -> None:
    (folder / "a\x1b[2J\nb.mp4").write_bytes(b"video")
    lines = run(folder, "--owner", "alice")
    assert "a?[2J?b.mp4: It is a video, and only photos are taken." in lines


def test_in_place_they_stay_where_they_are(alice: User, folder: Path) -> None:
    run(folder, "--owner", "alice", "--in-place")
    assert Photo.objects.get().original == folder / "trip" / "a.jpg"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "--owner", "alice"], "nowhere is no folder that can be read"),
        ([".", "--owner", "nobody"], "There is no account called nobody."),
        ([".", "--owner", "alice", "--watch", "0"], "whole seconds from 1 up"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    alice: User, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(CommandError, match=words):
        run(*arguments)
