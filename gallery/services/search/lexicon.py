"""The words that may be typed into the search box, in the reader's language and in English.

A translation gives each one word, without a colon; several are told apart by commas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import pgettext_lazy as _p

from gallery.fields import fold
from gallery.models.face_queries import NamedBy
from gallery.services.search.value import Search, Shown

# What stands before a colon, `faces:3`, by the name of what it says in an address.
KEYS = {
    "person": _p("typed before a colon", "person"),
    "faces": _p("typed before a colon", "faces"),
    "age": _p("typed before a colon", "age"),
    "quality": _p("typed before a colon", "quality"),
    "distance": _p("typed before a colon", "distance"),
    "took": _p("typed before a colon", "took"),
    "confidence": _p("typed before a colon", "confidence"),
    "from": _p("typed before a colon", "from"),
    "to": _p("typed before a colon", "to"),
    "camera": _p("typed before a colon", "camera"),
    "keyword": _p("typed before a colon", "keyword"),
    "album": _p("typed before a colon", "album,gallery"),
    "text": _p("typed before a colon", "file,caption"),
}
FLAGS = {
    "only": _p("typed", "only"),
    "sure": _p("typed", "guessed,guesses"),
    "unnamed": _p("typed", "unnamed,unknown"),
    "favourite": _p("typed", "favourite,favourites,favorite,favorites"),
    "looking": _p("typed", "looking,facing"),
}
BY: Mapping[str, Promise] = {
    NamedBy.HUMAN: _p("typed", "confirmed"),
    NamedBy.MACHINE: _p("typed", "unconfirmed"),
}
STATES = {
    Shown.FAILED: _p("typed", "failed"),
    Shown.WAITING: _p("typed", "waiting,queued"),
    Shown.NO_FACE: _p("typed", "faceless,noface"),
    Shown.OTHERWISE: _p("typed", "outdated"),
    Shown.UNDATED: _p("typed", "undated"),
    Shown.GONE: _p("typed", "vanished,gone"),
    Shown.BOX: _p("typed", "unmeasured"),
}
OF_GENDERS = {
    "female": _p("typed", "female,woman,women,girl,girls"),
    "male": _p("typed", "male,man,men,boy,boys"),
}
OF_EMOTIONS = {
    "angry": _p("typed", "angry,anger,furious"),
    "disgust": _p("typed", "disgust,disgusted"),
    "fear": _p("typed", "fear,afraid,scared,fearful"),
    "happy": _p("typed", "happy,smiling,laughing,smile"),
    "sad": _p("typed", "sad,crying"),
    "surprise": _p("typed", "surprise,surprised"),
    "neutral": _p("typed", "neutral,calm"),
}
Meaning = TypeVar("Meaning")
OR = _p("typed between two names", "or")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What each folded word means, by what it is a word for."""

    keys: Mapping[str, str]
    flags: Mapping[str, str]
    states: Mapping[str, Shown]
    genders: Mapping[str, str]
    by: Mapping[str, str]
    emotions: Mapping[str, str]
    ors: frozenset[str]

    def all(self) -> Iterator[str]:
        """Yield the words that mean something by themselves."""
        for words in (self.emotions, self.genders, self.flags, self.by, self.states):
            yield from words

    def add(self, search: Search, word: str) -> Search | None:
        """Return the search with what a word asks for besides; None where it is none of these."""
        if flag := self.flags.get(word):
            return search.but(**{flag: True})
        if state := self.states.get(word):
            return search.but(states=(*search.states, state))
        if by := self.by.get(word):
            return search.but(by=by)
        if gender := self.genders.get(word):
            return search.but(gender=gender)
        if emotion := self.emotions.get(word):
            return search.but(emotions=tuple(dict.fromkeys((*search.emotions, emotion))))
        return None

    def leave_out(self, search: Search, word: str) -> Search | None:
        """Return the search without what a word is for; None where that is neither emotion nor state."""
        excluded = search.excluded
        if state := self.states.get(word):
            return search.but(excluded=excluded.but(states=(*excluded.states, state)))
        if emotion := self.emotions.get(word):
            return search.but(excluded=excluded.but(emotions=(*excluded.emotions, emotion)))
        return None


def here() -> Lexicon:
    """Return the words of the reader's language and of English."""
    return _of(get_language() or "en")


@lru_cache(maxsize=16)
def _of(language: str) -> Lexicon:
    return Lexicon(
        keys=dict(_words(KEYS, language)),
        flags=dict(_words(FLAGS, language)),
        states=dict(_words(STATES, language)),
        by=dict(_words(BY, language)),
        genders=dict(_words(OF_GENDERS, language)),
        emotions=dict(_words(OF_EMOTIONS, language)),
        ors=frozenset(word for word, _or in _words({"or": OR}, language)),
    )


def _words(said: Mapping[Meaning, Promise], language: str) -> Iterator[tuple[str, Meaning]]:
    # English first: a word of the reader's own means what it does there.
    for tongue in ("en", language):
        with override(tongue):
            for meaning, words in said.items():
                for word in f"{words}".split(","):
                    yield fold(word.strip()), meaning
