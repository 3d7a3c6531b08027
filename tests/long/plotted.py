"""What plots of a library of which everything is known have to count: the photos behind each bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from analysis.results import EMOTIONS
from tests.long.known_library import Face, KnownLibrary, Photo
from tests.long.searches import (
    Cut,
    Fits,
    aged,
    both,
    clear,
    each,
    faceless,
    failed,
    feeling,
    gone,
    made_otherwise,
    nobodys,
    of_gender,
    undated,
)

# By what a row and a column of the table say: the keys of the photos.
Bars = Mapping[tuple[str, str], Collection[int]]
PHOTOS = "Photos"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
MOST_PEOPLE, MOST_LINES = 20, 4
MOST_MONTHS, MOST_MONTHS_OF_LINES = 240, 36
STEPS = (0, 0.2, 0.5, 1, 2, 5, 10, 30, 60)  # seconds


def anybody(_face: Face) -> bool:
    return True


def anything(_photo: Photo) -> bool:
    return True


@dataclass(frozen=True)
class Narrowed:
    """What is typed above the plots: of whom, of which faces, and of which photos it is true.

    A plot counts photos on which one face is `who`, `cut` and of the bar.
    """

    typed: str
    who: str = ""
    cut: Cut = anybody
    fits: Fits = anything
    sure: bool = False

    def is_known(self, face: Face) -> bool:
        return face.is_known or (self.sure and bool(face.person))

    def is_meant(self, face: Face) -> bool:
        is_whose = not self.who or (self.is_known(face) and face.person == self.who)
        return is_whose and self.cut(face)

    def finds(self, photo: Photo) -> bool:
        is_of_all = not self.who and self.cut is anybody
        return self.fits(photo) and (is_of_all or any(map(self.is_meant, photo.shown)))

    def keys(self, library: KnownLibrary, fits: Fits) -> list[int]:
        return [one.key for one in library.photos if self.finds(one) and fits(one)]

    def with_face(self, cut: Cut) -> Fits:
        return lambda photo: any(self.is_meant(face) and cut(face) for face in photo.shown)

    def people(self, photo: Photo) -> set[str]:
        """Return who is there with a face as it is asked for."""
        return {face.person for face in photo.shown if self.is_known(face) and self.cut(face)}


def months(library: KnownLibrary, asked: Narrowed) -> Bars:
    of_photos = periods(library, asked, MOST_MONTHS)
    return {
        (label, PHOTOS): asked.keys(library, labelled(of_photos, label))
        for label in labels(library, asked, of_photos)
    }


def periods(library: KnownLibrary, asked: Narrowed, most: int) -> Callable[[Photo], str]:
    """Return what tells a photo's month, or year where there are too many; "" of one that has none."""
    dated = [one for one in library.photos if asked.finds(one) and not undated(one)]
    by_month = len({(one.taken.year, one.taken.month) for one in dated if one.taken}) <= most

    def label(photo: Photo) -> str:
        if undated(photo) or photo.taken is None:
            return ""
        if not by_month:
            return f"{photo.taken.year}"
        return "" if photo.to == "year" else f"{MONTHS[photo.taken.month - 1]} {photo.taken.year}"

    return label


def labels(library: KnownLibrary, asked: Narrowed, of_photos: Callable[[Photo], str]) -> set[str]:
    return {of_photos(one) for one in library.photos if asked.finds(one)} - {""}


def labelled(of_photos: Callable[[Photo], str], label: str) -> Fits:
    return lambda photo: of_photos(photo) == label


def people(library: KnownLibrary, asked: Narrowed) -> Bars:
    found: dict[tuple[str, str], list[int]] = {}
    for photo in filter(asked.finds, library.photos):
        for name in asked.people(photo):
            found.setdefault((name, PHOTOS), []).append(photo.key)
    assert len(found) <= MOST_PEOPLE
    return found


def together(library: KnownLibrary, asked: Narrowed) -> Bars:
    """Return the photos of each two by their names; the plot shows but sixteen people."""
    found: dict[tuple[str, str], list[int]] = {}
    for photo in filter(asked.finds, library.photos):
        for pair in combinations(sorted(asked.people(photo)), 2):
            found.setdefault(pair, []).append(photo.key)
    return found


