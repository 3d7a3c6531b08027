"""How every address is asked, with keys and names of somebody else's wherever it takes such.

Whoever adds an address says in `every_address.txt` how it is asked.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from analysis.methods import DEFAULT
from tests.factories import jpeg, upload_file

SEVERAL = {
    "$in": (
        "person:{person}", "asked:{person}", "year:{person}:{year}", "with:{person}:{my_person}",
        "with:{my_person}:{person}", "group:{group}", "album:{album}", "search:person%3D{person}",
    ),
    "$search": (
        "person={person}&sure=1", "person=-{person}", "person={person},{my_person}",
        "person={person}&only=1&emotion=happy&confidence=10", "album={album}", "album=-{album}",
        "keyword={keyword}", "keyword=-{keyword}", "camera={camera}", "camera=-{camera}",
        "text={file}", "text=-{file}", "text={caption}", "text={name}", "from={year}&to={year}",
    ),
    "$typed": (
        "q={name}", "q=-{name}", "q={name:.3}", "q={keyword}", "q=-{keyword}", "q={camera}",
        "q={title}", "q=-{title}", "q={caption}", "q={file}", "q={year}",
    ),
    "$do": (
        "favourite", "unfavourite", "again", "delete", "out", "album&album={my_album}",
        "album&name=New", "keyword&keyword=x", "keyword&keyword={keyword}&remove=1", "caption",
        "caption&caption={caption}", "date&shift=1&days=1&direction=1", "date&on=2001-02-03&at=10:00",
        "date&by_itself=1", "date&year=2001&month=2&day=&see=1",
    ),
}  # fmt: skip
FILE = jpeg()
# What the key in an address is of, by how the address begins.
KINDS = {
    "photos": "photo", "faces": "face", "people": "person", "encodings": "encoding", "bin": "bin",
    "groups": "group", "done": "action", "work": "task", "albums": "album", "accounts": "account",
    "folders": "folder",
}  # fmt: skip


def patterns(resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            for route, pattern in patterns(entry):
                yield f"{entry.pattern}{route}", pattern
        else:
            yield f"{entry.pattern}", entry


ROUTES = {pattern.name or "": route for route, pattern in patterns(get_resolver())}


@dataclass(frozen=True, slots=True)
class Question:
    """How an address is asked once; `path` is what stands in it beside what is theirs."""

    name: str
    method: str
    path: str = ""
    query: str = ""
    body: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.path} ?{self.query} !{self.body}"

    def ask(self, client: Client, values: Mapping[str, Any], **headers: str) -> Any:
        """Return the answer to it with those values."""
        path, query, body = (text.format_map(values) for text in (self.path, self.query, self.body))
        address = address_of(self.name, values, dict(_pairs(path)))
        address += f"?{query}" if query else ""
        if self.method != "POST":
            return client.generic(self.method, address, headers=headers)
        if "api/" in address and self.name != "api_photos":
            json = {name: _value(text) for name, text in _pairs(body)}
            return client.post(address, json, content_type="application/json", headers=headers)
        form: dict[str, Any] = {}
        for name, text in _pairs(body):
            form.setdefault(name, []).append(text)
        if self.name in {"upload", "api_photos"}:
            form["files" if self.name == "upload" else "file"] = upload_file(content=FILE)
        return client.post(address, form, headers=headers)


def address_of(name: str, values: Mapping[str, Any], path: Mapping[str, Any]) -> str:
    route = ROUTES[name]
    kind = KINDS.get(route.removeprefix("api/").split("/")[0], "")
    there = {
        "pk": values.get(kind, 1), "key": values["arrival"], "file": "confusion.svg",
        "name": DEFAULT.detector if name == "lab_detector" else DEFAULT.emotion,
    }  # fmt: skip
    keys = re.findall(r"<\w+:(\w+)>", route)
    return reverse(name, kwargs={key: {**values, **there, **path}[key] for key in keys})


def _lines() -> list[str]:
    text = Path(__file__).with_name("every_address.txt").read_text()
    return [line for line in text.splitlines() if line[:1] != "#"]


def questions(every: int = 1) -> list[Question]:
    """Return all that is asked with keys or words beside what the path says.

    Of what stands for several, every so many alone, of each address others.
    """
    lines = [line for line in _lines() if "?" in line or "!" in line]
    found = ((number, [*_each_of_several(line)]) for number, line in enumerate(lines))
    return [
        _question(one)
        for number, several in found
        for one in (several[number % every :: every] if len(several) > 1 else several)
    ]


def named() -> list[str]:
    """Return the addresses of which it is said how they are asked, if by their path alone."""
    return [
        name
        for line in _lines()
        for name in (line.split(" ")[:1] if "?" in line or "!" in line else line.split(" "))
    ]


def _each_of_several(line: str) -> Iterator[str]:
    found = [name for name in SEVERAL if name in line]
    for chosen in itertools.product(*(SEVERAL[name] for name in found)):
        said = line
        for name, text in zip(found, chosen, strict=True):
            said = said.replace(name, text)
        yield said


def _question(line: str) -> Question:
    name, *parts = line.split(" ")
    query = next((part[1:] for part in parts if part[0] == "?"), "")
    body = next((part[1:] for part in parts if part[0] == "!"), None)
    path = next((part for part in parts if part[0] not in "?!"), "")
    return Question(name, "GET" if body is None else "POST", path, query, body or "")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, text.split("&")):
        name, _is, value = pair.partition("=")
        yield name, value.replace("%3D", "=")


def _value(text: str) -> object:
    """Return what JSON says for a text: numbers, yes and no, and lists of either are such there."""
    if text[:1] == "[":
        return [_value(one) for one in text[1:-1].split(",")]
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdecimal() and len(text) < 19 else text


def _parameters() -> dict[str, set[str]]:
    """Return which parameters each address is asked with."""
    found: dict[str, set[str]] = defaultdict(set)
    for question in questions():
        pairs = [*_pairs(question.query), *_pairs(question.body)]
        found[question.name].update(name for name, _value in pairs)
    return found


PARAMETERS = _parameters()
