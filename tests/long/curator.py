"""Somebody who knows everybody in a library, and sits at its desk with a keyboard and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

# What one sees of the card that is asked about: nothing while the next one is on its way.
SEEN = """() => {
  const desk = document.getElementById("desk");
  const card = desk.querySelector(".desk-card");
  if (desk.ariaBusy || !desk.firstElementChild) return null;
  if (!card) return {kind: "", card: "", faces: [], whose: [], near: [], is_which: false};
  const boxes = [...card.querySelectorAll("input[name=face]")];
  const faces = boxes.length ? boxes : [...card.querySelectorAll("input[name=shown]")];
  return {
    kind: card.dataset.kind,
    card: card.dataset.card,
    faces: faces.map(({value}) => Number(value)),
    whose: faces.map((face) => (face.closest(".desk-part") ?? card).querySelector("h3, h2").innerText),
    near: [...card.querySelectorAll("[data-number] > span")].map((one) => one.textContent.trim()),
    is_which: card.querySelector("#desk-which") !== null,
  };
}"""
GLANCE = 200  # ms; nobody looks at a face for less
ASKED = re.compile(r"^(?:Is this|Are these) (.+)\?$")


@dataclass(frozen=True)
class Card:
    """What stands on the desk: which faces, by key, and the words above each of them."""

    kind: str
    card: str
    faces: tuple[int, ...]
    whose: tuple[str, ...]
    near: tuple[str, ...]
    is_which: bool

    @property
    def guesses(self) -> dict[int, str]:
        """Return whom each face is taken for."""
        return {
            face: found[1] if (found := ASKED.match(words)) else words
            for face, words in zip(self.faces, self.whose, strict=True)
        }


@dataclass
class Curator:
    """Says of each face, by key, whose it is as `names` have it; "" is somebody whom nobody knows.

    An answer is what one press of a key, or a name with Enter, says. `wrong` are the faces that the site
    put to or took for somebody else; `apart` those that it did not put to the first ones of
    their person, or asked about though nobody knows them.
    """

    page: Page
    names: Mapping[int, str]
    presses: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: set[int] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def work(self) -> None:
        """Answer until nothing waits."""
        while (card := self._next()).card:
            self.apart.update(self._beyond(card))
            if card.kind == "group":
                self._tell(card)
            else:
                self._check(card)

    def _beyond(self, card: Card) -> list[int]:
        """Return those of the faces that are nobody's first ones; know their people from now on."""
        beyond = [face for face in card.faces if self.names[face] in ("", *self.known)]
        self.known.update(self.names[face] for face in card.faces if self.names[face])
        return beyond

    def _next(self) -> Card:
        """Return the card once it was looked at for a moment: what came meanwhile may have changed it."""
        seen = self._seen()
        while True:
            self.page.wait_for_timeout(GLANCE)
            now = self._seen()
            if now == seen:
                return seen
            seen = now

    def _seen(self) -> Card:
        seen = self.page.wait_for_function(SEEN).json_value()
        return Card(**{key: _frozen(value) for key, value in seen.items()})

    def _tell(self, card: Card) -> None:
        """Name a group, once those that are not its person's were taken out."""
        counts = Counter(self.names[face] for face in card.faces)
        [(name, _most)] = counts.most_common(1)
        others = [face for face in card.faces if self.names[face] != name]
        if others:
            self.wrong.update(others)
            self._choose(card, others)
            self._answer("taken out", "n")
        elif not name:
            self._leave_field()
            self._answer("strangers", "b")
        elif name in card.near[:5]:
            self._leave_field()
            self._answer("named by a number", f"{card.near.index(name) + 1}")
        else:
            self._write(name)

    def _check(self, card: Card) -> None:
        """Say yes to what is asked, once those that are somebody else's were refused."""
        others = [face for face, name in card.guesses.items() if self.names[face] != name]
        if not others:
            self._answer(f"yes, {card.kind}", "y")
            return
        self.wrong.update(others)
        if len(others) < len(card.faces):
            self._choose(card, others)
        self._answer(f"no, {card.kind}", "n")

    def _choose(self, card: Card, faces: Sequence[int]) -> None:
        self._leave_field()
        at = -1
        for place, face in enumerate(card.faces):
            if face in faces:
                for _ in range(place - at):
                    self._press("ArrowRight")
                at = place
                self._press("Space")

    def _leave_field(self) -> None:
        if self.page.evaluate("document.activeElement.id") == "desk-name":
            self._press("Escape")

    def _write(self, name: str) -> None:
        if self.page.evaluate("document.activeElement.id") != "desk-name":
            self._press("/")
        self.page.keyboard.type(name)
        self.presses += len(name)
        self._answer("named by its name", "Enter")
        # Two groups of one person: whether it is that person is asked, and the first button is it.
        if self._next().is_which:
            self._press("Enter")

    def _answer(self, what: str, key: str) -> None:
        self.answers[what] += 1
        self._press(key)

    def _press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
