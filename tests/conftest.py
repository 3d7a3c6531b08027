"""The cast: alice owns, bob is another owner, charlie is a stranger to both."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from channels.layers import channel_layers
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from gallery import kinds
from gallery.services import confirmed, faces_at_hand, library_index
from tests.counting import Counting
from tests.site.process import empty_database

# Django is set up by now; a process that a test starts gets the settings of the site itself.
os.environ["DJANGO_SETTINGS_MODULE"] = "facesite.settings"
PASSWORD = "correct horse battery"
# The files of tests that take longest, begun first: one begun last would run while all other workers have
# nothing left to do. What waits for a browser and what computes take turns, to run beside each other.
LONGEST = (
    "tests/test_upgrades.py",
    "tests/browser/test_pages.py",
    "tests/analysis/test_training.py",
    "tests/browser/test_networks.py",
    "tests/gallery/test_network_work.py",
    "tests/browser/test_focus.py",
    "tests/gallery/test_record.py",
    "tests/browser/test_emotions.py",
    "tests/site/test_survival.py",
    "tests/browser/test_work.py",
    "tests/test_recognise_command.py",
    "tests/browser/test_first_light.py",
    "tests/test_analyze_command.py",
    "tests/browser/test_camera.py",
    "tests/gallery/test_other_detectors.py",
    "tests/browser/test_lab.py",
    "tests/analysis/test_roster_training.py",
    "tests/browser/test_asked.py",
    "tests/analysis/test_emotion_conversion.py",
    "tests/browser/test_namesakes.py",
    "tests/gallery/test_following.py",
    "tests/browser/test_bring.py",
    "tests/analysis/test_encoding.py",
    "tests/browser/test_flows.py",
    "tests/analysis/test_detection.py",
    "tests/browser/test_two_tabs.py",
    "tests/analysis/test_shipped_networks.py",
    "tests/browser/test_desk.py",
    "tests/gallery/test_access.py",
    "tests/browser/test_crowd.py",
    "tests/analysis/test_detectors.py",
    "tests/browser/test_uploads.py",
    "tests/analysis/known/test_hostile_pickles.py",
    "tests/browser/test_people.py",
    "tests/analysis/test_large.py",
    "tests/browser/test_merging.py",
    "tests/gallery/test_words.py",
    "tests/browser/test_formats.py",
    "tests/analysis/test_mmod.py",
    "tests/browser/test_homing.py",
    "tests/gallery/test_erasing.py",
    "tests/browser/test_methods.py",
    "tests/gallery/test_desk.py",
    "tests/browser/test_colour.py",
    "tests/site/test_following.py",
    "tests/browser/test_look_harder.py",
    "tests/browser/test_words.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the rest, and the tests of a file, keep their order."""
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(rank)))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether there is a test database already: for the workers the migrations are run once."""
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_keepdb: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if django_db_keepdb:
        shutil.copy(empty_database(tmp_path_factory), connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(autouse=True)
def kept_in_tmp_path(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def quiet_channels() -> Iterator[None]:
    """Give each test a channel layer of its own: no message of one test reaches another."""
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture(autouse=True)
def nothing_at_hand() -> None:
    """Have nothing be at hand of a library of which the database knows nothing any more."""
    forget_what_is_at_hand()


def forget_what_is_at_hand() -> None:
    faces_at_hand.forget()
    library_index.forget()
    confirmed.forget()


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back at the end whatever the database was told meanwhile: one library does for many cases."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_what_is_at_hand()


@pytest.fixture
def few_variables(db: None) -> Iterator[None]:
    """Have SQLite take as few values in a statement as if a library was a thousand times as large."""
    connection.ensure_connection()
    wrapped = connection.connection
    before = wrapped.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32)
    yield
    wrapped.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


@pytest.fixture
def can_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the site a kind of task more."""
    monkeypatch.setitem(kinds.KINDS, Counting.name, Counting)


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", password=PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", password=PASSWORD)


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie", password=PASSWORD)


@pytest.fixture
def as_alice(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return signed_in(charlie)


@pytest.fixture
def admin(alice: User) -> User:
    """Alice, as an administrator."""
    alice.is_staff = True
    alice.save()
    return alice


@pytest.fixture
def as_admin(admin: User) -> Client:
    return signed_in(admin)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
