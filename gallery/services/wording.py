"""The words that humans say of faces, people, photos and albums, as the record has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from typing import Protocol

from analysis.born import Born
from analysis.dates import Taken
from analysis.results import Box
from gallery.fields import fold
from gallery.models.boxed import edges_of
from gallery.models.face_queries import Mark
from gallery.models.person import Consent
from gallery.models.record import Topic
from gallery.services.record import Register, Said


def named(face: int, person: int, *, is_known: bool = True) -> Said:
    """Say whose face it is, and whether they are known by it from now on."""
    return Said(Register(Topic.NAME, face), person, {"known": is_known})


class Nameable(Protocol):
    """A face, as far as its words need it."""

    @property
    def pk(self) -> int: ...
    @property
    def is_known_by_its_name(self) -> bool: ...


def is_theirs(face: Nameable, person: int, *, is_known: bool = False) -> Iterator[Said]:
    """Say that the face is the person's, and nothing else.

    They are known by it unless it is doubtful, or was drawn; in any case if it is said so.
    """
    yield named(face.pk, person, is_known=is_known or face.is_known_by_its_name)
    yield Said(Register(Topic.REFUSAL, face.pk, f"{person}"))
    yield Said(Register(Topic.REFERENCE, face.pk))
    yield Said(Register(Topic.MARK, face.pk))


def nobodys(face: Nameable) -> Said:
    """Take back whose face it is."""
    return Said(Register(Topic.NAME, face.pk))


def refused(face: int, person: int) -> Said:
    return Said(Register(Topic.REFUSAL, face, f"{person}"), value=True)


def by_it(face: int, *, is_known: bool) -> Said:
    """Say whether whose face it is, is known by it."""
    return Said(Register(Topic.REFERENCE, face), value=is_known)


def part(face: int, key: str, number: int) -> Said:
    """Say in which part of a division it is: no two parts are one person's. `key` tells divisions apart."""
    return Said(Register(Topic.PART, face, key), value=number)


def marked(face: int, mark: Mark) -> Said:
    return Said(Register(Topic.MARK, face), value=mark.value or None)


def boxed(face: int, box: Box, *, is_drawn: bool) -> Said:
    """Say where a face is: one that was `drawn`, or one that a detector found elsewhere."""
    return Said(Register(Topic.BOX, face), value={"box": edges_of(box), "drawn": is_drawn})


def unboxed(face: int) -> Said:
    """Take back where a face is."""
    return Said(Register(Topic.BOX, face))


def kept(face: int, *, stays: bool) -> Said:
    """Say whether a face stays that was not found again."""
    return Said(Register(Topic.KEPT, face), value=stays)


def called(person: int, name: str) -> Said:
    return Said(Register(Topic.CALLED, person), value=name)


def noted(person: int, note: str) -> Said:
    return Said(Register(Topic.NOTE, person), value=note or None)


def two(one: int, other: int) -> Said:
    """Say that two people are not one."""
    first, second = sorted((one, other))
    return Said(Register(Topic.APART, first, f"{second}"), value=True)


def about(person: int, text: str) -> Said:
    return Said(Register(Topic.ABOUT, person), value=text or None)


def alias(person: int, name: str, *, is_so: bool = True) -> Said:
    """Say whether the person goes by that other name: a word for each, to be taken back by itself."""
    return Said(Register(Topic.ALIAS, person, digest(name)), value=name if is_so else None)


def digest(name: str) -> str:
    """Return what tells names apart that differ in more than their case, in as few letters as fit."""
    return blake2b(fold(name).encode(), digest_size=10).hexdigest()


def cover(person: int, face: int | None) -> Said:
    return Said(Register(Topic.COVER, person), value=face)


def brought(person: int, encoding: int, *, is_known: bool) -> Said:
    """Say whether the person, for whom an encoding came in a file, is known by it."""
    return Said(Register(Topic.BROUGHT, person, f"{encoding}"), value=None if is_known else False)


def hidden(person: int, *, is_hidden: bool) -> Said:
    return Said(Register(Topic.HIDDEN, person), value=is_hidden or None)


def favourite(person: int, *, is_favourite: bool) -> Said:
    return Said(Register(Topic.FAVOURITE, person), value=is_favourite or None)


def consent(person: int, answer: Consent, on: date | None, note: str, *, is_locked: bool) -> Said:
    """Say whether somebody agrees to be recognised; `is_locked` that a vector may keep their faces out."""
    value = {
        "answer": answer.value,
        "on": on and on.isoformat(),
        "note": note,
        "is_locked": is_locked,
    }
    return Said(Register(Topic.CONSENT, person), value=value if any(value.values()) else None)


def born(person: int, born: Born | None) -> Said:
    said = born and [born.earliest.isoformat(), born.precision.value]
    return Said(Register(Topic.BORN, person), value=said)


def shows(face: int, emotion: str | None) -> Said:
    return Said(Register(Topic.SHOWS, face), value=emotion)


def denies(face: int, emotion: str, *, is_so: bool) -> Said:
    return Said(Register(Topic.DENIES, face, emotion), value=is_so or None)


def binned(photo: int, *, is_so: bool) -> Said:
    return Said(Register(Topic.BINNED, photo), value=is_so or None)


def collage(photo: int, *, is_collage: bool) -> Said:
    return Said(Register(Topic.COLLAGE, photo), value=is_collage or None)


def captioned(photo: int, text: str) -> Said:
    return Said(Register(Topic.CAPTION, photo), value=text or None)


def keyword(photo: int, word: str, *, is_so: bool = True) -> Said:
    """Say whether the photo is found by that word: a word for each, to be taken back by itself."""
    return Said(Register(Topic.KEYWORD, photo, digest(word)), value=word if is_so else None)


def taken(photo: int, taken: Taken | None) -> Said:
    """Say when it was taken, by a clock at the place; None leaves that to what the photo says."""
    return Said(Register(Topic.TAKEN, photo), value=taken and f"{taken}")


def liked(photo: int, *, is_so: bool) -> Said:
    return Said(Register(Topic.LIKED, photo), value=is_so or None)


def in_album(photo: int, album: int, position: float | None) -> Said:
    """Say where in an album the photo stands; None says that it is not in it."""
    return Said(Register(Topic.ALBUM, photo, f"{album}"), value=position)


def titled(album: int, name: str) -> Said:
    return Said(Register(Topic.TITLE, album), value=name)


def told(album: int, text: str) -> Said:
    return Said(Register(Topic.TEXT, album), value=text or None)


def front(album: int, photo: int | None) -> Said:
    return Said(Register(Topic.FRONT, album), value=photo)


def ordered(album: int, order: str) -> Said:
    return Said(Register(Topic.ORDER, album), value=order)


def searched(album: int, query: str) -> Said:
    return Said(Register(Topic.SEARCH, album), value=query or None)


def dropped(album: int) -> Said:
    return Said(Register(Topic.DROPPED, album), value=True)
