"""Whoever runs an earlier state of the site loses no word by an upgrade, on either database."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import postgres
from tests.site.process import PASSWORD, ROOT, Site, Visitor, wait_until

BOBS = "bobs-own-pass-phrase-7"
UPGRADES = Path(__file__).parent / "upgrades"
# Each is a library as the last state with that migration made it.
LIBRARIES = sorted(path.parent.name for path in UPGRADES.glob("*/rows.json"))
# Those of when everybody was known by a face.
BY_FACES = [name for name in LIBRARIES if name < "0014"]
# On which database each of these is taken back, which takes longer than all else; a long test tries all.
TAKEN_BACK = list(zip(("sqlite", "postgresql"), BY_FACES, strict=True))


def new_database(beside: str) -> str:
    """Return the address of a new database on that server; "" for SQLite, whose file lies in the folder."""
    if not beside:
        return ""
    server, _, _ = beside.rpartition("/")
    name = f"made_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


class Library:
    """The files of a library of an earlier state where today's site finds them, and an empty database."""

    def __init__(self, name: str, data: Path, beside: str) -> None:
        self.made = UPGRADES / name
        self.data = data
        self.environment = {"DATA_DIR": f"{data}", "DATABASE_URL": new_database(beside)}
        with zipfile.ZipFile(self.made / "data.zip") as files:
            files.extractall(data)

    def run(self, *arguments: str) -> str:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "facesite.settings"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment | self.environment,
            capture_output=True,
            text=True,
        )
        assert not done.returncode, done.stderr
        return done.stdout

    def load(self) -> None:
        """Load its rows, as they were before the upgrade."""
        self.run("-m", "tests.upgrades.rows", "load", f"{self.made / 'rows.json'}")

    def told(self, *, back: bool) -> dict[str, Any]:
        """Load its rows, upgrade it, and return what is told of it then, and if wanted taken back."""
        options = ["--back", "0008"] if back else []
        rows = f"{self.made / 'rows.json'}"
        found: dict[str, Any] = json.loads(self.run("-m", "tests.upgrades.told", rows, *options))
        return found

    @property
    def words(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("-m", "tests.upgrades.words"))
        return found

    @property
    def words_then(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.made / "words.json").read_text(encoding="utf-8"))
        return found


@dataclass(frozen=True)
class Upgraded:
    """What is told of a library after its upgrade, and what was said in it before."""

    told: dict[str, Any]
    words_then: dict[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    programs = postgres.find()
    if programs is None:
        pytest.skip("there is no PostgreSQL server: apt install postgresql")
    with postgres.server(programs) as url:
        yield url


@pytest.fixture(scope="module", params=LIBRARIES)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, database: str
) -> Upgraded:
    """A library after the upgrade, and what is told of it once for all tests."""
    library = Library(request.param, tmp_path_factory.mktemp("upgraded") / "data", database)
    back = ("postgresql" if database else "sqlite", request.param) in TAKEN_BACK
    return Upgraded(library.told(back=back), library.words_then)


# The one whose pages are known by what they say.
@pytest.fixture
def library(tmp_path: Path, database: str) -> Library:
    library = Library("0003_emotions", tmp_path / "data", database)
    library.load()
    return library


@pytest.fixture
def site(library: Library) -> Iterator[Site]:
    """Today's site, which upgrades the library as it starts."""
    database = library.environment["DATABASE_URL"]
    # A child is enough, and each more loads the networks once more.
    site = Site(library.data, DATABASE_URL=database, ANALYSIS_CHILDREN="1").start()
    yield site
    site.stop()


def test_an_upgrade_keeps_every_word(upgraded: Upgraded) -> None:
    assert upgraded.told["words"] == upgraded.words_then


def test_an_upgrade_writes_every_word_into_the_record(upgraded: Upgraded) -> None:
    assert upgraded.told["words"]["named faces"]
    # All that is there follows from it, and nothing else does.
    assert upgraded.told["checked"] == "All is as the record says.\n"


def test_an_upgrade_puts_people_into_the_rosters_of_those_who_named_them(
    upgraded: Upgraded,
) -> None:
    owners = {owner for owner, _name in upgraded.words_then["people"]}
    assert upgraded.told["rosters"] == {
        "people": {
            owner: sorted(name for whose, name in upgraded.words_then["people"] if whose == owner)
            for owner in owners
        },
        "astray": [],
    }


@pytest.mark.parametrize(("database", "upgraded"), TAKEN_BACK, indirect=True)
def test_the_rosters_can_be_taken_back(upgraded: Upgraded) -> None:
    assert upgraded.told["owners"] == upgraded.words_then["people"]


@pytest.mark.parametrize("upgraded", BY_FACES, indirect=True)
def test_whatever_somebody_is_known_by_is_still_a_face_and_came_in_no_file(
    upgraded: Upgraded,
) -> None:
    references = upgraded.words_then["references"]
    assert sorted(upgraded.told["known"]) == sorted([face, ""] for face, _name in references)


