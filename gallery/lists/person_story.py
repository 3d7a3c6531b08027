"""Somebody over the years: on how many photos, how old, with which emotions, and with whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from typing import NamedTuple

from django.db.models import Count, Q

from analysis.born import Born, ages
from analysis.dates import Source
from analysis.results import DOUBTFUL, EMOTIONS
from gallery.lists import people as lists
from gallery.models import Face, Person, dated
from gallery.models.face_queries import NamedBy

COMPANY = 12  # people with whom somebody is shown
DRAWN = 4  # emotions whose lines can still be told apart


@dataclass(frozen=True, slots=True)
class Year:
    """What the faces of one year say.

    `photos` is on how many a human said that the person is, `guesses` how many faces surely are theirs
    beside those. `guessed` is the age that they look, in the middle of all, `known` that which the dates of
    birth and of the photos prove, on average; `emotions` are shares. Without a face that can be judged
    there are none, and no age.
    """

    year: int
    photos: int
    guesses: int
    guessed: float | None
    known: float | None
    emotions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Story:
    """The years with photos, from the first to the last.

    `undated` is of how many faces no year can be told; `drawn` are the emotions that are seen most,
    `others` the rest.
    """

    years: Sequence[Year]
    undated: int
    drawn: Sequence[str]

    @property
    def others(self) -> list[str]:
        return [name for name in EMOTIONS if name not in self.drawn]

    @property
    def emotions(self) -> Iterator[tuple[Year, list[float | None], list[float | None]]]:
        """Yield each year with the shares of `drawn` and of `others`."""
        for year in self.years:
            drawn, others = (
                [year.emotions.get(name) for name in names] for names in (self.drawn, self.others)
            )
            yield year, drawn, others

    @property
    def has_ages(self) -> bool:
        return any(year.guessed is not None for year in self.years)

    @property
    def has_known_ages(self) -> bool:
        return any(year.known is not None for year in self.years)


class _Seen(NamedTuple):
    """A face of the person, as far as a story needs it."""

    pk: int
    photo: int
    named_by: str
    quality: float | None
    age: float
    emotion: str
    at: datetime | None
    source: str
    to: str

    @property
    def is_clear(self) -> bool:
        """Whether what networks say of it is to be believed; a face that was never measured is."""
        return self.quality is None or self.quality >= DOUBTFUL


def tell(person: Person) -> Story:
    """Tell the person's story by the faces that a human said are theirs, and those that surely are."""
    faces = Face.objects.filter(person=person)
    columns = ("pk", "photo", "named_by", "quality_score", "age_years", "emotion")
    dates = "photo__taken_at", "photo__taken_from", "photo__taken_to"
    # As rows: thousands of faces as objects would take longer than all else of the page.
    found = [_Seen(*row) for row in faces.order_by().values_list(*columns, *dates)]
    by_year: dict[int, list[_Seen]] = defaultdict(list)
    for face in found:
        if face.at is not None and face.source != Source.UPLOAD:
            by_year[face.at.year].append(face)
    corrected = faces.exclude(emotion_words=None).distinct().prefetch_related("emotion_words")
    said = {face.pk: face.shown_emotion.label for face in corrected}
    years = [_year(year, by_year[year], person.born, said) for year in sorted(by_year)]
    dated = sum(map(len, by_year.values()))
    return Story(years, undated=len(found) - dated, drawn=_most_seen(years))


def _year(year: int, faces: Sequence[_Seen], born: Born | None, said: Mapping[int, str]) -> Year:
    is_said = [face for face in faces if face.named_by == NamedBy.HUMAN]
    clear = [face for face in faces if face.is_clear]
    shown = Counter(said.get(face.pk, face.emotion) for face in clear)
    known = list(_known_ages(faces, born)) if born else []
    return Year(
        year=year,
        photos=len({face.photo for face in is_said}),
        guesses=len(faces) - len(is_said),
        guessed=median(face.age for face in clear) if clear else None,
        known=fmean(known) if known else None,
        emotions={name: shown[name] / len(clear) for name in EMOTIONS} if clear else {},
    )


def _known_ages(faces: Sequence[_Seen], born: Born) -> Iterator[float]:
    """Yield how old the person is on each photo, where its date is that of the shot."""
    for face in faces:
        taken = dated.taken(face.at, face.source, face.to)
        if taken is not None and taken.source.is_of_the_shot:
            found = ages(born, taken)
            if found is not None:
                yield (found.low + found.high) / 2


def _most_seen(years: Sequence[Year]) -> list[str]:
    """Return up to DRAWN emotions, those with the largest share in all years together first."""
    shares = {name: sum(year.emotions.get(name, 0.0) for year in years) for name in EMOTIONS}
    some = [name for name in EMOTIONS if shares[name]]
    return sorted(some, key=lambda name: -shares[name])[:DRAWN]


class Companion(NamedTuple):
    """Somebody, on how many photos with the person, and as a share of those with whoever is on most."""

    person: Person
    photos: int
    share: float


def company(person: Person) -> list[Companion]:
    """Return with whom the person is on photos, by what humans said, most often first."""
    mine = Face.objects.filter(person=person, named_by=NamedBy.HUMAN)
    others = Face.objects.filter(~Q(person=person), photo__in=mine.values("photo"))
    others = others.filter(person__is_hidden=False)
    counted = others.filter(named_by=NamedBy.HUMAN).order_by().values("person")
    together = counted.annotate(photos=Count("photo", distinct=True))
    counts = dict(together.order_by("-photos", "person").values_list("person", "photos")[:COMPANY])
    found = lists.cards(Person.objects.filter(pk__in=counts)).order_by().in_bulk()
    most = max(counts.values(), default=1)
    return [
        Companion(found[key], count, count / most) for key, count in counts.items() if key in found
    ]
