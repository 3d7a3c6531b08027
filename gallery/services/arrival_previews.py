"""What bringing files in would do: of whom, whom they would join, and without what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.known import as_npz
from analysis.known.layouts import Layout
from gallery import lists
from gallery.fields import fold
from gallery.models import Arrival, Person, Roster
from gallery.services import arrived, known_files, newcomers
from gallery.services.newcomers import Meant
from gallery.words import Words

MOST_SHOWN = 200  # people in each part of a preview, and files that are left out

LeftOut = tuple[str, Words]


@dataclass(frozen=True, slots=True)
class Row:
    """A name, by how many pictures or encodings, and who bears it already: whom they would join."""

    name: str
    count: int
    person: Person | None


@dataclass(frozen=True, slots=True)
class Part:
    """The first people of a part of the preview, and how many more there are."""

    rows: Sequence[Row]
    more: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What bringing the files in would do: of whom, from what, without what.

    Names in `new` are of nobody yet, those `here` of one person; several bear those in `shared`. `form` is
    "pictures", or what a file of encodings is; `already` of them are known.
    """

    form: str
    people: int
    count: int
    new: Part
    here: Part
    shared: Part
    layout: Layout | None = None
    why: Words | None = None
    encoder: str = ""
    already: int = 0
    left_out: Sequence[LeftOut] = ()
    left_out_more: int = 0
    hidden: int = 0


def preview(arrival: Arrival) -> Preview:
    """Return what `arrived.bring` would do now, of files that have been read; raises OSError."""
    found = arrived.found_in(arrival)
    if found["form"] == "pictures":
        return _of_pictures(arrival, found)
    return _of_known(arrival, found)


def _of_pictures(arrival: Arrival, found: dict[str, Any]) -> Preview:
    listing = arrived.listing(arrival, found)
    left_out = [(path, Words.read(why)) for path, why in found["left_out"]]
    left_out += [(one.shown, Words.of(one.why)) for one in listing.left_out]
    return Preview(
        form="pictures",
        count=len(listing.pictures),
        layout=listing.layout,
        why=Words.of(listing.why),
        left_out=left_out[:MOST_SHOWN],
        left_out_more=max(0, len(left_out) - MOST_SHOWN),
        hidden=found["hidden"],
        **_people(arrival, [one.name for one in listing.pictures]),
    )


def _of_known(arrival: Arrival, found: dict[str, Any]) -> Preview:
    known = as_npz.read(arrival.folder / arrived.KNOWN)
    roster = Roster.objects.of(arrival.owner_id)
    already = known_files.plan(roster=roster, known=known, source=arrival.source).already
    return Preview(
        form=found["form"],
        count=len(known),
        encoder=known.encoder,
        already=len(already),
        **_people(arrival, known.names),
    )


def _people(arrival: Arrival, names: Iterable[str]) -> dict[str, Any]:
    """Return whom the names mean, each once, in their order, parted by who bears them already."""
    roster = Roster.objects.of(arrival.owner_id)
    counts, first = Counter[str](), dict[str, str]()
    for name in names:
        counts[fold(name)] += 1
        first.setdefault(fold(name), name)
    roll = newcomers.Roll(roster)
    meant = [(roll.meant(name, arrival.source), counts[key]) for key, name in first.items()]
    parts: dict[str, list[tuple[Meant, int]]] = {"new": [], "here": [], "shared": []}
    for one, count in meant:
        kind = "shared" if one.is_shared else "here" if one.person else "new"
        parts[kind].append((one, count))
    return {"people": len(meant)} | {name: _part(found) for name, found in parts.items()}


def _part(found: Sequence[tuple[Meant, int]]) -> Part:
    shown = found[:MOST_SHOWN]
    keys = [one.person.pk for one, _ in shown if one.person]
    cards = {person.pk: person for person in lists.people.cards(Person.objects.filter(pk__in=keys))}
    rows = [Row(one.name, n, cards.get(one.person.pk) if one.person else None) for one, n in shown]
    return Part(rows, len(found) - len(shown))
