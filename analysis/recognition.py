"""Whom the faces of photos show, by encodings that people are known by. NumPy alone.

The site does the same with what its database holds (`gallery/services/matching.py`). This is for whoever
has a file or a folder of known people and no site:

    known = files.read(Path("known.bin"))
    recogniser = Recogniser.of(known.names, known.encodings, population(INSTALLED.population))
    recogniser.recognise(result)    # of a PhotoResult, an answer for each face
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.known.known import KnownRefused
from analysis.matching import Calibration, Population, distances, normalised, stacked
from analysis.naming import (
    Answer,
    Likeness,
    Limits,
    Named,
    Seen,
    Way,
    name_each,
    name_photo,
    rank,
)
from analysis.results import Array, FaceResult, PhotoResult
from analysis.roster_network import RosterNetwork, Told
from analysis.sentences import say
from analysis.versions import ENCODER

STRANGERS = 0.01  # of whom so many may get a name
TOLERANCE = 0.6  # the study's


@dataclass(frozen=True, slots=True)
class Near:
    """A known person, how far the nearest of their encodings is, and how many are near enough to vote.

    `probability` is what a network says of them, where one tells people.
    """

    name: str
    plain: float
    normalised: float
    votes: int
    probability: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Who a face is: `one`, if there is an answer, else whoever is nearest but not near enough.

    `distances` (k,) are the plain ones to all known encodings in their order; `ranked` the nearest people,
    best first.
    """

    answer: Answer | None
    one: Near
    ranked: tuple[Near, ...]
    distances: Array


@dataclass(frozen=True, slots=True, eq=False)
class Recogniser:
    """People by `names`, each once, and their k known encodings: levels, and whose each is (k,)."""

    names: tuple[str, ...]
    people: NDArray[np.int64]
    encodings: Array
    encoder: str
    levels: Array
    limits: Limits
    grown: float
    way: Way
    is_plain: bool
    network: RosterNetwork | None
    calibration: Calibration | None

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        encodings: Array,
        found: Population | None,
        *,
        encoder: str = ENCODER,
        way: Way = Way.NEAREST,
        is_plain: bool = False,
        tolerance: float = TOLERANCE,
        network: RosterNetwork | None = None,
    ) -> Recogniser:
        """Return one that knows people by k names, one or more, and as many encodings.

        Its limits are those by which 1 in 100 strangers get a name. With `is_plain` it is the study's way:
        the best person within the `tolerance` of plain distances, whoever the others are. Where no map is
        `found` for the encoder, people within it are only asked about. The classifier's way takes a
        `network` of these people, numbered in the order in which their names come first.

        Raises ValueError where that way is without its network, or without what a distance means by it.
        """
        people = {name: number for number, name in enumerate(dict.fromkeys(names))}
        known = found if found and found.encoder == encoder else None
        if is_plain:
            limits = Limits.plain(tolerance)
        elif known:
            limits = Limits.of(known.calibration, len(people), STRANGERS)
        else:
            limits = Limits.unsure(tolerance)
        if way is Way.CLASSIFIER:
            if network is None or known is None or is_plain:
                raise ValueError(
                    "A network tells people by a map and what it was trained on alone."
                )
            limits = limits.without_margin()
        return cls(
            names=tuple(people),
            people=np.array([people[name] for name in names], np.int64),
            encodings=encodings,
            encoder=encoder,
            levels=known.levels(encodings) if known else np.zeros(len(encodings), np.float32),
            limits=limits,
            grown=known.calibration.grown if known else 0.0,
            way=way,
            is_plain=is_plain,
            network=network if way is Way.CLASSIFIER else None,
            calibration=known.calibration if known else None,
        )

    def recognise(self, result: PhotoResult) -> list[Recognised]:
        """Return who each face of a photo is, nobody twice unless `is_plain`.

        Raises KnownRefused where its encodings were made by another encoder than the known ones.
        """
        if not result.faces:
            return []
        if result.methods["encoder"] != self.encoder:
            ours, other = result.methods["encoder"], self.encoder
            raise KnownRefused(say("known_of_another_encoder", other=other, ours=ours))
        levels = np.array([face.level or 0.0 for face in result.faces], np.float32)
        encodings = stacked([face.encoding for face in result.faces])
        plain = distances(encodings, self.encodings)
        fair = normalised(plain, levels, self.levels)
        told = self._tell(encodings)
        counted = plain if self.is_plain else fair
        if told:
            counted = told.counted(fair, self.people)
        ranking = rank(plain, counted, self.people, self.limits.maybe, self.way)
        ranked = [ranking.of(row) for row in range(len(plain))]
        named = self._named(list(map(self._seen, result.faces, ranked)))
        probabilities = [told.of(row) if told else {} for row in range(len(plain))]
        columns = named, ranked, plain, fair, probabilities
        return [self._recognised(*one) for one in zip(*columns, strict=True)]

    def _tell(self, encodings: Array) -> Told | None:
        if self.network is None or self.calibration is None:
            return None
        return self.network.tell(encodings, self.calibration)

    def _seen(self, face: FaceResult, nearest: Sequence[Likeness]) -> Seen:
        is_doubtful = face.quality is not None and face.quality.is_doubtful
        # The study knew neither doubt nor age.
        return Seen(nearest, is_doubtful and not self.is_plain, face.age.years < self.grown)

    def _named(self, seen: Sequence[Seen]) -> list[Named | None]:
        if self.is_plain:
            return name_each(seen, self.limits, self.way)
        return name_photo(seen, self.limits, way=self.way)

    def _recognised(
        self,
        named: Named | None,
        ranked: Sequence[Likeness],
        plain: Array,
        fair: Array,
        probabilities: Mapping[int, float],
    ) -> Recognised:
        counted = plain if self.is_plain else fair

        def near(one: Likeness) -> Near:
            # Both distances are of one encoding: the nearest by the one that counts.
            theirs = np.flatnonzero(self.people == one.person)
            at = theirs[counted[theirs].argmin()]
            # A network moves them all: votes are those of the distances themselves.
            votes = int((counted[theirs] <= self.limits.maybe).sum())
            numbers = float(plain[at]), float(fair[at]), votes
            return Near(self.names[one.person], *numbers, probabilities.get(one.person))

        one = named.likeness if named else ranked[0]
        answer = named.answer if named else None
        return Recognised(answer, near(one), tuple(map(near, ranked)), plain)


def known_by(result: PhotoResult) -> FaceResult:
    """Return the one face of somebody's picture; raises KnownRefused where there is none or several."""
    if not result.faces:
        raise KnownRefused(say("picture_without_face"))
    if len(result.faces) > 1:
        raise KnownRefused(say("picture_of_several", count=len(result.faces)))
    return result.faces[0]
