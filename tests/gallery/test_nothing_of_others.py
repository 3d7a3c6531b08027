"""Whoever asks with keys and names of others is answered as if there was nothing of that key or name.

Each question is put twice: with what is another account's, and with what is nowhere. Answers that differ in
anything, a count, a code, a chip, would tell of what is not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from gallery.models import Album, Face, Person, Photo
from gallery.services import albums, photo_words, sharing
from tests.conftest import signed_in, taken_back
from tests.factories import make_known, vector

# Keys that no page has by chance, so that they can be told in it.
BEGIN, NOWHERE = 700_000, 790_000


@dataclass(frozen=True, slots=True)
class Things:
    """What an account has, or nobody: keys by kind, and words."""

    keys: Mapping[str, object]
    words: Mapping[str, str]


def words_of(stem: str) -> dict[str, str]:
    """Return what somebody's things are called, so that it can be told from all else on a page."""
    return {
        "person": f"{stem.title()}a", "keyword": f"{stem}en", "camera": f"{stem.title()} Q9",
        "file": f"{stem}.jpg", "album": f"{stem.title()}o", "caption": f"{stem}ed",
    }  # fmt: skip


HERE, NOWHERE_WORDS = words_of("wexx"), words_of("qyzz")
NOTHING = Things(
    {"photo": NOWHERE, "person": NOWHERE + 1, "album": NOWHERE + 2, "year": 1986}, NOWHERE_WORDS
)
ECHOED = re.compile(r"(?i)wexx?|qyzz?|(?<!\d)(?:7\d{5}|198[67])(?!\d)")
Question = tuple[str, dict[str, str], dict[str, str]]  # an address, and what it is asked of both
TOKEN = re.compile(r"[A-Za-z0-9]{64}|since=[\d.]+")


def begin_keys_at(number: int) -> None:
    """Have rows of all tables get keys from that number on."""
    with connection.cursor() as cursor:
        for model in (Photo, Face, Person, Album):
            table = model._meta.db_table
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, number])
            else:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number]
                )


def things_of(owner: User, words: Mapping[str, str], year: int) -> Things:
    """Make an owner a person, and a photo of them with all that one can be found by."""
    face = make_known(owner, words["person"], vector(1), crop=True)
    assert face.person is not None
    Photo.objects.filter(pk=face.photo_id).update(
        filename=words["file"],
        camera=words["camera"],
        taken_at=datetime(year, 5, 3),
        taken_from="exif",
    )
    photo_words.caption(owner=owner, photos=[face.photo_id], text=words["caption"])
    photo_words.add_keywords(owner=owner, photos=[face.photo_id], words=[words["keyword"]])
    album = albums.create(owner=owner, name=words["album"], photos=[face.photo_id])
    keys = {"photo": face.photo_id, "person": face.person.pk, "album": album.pk, "year": year}
    return Things(keys, words)


@pytest.fixture
def others(alice: User, bob: User, charlie: User) -> Things:
    """What alice has, and bob sees an album of; charlie, a stranger, has people and photos like hers."""
    begin_keys_at(BEGIN)
    things = things_of(alice, HERE, 1987)
    shared = albums.create(owner=alice, name="Shared", photos=[])
    sharing.share(album=shared, name="bob", may_add=True, shows_names=False)
    begin_keys_at(10_000)
    return things


def searches(things: Things) -> Iterator[dict[str, str]]:
    """Yield what addresses of searches may say of things."""
    keys, words = things.keys, things.words
    for said in ("{person}", "-{person}", "{person},1"):
        yield {"person": said.format(**keys), "sure": "1"}
    yield {"person": f"{keys['person']}", "only": "1", "emotion": "happy", "confidence": "10"}
    for minus in ("", "-"):
        yield {"album": f"{minus}{keys['album']}"}
        for name in ("keyword", "camera"):
            yield {name: f"{minus}{words[name]}"}
        for name in ("file", "caption", "person"):
            yield {"text": f"{minus}{words[name]}"}
        for name in ("person", "keyword", "camera", "album", "caption"):
            yield {"q": f"{minus}{words[name]}"}
        yield {"q": f"{minus}{words['person'][:3]}"}
    year = f"{keys['year']}"
    yield {"from": year, "to": year}
    yield {"q": year}


def told(answer: Any) -> tuple[int, list[str], str]:
    """Return all that an answer tells, but for what it repeats of the question."""
    content = b"".join(answer) if answer.streaming else answer.content
    text = ECHOED.sub("@", TOKEN.sub("token", content.decode(errors="replace")))
    headers = [ECHOED.sub("@", answer.headers.get(name, "")) for name in ("Location", "HX-Trigger")]
    return answer.status_code, headers, text


def differing(client: Client, questions: Iterable[Question]) -> Iterator[str]:
    """Yield the questions of which the answers tell what is there; each is put on both things."""
    for url, of_others, of_nothing in questions:
        with taken_back():
            first = told(client.get(url, of_others))
        with taken_back():
            second = told(client.get(url, of_nothing))
        if first != second:
            of_these, of_none = first[-1].splitlines(), second[-1].splitlines()
            changed = unified_diff(of_these, of_none, lineterm="", n=0)
            diff = [line for line in changed if line[:2] not in {"--", "++", "@@"}]
            yield f"{of_others}: {first[:2]} is not {second[:2]}: {diff[:6]}"


def of_searches(names: Iterable[str], others: Things) -> Iterator[Question]:
    for name in names:
        for there, nowhere in zip(searches(others), searches(NOTHING), strict=True):
            yield reverse(name), there, nowhere


def test_no_search_tells_a_stranger_or_a_viewer_what_others_have(
    others: Things, bob: User, charlie: User
) -> None:
    things_of(charlie, words_of("mine"), 2001)
    asking = {
        charlie: ("library", "search_facets", "search_suggestions", "plot_csv"),
        bob: ("library",),
    }
    for user, names in asking.items():
        assert list(differing(signed_in(user), of_searches(names, others))) == []


def test_the_owner_is_answered_otherwise(others: Things, alice: User) -> None:
    """Else the tests of the others would prove nothing."""
    names = ("search_facets", "search_suggestions")
    told_apart = differing(signed_in(alice), of_searches(names, others))
    kinds = {line.split("'")[1] for line in told_apart}
    assert kinds == {"person", "album", "keyword", "camera", "text", "q", "from"}
