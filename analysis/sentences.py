"""Sentences for people as a code and its values, and their English words.

What went wrong is stored and sent as a `Sentence`; where it is shown it becomes words, in the reader's
language on the site and in English everywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, Union

from analysis.english.known import KNOWN
from analysis.english.networks import NETWORKS
from analysis.english.photos import PHOTOS

ENGLISH: Mapping[str, str] = {**PHOTOS, **NETWORKS, **KNOWN}

Value: TypeAlias = Union[str, int, float, "Sentence", Sequence["Value"]]


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """What is said, by its code, and the values that belong into it. `str()` gives English words.

    The values are what JSON can hold, or sentences again.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def write(self) -> str:
        """Return the code and the values as one line of JSON."""
        return json.dumps(_plain(self), separators=(",", ":"))

    def __str__(self) -> str:
        return ENGLISH[self.code].format(**{name: _shown(it) for name, it in self.values.items()})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sentence):
            return NotImplemented
        return (self.code, self.values) == (other.code, other.values)

    def __hash__(self) -> int:
        return hash(self.code)


def say(code: str, /, **values: Value) -> Sentence:
    """Return the sentence of one of the codes in ENGLISH."""
    return Sentence(code, values)


def together(first: Sentence | None, second: Sentence | None) -> Sentence | None:
    """Return two sentences as one, or whichever there is."""
    return say("both", first=first, second=second) if first and second else first or second


def _shown(value: Value) -> str:
    if isinstance(value, str | int | Sentence):
        return str(value)
    return f"{value:g}" if isinstance(value, float) else ", ".join(map(_shown, value))


def _plain(value: Value) -> Any:
    if isinstance(value, Sentence):
        values = {name: _plain(it) for name, it in value.values.items()}
        return {"code": value.code, "values": values}
    return value if isinstance(value, str | int | float) else [_plain(one) for one in value]
