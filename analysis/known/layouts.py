"""Whose picture is it: the study's two layouts of folders told apart by the paths within them.

Flat: a picture a person, named by its file. Or a folder a person, with any number of pictures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.names import NAME_LENGTH, tidied
from analysis.sentences import Sentence, say

Parts = tuple[str, ...]

# A year, a month or a day, in which somebody keeps pictures by date.
DATE = re.compile(r"(?:19|20)\d\d(?:[-_. ]?[01]\d(?:[-_. ]?[0-3]\d)?)?")


class Layout(StrEnum):
    """How pictures are named."""

    FLAT = "flat"
    FOLDERS = "folders"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and whose it is said to be; `shown` is its path as people know it, never to be opened."""

    name: str
    shown: str
    path: Path


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was meant but not taken, and why."""

    shown: str
    why: Sentence


@dataclass(frozen=True, slots=True)
class Listing:
    """Pictures in the order of names, numbers in them by their size; what they were taken for, and why."""

    layout: Layout
    why: Sentence
    pictures: tuple[Picture, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def names(self) -> list[str]:
        """The people, each once."""
        return list(dict.fromkeys(picture.name for picture in self.pictures))


def arranged(
    found: Sequence[tuple[str, Path]], layout: Layout | None = None, *, wrapped: bool = False
) -> Listing:
    """Name pictures by where they lie: `found` has the paths within the folder, with "/", and real ones.

    `layout` names one that a person chose. With `wrapped`, one folder around everything may be what they
    were packed or dropped in, rather than a person: how the files in it are called decides.
    """
    placed = [(parts, path) for within, path in found if (parts := parts_of(within))]
    understood, why, name_of = _understood([parts for parts, _ in placed], layout, wrapped)
    pictures, left_out = [], []
    for parts, path in placed:
        name = tidied(name_of(parts))
        if not name or len(name) > NAME_LENGTH:
            left_out.append(LeftOut(shown(parts), say("picture_name", most=NAME_LENGTH)))
        else:
            pictures.append(Picture(name, shown(parts), path))
    pictures.sort(key=_order)
    left_out.sort(key=lambda one: natural(one.shown))
    return Listing(understood, why, tuple(pictures), tuple(left_out))


def parts_of(path: str) -> Parts:
    """Return the folders of a path, and the file, without what leads out of where it lies."""
    return tuple(part for part in path.split("/") if part not in ("", ".", ".."))


def shown(parts: Parts) -> str:
    """Return a path as people may see it, also where its names are no text."""
    return "/".join(tidied(part) or "_" for part in parts)


def natural(text: str) -> tuple[list[tuple[int, str]], str]:
    """Return what sorts img2 before img10, whatever the case."""
    parts = re.split(r"([0-9]+)", text.casefold())
    parts[1::2] = [part.lstrip("0") for part in parts[1::2]]
    # Text and numbers take turns, and a number that is longer is larger.
    return [(len(part) * (index % 2), part) for index, part in enumerate(parts)], text


def _order(picture: Picture) -> tuple[Any, ...]:
    """Return what sorts pictures by name, and ada.jpg before ada2.jpg."""
    bare = str(PurePosixPath(picture.shown).with_suffix(""))
    return natural(picture.name), natural(bare), picture.shown


def _understood(
    paths: Sequence[Parts], layout: Layout | None, wrapped: bool
) -> tuple[Layout, Sentence, Callable[[Parts], str]]:
    """Return the layout, why it is that one, and what names a picture."""
    if not paths:
        return Layout.FLAT, say("layout_none"), _stem
    holders = {parts[:-1] for parts in paths}
    around = _around(holders)
    in_folders = partial(_folder, holders)
    beside = [parts for parts in paths if parts[:-1] == around]
    flat = len(beside) == len(paths)
    if layout == Layout.FLAT or (layout is None and flat and not around):
        return Layout.FLAT, say("layout_flat"), _stem
    if layout == Layout.FOLDERS or not beside:
        return Layout.FOLDERS, say("layout_folders"), in_folders
    if not around:
        return Layout.MIXED, say("layout_mixed"), in_folders
    folder = tidied(around[-1])
    if (wrapped or not flat) and _bear_names([_stem(parts) for parts in beside], folder):
        inner = {holder[len(around) :] for holder in holders}
        understood = Layout.FLAT if flat else Layout.MIXED
        return (
            understood,
            say("layout_within", folder=folder),
            lambda parts: _folder(inner, parts[len(around) :]),
        )
    return Layout.FOLDERS, say("layout_one", folder=folder), in_folders


def _around(holders: Set[Parts]) -> Parts:
    """Return the folders that everything lies in."""
    # Whatever the first and the last begin with, all between them do too.
    first, last = min(holders), max(holders)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return tuple(folder for folder, _ in same)


def _stem(parts: Parts) -> str:
    return PurePosixPath(parts[-1]).stem


def _folder(holders: Set[Parts], parts: Parts) -> str:
    """Return the folder that a picture is named by, or what its file is called beside all folders.

    A folder with pictures is a person, with whatever lies deeper in it; one of folders alone is a group,
    and a date is nobody.
    """
    folders = parts[:-1]
    for depth, name in enumerate(folders, start=1):
        if folders[:depth] in holders and not DATE.fullmatch(name):
            return name
    undated = [name for name in folders if not DATE.fullmatch(name)]
    return (undated or folders or (_stem(parts),))[-1]


def _bear_names(stems: Sequence[str], folder: str) -> bool:
    """Tell whether the files of a folder seem to be called by people rather than numbered or by one."""
    called = {_letters(stem) for stem in stems}
    plain = [stem for stem in stems if not any(letter.isdigit() for letter in stem)]
    several = len(called) > 1 and 2 * len(called) >= len(stems) and 2 * len(plain) >= len(stems)
    return several and called.isdisjoint({"", _letters(folder)})


def _letters(text: str) -> str:
    return "".join(letter for letter in tidied(text).casefold() if letter.isalpha())
