"""Values from the environment: a wrong one is one sentence that names the setting."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from facesite.env import Env, stored_secret


@pytest.mark.parametrize("text", ["yes", "YES", "true", "on", "1", " yes "])
def test_yes_can_be_written_in_many_ways(text: str) -> None:
    assert Env(environ={"DEBUG": text}).flag("DEBUG", default=False)


@pytest.mark.parametrize("text", ["no", "False", "off", "0"])
def test_no_can_be_written_in_many_ways(text: str) -> None:
    assert not Env(environ={"DEBUG": text}).flag("DEBUG", default=True)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_value_stands_for_the_default(text: str, tmp_path: Path) -> None:
    env = Env(environ=dict.fromkeys("ABCDEF", text))

    assert env.flag("A", default=True)
    assert env.whole("B", 7) == 7
    assert env.fraction("C", 0.6, least=0, most=1) == 0.6
    assert env.items("D", ["x"]) == ["x"]
    assert env.folder("E", tmp_path) == tmp_path
    assert env.text("F", "here") == "here"


def test_a_list_is_written_with_commas() -> None:
    assert Env(environ={"HOSTS": " a.example, b.example ,,"}).items("HOSTS", []) == [
        "a.example", "b.example",
    ]  # fmt: skip


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = Env(environ={"DATA_DIR": f"{tmp_path}/new/data"}).folder("DATA_DIR", tmp_path)

    assert folder == tmp_path / "new" / "data"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ImproperlyConfigured, match=r"^DATA_DIR is '.*', which cannot be made"):
        Env(environ={"DATA_DIR": f"{tmp_path}/file/data"}).folder("DATA_DIR", tmp_path)


READERS: list[tuple[Callable[[Env], Any], str, str]] = [
    (lambda env: env.flag("X", default=False), "maybe", "X is 'maybe': write yes or no."),
    (lambda env: env.whole("X", 1), "0", "X is '0': write a whole number from 1 up."),
    (lambda env: env.whole("X", 1), "-3", "X is '-3': write a whole number from 1 up."),
    (lambda env: env.whole("X", 1), "2.5", "X is '2.5': write a whole number from 1 up."),
    (lambda env: env.whole("X", 1), "many", "X is 'many': write a whole number from 1 up."),
    (
        lambda env: env.fraction("X", 0.6, least=0.1, most=1),
        "1.5",
        "X is '1.5': write a number between 0.1 and 1.",
    ),
    (
        lambda env: env.fraction("X", 0.6, least=0.1, most=1),
        "nan",
        "X is 'nan': write a number between 0.1 and 1.",
    ),
    (
        lambda env: env.fraction("X", 0.6, least=0.1, most=1),
        "close",
        "X is 'close': write a number between 0.1 and 1.",
    ),
]


@pytest.mark.parametrize(("read", "text", "sentence"), READERS)
def test_a_wrong_value_is_one_sentence_that_names_the_setting(
    read: Callable[[Env], Any], text: str, sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        read(Env(environ={"X": text}))

    assert f"{error.value}" == sentence


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nPORT=9000\nHOST = 'photos.local' \nTIME_ZONE=\"Asia/Seoul\"\n")

    env = Env(file, environ={"PORT": "9001"})

    assert env.whole("PORT", 8000) == 9001
    assert env.text("HOST") == "photos.local"
    assert env.text("TIME_ZONE") == "Asia/Seoul"


def test_a_value_may_hold_an_equals_sign_and_letters_of_any_script(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DATABASE_URL=postgres://a@b/c?sslmode=require\nDATA_DIR=/사진\n", "utf-8")

    env = Env(file, environ={})

    assert env.text("DATABASE_URL") == "postgres://a@b/c?sslmode=require"
    assert env.text("DATA_DIR") == "/사진"


@pytest.mark.parametrize("line", ["PORT 9000", "=9000", "MY PORT=9000", "export PORT=9000"])
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"HOST=localhost\n{line}\n")

    with pytest.raises(ImproperlyConfigured) as error:
        Env(file, environ={})

    assert f"{error.value}" == f".env line 2 is '{line}': write NAME=value."


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert Env(tmp_path / ".env", environ={}).whole("PORT", 8000) == 8000


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret_key"

    secret = stored_secret(file)

    assert len(secret) >= 64
    assert stored_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_two_places_have_two_secrets(tmp_path: Path) -> None:
    assert stored_secret(tmp_path / "a") != stored_secret(tmp_path / "b")


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    """The slower one has written its own key already when it finds the faster one's."""
    file = tmp_path / "secret_key"
    start = threading.Barrier(8)
    got: list[str] = []

    def first_run(number: int) -> None:
        start.wait(timeout=10)
        got.append(stored_secret(file))

    threads = [threading.Thread(target=first_run, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)

    assert len(got) == 8
    assert set(got) == {file.read_text()}