def test_an_upgraded_library_is_shown_goes_on_and_keeps_its_words_when_analysed_again(
    library: Library, site: Site
) -> None:
    alice, bob = Visitor(site).sign_in("alice", PASSWORD), Visitor(site).sign_in("bob", BOBS)
    assert_pages_show_the_words(alice)

    wait_until(lambda: not is_busy(bob), 120)
    assert {photo["filename"]: photo["state"] for photo in bob.photos()} == {
        "bobs.jpg": "done",
        "waiting.jpg": "done",
    }

    assert_names_are_guessed_anew(alice)
    assert_colours_are_found_to_be_srgb(alice)
    assert_photos_are_dated_by_their_upload(alice)
    photos = alice.photos()
    for photo in photos:
        if photo["state"] == "done":
            assert alice.post(f"/photos/{photo['id']}/analyse/").ok
    wait_until(lambda: not is_busy(alice), 240)
    assert [photo["state"] for photo in alice.photos()] == [photo["state"] for photo in photos]

    now, then = library.words, library.words_then
    kept = ("accounts", "people", "named faces", "references", "refusals", "emotions", "photos")
    assert {name: now[name] for name in kept} == {name: then[name] for name in kept}


def assert_pages_say_what_was_made_before(pages: Mapping[str, str]) -> None:
    """The photo that was made by methods chosen for it alone says that too; a broken one says nothing."""
    told = {
        name for name, page in pages.items() if "Analysed otherwise than new photos are" in page
    }
    assert told == pages.keys() - {"broken.png"}
    for name, page in pages.items():
        assert ("By methods that you chose for this once" in page) == (name == "by hog.jpg")
    assert "age and gender by dlib-models" in pages["obama2.jpg"]
    assert "colours not converted" in pages["no face.jpg"]
    assert all("Not looked at yet" in page for page in pages.values())


def assert_names_are_guessed_anew(alice: Visitor) -> None:
    """By itself: its guesses are from before distances meant the same for everybody."""
    wait_until(lambda: "Names guessed anew" in alice.page("/work/"), 60)
    told = re.compile(r"(stays?|gone|new|now|before)\.")
    wait_until(lambda: told.search(alice.page("/work/")) is not None, 60)
    for photo in alice.photos():
        assert "guessed by an earlier version" not in alice.page(f"/photos/{photo['id']}/")


def assert_colours_are_found_to_be_srgb(alice: Visitor) -> None:
    """None of its JPEGs has a profile, so nothing is left to be converted, nor offered."""
    assert 'id="look-at-colours"' in alice.page("/settings/")
    assert alice.post("/photos/colours/").ok
    wait_until(lambda: 'id="look-at-colours"' not in alice.page("/settings/"), 60)
    assert "renew-unconverted" not in alice.page("/settings/")
    for photo in alice.photos():
        assert "colours not converted" not in alice.page(f"/photos/{photo['id']}/")


def assert_photos_are_dated_by_their_upload(alice: Visitor) -> None:
    """None of them says when it was taken, and that is not known before somebody has looked."""
    assert {photo["taken"] for photo in alice.photos()} == {None}
    assert 'id="look-for-dates"' in alice.page("/settings/")
    assert alice.post("/photos/dates/").ok
    wait_until(lambda: 'id="look-for-dates"' not in alice.page("/settings/"), 60)
    for photo in alice.photos():
        assert photo["taken"]["from"] == "upload"
        uploaded = datetime.fromisoformat(photo["created_at"])
        assert datetime.fromisoformat(photo["taken"]["at"]) == uploaded


def is_busy(visitor: Visitor) -> bool:
    return any(photo["state"] in ("queued", "running") for photo in visitor.photos())


def assert_pages_show_the_words(alice: Visitor) -> None:
    """Look at every page that an owner of photos has."""
    people = alice.page("/people/")
    for name in ("버락 오바마", "Eileen Collins", "Grace Hopper", "Joe"):
        assert name in people
    photos = {photo["filename"]: photo for photo in alice.photos()}
    assert len(photos) == 11
    pages = {name: alice.page(f"/photos/{photo['id']}/") for name, photo in photos.items()}
    assert "버락 오바마" in pages["가족 사진.jpg"]
    assert "This file ends too early" in pages["cut short.jpg"]
    assert "This file is not a photo we can read. Try a JPEG or PNG." in pages["broken.png"]
    assert_pages_say_what_was_made_before(pages)
    assert "of your photos were analysed otherwise than new ones are" in alice.page("/settings/")
    for person in alice.get("/api/people/"):
        assert person["name"] in alice.page(f"/people/{person['id']}/")
    for path in ("/", "/library/", "/work/", "/settings/", "/networks/", "/accounts/"):
        assert alice.page(path)
