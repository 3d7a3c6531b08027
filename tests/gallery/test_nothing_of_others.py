"""Whoever asks with keys and names of others is answered as if there was nothing of that key or name.

Every address is asked twice: with what is another account's, and with what is nowhere. Answers that differ
in anything, a count, a code, a chip, would tell of what is not theirs. `every_address.txt` says how.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from analysis.methods import DETECTORS
from gallery.models import Network, Recommendation, Switch
from tests.conftest import signed_in, taken_back
from tests.gallery.asked_of_all import KINDS, PARAMETERS, ROUTES, Question, named, questions
from tests.gallery.others import (
    BEGIN,
    NOWHERE,
    TABLES,
    Things,
    begin_keys_at,
    like,
    shared_by,
    things_of,
    words_of,
)

# Of the whole site.
NOBODYS: tuple[type[Model], ...] = (Network, Recommendation, Switch)
# Keys and words of a question, which its answer may repeat.
MARKS = re.compile(
    r"(?i)wexx?|qyzz?|(?<!\d)(?:7\d{5}|198[67])(?!\d)|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
# What differs in any two answers: tokens, what is signed, when something was.
TOKEN = re.compile(
    r"[A-Za-z0-9]{64}|since=[\"\d.]+|\"since\": [\d.]+|[\w-]{60,}:[\w-]+:[\w-]+"
    r"|[\d-]{10}T[\d:.]+|seen=\w{16}"
)
OF_ONE = [name for name, route in ROUTES.items() if "<" in route]
# What views read that no form of theirs says.
UNASKED = {"csrfmiddlewaretoken", "format", "file", *DETECTORS}
# What says what is searched for: an address that takes one of these takes all.
SEARCH = {
    "person", "only", "sure", "unnamed", "faces", "age", "gender", "confidence", "quality", "looking",
    "by", "distance", "took", "from", "to", "favourite", "order", "emotion", "camera", "keyword", "album",
    "text", "state",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """What there is of an owner, and what askers have themselves."""

    theirs: Things
    mine: Mapping[User, Things]
    shared: Mapping[str, object]  # with the first of the askers

    def there(self, user: User) -> dict[str, Any]:
        """Return with which values the user asks for what is others'."""
        like_theirs = {"account": self.theirs.owner.pk, "like": like(user, self.theirs.seed)}
        return {**self.theirs.named, **self._own(user), **self.shared, **like_theirs}

    def nowhere(self, user: User) -> dict[str, Any]:
        """Return values of the same kinds, of which there is nothing."""
        kinds = [*KINDS.values(), "lock", "shared", "shared_photo", "share"]
        keys = {kind: NOWHERE + number for number, kind in enumerate(kinds)}
        others = {
            "arrival": uuid.UUID(int=1),
            "sha256": "1" * 64,
            "year": 1986,
            "like": like(user, 98),
        }
        read = self.shared if user.album_shares.exists() else {}
        return {**words_of("qyzz"), **keys, **others, **self._own(user), **read}

    def _own(self, user: User) -> dict[str, object]:
        return {f"my_{kind}": key for kind, key in self.mine[user].keys.items()}


@pytest.fixture
def world(alice: User, bob: User, charlie: User, can_count: None) -> World:
    """What alice has, and bob sees an album of; charlie is a stranger."""
    mine = {bob: things_of(bob, "bobb", 2001, 100), charlie: things_of(charlie, "char", 2002, 200)}
    begin_keys_at(BEGIN)
    theirs = things_of(alice, "wexx", 1987, 7)
    shared = shared_by(alice, bob, shows_names=False, may_add=True)
    begin_keys_at(TABLES)
    return World(theirs, mine, shared)


def told(answer: Any) -> tuple[str, ...]:
    """Return all that an answer tells."""
    kind = answer.headers.get("Content-Type", "text")
    content = _all_of(answer) if answer.streaming else answer.content
    text = content.decode(errors="replace") if re.search("text|json", kind) else f"{content!r}"
    headers = [answer.headers.get(name, "") for name in ("Location", "HX-Trigger", "HX-Redirect")]
    request = answer.wsgi_request if hasattr(answer, "wsgi_request") else answer.asgi_request
    messages = [f"{one}" for one in request._messages._queued_messages]
    return tuple(
        TOKEN.sub("token", one) for one in (f"{answer.status_code}", *headers, *messages, text)
    )