def emotions(library: KnownLibrary, asked: Narrowed) -> Bars:
    return _by_cuts(library, asked, {name: feeling(name) for name in EMOTIONS})


def emotions_over_time(library: KnownLibrary, asked: Narrowed) -> Bars:
    of_photos = periods(library, asked, MOST_MONTHS_OF_LINES)
    counts = Counter(
        {name: len(asked.keys(library, asked.with_face(feeling(name)))) for name in EMOTIONS}
    )
    drawn = [name for name, count in counts.most_common(MOST_LINES) if count]
    return {
        (label, name): asked.keys(
            library, both(labelled(of_photos, label), asked.with_face(feeling(name)))
        )
        for label in labels(library, asked, of_photos)
        for name in drawn
    }


def ages(library: KnownLibrary, asked: Narrowed) -> Bars:
    bars: dict[tuple[str, str], Collection[int]] = {}
    for least in range(0, 85, 5):
        label = f"{least}\N{EN DASH}{least + 4}" if least < 80 else "80 and older"
        cut = aged(least, least + 4) if least < 80 else aged(least)
        for column in ("Female", "Male"):
            fits = asked.with_face(each(of_gender(column.lower()), cut))
            bars[label, column] = asked.keys(library, fits)
    return bars


def quality(library: KnownLibrary, asked: Narrowed) -> Bars:
    def label(least: int, most: int) -> str:
        return f"{least}\N{EN DASH}{most}\N{NO-BREAK SPACE}%"

    steps = [(least, 100 if least == 90 else least + 9) for least in range(0, 100, 10)]
    return _by_cuts(library, asked, {label(*step): clear(*step) for step in steps})


def confidence(library: KnownLibrary, asked: Narrowed) -> Bars:
    steps = range(30, 100, 10)
    return _by_cuts(library, asked, {f"{least} % or more": feeling("", least) for least in steps})


def _by_cuts(library: KnownLibrary, asked: Narrowed, cuts: Mapping[str, Cut]) -> Bars:
    return {
        (label, PHOTOS): asked.keys(library, asked.with_face(cut)) for label, cut in cuts.items()
    }


def states(library: KnownLibrary, asked: Narrowed) -> Bars:
    is_in: Mapping[str, Fits] = {
        "Analysis failed": failed,
        "Waiting for analysis": nobodys,
        "No face found": faceless,
        "Made by other methods than today's": made_otherwise(library),
        "Without a date": undated,
        "File gone": gone,
        "A box waits to be measured": lambda photo: any(face.is_due for face in photo.faces),
    }
    return {(label, PHOTOS): asked.keys(library, fits) for label, fits in is_in.items()}


def speed(library: KnownLibrary, asked: Narrowed) -> Bars:
    return {
        (label, PHOTOS): asked.keys(library, fits)
        for label, fits in (_took(number) for number in range(len(STEPS)))
    }


def _took(number: int) -> tuple[str, Fits]:
    least, most = (*STEPS, 1e9)[number : number + 2]

    def fits(photo: Photo) -> bool:
        # Tenths of a second, the lower where it is between two.
        return photo.seconds is not None and least <= int(photo.seconds * 10) / 10 < most

    if not number:
        return f"under {most:g} s", fits
    if most == 1e9:
        return f"{least:g} s or more", fits
    return f"{least:g}\N{EN DASH}{most:g}\N{NO-BREAK SPACE}s", fits


COUNTED: Mapping[str, Callable[[KnownLibrary, Narrowed], Bars]] = {
    "months": months,
    "people": people,
    "together": together,
    "emotions": emotions,
    "emotions-over-time": emotions_over_time,
    "ages": ages,
    "quality": quality,
    "confidence": confidence,
    "states": states,
    "speed": speed,
}


def narrowings(person: str) -> Iterator[Narrowed]:
    """Yield what the plots are narrowed to."""
    yield Narrowed("")
    yield Narrowed(f'"{person}"', who=person)
    yield Narrowed(f'"{person}" guesses', who=person, sure=True)
    few = Narrowed("happy faces:-2", cut=feeling("happy"))
    yield Narrowed(few.typed, cut=few.cut, fits=lambda photo: len(photo.shown) <= 2)
    yield Narrowed("-undated", fits=lambda photo: not undated(photo))
