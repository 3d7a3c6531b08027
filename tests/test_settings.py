"""The settings as a whole: production is clean, danger is refused, and `.env.example` lists all."""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "facesite" / "settings.py"
LINE = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
EXAMPLE = dict(LINE.findall((ROOT / ".env.example").read_text(encoding="utf-8")))


def manage(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py as a site of its own, deaf to the `.env` of whoever runs the tests."""
    blank = dict.fromkeys(EXAMPLE, "")
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | blank | {"DATA_DIR": f"{tmp_path}"} | environ,
        capture_output=True,
        text=True,
        timeout=120,
    )


def load(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict[str, Any]:
    """Execute settings.py with these values and nothing else."""
    for name in EXAMPLE:
        if name != "DATA_DIR":
            monkeypatch.setenv(name, "")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(f"{SETTINGS}")


@pytest.mark.parametrize("environ", [{"HOST": "0.0.0.0"}, {"HTTPS": "yes"}])
def test_the_deployment_check_is_clean_in_production(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level=DEBUG", **environ)

    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_debug_on_an_address_that_others_reach_is_refused(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", HOST="0.0.0.0", DEBUG="yes")

    assert done.returncode != 0
    assert "gallery.E001" in done.stderr
    assert "DEBUG is on while HOST is 0.0.0.0, which other machines can reach." in done.stderr
    assert "Set DEBUG=no, or HOST=127.0.0.1." in done.stderr


def test_many_processes_on_one_sqlite_file_are_refused(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", REDIS_URL="redis://localhost")

    assert done.returncode != 0
    assert "gallery.E002" in done.stderr


def test_a_wrong_value_ends_manage_with_one_line(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", PORT="eighty")

    assert done.returncode == 1
    assert done.stderr == "PORT is 'eighty': write a whole number from 0 to 65535.\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("HTTPS", "2"),
        ("REGISTRATION_OPEN", "open"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("MAX_UPLOAD_MB", "0"),
        ("MAX_MEGAPIXELS", "x"),
        ("ANALYSIS_CHILDREN", "0"),
        ("ANALYSIS_TIMEOUT", "-1"),
        ("ANALYSIS_MEMORY_MB", "100"),
        ("MATCH_TOLERANCE", "2"),
        ("DATABASE_URL", "my database"),
        ("DATABASE_URL", "gopher://host/name"),
        ("REDIS_URL", "localhost:6379"),
        ("DATA_DIR", "/dev/null/data"),
    ],
)
def test_each_wrong_value_is_one_sentence_that_names_its_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        load(monkeypatch, **{name: value})

    sentence = f"{error.value}"
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def names_read() -> set[str]:
    """Return the first argument of each `env.<kind>(...)` in settings.py."""
    calls = [node for node in ast.walk(ast.parse(SETTINGS.read_text())) if is_read(node)]
    return {ast.literal_eval(call.args[0]) for call in calls if isinstance(call, ast.Call)}


def is_read(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
    )


def test_the_example_lists_every_setting_and_no_other() -> None:
    assert set(EXAMPLE) == names_read()
    assert len(EXAMPLE) >= 15


def test_nothing_else_of_the_site_reads_the_environment() -> None:
    readers = {
        f"{path.relative_to(ROOT)}"
        for folder in ("facesite", "gallery")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", path.read_text())
    }

    # pip gets its own variables from `archives`.
    assert readers == {"facesite/env.py", "gallery/services/archives.py"}


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {name: value for name, value in EXAMPLE.items() if value}

    plain, spelled_out = load(monkeypatch), load(monkeypatch, **shown)

    for name in plain:
        if name.isupper():
            assert spelled_out[name] == plain[name], name


def test_a_site_that_only_its_own_machine_reaches_needs_no_https(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for host, expected in (("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)):
        values = load(monkeypatch, HOST=host)
        assert values["SESSION_COOKIE_SECURE"] is expected
        assert values["CSRF_COOKIE_SECURE"] is expected
        assert values["SECURE_SSL_REDIRECT"] is expected


def test_passwords_are_kept_by_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = import_string(load(monkeypatch)["PASSWORD_HASHERS"][0])()

    assert hasher.encode("a quiet harbour", "salt" * 4).startswith("argon2$argon2id$")


def test_sqlite_takes_the_write_lock_first_and_keeps_a_write_ahead_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = load(monkeypatch)["DATABASES"]["default"]["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_many_processes_use_postgresql_and_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    values = load(
        monkeypatch,
        DATABASE_URL="postgres://facesite:password@db.example.org:5432/facesite",
        REDIS_URL="redis://redis.example.org:6379/0",
    )

    assert values["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert values["DATABASES"]["default"]["HOST"] == "db.example.org"
    layer = values["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"] == "channels_redis.core.RedisChannelLayer"
    (host,) = layer["CONFIG"]["hosts"]
    assert host["address"] == "redis://redis.example.org:6379/0"