def _all_of(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([part async for part in answer])

    return async_to_sync(read)() if answer.is_async else b"".join(answer)


class Asking:
    """Somebody who asks each question of what is there and of what is nowhere, and what that comes to."""

    def __init__(self, user: User, world: World, read: set[object], **headers: str) -> None:
        self.client = signed_in(user)
        self.world, self.headers, self._read = world, headers, read
        self.there, self.nowhere = world.there(user), world.nowhere(user)
        self._keys = {f"{key}" for key in world.theirs.keys.values()}
        self._before = rows_of(world.theirs.owner)
        self.faults: list[str] = []
        self.unsaid: dict[str, set[str]] = {}  # what views read that no question says, by address

    def ask(self, question: Question) -> None:
        self._read.clear()
        with taken_back():
            first = self._told(question, self.there)
            if question.method == "POST" and rows_of(self.world.theirs.owner) != self._before:
                self.faults.append(f"{question} changes what is others'.")
        with taken_back():
            second = self._told(question, self.nowhere)
        self._compare(question, first, second)
        self._note(question)

    def ask_by_path(self, methods: Iterable[str]) -> None:
        """Ask each address for what is others' by its path alone, which all have a key in."""
        asked = [Question(name, method) for name in OF_ONE for method in methods]
        with taken_back():
            for question in asked:
                first = self._told(question, self.there)
                self._compare(question, first, self._told(question, self.nowhere))
            if rows_of(self.world.theirs.owner) != self._before:
                self.faults.append("An address changes what is others' by its path alone.")

    def _told(self, question: Question, values: Mapping[str, Any]) -> tuple[str, ...]:
        # What was said after the last question would stand on the page that answers this one.
        self.client.cookies.pop("messages", None)
        return told(question.ask(self.client, values, **self.headers))

    def _compare(self, question: Question, first: tuple[str, ...], second: tuple[str, ...]) -> None:
        asked = f"{question}".format_map(self.there).lower()
        marks = {mark for text in first for mark in MARKS.findall(text)}
        theirs = {mark for mark in marks if mark.lower().startswith("wexx") or mark in self._keys}
        if more := {mark for mark in theirs if mark.lower() not in asked}:
            self.faults.append(f"{question} is told of {more}.")
        first, second = (tuple(MARKS.sub("@", one) for one in both) for both in (first, second))
        if first != second:
            self.faults.append(
                f"{question}: {first[:2]}, {second[:2]}, {_difference(first, second)}"
            )

    def _note(self, question: Question) -> None:
        read = {f"{name}" for name in self._read} - UNASKED
        said = PARAMETERS[question.name]
        if said & {*SEARCH, "q", "in", "search"}:
            read -= SEARCH
        if unsaid := {name for name in read - said if not name.startswith("initial-")}:
            self.unsaid.setdefault(question.name, set()).update(unsaid)


def _difference(first: tuple[str, ...], second: tuple[str, ...]) -> list[str]:
    there, nowhere = ("\n".join(one).splitlines() for one in (first, second))
    changed = unified_diff(there, nowhere, lineterm="", n=0)
    return [line for line in changed if line[:2] not in {"--", "++", "@@"}][:6]


def rows_of(owner: User) -> list[tuple[object, ...]]:
    """Return all that the database has of an account."""
    with connection.cursor() as cursor:
        rows: list[tuple[object, ...]] = []
        for sql, values in _statements(owner.pk):
            cursor.execute(sql, values)
            rows += cursor.fetchall()
    return rows


@cache
def _statements(owner: int) -> list[tuple[str, Any]]:
    models = [one for one in apps.get_app_config("gallery").get_models() if one not in NOBODYS]
    of_owner = [one._base_manager.filter(**{_path(one): owner}).order_by("pk") for one in models]
    return [rows.query.sql_with_params() for rows in of_owner]


def _path(model: type[Model]) -> str:
    """Return by which way a table's rows lead to whose they are."""
    related = {field.name: field.related_model for field in model._meta.fields if field.is_relation}
    if name := next((one for one in ("owner", "user") if one in related), None):
        return name
    first, whose = next((name, of) for name, of in related.items() if isinstance(of, type))
    return f"{first}__{_path(whose)}"


def test_of_every_address_it_is_said_how_it_is_asked() -> None:
    assert sorted({*named()}) == sorted(ROUTES)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[object]:
    """The parameters that views have read."""
    names: set[object] = set()

    def note(method: str) -> None:
        known = getattr(MultiValueDict, method)

        def noted(self: Any, key: object, *more: Any, **options: Any) -> Any:
            if isinstance(self, QueryDict):
                names.add(key)
            return known(self, key, *more, **options)

        monkeypatch.setattr(MultiValueDict, method, noted)

    for method in ("__getitem__", "get", "getlist", "__contains__"):
        note(method)
    return names


def test_whoever_asks_for_what_is_others_is_answered_as_if_it_was_nowhere(
    world: World, bob: User, charlie: User, read: set[object]
) -> None:
    """A long test asks all, by every method, and for parts of pages too."""
    viewer, stranger = Asking(bob, world, read), Asking(charlie, world, read)
    for question in questions(every=5):
        viewer.ask(question)
        if "{share" in f"{question}":
            stranger.ask(question)
    viewer.ask_by_path(["GET", "POST"])

    assert viewer.faults + stranger.faults == []
    # Else it is not said how an address is asked.
    assert viewer.unsaid == {}
